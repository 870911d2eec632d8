/* SPDX-License-Identifier: Apache-2.0 */
#include "server/people_rollout.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/merge.h"
#include "conf/parse.h"
#include "server/keys.h"
#include "server/place.h"

int people_scope(struct db *db, const char *typed, char scope[DB_SCOPE_MAX], struct err *err)
{
	char text[DB_SCOPE_MAX];

	if (text_copy(text, sizeof(text), typed) < 0)
		return err_set(err, ENOENT, "there is no such place");
	char *name = strchr(text, '/');
	if (name)
		*name++ = '\0';
	/* In the words of rights_require: what one may not see is not there. */
	return place_scope(db, text, name, scope, err);
}

int people_rollout_find(struct request *request, enum right right, struct db_rollout *ret,
		struct err *err)
{
	int r = db_rollout_get(request->server->db, request->match.args[0], ret, err);

	if (r == 0)
		r = rights_require(request, right, ret->scope, err);
	if (r == -ENOENT)
		return err_set(err, ENOENT, "there is no roll-out \"%s\"", request->match.args[0]);
	return r;
}

static int add_rollout(void *data, const struct db_rollout *rollout)
{
	OWNED(rollout_plan) struct rollout_plan plan = {0};
	struct rollout_bounds bounds;

	(void)rollout_read(rollout, &plan, &bounds, NULL);
	return people_list_add(data, people_rollout_brief(rollout, &plan), rollout->id);
}

int people_rollouts(struct request *request, struct err *err)
{
	static const char *const known[] = {"state", NULL};
	const char *word = people_filter(request, "state");
	struct people_list list;
	int64_t state = -1;

	for (int64_t i = 0; i < DB_ROLLOUT_STATES && word[0]; i++) {
		if (strcmp(rollout_state_word((enum db_rollout_state)i), word) == 0)
			state = i;
	}
	if (word[0] && state < 0)
		return err_set(err, EINVAL, "state: not a state of a roll-out");
	int r = people_list_begin(&list, request, "rollouts", known, err);
	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_rollout_list(request->server->db, rights_view(request, RIGHT_READ), state, &page,
			add_rollout, &list, err);
	return people_list_end(&list, r);
}

/* --- making one */

/* Firmware of the plan as values of the config. */
static int add_firmware(cJSON *patch, const struct rollout_plan *plan, struct err *err)
{
	if (cJSON_GetObjectItemCaseSensitive(patch, "firmware"))
		return err_set(err, EINVAL,
				"patch.firmware: say it as \"firmware\" of the plan, which also "
				"looks for its version in the reports");
	if (!plan->version[0])
		return 0;
	cJSON *firmware = json_put_object(patch, "firmware");
	json_put_text(firmware, "version", plan->version);
	json_put_text(firmware, "sha256", plan->sha256);
	json_put_text(firmware, "when", plan->has_restart ? "restart" : "idle");
	return 0;
}

/* A site or group that a ring may name: it is there, and the person may see it. */
static int check_place(struct request *request, enum db_place_kind kind, const char *name,
		struct err *err)
{
	char scope[DB_SCOPE_MAX];
	struct db_place place;
	int r = db_place_get(request->server->db, kind, name, &place, err);

	(void)text_format(scope, sizeof(scope), kind == DB_SITE ? "site/%s" : "group/%s", name);
	return r < 0 ? r : rights_require(request, RIGHT_READ, scope, err);
}

static int check_places(struct request *request, const struct rollout_plan *plan, struct err *err)
{
	int r = 0;

	for (unsigned i = 0; i < plan->ring_count && r == 0; i++) {
		const struct rollout_ring *ring = &plan->rings[i];

		for (unsigned k = 0; k < ring->site_count && r == 0; k++)
			r = check_place(request, DB_SITE, ring->sites[k], err);
		for (unsigned k = 0; k < ring->group_count && r == 0; k++)
			r = check_place(request, DB_GROUP, ring->groups[k], err);
		if (r == -ENOENT)
			return err_prefix(err, -EINVAL, "plan.rings[%u]", i);
	}
	return r;
}

/* Who may see it: the tenant and the site of its scope. */
static int place_it(struct db *db, struct db_rollout *rollout, struct err *err)
{
	struct db_device device;

	rights_split(rollout->scope, rollout->tenant, rollout->site);
	if (strncmp(rollout->scope, "device/", 7) != 0)
		return 0;
	int r = db_device_get(db, rollout->scope + 7, &device, err);
	if (r < 0)
		return r;
	memcpy(rollout->tenant, device.tenant, sizeof(rollout->tenant));
	memcpy(rollout->site, device.site, sizeof(rollout->site));
	return 0;
}

static int store(struct request *request, struct db_rollout *rollout, struct err *err)
{
	struct server *server = request->server;
	char random[13];

	key_random_text(random, sizeof(random) - 1);
	(void)text_format(rollout->id, sizeof(rollout->id), "%010llx%s", (long long)rollout->made_s,
			random);
	int r = db_begin(server->db, err);
	if (r == 0)
		r = db_rollout_add(server->db, rollout, err);
	if (r == 0)
		r = rollout_log(server, rollout, rollout->made_by, "make", rollout->reason, err);
	if (r == 0)
		r = db_commit(server->db, err);
	if (r < 0) {
		db_rollback(server->db);
		return r;
	}
	rollout_emit(server, rollout);
	return 0;
}

