/* SPDX-License-Identifier: Apache-2.0 */
/* Start, stop, go on, undo, end: each is one transaction with its line of history. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/merge.h"
#include "conf/parse.h"
#include "server/contingency.h"
#include "server/keys.h"
#include "server/layers.h"
#include "server/people_revision.h"
#include "server/rollout.h"
#include "server/stack.h"
#include "server/variant.h"

enum { DEVICES_MAX = 1000000 };

static struct db_revision about_of(const struct db_rollout *rollout, const char *person,
		const char *what)
{
	struct db_revision about = {.kind = "rollout"};

	(void)text_copy(about.person, sizeof(about.person),
			person[0] ? person : rollout->started_by);
	(void)text_copy(about.scope, sizeof(about.scope), rollout->scope);
	(void)text_format(about.reason, sizeof(about.reason), "%s: %s", rollout->name, what);
	return about;
}

static int parse_patch(const struct db_rollout *rollout, cJSON **ret, struct err *err)
{
	int r = json_parse(rollout->patch, strlen(rollout->patch), ret, err);

	return r < 0 ? err_prefix(err, -EIO, "roll-out %s in the database", rollout->id) : 0;
}

static int check_layer(struct server *server, const struct db_rollout *rollout, const cJSON *patch,
		struct err *err)
{
	OWNED(stack) struct stack above = {0};

	if (conf_layer_check(patch, err) < 0)
		return -EBADMSG;
	int r = stack_load_above(server->db, rollout->scope, &above, err);
	if (r == 0)
		r = stack_check_locks(&above, patch, err);
	if (r == 0)
		r = variant_check(server->db, rollout->scope, patch, err);
	if (r == 0)
		r = contingency_check(server->db, rollout->scope, patch, err);
	return r;
}

int rollout_check(struct server *server, const struct db_rollout *rollout, struct publish *publish,
		struct err *err)
{
	OWNED(layer_tree) struct layer layer = {0};
	OWNED(json) cJSON *patch = NULL;
	struct db_revision about = about_of(rollout, rollout->made_by, "rehearsal");
	int r = parse_patch(rollout, &patch, err);

	if (r == 0)
		r = check_layer(server, rollout, patch, err);
	if (r == 0)
		r = layer_load(server->db, rollout->scope, &layer, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *after = conf_merge(layer.config, patch);
	layer_prune(after);
	r = publish_begin(publish, server, &about, err);
	publish->wants_values = true;
	if (r == 0)
		r = layer_store(publish, &layer, after, err);
	return r < 0 ? r : publish_end(publish, true, err);
}

/* Which devices come first by percent is settled with the start. */
static int settle_bounds(struct server *server, struct db_rollout *rollout, struct err *err)
{
	OWNED(array) struct array ids = {.max = (size_t)DEVICES_MAX * DB_ID_MAX};
	OWNED(rollout_plan) struct rollout_plan plan = {0};
	OWNED(json) cJSON *tree = json_new_object();
	struct rollout_bounds bounds;
	char first[9];
	int r = rollout_read(rollout, &plan, &bounds, err);

	if (r == 0)
		r = db_device_below(server->db, rollout->scope, db_id_collect, &ids, err);
	if (r < 0)
		return r;
	key_random_text(first, sizeof(first) - 1);
	bounds = rollout_bounds(&plan, first, (const char *)ids.data,
			(unsigned)(ids.size / DB_ID_MAX));
	json_put_text(tree, "first", bounds.first);
	cJSON *ends = json_put_list(tree, "ends");
	for (unsigned i = 0; i < plan.ring_count; i++)
		json_append_text(ends, bounds.ends[i]);
	free(rollout->bounds);
	rollout->bounds = json_print(tree);
	return 0;
}

