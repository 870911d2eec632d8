/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_lift.h"

#include "server/sql.h"

#define CENTURY_S (INT64_C(100) * 366 * 24 * 3600)

/* A clock that goes wrong must not use up the numbers. */
static int64_t distance(int64_t last_s, int64_t now_s)
{
	int64_t seconds = now_s > last_s ? now_s - last_s : 0;

	return (seconds < CENTURY_S ? seconds : CENTURY_S) + 1;
}

static int lift(struct db *db, int64_t now_s, int64_t *ret, struct err *err)
{
	struct db_revision about = {.time_s = now_s,
			.person = "tynd-server",
			.reason = "an older copy of the database was put back",
			.kind = "restore",
			.scope = "organisation"};
	int64_t newest, last_s, devices = 0;
	int r = db_revision_newest(db, &newest, err);

	if (r == 0)
		r = sql_number(db, &last_s, err,
				"SELECT max(t) FROM (SELECT coalesce(max(time_s), 0) AS t FROM "
				"revision"
				" UNION ALL SELECT coalesce(max(time_s), 0) FROM audit"
				" UNION ALL SELECT coalesce(max(seen_s), 0) FROM device) AS times",
				"");
	if (r < 0)
		return r;
	/* Without any sign of life nothing was ever given out. */
	about.revision = newest + (last_s ? DB_LIFT_PER_S * distance(last_s, now_s) : 1);
	r = sql_run(db, err,
			"INSERT INTO revision (revision, time_s, person, reason, kind, scope,"
			" device_count) VALUES (?, ?, ?, ?, ?, ?, 0)",
			"iitttt", about.revision, about.time_s, about.person, about.reason,
			about.kind, about.scope);
	if (r >= 0)
		r = sql_run(db, err, "UPDATE device SET revision = ?1, joined = ?1, touched = ?1",
				"i", about.revision);
	if (r >= 0) {
		devices = r;
		r = db_revision_devices(db, about.revision, devices, err);
	}
	*ret = about.revision;
	return r < 0 ? r : 0;
}

int db_lift(struct db *db, int64_t now_s, int64_t *ret, struct err *err)
{
	int r = db_begin(db, err);

	if (r == 0)
		r = lift(db, now_s, ret, err);
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	return r;
}
