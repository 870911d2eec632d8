/* SPDX-License-Identifier: Apache-2.0 */
/* Roll-outs, and who did what to them. */
#include "server/db_rollout.h"

#include <errno.h>
#include <string.h>

#include "server/sql.h"

void db_rollout_finish(struct db_rollout *rollout)
{
	free(rollout->patch);
	free(rollout->plan);
	free(rollout->bounds);
	free(rollout->counts);
	*rollout = (struct db_rollout){0};
}

int db_rollout_add(struct db *db, const struct db_rollout *rollout, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO rollout (id, name, scope, tenant, site, state, patch, plan,"
			" reason, made_by, made_s, ring, consented, why)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '')",
			"tttnnitttti", rollout->id, rollout->name, rollout->scope, rollout->tenant,
			rollout->site, (int64_t)rollout->state, rollout->patch, rollout->plan,
			rollout->reason, rollout->made_by, rollout->made_s);

	return r < 0 ? r : 0;
}

int db_rollout_put(struct db *db, const struct db_rollout *rollout, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE rollout SET state = ?2, started_by = ?3, started_s = ?4,"
			" ended_s = ?5, ring = ?6, held_s = ?7, consented = ?8, why = ?9,"
			" bounds = ?10, counts = ?11, revision = ?12, merged = ?13, undone = ?14"
			" WHERE id = ?1",
			"tinzzizitttzzz", rollout->id, (int64_t)rollout->state, rollout->started_by,
			rollout->started_s, rollout->ended_s, rollout->ring, rollout->held_s,
			(int64_t)rollout->is_consented, rollout->why, rollout->bounds,
			rollout->counts, rollout->revision, rollout->merged, rollout->undone);

	return r < 0 ? r : 0;
}

#define COLUMNS \
	"SELECT id, name, scope, tenant, site, state, reason, made_by, made_s, started_by," \
	" started_s, ended_s, ring, held_s, consented, why, revision, merged, undone, patch," \
	" plan, bounds, counts FROM rollout "

static char *copy_or_null(struct sql_row *row, int column)
{
	const char *text = sql_borrow(row, column);

	return text ? own_copy_text(text) : NULL;
}

static struct db_rollout read_rollout(struct sql_row *row)
{
	struct db_rollout rollout = {
			.state = (enum db_rollout_state)sql_whole(row, 5),
			.made_s = sql_whole(row, 8),
			.started_s = sql_whole(row, 10),
			.ended_s = sql_whole(row, 11),
			.ring = sql_whole(row, 12),
			.held_s = sql_whole(row, 13),
			.is_consented = sql_whole(row, 14) != 0,
			.revision = sql_whole(row, 16),
			.merged = sql_whole(row, 17),
			.undone = sql_whole(row, 18),
			.patch = copy_or_null(row, 19),
			.plan = copy_or_null(row, 20),
			.bounds = copy_or_null(row, 21),
			.counts = copy_or_null(row, 22),
	};

	sql_text(row, 0, rollout.id, sizeof(rollout.id));
	sql_text(row, 1, rollout.name, sizeof(rollout.name));
	sql_text(row, 2, rollout.scope, sizeof(rollout.scope));
	sql_text(row, 3, rollout.tenant, sizeof(rollout.tenant));
	sql_text(row, 4, rollout.site, sizeof(rollout.site));
	sql_text(row, 6, rollout.reason, sizeof(rollout.reason));
	sql_text(row, 7, rollout.made_by, sizeof(rollout.made_by));
	sql_text(row, 9, rollout.started_by, sizeof(rollout.started_by));
	sql_text(row, 15, rollout.why, sizeof(rollout.why));
	return rollout;
}

int db_rollout_get(struct db *db, const char *id, struct db_rollout *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE id = ?", &row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no roll-out \"%s\"", id);
	*ret = read_rollout(row);
	return 0;
}

int db_rollout_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM rollout WHERE id = ?", "t", id);

	return r < 0 ? r : 0;
}

/* A scope of the row is one of those of ?2. */
#define SEEN(scope) " OR replace('\n' || ?2, '\n' || " scope " || '\n', '') <> '\n' || ?2"
#define SCOPES SEEN("scope") SEEN("'tenant/' || tenant") SEEN("'site/' || site")

int db_rollout_list(struct db *db, const char *view, int64_t state, const struct db_page *page,
		db_rollout_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE (?1 = '' OR id < ?1) AND (?2 = ''" SCOPES ")"
				" AND (?3 < 0 OR state = ?3) ORDER BY id DESC LIMIT ?4",
			&row, err, "ttii", page->after, view, state, page->limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		OWNED(db_rollout) struct db_rollout rollout = read_rollout(row);

		r = fn(data, &rollout);
	}
	return r;
}

int db_rollout_active(struct db *db, db_id_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT id FROM rollout WHERE state IN (1, 2, 4) ORDER BY id", &row,
			err, "");

	while (r == 0 && (r = sql_step(db, row, err)) > 0)
		r = fn(data, sql_borrow(row, 0));
	return r;
}

int db_rollout_act_add(struct db *db, const char *id, const struct db_rollout_act *act,
		struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO rollout_log (rollout, n, time_s, person, action, detail)"
			" SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4, ?5"
			" FROM rollout_log WHERE rollout = ?1",
			"tintt", id, act->time_s, act->person, act->action, act->detail);

	return r < 0 ? r : 0;
}

int db_rollout_acts(struct db *db, const char *id, int64_t limit, db_rollout_act_fn fn, void *data,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT time_s, person, action, detail FROM"
			" (SELECT * FROM rollout_log WHERE rollout = ? ORDER BY n DESC LIMIT ?)"
			" AS newest ORDER BY n",
			&row, err, "ti", id, limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_rollout_act act = {.time_s = sql_whole(row, 0)};

		sql_text(row, 1, act.person, sizeof(act.person));
		sql_text(row, 2, act.action, sizeof(act.action));
		sql_text(row, 3, act.detail, sizeof(act.detail));
		r = fn(data, &act);
	}
	return r;
}