/* Write the row and its line of history, end the transaction, tell. */
static int commit(struct publish *publish, struct db_rollout *rollout, const char *person,
		const char *action, const char *detail, struct err *err)
{
	struct server *server = publish->server;
	int r = db_rollout_put(server->db, rollout, err);

	if (r == 0)
		r = rollout_log(server, rollout, person, action, detail, err);
	if (r == 0)
		r = publish_end(publish, false, err);
	if (r == 0)
		rollout_emit(server, rollout);
	return r;
}

static int refuse(const struct db_rollout *rollout, const char *what, struct err *err)
{
	return err_set(err, EBUSY, "the roll-out \"%s\" is %s: it can't %s", rollout->name,
			rollout_state_word(rollout->state), what);
}

int rollout_start(struct server *server, struct db_rollout *rollout, const char *person,
		struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(json) cJSON *patch = NULL;

	if (rollout->state != DB_ROLLOUT_DRAFT)
		return refuse(rollout, "be started", err);
	int r = parse_patch(rollout, &patch, err);
	if (r == 0)
		r = settle_bounds(server, rollout, err);
	if (r < 0)
		return r;
	struct db_revision about = about_of(rollout, person, "start");
	about.patch = rollout->patch;
	r = publish_begin(&publish, server, &about, err);
	if (r == 0)
		r = rollout_still(server, rollout, err);
	if (r == 0)
		r = variant_open(&publish, rollout->id, rollout->scope, patch, err);
	if (r < 0)
		return r;
	rollout->state = DB_ROLLOUT_RUNNING;
	rollout->started_s = publish.about.time_s;
	rollout->revision = publish.about.revision;
	(void)text_copy(rollout->started_by, sizeof(rollout->started_by), person);
	return commit(&publish, rollout, person, "start", rollout->reason, err);
}

int rollout_write(struct server *server, const struct db_rollout *before,
		const struct db_rollout *after, const char *person, const char *action,
		const char *detail, struct err *err)
{
	int r = db_begin(server->db, err);

	if (r == 0)
		r = rollout_still(server, before, err);
	if (r == 0)
		r = db_rollout_put(server->db, after, err);
	if (r == 0 && before->state == DB_ROLLOUT_STOPPED)
		r = db_rollout_devices_excuse(server->db, after->id, err);
	if (r == 0 && action)
		r = rollout_log(server, after, person, action, detail, err);
	if (r == 0)
		r = db_commit(server->db, err);
	if (r < 0)
		db_rollback(server->db);
	return r;
}

int rollout_save(struct server *server, const struct db_rollout *before,
		const struct db_rollout *after, const char *person, const char *action,
		const char *detail, struct err *err)
{
	int r = rollout_write(server, before, after, person, action, detail, err);

	if (r == 0)
		rollout_emit(server, after);
	return r;
}

int rollout_stop(struct server *server, struct db_rollout *rollout, const char *person,
		const char *why, struct err *err)
{
	struct db_rollout before = *rollout;

	if (!rollout_is_active(rollout))
		return refuse(rollout, "be stopped", err);
	rollout->state = DB_ROLLOUT_STOPPED;
	(void)text_format(rollout->why, sizeof(rollout->why), "%s%s%s",
			person[0] ? "stopped by a person" : "", person[0] && why[0] ? ": " : "",
			why);
	return rollout_save(server, &before, rollout, person, "stop", why, err);
}

int rollout_continue(struct server *server, struct db_rollout *rollout, const char *person,
		const char *reason, struct err *err)
{
	struct db_rollout before = *rollout;
	bool was_stopped = rollout->state == DB_ROLLOUT_STOPPED;

	if (!was_stopped && !(rollout->state == DB_ROLLOUT_WAITING && rollout->held_s))
		return refuse(rollout, "go on", err);
	rollout->state = DB_ROLLOUT_RUNNING;
	rollout->why[0] = '\0';
	rollout->is_consented = !was_stopped;
	return rollout_save(server, &before, rollout, person, was_stopped ? "continue" : "consent",
			reason, err);
}

