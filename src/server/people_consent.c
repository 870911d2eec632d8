/* SPDX-License-Identifier: Apache-2.0 */
/* Switching a contingency set on and off: one person asks, a second one consents. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/meet.h"
#include "server/events.h"
#include "server/people_contingency.h"

static void emit(struct server *server, const struct db_contingency *set, const char *what)
{
	cJSON *body = json_new_object();
	char scope[DB_SCOPE_MAX];

	people_contingency_scope(set, scope);
	json_put_text(body, "id", set->id);
	json_put_text(body, "name", set->name);
	json_put_text(body, "what", what);
	json_put_bool(body, "on", set->revision != 0);
	events_emit(server, "contingency", scope, NULL, body);
}

static int answer(struct request *request, const struct db_contingency *set, struct err *err)
{
	cJSON *item = NULL;
	int r = people_contingency_json(request->server->db, set, &item, err);

	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, item);
}

/* The set that is on and holds a value of this one, among those over the same devices. */
static int find_overlap(struct db *db, const struct db_contingency *set, struct err *err)
{
	OWNED(contingency) struct array on = {0};
	OWNED(contingency) struct array own = {0};
	char path[JSON_PATH_MAX];
	int r = contingency_load(db, "", &on, err);

	if (r == 0)
		r = contingency_load(db, set->id, &own, err);
	if (r < 0)
		return r;
	if (on.size / sizeof(struct contingency_part) + own.size / sizeof(struct contingency_part) >
			CONTINGENCY_ON_MAX)
		return err_set(err, EBUSY, "the sets that are on hold %d documents at most",
				CONTINGENCY_ON_MAX);
	for (size_t i = 0; i < on.size / sizeof(struct contingency_part); i++) {
		const struct contingency_part *part = (const struct contingency_part *)on.data + i;

		if (part->tenant[0] && set->tenant[0] && strcmp(part->tenant, set->tenant) != 0)
			continue;
		for (size_t k = 0; k < own.size / sizeof(struct contingency_part); k++) {
			const struct contingency_part *mine =
					(const struct contingency_part *)own.data + k;

			if (conf_patches_meet(mine->patch, part->patch, path))
				return err_set(err, EBUSY,
						"%s: the contingency set \"%s\" holds this while "
						"it is on",
						path, part->name);
		}
	}
	return 0;
}

/* Switch it in an open publish; the row is written, too. */
static int switch_it(struct publish *publish, struct db_contingency *set, bool is_on,
		struct err *err)
{
	char scope[DB_SCOPE_MAX];

	people_contingency_scope(set, scope);
	set->revision = is_on ? publish->about.revision : 0;
	set->on_s = is_on ? publish->about.time_s : 0;
	set->asked = DB_CONTINGENCY_NOTHING;
	int r = db_contingency_put(publish->server->db, set, err);
	return r < 0 ? r : publish_below(publish, scope, err);
}

int people_contingency_rehearse(struct request *request, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	struct db_contingency set;
	char scope[DB_SCOPE_MAX];
	struct json in;

	people_begin(&in, request, err);
	int r = json_end(&in);
	if (r == 0)
		r = people_contingency_find(request, RIGHT_READ, &set, err);
	if (r == 0 && set.revision)
		r = err_set(err, EBUSY, "the contingency set \"%s\" is on", set.name);
	if (r == 0)
		r = find_overlap(request->server->db, &set, err);
	if (r < 0)
		return r;
	people_contingency_scope(&set, scope);
	struct db_revision about = people_revision(request, "contingency", scope, "rehearsal");
	r = publish_begin(&publish, request->server, &about, err);
	publish.wants_values = true;
	if (r == 0)
		r = switch_it(&publish, &set, true, err);
	if (r == 0)
		r = publish_end(&publish, true, err);
	if (r < 0)
		return people_failed(request, &publish, r);
	cJSON *said = json_new_object();
	json_put_whole(said, "device_count", publish_count(&publish));
	json_put(said, "values", preview_values(&publish.preview));
	json_put(said, "warnings", preview_warnings(&publish.preview));
	return http_answer(request, MHD_HTTP_OK, said);
}

