/* SPDX-License-Identifier: Apache-2.0 */
/* Contingency sets: prepared, shown, changed. Switching: people_consent.c. */
#include "server/people_contingency.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/locks.h"
#include "conf/parse.h"
#include "server/keys.h"
#include "server/people_rollout.h"
#include "server/place.h"

void people_contingency_scope(const struct db_contingency *set, char scope[DB_SCOPE_MAX])
{
	(void)text_format(scope, DB_SCOPE_MAX, set->tenant[0] ? "tenant/%s" : "organisation",
			set->tenant);
}

int people_contingency_find(struct request *request, enum right right, struct db_contingency *ret,
		struct err *err)
{
	char scope[DB_SCOPE_MAX];
	int r = db_contingency_get(request->server->db, request->match.args[0], ret, err);

	if (r < 0)
		return r;
	people_contingency_scope(ret, scope);
	r = rights_require(request, right, scope, err);
	if (r == -ENOENT)
		return err_set(err, ENOENT, "there is no contingency set \"%s\"",
				request->match.args[0]);
	return r;
}

int people_contingency_json(struct db *db, const struct db_contingency *set, cJSON **ret,
		struct err *err)
{
	static const char *const asked[] = {"", "on", "off"};
	OWNED(contingency) struct array parts = {0};
	bool is_asked = set->asked != DB_CONTINGENCY_NOTHING &&
	                set->asked_s + CONTINGENCY_CONSENT_S > server_now_s();
	int r = contingency_load(db, set->id, &parts, err);

	if (r < 0)
		return r;
	cJSON *item = json_new_object();
	json_put_text(item, "id", set->id);
	people_put_text(item, "tenant", set->tenant);
	json_put_text(item, "name", set->name);
	json_put_text(item, "description", set->description);
	cJSON *documents = json_put_object(item, "documents");
	for (size_t i = 0; i < parts.size / sizeof(struct contingency_part); i++) {
		const struct contingency_part *part =
				(const struct contingency_part *)parts.data + i;

		json_put(documents, part->scope, json_copy(part->patch));
	}
	json_put_text(item, "state", set->revision ? "on" : "off");
	people_put_text(item, "asked", is_asked ? asked[set->asked] : "");
	people_put_text(item, "asked_by", is_asked ? set->asked_by : "");
	people_put_time(item, "asked_at", is_asked ? set->asked_s : 0);
	people_put_time(item, "expires", is_asked ? set->asked_s + CONTINGENCY_CONSENT_S : 0);
	people_put_text(item, "reason", set->reason);
	people_put_whole(item, "revision", set->revision);
	people_put_time(item, "on_since", set->on_s);
	people_put_text(item, "on_by", set->on_by);
	people_put_text(item, "on_with", set->on_with);
	people_put_time(item, "changed", set->changed_s);
	json_put_text(item, "changed_by", set->changed_by);
	*ret = item;
	return 0;
}

static int answer(struct request *request, int status, const struct db_contingency *set,
		struct err *err)
{
	cJSON *item = NULL;
	int r = people_contingency_json(request->server->db, set, &item, err);

	return r < 0 ? r : http_answer(request, status, item);
}

struct listing {
	struct people_list *list;
	struct err *err;
};

static int add_set(void *data, const struct db_contingency *set)
{
	struct listing *listing = data;
	cJSON *item = NULL;
	int r = people_contingency_json(listing->list->request->server->db, set, &item,
			listing->err);

	return r < 0 ? r : people_list_add(listing->list, item, set->id);
}

int people_contingencies(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	struct listing listing = {&list, err};
	int r = people_list_begin(&list, request, "sets", known, err);

	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_contingency_list(request->server->db, rights_view(request, RIGHT_READ), &page,
			add_set, &listing, err);
	return people_list_end(&list, r);
}

/* --- preparing */

/* A document's scope is the set's own, or a site or group of its tenant. */
static int check_scope(struct db *db, const struct db_contingency *set, const char *typed,
		struct err *err)
{
	char own[DB_SCOPE_MAX], scope[DB_SCOPE_MAX], tenant[DB_NAME_MAX] = "";
	int r = people_scope(db, typed, scope, err);
	const char *name = strchr(typed, '/');

	people_contingency_scope(set, own);
	if (r == 0 && strcmp(scope, own) == 0)
		return 0;
	if (r == 0 && name &&
			(strncmp(typed, "site/", 5) == 0 || strncmp(typed, "group/", 6) == 0)) {
		place_tenant(name + 1, tenant);
		if (strcmp(tenant, set->tenant) == 0)
			return 0;
	}
	return err_set(err, EINVAL,
			"documents: %s is neither the set's own scope nor a site or group of its "
			"tenant",
			typed);
}

static int check_document(struct db *db, const struct db_contingency *set, const cJSON *document,
		struct err *err)
{
	int r = check_scope(db, set, document->string, err);

	if (r < 0)
		return r;
	if (!cJSON_IsObject(document) || !document->child)
		return err_set(err, EINVAL, "documents: that of %s is no object with values",
				document->string);
	if (cJSON_GetObjectItemCaseSensitive(document, CONF_LOCKS))
		return err_set(err, EINVAL, "documents: a contingency set has no locks");
	return conf_layer_check(document, err) < 0 ? -EBADMSG : 0;
}

