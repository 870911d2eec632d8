/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one person or user: all of it to hand out, and taking it away. */
#include "server/people_privacy.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "server/db_privacy.h"
#include "server/people_admit.h"
#include "server/person.h"
#include "server/retention.h"
#include "server/rights.h"

enum { USER_MAX = 257, DEVICES_BYTES_MAX = 32 * 1024 * 1024 };

bool privacy_is_user_key(const char *key)
{
	return strcasecmp(key, "user") == 0 || strcasecmp(key, "user_name") == 0 ||
	       strcasecmp(key, "username") == 0;
}

/* Who may not know of the person hears the same as of one who is not there. */
static int require_home(struct request *request, const char *name, struct err *err)
{
	char home[DB_SCOPE_MAX];
	int r = person_name_check(name, err);

	if (r < 0)
		return err_prefix(err, r, "person");
	person_home(name, home);
	if (!rights_has(request, RIGHT_PRIVACY, home))
		return err_set(err, ENOENT, "there is no person \"%s\"", name);
	return rights_require(request, RIGHT_PRIVACY, home, err);
}

static int check_choice(const char *person, const char *user, struct err *err)
{
	if (!person[0] == !user[0])
		return err_set(err, EINVAL, "person: either person or user is expected");
	return 0;
}

/* --- export of a person */

static cJSON *describe_person(const struct db_person *person)
{
	cJSON *item = json_new_object();

	json_put_text(item, "name", person->name);
	people_put_text(item, "tenant", person->tenant);
	people_put_text(item, "display", person->display);
	json_put_text(item, "from", person->origin);
	people_put_text(item, "subject", person->subject);
	people_put_lines(item, "groups", person->teams + (person->teams[0] == '\n'));
	json_put_bool(item, "password", person->has_password);
	json_put_bool(item, "second_factor", person->has_totp);
	people_put_time(item, "created", person->created_s);
	people_put_time(item, "signed_in", person->signed_in_s);
	return item;
}

static int add_grant(void *data, const struct db_grant *grant)
{
	cJSON *item = json_new_object();

	json_put_text(item, "id", grant->id);
	json_put_text(item, "role", grant->role);
	json_put_text(item, "scope", grant->scope);
	people_put_time(item, "created", grant->created_s);
	json_put_text(item, "created_by", grant->created_by);
	json_append(data, item);
	return 0;
}

static int add_token(void *data, const struct db_token *token)
{
	cJSON *item = json_new_object();

	json_put_text(item, "id", token->id);
	people_put_time(item, "created", token->created_s);
	people_put_time(item, "used", token->used_s);
	people_put_time(item, "expires", token->expires_s);
	people_put_text(item, "role", token->role);
	people_put_text(item, "scope", token->scope);
	json_append(data, item);
	return 0;
}

static int add_revision(void *data, const struct db_revision *revision)
{
	cJSON *item = json_new_object();
	char cursor[PEOPLE_CURSOR_MAX];

	json_put_whole(item, "revision", revision->revision);
	people_put_time(item, "time", revision->time_s);
	json_put_text(item, "kind", revision->kind);
	json_put_text(item, "scope", revision->scope);
	people_put_text(item, "reason", revision->reason);
	(void)text_format(cursor, sizeof(cursor), "%lld", (long long)revision->revision);
	return people_list_add(data, item, cursor);
}

static int add_trace(void *data, const char *what, int64_t count)
{
	json_put_whole(data, what, count);
	return 0;
}

static void put_acts(cJSON *answer, const char *key, const struct db_acts *acts)
{
	cJSON *item = json_new_object();

	json_put_whole(item, "count", acts->count);
	people_put_whole(item, "first", acts->first);
	people_put_whole(item, "last", acts->last);
	people_put_time(item, "first_time", acts->first_s);
	people_put_time(item, "last_time", acts->last_s);
	json_put(answer, key, item);
}

/* What hangs on the name, whether or not there is (still) an account. */
static int put_holdings(struct request *request, const char *name, cJSON *answer, struct err *err)
{
	struct db_page page = {.after = "", .limit = PEOPLE_LIMIT_MAX};
	struct db *db = request->server->db;
	const char *view = rights_view(request, RIGHT_PRIVACY);
	int r = db_grant_list(db, view, name, &page, add_grant, json_put_list(answer, "grants"),
			err);

	if (r == 0)
		r = db_token_list(db, "", "", name, "token", &page, add_token,
				json_put_list(answer, "tokens"), err);
	if (r == 0)
		r = db_token_list(db, "", "", name, "session", &page, add_token,
				json_put_list(answer, "sessions"), err);
	cJSON *traces = json_new_object();
	if (r == 0)
		r = db_person_traces(db, name, add_trace, traces, err);
	json_put(answer, "named_in", traces);
	return r;
}

