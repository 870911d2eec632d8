/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log for people: a list to look at, and an export that proves itself. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/audit.h"
#include "conf/dsse.h"
#include "server/audit.h"
#include "server/people.h"
#include "server/rights.h"

enum { EXPORT_MAX = 500 };

static int add_row(void *data, const struct db_audit *audit)
{
	struct people_list *list = data;
	char cursor[PEOPLE_CURSOR_MAX];
	cJSON *record = audit_record(audit);

	json_put_hex(record, "hash", audit->hash, DB_HASH);
	(void)text_format(cursor, sizeof(cursor), "%lld", (long long)audit->id);
	return people_list_add(list, record, cursor);
}

int people_audit(struct request *request, struct err *err)
{
	static const char *const known[] = {"person", NULL};
	struct people_list list;
	uint64_t before = 0;
	int r = rights_require_somewhere(request, RIGHT_AUDIT, err);

	if (r == 0)
		r = people_list_begin(&list, request, "records", known, err);
	if (r < 0)
		return r;
	if (list.after[0] && text_to_number(list.after, 1, INT64_MAX, &before) < 0)
		return people_list_end(&list,
				err_set(err, EINVAL, "cursor: not one that a list gave"));
	struct db_audit_filter filter = {
			.person = people_filter(request, "person"),
			.view = rights_view(request, RIGHT_AUDIT),
			.before = (int64_t)before,
			.limit = list.limit + 1,
	};
	r = db_audit_list(request->server->db, &filter, add_row, &list, err);
	return people_list_end(&list, r);
}

/* --- export */

struct export
{
	cJSON *records;
	int64_t count, last;
	uint8_t hash[DB_HASH]; /* of the last record */
};

static int add_record(void *data, const struct db_audit *audit)
{
	struct export *export = data;
	cJSON *record = audit_record(audit);

	json_put_hex(record, "hash", audit->hash, DB_HASH);
	json_append(export->records, record);
	export->count++;
	export->last = audit->id;
	memcpy(export->hash, audit->hash, DB_HASH);
	return 0;
}

/* The head: up to where the log goes and its hash, signed with the key of the configs. */
static int sign_head(struct request *request, const struct export *export, cJSON *answer,
		struct err *err)
{
	OWNED(json) cJSON *head = json_new_object();
	OWNED(json) cJSON *envelope = NULL;
	OWNED(memory) char *signature = NULL;

	json_put_whole(head, "last", export->last);
	json_put_hex(head, "hash", export->hash, DB_HASH);
	people_put_time(head, "time", server_now_s());
	OWNED(memory) char *text = json_print(head);
	int r = dsse_sign(AUDIT_PAYLOAD_TYPE, text, strlen(text), request->server->config_key,
			&signature, err);
	if (r == 0)
		r = json_parse(signature, strlen(signature), &envelope, err);
	if (r == 0)
		json_put(answer, "head", own_take(envelope));
	return r;
}

/* Oldest first, `after` excluded; an empty page has no head. */
int people_audit_export(struct request *request, struct err *err)
{
	static const char *const known[] = {"after", NULL};
	OWNED(json) cJSON *answer = json_new_object();
	struct export export = {.records = json_put_list(answer, "records")};
	uint64_t after = 0;
	/* The chain can only be shown whole. */
	int r = rights_require(request, RIGHT_AUDIT, "organisation", err);

	if (r == 0)
		r = route_query_check(&request->query, known, err);
	if (r == 0 && text_to_number(route_query_get(&request->query, "after", "0"), 0, INT64_MAX,
				      &after) < 0)
		r = err_set(err, EINVAL, "after: not a number of a record");
	if (r < 0)
		return r;
	struct db_audit_filter filter = {
			.person = "",
			.after = (int64_t)after,
			.is_ascending = true,
			.limit = EXPORT_MAX,
	};
	r = db_audit_list(request->server->db, &filter, add_record, &export, err);
	if (r == 0 && export.count > 0)
		r = sign_head(request, &export, answer, err);
	else if (r == 0)
		json_put(answer, "head", cJSON_CreateNull());
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(answer));
}
