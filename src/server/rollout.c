/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rollout.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/text.h"
#include "server/events.h"
#include "server/fleet.h"

enum {
	EVERY_S = 1,
	ACTIVE_MAX = 256,
	WATCHED = 2000, /* devices whose reports are looked at in one go */
	ROUNDS = 4,
};

/* What this server looked at so far; lost without harm. */
struct watch {
	struct rollout_pass pass;
	char open[DB_ID_MAX]; /* where the looks at reports stand */
	char all[DB_ID_MAX];
};

struct rollouts {
	struct server *server;
	struct array watches; /* structs watch */
};

static const char *const states[DB_ROLLOUT_STATES] = {
		"draft", "running", "waiting", "stopped", "undoing", "undone", "done"};

const char *rollout_state_word(enum db_rollout_state state)
{
	return state < DB_ROLLOUT_STATES ? states[state] : "?";
}

bool rollout_is_active(const struct db_rollout *rollout)
{
	return rollout->state == DB_ROLLOUT_RUNNING || rollout->state == DB_ROLLOUT_WAITING;
}

int rollout_log(struct server *server, const struct db_rollout *rollout, const char *person,
		const char *action, const char *detail, struct err *err)
{
	struct db_rollout_act act = {.time_s = server_now_s()};

	(void)text_copy(act.person, sizeof(act.person), person);
	(void)text_copy(act.action, sizeof(act.action), action);
	(void)text_format(act.detail, sizeof(act.detail), "%s", detail);
	return db_rollout_act_add(server->db, rollout->id, &act, err);
}

void rollout_emit(struct server *server, const struct db_rollout *rollout)
{
	cJSON *body = json_new_object();

	json_put_text(body, "id", rollout->id);
	json_put_text(body, "name", rollout->name);
	json_put_text(body, "state", rollout_state_word(rollout->state));
	json_put_whole(body, "ring", rollout->ring + 1);
	json_put_text(body, "why", rollout->why);
	events_emit(server, "rollout", rollout->scope, NULL, body);
}

int rollout_still(struct server *server, const struct db_rollout *rollout, struct err *err)
{
	OWNED(db_rollout) struct db_rollout now = {0};
	int r = db_rollout_get(server->db, rollout->id, &now, err);

	if (r < 0)
		return r;
	if (now.state != rollout->state || now.ring != rollout->ring)
		return err_set(err, ESTALE, "the roll-out \"%s\" is %s meanwhile", now.name,
				rollout_state_word(now.state));
	return 0;
}

static int read_bounds(const char *text, struct rollout_bounds *bounds, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;
	struct json in, list;
	unsigned i = 0;
	int r = json_parse(text, strlen(text), &tree, err);

	if (r < 0)
		return r;
	json_begin(&in, tree, err);
	json_text(&in, "first", JSON_REQUIRED, bounds->first, sizeof(bounds->first));
	if (json_enter_list(&in, "ends", JSON_REQUIRED, ROLLOUT_RINGS_MAX, &list)) {
		while (json_next_text(&list, 0, bounds->ends[i], DB_ID_MAX))
			i++;
		json_leave(&list);
	}
	return json_end(&in);
}

int rollout_read(const struct db_rollout *rollout, struct rollout_plan *plan,
		struct rollout_bounds *bounds, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;
	int r = json_parse(rollout->plan, strlen(rollout->plan), &tree, err);

	*bounds = (struct rollout_bounds){0};
	if (r == 0)
		r = rollout_plan_read(tree, plan, err);
	if (r == 0 && rollout->bounds)
		r = read_bounds(rollout->bounds, bounds, err);
	return r < 0 ? err_prefix(err, -EIO, "roll-out %s in the database", rollout->id) : 0;
}

char *rollout_counts_print(const struct rollout_plan *plan,
		const struct rollout_tally tallies[ROLLOUT_RINGS_MAX])
{
	OWNED(json) cJSON *list = json_new_list();

	for (unsigned i = 0; i < plan->ring_count; i++) {
		cJSON *ring = json_new_list();

		for (unsigned k = 0; k < ROLLOUT_PICKS; k++)
			json_append(ring, cJSON_CreateNumber(tallies[i].left[k]));
		json_append(list, ring);
	}
	return json_print(list);
}

bool rollout_counts_read(const struct db_rollout *rollout,
		struct rollout_tally ret[ROLLOUT_RINGS_MAX])
{
	OWNED(json) cJSON *list = NULL;