static int export_person(struct people_list *list, const char *name, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct request *request = list->request;
	struct db *db = request->server->db;
	const char *view = rights_view(request, RIGHT_PRIVACY);
	struct db_acts revisions = {0}, audit = {0};
	uint64_t before = 0;

	if (list->after[0] && text_to_number(list->after, 1, INT64_MAX, &before) < 0)
		return err_set(err, EINVAL, "cursor: not one that a list gave");
	int found = db_person_get(db, name, person, err);
	if (found < 0 && found != -ENOENT)
		return found;
	int r = db_acts_revisions(db, name, view, &revisions, err);
	if (r == 0)
		r = db_acts_audit(db, name, view, &audit, err);
	if (r == 0)
		r = put_holdings(request, name, list->answer, err);
	if (r < 0)
		return r;
	if (found < 0 && !revisions.count && !audit.count &&
			!json_at(list->answer, "/grants")->child)
		return err_set(err, ENOENT, "there is no person \"%s\"", name);
	json_put(list->answer, "person", found < 0 ? cJSON_CreateNull() : describe_person(person));
	put_acts(list->answer, "revisions_made", &revisions);
	put_acts(list->answer, "audit", &audit);
	return db_revision_of(db, name, view, (int64_t)before, list->limit + 1, add_revision, list,
			err);
}

/* --- users of devices */

/* The member of a report that names the user; NULL: none does. */
static const cJSON *find_user(const cJSON *report, const char *user)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, report) {
		if (privacy_is_user_key(member->string) && cJSON_IsString(member) &&
				strcasecmp(member->valuestring, user) == 0)
			return member;
	}
	return NULL;
}

struct search {
	const char *user;
	struct people_list *list; /* either this */
	struct array ids;         /* or these, each DB_ID_MAX bytes */
};

static int look_at_report(void *data, const char *id, const char *name, const char *report)
{
	struct search *search = data;
	OWNED(json) cJSON *tree = NULL;

	if (json_parse(report, strlen(report), &tree, NULL) < 0 || !find_user(tree, search->user))
		return 0;
	if (!search->list) {
		char kept[DB_ID_MAX] = "";

		(void)text_copy(kept, sizeof(kept), id);
		return array_append(&search->ids, kept, sizeof(kept));
	}
	cJSON *item = json_new_object();
	json_put_text(item, "id", id);
	json_put_text(item, "name", name);
	json_put(item, "report", own_take(tree));
	return people_list_add(search->list, item, id);
}

static int search_reports(struct request *request, struct search *search, struct err *err)
{
	OWNED(json) cJSON *text = cJSON_CreateString(search->user);
	OWNED(memory) char *word = json_print(text);

	return db_report_search(request->server->db, rights_view(request, RIGHT_PRIVACY), word,
			search->list ? search->list->after : "", look_at_report, search, err);
}

static int export_user(struct people_list *list, const char *user, struct err *err)
{
	struct search search = {.user = user, .list = list};
	int r = search_reports(list->request, &search, err);

	json_put_text(list->answer, "user", user);
	json_put_text(list->answer, "not_searched",
			"texts that people wrote (notes, reasons, messages, names), "
			"files that devices sent, the audit log");
	return r;
}

int people_privacy_export(struct request *request, struct err *err)
{
	static const char *const known[] = {"person", "user", NULL};
	const char *person = people_filter(request, "person");
	const char *user = people_filter(request, "user");
	struct people_list list;
	int r = check_choice(person, user, err);

	if (r == 0)
		r = person[0] ? require_home(request, person, err)
		              : rights_require_somewhere(request, RIGHT_PRIVACY, err);
	if (r == 0)
		r = people_list_begin(&list, request, person[0] ? "revisions" : "devices", known,
				err);
	if (r < 0)
		return r;
	people_put_time(list.answer, "time", server_now_s());
	r = person[0] ? export_person(&list, person, err) : export_user(&list, user, err);
	return people_list_end(&list, r);
}

/* --- erasure */

static void put_stay(cJSON *stays, const char *what, int64_t count, int64_t days, const char *why)
{
	cJSON *item = json_new_object();

	json_put_text(item, "what", what);
	json_put(item, "count", count < 0 ? cJSON_CreateNull() : cJSON_CreateNumber((double)count));
	people_put_whole(item, "days", days);
	json_put_text(item, "why", why);
	json_append(stays, item);
}

static int put_person_stays(struct request *request, const char *name, cJSON *stays,
		struct err *err)
{
	static const char lawful[] =
			"append-only and chained by hashes: proves who changed machines (GDPR "
			"article 17 (3) b and e)";
	struct db *db = request->server->db;
	const char *view = rights_view(request, RIGHT_PRIVACY);
	struct db_acts acts = {0};
	int64_t days[RETENTION_COUNT];
	OWNED(json) cJSON *traces = json_new_object();
	int r = db_acts_revisions(db, name, view, &acts, err);

	if (r < 0)
		return r;
	put_stay(stays, "revisions", acts.count, 0, lawful);
	r = db_acts_audit(db, name, view, &acts, err);
	if (r < 0)
		return r;
	put_stay(stays, "audit", acts.count, 0, lawful);
	r = retention_load(db, days, err);
	if (r == 0)
		r = db_person_traces(db, name, add_trace, traces, err);
	const cJSON *trace;
	cJSON_ArrayForEach(trace, traces) {
		bool is_order = strcmp(trace->string, "orders") == 0;

		if (trace->valuedouble > 0)
			put_stay(stays, trace->string, (int64_t)trace->valuedouble,
					is_order ? days[RETENTION_ORDERS] : 0,
					"says who did it, as long as it is there");
	}
	return r;
}

