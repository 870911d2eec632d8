/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one person or user. */
#include "server/db_privacy.h"

#include <errno.h>

#include "server/sql.h"

#define IN_VIEW(view) \
	"(" view " = '' OR " SQL_IN_VIEW(view, "'tenant/' || tenant") " OR " SQL_IN_VIEW(view, \
			"'site/' || site") ")"

/* --- users of devices */

int db_report_search(struct db *db, const char *view, const char *word, const char *after,
		db_said_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT id, name, report FROM device WHERE report IS NOT NULL AND id > ?3"
			" AND replace(lower(CAST(report AS TEXT)), lower(?2), '')"
			" <> lower(CAST(report AS TEXT)) AND " SQL_DEVICE_IN_VIEW(
					"?1") " ORDER BY id",
			&row, err, "ttt", view, word, after);

	while (r == 0 && (r = sql_step(db, row, err)) > 0)
		r = fn(data, sql_borrow(row, 0), sql_borrow(row, 1), sql_borrow(row, 2));
	return r;
}

int db_report_replace(struct db *db, const char *id, const char *report, struct err *err)
{
	int r = sql_run(db, err, "UPDATE device SET report = ?2 WHERE id = ?1", "tt", id, report);

	return r < 0 ? r : 0;
}

int db_order_file_remove(struct db *db, const char *device, struct err *err)
{
	return sql_run(db, err, "DELETE FROM order_file WHERE device = ?", "t", device);
}

/* --- people */

static int read_acts(struct db *db, const char *sql, const char *person, const char *view,
		struct db_acts *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, sql, &row, err, "tt", person, view);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	*ret = (struct db_acts){
			.count = sql_whole(row, 0),
			.first = sql_whole(row, 1),
			.last = sql_whole(row, 2),
			.first_s = sql_whole(row, 3),
			.last_s = sql_whole(row, 4),
	};
	return 0;
}

int db_acts_revisions(struct db *db, const char *person, const char *view, struct db_acts *ret,
		struct err *err)
{
	return read_acts(db,
			"SELECT count(*), min(revision), max(revision), min(time_s), max(time_s)"
			" FROM revision WHERE person = ?1 AND " IN_VIEW("?2"),
			person, view, ret, err);
}

int db_acts_audit(struct db *db, const char *person, const char *view, struct db_acts *ret,
		struct err *err)
{
	return read_acts(db,
			"SELECT count(*), min(id), max(id), min(time_s), max(time_s)"
			" FROM audit WHERE person = ?1 AND " IN_VIEW("?2"),
			person, view, ret, err);
}

int db_revision_of(struct db *db, const char *person, const char *view, int64_t before,
		int64_t limit, db_revision_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT revision, time_s, kind, scope, reason FROM revision"
			" WHERE person = ?1 AND (?3 = 0 OR revision < ?3) AND " IN_VIEW(
					"?2") " ORDER BY revision DESC LIMIT ?4",
			&row, err, "ttii", person, view, before, limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_revision one = {
				.revision = sql_whole(row, 0),
				.time_s = sql_whole(row, 1),
		};

		sql_text(row, 2, one.kind, sizeof(one.kind));
		sql_text(row, 3, one.scope, sizeof(one.scope));
		sql_text(row, 4, one.reason, sizeof(one.reason));
		r = fn(data, &one);
	}
	return r;
}

int db_person_traces(struct db *db, const char *person, db_trace_fn fn, void *data, struct err *err)
{
	static const struct {
		const char *what, *sql;
	} traces[] = {
			{"devices", "SELECT count(*) FROM device WHERE approved_by = ?1"},
			{"removed_devices", "SELECT count(*) FROM retired WHERE approved_by = ?1"},
			{"orders", "SELECT count(*) FROM orders WHERE person = ?1"
				   " OR cancelled_by = ?1"},
			{"rollouts", "SELECT count(*) FROM rollout WHERE made_by = ?1"
				     " OR started_by = ?1 OR id IN"
				     " (SELECT rollout FROM rollout_log WHERE person = ?1)"},
			{"contingency", "SELECT count(*) FROM contingency WHERE changed_by = ?1"
					" OR asked_by = ?1 OR on_by = ?1 OR on_with = ?1"},
			{"webhooks", "SELECT count(*) FROM hook WHERE created_by = ?1"},
			{"site_tokens", "SELECT count(*) FROM site_token WHERE created_by = ?1"},
			{"expected", "SELECT count(*) FROM expected WHERE created_by = ?1"},
			{"grants_to_others", "SELECT count(*) FROM role_grant WHERE"
					     " created_by = ?1 AND coalesce(person, '') <> ?1"},
	};
	int r = 0;

	for (unsigned i = 0; i < sizeof(traces) / sizeof(traces[0]) && r == 0; i++) {
		int64_t count = 0;

		r = sql_number(db, &count, err, traces[i].sql, "t", person);
		if (r == 0)
			r = fn(data, traces[i].what, count);
	}
	return r;
}

int db_person_erase(struct db *db, const char *person, struct db_erased *ret, struct err *err)
{
	const struct {
		const char *sql;
		int64_t *count;
	} steps[] = {
			{"DELETE FROM token WHERE person = ? AND kind <> 'session'", &ret->tokens},
			{"DELETE FROM token WHERE person = ?", &ret->sessions},
			{"DELETE FROM role_grant WHERE person = ?", &ret->grants},
			{"DELETE FROM recovery WHERE person = ?", &ret->recovery_codes},
			{"DELETE FROM attempt WHERE who = 'person/' || ?", &ret->failures},
			{"DELETE FROM once WHERE person = ?", &ret->kept_answers},
	};

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int r = sql_run(db, err, steps[i].sql, "t", person);

		if (r < 0)
			return r;
		*steps[i].count = r;
	}
	return db_person_remove(db, person, err);
}