static int read_body(struct request *request, struct db_rollout *rollout, char *scope,
		const cJSON **patch, const cJSON **plan, struct err *err)
{
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "name", JSON_REQUIRED | JSON_FILLED, rollout->name, sizeof(rollout->name));
	json_text(&in, "scope", JSON_REQUIRED | JSON_FILLED, scope, DB_SCOPE_MAX);
	json_borrow(&in, "patch", 0, patch);
	if (*patch && !cJSON_IsObject(*patch))
		json_refuse(&in, "patch", "must be an object: a JSON merge patch, RFC 7396");
	json_borrow(&in, "plan", JSON_REQUIRED, plan);
	if (*plan && !cJSON_IsObject(*plan))
		json_refuse(&in, "plan", "must be an object");
	people_read_reason(&in, rollout->reason);
	return json_end(&in);
}

int people_rollout_make(struct request *request, struct err *err)
{
	struct db *db = request->server->db;
	OWNED(db_rollout) struct db_rollout rollout = {.made_s = server_now_s()};
	OWNED(rollout_plan) struct rollout_plan plan = {0};
	const cJSON *given = NULL, *plan_tree = NULL;
	char scope[DB_SCOPE_MAX] = "";
	int r = read_body(request, &rollout, scope, &given, &plan_tree, err);

	if (r == 0)
		r = people_scope(db, scope, rollout.scope, err);
	if (r == 0)
		r = rights_require(request, RIGHT_ROLLOUTS, rollout.scope, err);
	if (r == -ENOENT && strncmp(err->text, "scope: ", 7) != 0)
		r = err_prefix(err, r, "scope");
	if (r == 0)
		r = place_it(db, &rollout, err);
	if (r < 0)
		return r;
	r = rollout_plan_read(plan_tree, &plan, err);
	if (r < 0)
		return err_prefix(err, r, "plan");
	OWNED(json) cJSON *patch = given ? json_copy(given) : json_new_object();
	r = add_firmware(patch, &plan, err);
	if (r == 0)
		r = check_places(request, &plan, err);
	if (r == 0 && !patch->child)
		r = err_set(err, EINVAL, "patch: changes nothing");
	if (r == 0 && conf_layer_check(patch, err) < 0)
		r = -EBADMSG;
	if (r < 0)
		return r;
	rollout.patch = json_print(patch);
	rollout.plan = json_print(plan_tree);
	(void)text_copy(rollout.made_by, sizeof(rollout.made_by), request->token.person);
	r = store(request, &rollout, err);
	return r < 0 ? r : people_rollout_answer(request, MHD_HTTP_CREATED, &rollout, err);
}

int people_rollout_get(struct request *request, struct err *err)
{
	OWNED(db_rollout) struct db_rollout rollout = {0};
	int r = people_rollout_find(request, RIGHT_READ, &rollout, err);

	return r < 0 ? r : people_rollout_answer(request, MHD_HTTP_OK, &rollout, err);
}

int people_rollout_remove(struct request *request, struct err *err)
{
	OWNED(db_rollout) struct db_rollout rollout = {0};
	int r = people_rollout_find(request, RIGHT_ROLLOUTS, &rollout, err);

	if (r == 0 && rollout.state != DB_ROLLOUT_DRAFT)
		r = err_set(err, EBUSY, "the roll-out \"%s\" is %s: only a draft can be removed",
				rollout.name, rollout_state_word(rollout.state));
	if (r == 0)
		r = db_rollout_remove(request->server->db, rollout.id, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", rollout.id);
	return http_answer(request, MHD_HTTP_OK, answer);
}

/* --- what is done to one */

static int begin_act(struct request *request, struct db_rollout *rollout,
		char reason[DB_REASON_MAX], struct err *err)
{
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	return r < 0 ? r : people_rollout_find(request, RIGHT_ROLLOUTS, rollout, err);
}

int people_rollout_start(struct request *request, struct err *err)
{
	OWNED(db_rollout) struct db_rollout rollout = {0};
	OWNED(publish) struct publish publish = {0};
	char reason[DB_REASON_MAX] = "";
	bool is_forced = false;
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	people_read_force(&in, reason, &is_forced);
	int r = json_end(&in);
	if (r == 0)
		r = people_rollout_find(request, RIGHT_ROLLOUTS, &rollout, err);
	if (r == 0 && rollout.state == DB_ROLLOUT_DRAFT)
		r = rollout_check(request->server, &rollout, &publish, err);
	if (r == 0 && !is_forced)
		r = publish_refuse_severe(&publish, err);
	if (r < 0)
		return people_failed(request, &publish, r);
	r = rollout_start(request->server, &rollout, request->token.person, err);
	return r < 0 ? r : people_rollout_answer(request, MHD_HTTP_OK, &rollout, err);
}

int people_rollout_stop(struct request *request, struct err *err)
{
	OWNED(db_rollout) struct db_rollout rollout = {0};
	char reason[DB_REASON_MAX] = "";
	int r = begin_act(request, &rollout, reason, err);

	if (r == 0)
		r = rollout_stop(request->server, &rollout, request->token.person, reason, err);
	return r < 0 ? r : people_rollout_answer(request, MHD_HTTP_OK, &rollout, err);
}

int people_rollout_continue(struct request *request, struct err *err)
{
	OWNED(db_rollout) struct db_rollout rollout = {0};
	char reason[DB_REASON_MAX] = "";
	int r = begin_act(request, &rollout, reason, err);

	if (r == 0)
		r = rollout_continue(request->server, &rollout, request->token.person, reason, err);
	return r < 0 ? r : people_rollout_answer(request, MHD_HTTP_OK, &rollout, err);
}

int people_rollout_undo(struct request *request, struct err *err)
{
	OWNED(db_rollout) struct db_rollout rollout = {0};
	char reason[DB_REASON_MAX] = "";
	int r = begin_act(request, &rollout, reason, err);

	if (r == 0)
		r = rollout_undo(request->server, &rollout, request->token.person, reason, err);
	return r < 0 ? r : people_rollout_answer(request, MHD_HTTP_OK, &rollout, err);
}