	if (!rollout->counts || !rollout->counts[0] ||
			json_parse(rollout->counts, strlen(rollout->counts), &list, NULL) < 0)
		return false;
	for (int i = 0; i < ROLLOUT_RINGS_MAX && i < cJSON_GetArraySize(list); i++) {
		for (int k = 0; k < ROLLOUT_PICKS; k++) {
			const cJSON *count = cJSON_GetArrayItem(cJSON_GetArrayItem(list, i), k);

			if (cJSON_IsNumber(count))
				ret[i].left[k] = (unsigned)count->valuedouble;
		}
	}
	return true;
}

/* --- the reports of devices that have it */

struct checking {
	struct server *server;
	const struct db_rollout *rollout;
	const struct rollout_plan *plan;
	char *after;
	unsigned seen;
	int64_t now_s;
	struct array changed; /* structs db_rollout_device */
};

/* The revision to be reported: an earlier one when nothing changed for this device. */
static int64_t expected(const struct fleet *fleet, const struct db_rollout_device *device)
{
	const struct fleet_device *known = fleet_find(fleet, device->id);
	int64_t revision = known ? fleet_revision(known) : device->given.revision;

	if (fleet_known(fleet) < device->given.revision || revision > device->given.revision)
		return device->given.revision;
	return revision;
}

static int check_device(void *data, const struct db_rollout_device *device)
{
	struct checking *checking = data;
	struct db_rollout_device now = *device;
	const struct rollout_gate *gate = &checking->plan->rings[device->ring].gate;
	memcpy(checking->after, device->id, DB_ID_MAX);
	checking->seen++;
	now.given.revision = expected(checking->server->fleet, device);
	now.given.saw_trial |= now.now.state == ROLLOUT_STATE_TRIAL;
	now.outcome = rollout_outcome(checking->plan, gate, &now.given, &now.now, checking->now_s);
	if (device->outcome == ROLLOUT_EXCUSED && now.outcome != ROLLOUT_GOOD)
		now.outcome = ROLLOUT_EXCUSED;
	/* A newer change of something else: it was good with this one. */
	if (device->outcome == ROLLOUT_GOOD && now.outcome != ROLLOUT_RETURNED)
		now.outcome = ROLLOUT_GOOD;
	if (!now.crashed && rollout_has_crashed(&now.given, &now.now))
		now.crashed = DB_ROLLOUT_CRASHED;
	if (now.sign_in == ROLLOUT_SIGN_IN_NONE)
		now.sign_in = rollout_sign_in(&now.given, &now.now);
	if (now.outcome == device->outcome && now.crashed == device->crashed &&
			now.sign_in == device->sign_in &&
			now.given.saw_trial == device->given.saw_trial)
		return 0;
	return array_append(&checking->changed, &now, sizeof(now));
}