static int ask(struct request *request, enum db_contingency_asked asked, struct err *err)
{
	struct db *db = request->server->db;
	char reason[DB_REASON_MAX] = "";
	struct db_contingency set;
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = people_contingency_find(request, RIGHT_EMERGENCY, &set, err);
	if (r == 0 && (asked == DB_CONTINGENCY_ON) == (set.revision != 0))
		r = err_set(err, EBUSY, "the contingency set \"%s\" is %s already", set.name,
				set.revision ? "on" : "off");
	if (r == 0 && asked == DB_CONTINGENCY_ON)
		r = find_overlap(db, &set, err);
	if (r < 0)
		return r;
	set.asked = asked;
	set.asked_s = server_now_s();
	(void)text_copy(set.asked_by, sizeof(set.asked_by), request->token.person);
	(void)text_copy(set.reason, sizeof(set.reason), reason);
	r = db_contingency_put(db, &set, err);
	if (r < 0)
		return r;
	emit(request->server, &set, asked == DB_CONTINGENCY_ON ? "asked on" : "asked off");
	return answer(request, &set, err);
}

int people_contingency_on(struct request *request, struct err *err)
{
	return ask(request, DB_CONTINGENCY_ON, err);
}

int people_contingency_off(struct request *request, struct err *err)
{
	return ask(request, DB_CONTINGENCY_OFF, err);
}

int people_contingency_withdraw(struct request *request, struct err *err)
{
	char reason[DB_REASON_MAX] = "";
	struct db_contingency set;
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = people_contingency_find(request, RIGHT_EMERGENCY, &set, err);
	if (r < 0)
		return r;
	set.asked = DB_CONTINGENCY_NOTHING;
	r = db_contingency_put(request->server->db, &set, err);
	if (r < 0)
		return r;
	emit(request->server, &set, "withdrawn");
	return answer(request, &set, err);
}

static int check_consent(const struct db_contingency *set, const char *person, struct err *err)
{
	if (set->asked == DB_CONTINGENCY_NOTHING)
		return err_set(err, EBUSY, "nobody asked to switch the contingency set \"%s\"",
				set->name);
	if (set->asked_s + CONTINGENCY_CONSENT_S <= server_now_s())
		return err_set(err, EBUSY, "what was asked is older than %d minutes: ask again",
				CONTINGENCY_CONSENT_S / 60);
	if (strcmp(set->asked_by, person) == 0)
		return err_set(err, EPERM, "a second person consents, not the one who asked");
	return 0;
}

static int carry_out(struct request *request, struct publish *publish, struct db_contingency *set,
		struct err *err)
{
	struct db_contingency now;
	char scope[DB_SCOPE_MAX], why[DB_REASON_MAX];
	bool is_on = set->asked == DB_CONTINGENCY_ON;

	people_contingency_scope(set, scope);
	(void)text_format(why, sizeof(why), "%s %s, asked by %s: %s", set->name,
			is_on ? "on" : "off", set->asked_by, set->reason);
	struct db_revision about = people_revision(request, "contingency", scope, why);
	int r = publish_begin(publish, request->server, &about, err);
	/* Inside the transaction: another server may have been asked the same. */
	if (r == 0)
		r = db_contingency_get(request->server->db, set->id, &now, err);
	if (r == 0)
		r = check_consent(&now, request->token.person, err);
	if (r == 0 && is_on)
		r = find_overlap(request->server->db, &now, err);
	if (r < 0)
		return r;
	(void)text_copy(now.on_by, sizeof(now.on_by), is_on ? now.asked_by : "");
	(void)text_copy(now.on_with, sizeof(now.on_with), is_on ? request->token.person : "");
	*set = now;
	r = switch_it(publish, set, is_on, err);
	return r < 0 ? r : publish_end(publish, false, err);
}

int people_contingency_consent(struct request *request, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	char reason[DB_REASON_MAX] = "";
	struct db_contingency set;
	cJSON *item = NULL;
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = people_contingency_find(request, RIGHT_EMERGENCY, &set, err);
	if (r == 0)
		r = check_consent(&set, request->token.person, err);
	if (r == 0)
		r = carry_out(request, &publish, &set, err);
	if (r < 0)
		return people_failed(request, &publish, r);
	emit(request->server, &set, set.revision ? "switched on" : "switched off");
	r = people_contingency_json(request->server->db, &set, &item, err);
	if (r < 0)
		return r;
	cJSON *said = json_new_object();
	json_put(said, "set", item);
	json_put_whole(said, "revision", publish.about.revision);
	json_put_whole(said, "device_count", publish_count(&publish));
	return http_answer(request, MHD_HTTP_OK, said);
}