/* --- the end, one way or the other */

int rollout_finish(struct server *server, struct db_rollout *rollout, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(json) cJSON *after = NULL;
	struct db_revision about = about_of(rollout, "", "for everybody from now on");
	int r = variant_after(server->db, rollout->id, &after, err);

	if (r < 0)
		return r;
	OWNED(memory) char *text = json_print(after);
	about.patch = rollout->patch;
	about.after = text;
	r = publish_begin(&publish, server, &about, err);
	if (r == 0)
		r = rollout_still(server, rollout, err);
	if (r == 0)
		r = variant_close(&publish, rollout->id, VARIANT_INTO_LAYER, err);
	if (r == -EBADMSG)
		return err_prefix(err, r, "device %s", publish.bad_device);
	if (r < 0)
		return r;
	rollout->state = DB_ROLLOUT_DONE;
	rollout->why[0] = '\0';
	rollout->merged = publish.about.revision;
	rollout->ended_s = publish.about.time_s;
	return commit(&publish, rollout, "", "done", "", err);
}

static int begin_undo(struct publish *publish, struct server *server,
		const struct db_rollout *rollout, const struct db_revision *about, struct err *err)
{
	int r = publish_begin(publish, server, about, err);

	return r < 0 ? r : rollout_still(server, rollout, err);
}

/* What the roll-out made of its layer is taken back as any revision is. */
static int undo_layer(struct publish *publish, struct server *server,
		const struct db_rollout *rollout, struct db_revision *about, struct err *err)
{
	OWNED(json) cJSON *before = NULL;
	OWNED(json) cJSON *after = NULL;
	OWNED(json) cJSON *patch = NULL;
	OWNED(layer_tree) struct layer layer = {0};
	char scope[DB_SCOPE_MAX];
	int r = people_past(server->db, rollout->merged, scope, &before, &after, err);

	if (r == 0)
		r = layer_load(server->db, rollout->scope, &layer, err);
	if (r == 0)
		r = layer_undo(before, after, &layer, &patch, err);
	if (r == 0)
		r = check_layer(server, rollout, patch, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *result = conf_merge(layer.config, patch);
	layer_prune(result);
	OWNED(memory) char *patch_text = json_print(patch);
	OWNED(memory) char *after_text = json_print(result);
	about->patch = patch_text;
	about->after = after_text;
	about->undoes = rollout->merged;
	r = begin_undo(publish, server, rollout, about, err);
	publish->about.patch = publish->about.after = NULL;
	return r < 0 ? r : layer_store(publish, &layer, result, err);
}

static int undo_variant(struct publish *publish, struct server *server,
		const struct db_rollout *rollout, struct db_revision *about, struct err *err)
{
	about->undoes = rollout->revision;
	int r = begin_undo(publish, server, rollout, about, err);

	return r < 0 ? r : variant_close(publish, rollout->id, VARIANT_AWAY, err);
}

int rollout_undo(struct server *server, struct db_rollout *rollout, const char *person,
		const char *reason, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	struct db_revision about = about_of(rollout, person, reason[0] ? reason : "undo");
	int r;

	switch (rollout->state) {
	case DB_ROLLOUT_RUNNING:
	case DB_ROLLOUT_WAITING:
	case DB_ROLLOUT_STOPPED:
		r = undo_variant(&publish, server, rollout, &about, err);
		break;
	case DB_ROLLOUT_DONE:
		r = undo_layer(&publish, server, rollout, &about, err);
		break;
	default:
		return refuse(rollout, "be undone", err);
	}
	if (r == 0)
		r = db_rollout_devices_again(server->db, rollout->id, publish.about.revision,
				publish.about.time_s, err);
	if (r < 0)
		return r;
	rollout->state = DB_ROLLOUT_UNDOING;
	rollout->undone = publish.about.revision;
	return commit(&publish, rollout, person, "undo", reason, err);
}