static int erase_person(struct request *request, const char *name, cJSON *deleted, cJSON *stays,
		struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db *db = request->server->db;
	struct db_erased erased = {0};
	int r = require_home(request, name, err);

	if (r == 0)
		r = person_require(request, name, person, err);
	if (r == 0)
		r = db_person_erase(db, name, &erased, err);
	if (r == 0)
		r = person_keep_administrator(db, err);
	if (r < 0)
		return r;
	json_put_whole(deleted, "accounts", 1);
	json_put_whole(deleted, "passwords", person->has_password);
	json_put_whole(deleted, "second_factors", person->has_totp);
	json_put_whole(deleted, "recovery_codes", erased.recovery_codes);
	json_put_whole(deleted, "tokens", erased.tokens);
	json_put_whole(deleted, "sessions", erased.sessions);
	json_put_whole(deleted, "grants", erased.grants);
	json_put_whole(deleted, "failed_sign_ins", erased.failures);
	json_put_whole(deleted, "kept_answers", erased.kept_answers);
	return put_person_stays(request, name, stays, err);
}

/* Takes the user's name out of the last report of one device. */
static int erase_from_report(struct db *db, const char *id, const char *user, struct err *err)
{
	OWNED(memory) struct db_device *device = own_alloc(sizeof(*device));
	OWNED(json) cJSON *report = NULL;
	const cJSON *member;
	int r = db_device_get(db, id, device, err);

	if (r == 0)
		r = json_parse(device->report, strlen(device->report), &report, err);
	while (r == 0 && (member = find_user(report, user)) != NULL)
		cJSON_Delete(cJSON_DetachItemViaPointer(report, (cJSON *)member));
	if (r < 0)
		return r;
	OWNED(memory) char *text = json_print(report);
	return db_report_replace(db, id, text, err);
}

static int erase_user(struct request *request, const char *user, cJSON *deleted, cJSON *stays,
		struct err *err)
{
	struct search search = {.user = user, .ids = {.max = DEVICES_BYTES_MAX}};
	struct db *db = request->server->db;
	int64_t days[RETENTION_COUNT], files = 0, reports = 0;
	int r = rights_require_somewhere(request, RIGHT_PRIVACY, err);

	if (r == 0)
		r = search_reports(request, &search, err);
	OWNED(array) struct array ids = search.ids;
	for (size_t at = 0; r == 0 && at < ids.size; at += DB_ID_MAX, reports++) {
		const char *id = (const char *)ids.data + at;

		r = erase_from_report(db, id, user, err);
		if (r == 0)
			r = db_order_file_remove(db, id, err);
		files += r > 0 ? r : 0;
		r = r > 0 ? 0 : r;
	}
	if (r == 0 && !reports)
		r = err_set(err, ENOENT, "no report names a user \"%s\"", user);
	if (r == 0)
		r = retention_load(db, days, err);
	if (r < 0)
		return r;
	json_put_whole(deleted, "reports", reports);
	json_put_whole(deleted, "order_files", files);
	put_stay(stays, "session_quality", -1, days[RETENTION_QUALITY],
			"sums per device and day, which hold no name");
	put_stay(stays, "texts", -1, 0,
			"notes, reasons, messages and the results of orders are "
			"not searched: orders go after their time");
	put_stay(stays, "next_report", -1, 0,
			"where reports.includes_user is on, a device tells its user again");
	return 0;
}

static int read_erase(struct request *request, char person[DB_NAME_MAX], char user[USER_MAX],
		struct err *err)
{
	char reason[DB_REASON_MAX] = "";
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "person", JSON_FILLED, person, DB_NAME_MAX);
	json_text(&in, "user", JSON_FILLED, user, USER_MAX);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = people_no_query(request, err);
	return r < 0 ? r : check_choice(person, user, err);
}

/* The audit log is for ever: who was forgotten as a user is not to be read there. */
static void hide_user(struct request *request)
{
	if (request->json && cJSON_GetObjectItemCaseSensitive(request->json, "user"))
		cJSON_ReplaceItemInObjectCaseSensitive(request->json, "user",
				cJSON_CreateString("(not kept)"));
}

int people_privacy_erase(struct request *request, struct err *err)
{
	char person[DB_NAME_MAX] = "", user[USER_MAX] = "";
	struct db *db = request->server->db;
	OWNED(json) cJSON *answer = json_new_object();
	cJSON *deleted = json_new_object();
	int r = read_erase(request, person, user, err);

	hide_user(request);
	people_put_text(answer, "person", person);
	people_put_text(answer, "user", user);
	json_put(answer, "deleted", deleted);
	cJSON *stays = json_put_list(answer, "stays");
	if (r == 0)
		r = db_begin(db, err);
	if (r == 0)
		r = person[0] ? erase_person(request, person, deleted, stays, err)
		              : erase_user(request, user, deleted, stays, err);
	if (r == 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(answer));
}