static int write_checked(struct checking *checking, struct err *err)
{
	const struct db_rollout_device *devices = (const void *)checking->changed.data;
	size_t count = checking->changed.size / sizeof(*devices);
	int r = count ? db_begin(checking->server->db, err) : 0;

	if (r < 0 || !count)
		return r;
	r = rollout_still(checking->server, checking->rollout, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = db_rollout_device_put(checking->server->db, checking->rollout->id, &devices[i],
				err);
	if (r == 0)
		r = db_commit(checking->server->db, err);
	if (r < 0)
		db_rollback(checking->server->db);
	return r;
}

static int check_some(struct server *server, const struct db_rollout *rollout,
		const struct rollout_plan *plan, enum db_rollout_which which, char after[DB_ID_MAX],
		struct err *err)
{
	struct checking checking = {
			.server = server,
			.rollout = rollout,
			.plan = plan,
			.after = after,
			.now_s = server_now_s(),
			.changed.max = (size_t)(WATCHED + 1) * sizeof(struct db_rollout_device),
	};
	char from[DB_ID_MAX];
	memcpy(from, after, DB_ID_MAX);
	const struct db_page page = {.after = from, .limit = WATCHED};
	int r = db_rollout_devices(server->db, rollout->id, which, &page, check_device, &checking,
			err);

	if (r == 0 && checking.seen < WATCHED)
		after[0] = '\0';
	if (r == 0)
		r = write_checked(&checking, err);
	array_finish(&checking.changed);
	return r;
}

/* --- one roll-out, one tick */

static int halt(struct server *server, const struct rollout_plan *plan, struct db_rollout *rollout,
		const char *why, struct err *err)
{
	log_warn("roll-out %s stops by itself: %s", log_quote(rollout->name), why);
	int r = rollout_stop(server, rollout, "", why, err);

	if (r == 0 && plan->undoes_itself)
		r = rollout_undo(server, rollout, "", why, err);
	return r;
}

static int begin_next(struct server *server, const struct rollout_plan *plan, struct watch *watch,
		struct db_rollout *rollout, struct err *err)
{
	struct db_rollout before = *rollout;
	char detail[DB_REASON_MAX];

	rollout->ring++;
	rollout->held_s = 0;
	rollout->is_consented = false;
	rollout->state = DB_ROLLOUT_RUNNING;
	rollout->why[0] = '\0';
	(void)text_format(detail, sizeof(detail), "ring %lld (%s)", (long long)rollout->ring + 1,
			plan->rings[rollout->ring].name);
	free(rollout->counts);
	rollout->counts = before.counts = NULL; /* of the ring before */
	watch->pass = (struct rollout_pass){0};
	memcpy(watch->pass.id, rollout->id, DB_ID_MAX);
	return rollout_save(server, &before, rollout, "", "ring", detail, err);
}

static int view_of(struct server *server, const struct db_rollout *rollout,
		struct rollout_view *view, struct err *err)
{
	*view = (struct rollout_view){
			.now_s = server_now_s(),
			.ring = (unsigned)rollout->ring,
			.held_s = rollout->held_s,
			.is_consented = rollout->is_consented,
	};
	view->is_known = rollout_counts_read(rollout, view->rings);
	return db_rollout_tally(server->db, rollout->id, view->rings, err);
}

/* What the verdict asks for; *is_again when there may be more to do at once. */
static int follow(struct server *server, struct watch *watch, const struct rollout_plan *plan,
		struct db_rollout *rollout, enum rollout_verdict verdict, const char *why,
		bool *is_again, struct err *err)
{
	struct db_rollout before = *rollout;
	enum db_rollout_state state =
			verdict == ROLLOUT_WAIT ? DB_ROLLOUT_WAITING : DB_ROLLOUT_RUNNING;

	*is_again = verdict == ROLLOUT_HOLDS || verdict == ROLLOUT_NEXT;
	switch (verdict) {
	case ROLLOUT_STOP:
		return halt(server, plan, rollout, why, err);
	case ROLLOUT_DONE:
		return rollout_finish(server, rollout, err);
	case ROLLOUT_NEXT:
		return begin_next(server, plan, watch, rollout, err);
	case ROLLOUT_HOLDS:
		rollout->held_s = server_now_s();
		return rollout_save(server, &before, rollout, "", NULL, NULL, err);
	case ROLLOUT_GO:
	case ROLLOUT_WAIT:
		break;
	}
	/* Counts change all the time: only another state is news. */
	if (state == rollout->state && strcmp(why, rollout->why) == 0)
		return 0;
	bool is_news = state != rollout->state;
	rollout->state = state;
	(void)text_copy(rollout->why, sizeof(rollout->why), why);
	return is_news ? rollout_save(server, &before, rollout, "", NULL, NULL, err)
	               : rollout_write(server, &before, rollout, "", NULL, NULL, err);
}

static int advance(struct server *server, struct watch *watch, struct db_rollout *rollout,
		const struct rollout_plan *plan, const struct rollout_bounds *bounds,
		struct err *err)
{
	char why[ROLLOUT_WHY_MAX];
	struct rollout_view view;
	bool is_again = true;
	int r = 0;

	for (unsigned i = 0; i < ROUNDS && r == 0 && is_again && rollout_is_active(rollout); i++) {
		r = view_of(server, rollout, &view, err);
		if (r < 0)
			return r;
		enum rollout_verdict verdict = rollout_judge(plan, &view, why);
		r = follow(server, watch, plan, rollout, verdict, why, &is_again, err);
	}
	if (r < 0 || !rollout_is_active(rollout))
		return r;
	bool was_known = rollout->counts != NULL;
	OWNED(memory) char *counts = was_known ? own_copy_text(rollout->counts) : NULL;
	r = rollout_look(server, &watch->pass, rollout, plan, bounds, err);
	if (r == 0 && rollout->counts && (!was_known || strcmp(counts, rollout->counts) != 0)) {
		struct db_rollout before = *rollout;

		r = rollout_save(server, &before, rollout, "", NULL, NULL, err);
	}
	return r;
}

static int count_pending(struct server *server, const struct db_rollout *rollout, unsigned *ret,
		struct err *err)
{
	struct rollout_tally tallies[ROLLOUT_RINGS_MAX] = {0};
	int r = db_rollout_tally(server->db, rollout->id, tallies, err);

	*ret = 0;
	for (unsigned i = 0; i < ROLLOUT_RINGS_MAX; i++)
		*ret += tallies[i].outcomes[ROLLOUT_PENDING];
	return r;
}

static int advance_undo(struct server *server, struct db_rollout *rollout, struct err *err)
{
	struct db_rollout before = *rollout;
	unsigned pending = 0;
	int r = count_pending(server, rollout, &pending, err);

	if (r < 0 || pending)
		return r;
	rollout->state = DB_ROLLOUT_UNDONE;
	rollout->ended_s = server_now_s();
	return rollout_save(server, &before, rollout, "", "undone", "", err);
}

static struct watch *watch_of(struct rollouts *rollouts, const char *id)
{
	struct watch fresh = {0};

	for (size_t i = 0; i < rollouts->watches.size / sizeof(fresh); i++) {
		struct watch *watch = (struct watch *)rollouts->watches.data + i;

		if (strcmp(watch->pass.id, id) == 0)
			return watch;
	}
	/* Ended ones make room for new ones: all begin again. */
	if (rollouts->watches.size >= rollouts->watches.max)
		rollouts->watches.size = 0;
	(void)text_copy(fresh.pass.id, sizeof(fresh.pass.id), id);
	(void)array_append(&rollouts->watches, &fresh, sizeof(fresh));
	return (struct watch *)(rollouts->watches.data + rollouts->watches.size) - 1;
}

static int tick_one(struct server *server, const char *id, struct err *err)
{
	OWNED(db_rollout) struct db_rollout rollout = {0};
	OWNED(rollout_plan) struct rollout_plan plan = {0};
	struct rollout_bounds bounds;
	struct watch *watch = watch_of(server->rollouts, id);
	int r = db_rollout_get(server->db, id, &rollout, err);

	if (r == 0)
		r = rollout_read(&rollout, &plan, &bounds, err);
	if (r == 0)
		r = check_some(server, &rollout, &plan, DB_ROLLOUT_OPEN, watch->open, err);
	if (r == 0 && rollout_is_active(&rollout))
		r = check_some(server, &rollout, &plan, DB_ROLLOUT_ALL, watch->all, err);
	if (r < 0)
		return r;
	if (rollout.state == DB_ROLLOUT_UNDOING)
		return advance_undo(server, &rollout, err);
	r = advance(server, watch, &rollout, &plan, &bounds, err);
	if (r == -EBADMSG) {
		struct err why = *err;

		db_rollback(server->db);
		r = halt(server, &plan, &rollout, why.text, err);
	}
	return r == -ESTALE ? 0 : r; /* somebody was faster: next time */
}

static int keep_id(void *data, const char *id)
{
	return db_id_collect(data, id) < 0 ? 1 : 0;
}

/* One that fails does not keep the others back. */
static int tick(struct server *server, struct err *err)
{
	OWNED(array) struct array ids = {.max = (size_t)ACTIVE_MAX * DB_ID_MAX};
	struct err first = {""};
	int result = db_rollout_active(server->db, keep_id, &ids, err);

	if (result < 0)
		return result;
	result = 0;
	for (size_t i = 0; i < ids.size; i += DB_ID_MAX) {
		const char *id = (const char *)ids.data + i;
		int r = tick_one(server, id, &first);

		db_rollback(server->db);
		if (r < 0 && result == 0)
			result = err_set(err, -r, "roll-out %s: %s", id, first.text);
	}
	return result;
}

struct rollouts *rollouts_create(struct server *server)
{
	struct rollouts *rollouts = own_alloc(sizeof(*rollouts));

	rollouts->server = server;
	rollouts->watches.max = ACTIVE_MAX * sizeof(struct watch);
	jobs_add(server->jobs, "rollouts", EVERY_S, tick);
	return rollouts;
}

void rollouts_destroy(struct rollouts *rollouts)
{
	if (!rollouts)
		return;
	array_finish(&rollouts->watches);
	free(rollouts);
}