static int put_documents(struct db *db, const struct db_contingency *set, const cJSON *documents,
		struct err *err)
{
	const cJSON *document;
	int r = 0;

	if (cJSON_GetArraySize(documents) > CONTINGENCY_DOCUMENTS_MAX / 4 || !documents->child)
		return err_set(err, EINVAL, "documents: 1 to %d are expected",
				CONTINGENCY_DOCUMENTS_MAX / 4);
	cJSON_ArrayForEach(document, documents) {
		if (r == 0)
			r = check_document(db, set, document, err);
	}
	if (r == 0)
		r = db_contingency_layers_clear(db, set->id, err);
	cJSON_ArrayForEach(document, documents) {
		OWNED(memory) char *text = json_print(document);

		if (r == 0)
			r = db_contingency_layer_put(db, set->id, document->string, text, err);
	}
	return r;
}

static void read_set(struct json *in, unsigned flags, struct db_contingency *set,
		const cJSON **documents)
{
	json_text(in, "name", flags | JSON_FILLED, set->name, CONTINGENCY_NAME_MAX);
	json_text(in, "description", JSON_LINES, set->description, sizeof(set->description));
	json_borrow(in, "documents", flags, documents);
	if (*documents && !cJSON_IsObject(*documents))
		json_refuse(in, "documents", "must be an object: a scope and its values each");
}

static int commit(struct db *db, int r, struct err *err)
{
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	return r;
}

int people_contingency_make(struct request *request, struct err *err)
{
	struct db *db = request->server->db;
	struct db_contingency set = {.changed_s = server_now_s()};
	const cJSON *documents = NULL;
	char scope[DB_SCOPE_MAX];
	bool has_tenant;
	struct json in;

	people_begin(&in, request, err);
	people_read_text(&in, "tenant", &has_tenant, set.tenant, sizeof(set.tenant));
	read_set(&in, JSON_REQUIRED, &set, &documents);
	int r = json_end(&in);
	people_contingency_scope(&set, scope);
	if (r == 0)
		r = rights_require(request, RIGHT_CONFIG, scope, err);
	if (r == 0 && set.tenant[0])
		r = db_place_get(db, DB_TENANT, set.tenant, &(struct db_place){0}, err);
	if (r < 0)
		return r;
	key_random_text(set.id, 16);
	(void)text_copy(set.changed_by, sizeof(set.changed_by), request->token.person);
	r = db_begin(db, err);
	if (r == 0)
		r = db_contingency_add(db, &set, err);
	if (r == 0)
		r = put_documents(db, &set, documents, err);
	r = commit(db, r, err);
	return r < 0 ? r : answer(request, MHD_HTTP_CREATED, &set, err);
}

int people_contingency_get(struct request *request, struct err *err)
{
	struct db_contingency set;
	int r = people_contingency_find(request, RIGHT_READ, &set, err);

	return r < 0 ? r : answer(request, MHD_HTTP_OK, &set, err);
}

/* Nobody consents to something else than what was asked. */
static int refuse_busy(const struct db_contingency *set, struct err *err)
{
	if (set->revision)
		return err_set(err, EBUSY, "the contingency set \"%s\" is on", set->name);
	if (set->asked != DB_CONTINGENCY_NOTHING &&
			set->asked_s + CONTINGENCY_CONSENT_S > server_now_s())
		return err_set(err, EBUSY, "the contingency set \"%s\" waits for consent",
				set->name);
	return 0;
}

int people_contingency_change(struct request *request, struct err *err)
{
	struct db *db = request->server->db;
	const cJSON *documents = NULL;
	struct db_contingency set;
	struct json in;
	int r = people_contingency_find(request, RIGHT_CONFIG, &set, err);

	if (r < 0)
		return r;
	people_begin(&in, request, err);
	read_set(&in, 0, &set, &documents);
	r = json_end(&in);
	if (r == 0)
		r = refuse_busy(&set, err);
	if (r < 0)
		return r;
	set.changed_s = server_now_s();
	(void)text_copy(set.changed_by, sizeof(set.changed_by), request->token.person);
	r = db_begin(db, err);
	if (r == 0)
		r = db_contingency_put(db, &set, err);
	if (r == 0 && documents)
		r = put_documents(db, &set, documents, err);
	r = commit(db, r, err);
	return r < 0 ? r : answer(request, MHD_HTTP_OK, &set, err);
}

int people_contingency_remove(struct request *request, struct err *err)
{
	struct db_contingency set;
	int r = people_contingency_find(request, RIGHT_CONFIG, &set, err);

	if (r == 0)
		r = refuse_busy(&set, err);
	if (r == 0)
		r = db_contingency_remove(request->server->db, set.id, err);
	if (r < 0)
		return r;
	cJSON *gone = json_new_object();
	json_put_text(gone, "id", set.id);
	return http_answer(request, MHD_HTTP_OK, gone);
}
