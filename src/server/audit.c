/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/audit.h"
#include "conf/json.h"
#include "server/keys.h"
#include "server/people.h"
#include "server/rights.h"

enum { REQUEST_MAX = 4096 }; /* bytes of a body that are kept; of a larger one its hash */

cJSON *audit_record(const struct db_audit *audit)
{
	cJSON *record = json_new_object();

	json_put_whole(record, "id", audit->id);
	people_put_time(record, "time", audit->time_s);
	json_put_text(record, "person", audit->person);
	json_put_text(record, "address", audit->address);
	json_put_text(record, "action", audit->action);
	json_put_whole(record, "status", audit->status);
	json_put_text(record, "request", audit->request ? audit->request : "");
	return record;
}

/* Of a request with secrets nothing is kept but that it was made. */
static char *describe_body(const struct request *request)
{
	bool is_kept = request->json && !(request->match.route->flags & ROUTE_SECRET);
	OWNED(memory) char *text = is_kept ? json_print(request->json) : own_copy_text("");
	size_t size = strlen(text);
	uint8_t hash[DB_HASH];

	if (size <= REQUEST_MAX)
		return own_take(text);
	OWNED(json) cJSON *brief = json_new_object();
	key_hash(text, size, hash);
	json_put_hex(brief, "sha256", hash, sizeof(hash));
	json_put_whole(brief, "bytes", (int64_t)size);
	return json_print(brief);
}

static int append(struct db *db, struct db_audit *audit, struct err *err)
{
	uint8_t before[DB_HASH];
	int r = db_audit_newest(db, &audit->id, before, err);

	if (r < 0)
		return r;
	audit->id++;
	OWNED(json) cJSON *record = audit_record(audit);
	audit_hash(before, record, audit->hash);
	return db_audit_add(db, audit, err);
}

int audit_append_local(struct db *db, const char *action, struct err *err)
{
	struct db_audit audit = {
			.time_s = server_now_s(),
			.address = "local",
			.status = MHD_HTTP_OK,
			.request = "",
	};

	(void)text_copy(audit.action, sizeof(audit.action), action);
	return append(db, &audit, err);
}

static void emit(struct server *server, const struct db_audit *audit)
{
	cJSON *body = json_new_object();
	char scope[DB_SCOPE_MAX] = "organisation";

	json_put_whole(body, "id", audit->id);
	json_put_text(body, "person", audit->person);
	json_put_text(body, "action", audit->action);
	json_put_whole(body, "status", audit->status);
	if (audit->site[0])
		(void)text_format(scope, sizeof(scope), "site/%s", audit->site);
	else if (audit->tenant[0])
		(void)text_format(scope, sizeof(scope), "tenant/%s", audit->tenant);
	events_emit(server, "audit", scope, NULL, body);
}

int audit_append(struct request *request, int status, struct err *err)
{
	OWNED(memory) char *body = describe_body(request);
	struct db *db = request->server->db;
	struct db_audit audit = {.time_s = server_now_s(), .status = status, .request = body};

	(void)text_copy(audit.person, sizeof(audit.person), request->token.person);
	(void)rights_touched(request, audit.tenant, audit.site);
	(void)text_copy(audit.address, sizeof(audit.address), request->address);
	(void)text_format(audit.action, sizeof(audit.action), "%s %s", request->match.route->method,
			request->uri);
	int r = db_begin(db, err);
	if (r == 0)
		r = append(db, &audit, err);
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	else
		emit(request->server, &audit);
	return r;
}
