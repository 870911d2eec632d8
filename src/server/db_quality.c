/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_inventory.h"
#include "server/sql.h"

int db_quality_add(struct db *db, const struct db_quality *q, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO quality (day, device, tenant, site, sessions, seconds, "
			"reconnects,"
			" samples, round_trip_ms, frames, dropped, sign_in_ms, crashes)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
			" ON CONFLICT (day, device) DO UPDATE SET"
			" tenant = excluded.tenant, site = excluded.site,"
			" sessions = quality.sessions + excluded.sessions,"
			" seconds = quality.seconds + excluded.seconds,"
			" reconnects = quality.reconnects + excluded.reconnects,"
			" samples = quality.samples + excluded.samples,"
			" round_trip_ms = quality.round_trip_ms + excluded.round_trip_ms,"
			" frames = quality.frames + excluded.frames,"
			" dropped = quality.dropped + excluded.dropped,"
			" sign_in_ms = quality.sign_in_ms + excluded.sign_in_ms,"
			" crashes = quality.crashes + excluded.crashes",
			"itttiiiiiiiii", q->day, q->device, q->tenant, q->site, q->sessions,
			q->seconds, q->reconnects, q->samples, q->round_trip_ms, q->frames,
			q->dropped, q->sign_in_ms, q->crashes);

	return r < 0 ? r : 0;
}

int db_quality_list(struct db *db, const char *view, int64_t day, const char *device, int64_t limit,
		db_quality_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT quality.day, quality.device, device.name, quality.tenant,"
			" quality.site, sessions, seconds, reconnects, samples, round_trip_ms,"
			" frames, dropped, sign_in_ms, crashes FROM quality"
			" LEFT JOIN device ON device.id = quality.device"
			" WHERE (quality.day, quality.device) > (?1, ?2) AND (?3 = ''"
			" OR " SQL_IN_VIEW("?3",
					"'tenant/' || quality.tenant") " OR " SQL_IN_VIEW("?3",
					"'site/' || quality.site") ")"
								   " ORDER BY quality.day, "
								   "quality.device LIMIT ?4",
			&row, err, "itti", day, device, view, limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_quality q = {.day = sql_whole(row, 0),
				.sessions = sql_whole(row, 5),
				.seconds = sql_whole(row, 6),
				.reconnects = sql_whole(row, 7),
				.samples = sql_whole(row, 8),
				.round_trip_ms = sql_whole(row, 9),
				.frames = sql_whole(row, 10),
				.dropped = sql_whole(row, 11),
				.sign_in_ms = sql_whole(row, 12),
				.crashes = sql_whole(row, 13)};

		sql_text(row, 1, q.device, sizeof(q.device));
		sql_text(row, 2, q.name, sizeof(q.name));
		sql_text(row, 3, q.tenant, sizeof(q.tenant));
		sql_text(row, 4, q.site, sizeof(q.site));
		r = fn(data, &q);
		if (r != 0)
			return r;
	}
	return r;
}

int db_quality_expire(struct db *db, int64_t before_day, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM quality WHERE day < ?", "i", before_day);

	return r < 0 ? r : 0;
}

int db_revision_sums(struct db *db, const char *person, const char *kind, int64_t limit,
		db_sum_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT person, kind, count(*), min(time_s), max(time_s) FROM revision"
			" WHERE (person, kind) > (?1, ?2) GROUP BY person, kind"
			" ORDER BY person, kind LIMIT ?3",
			&row, err, "tti", person, kind, limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		r = fn(data, sql_borrow(row, 0), sql_borrow(row, 1), sql_whole(row, 2),
				sql_whole(row, 3), sql_whole(row, 4));
		if (r != 0)
			return r;
	}
	return r;
}
