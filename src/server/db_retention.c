/* SPDX-License-Identifier: Apache-2.0 */
/* How long things are kept, and forgetting them. */
#include "server/db_privacy.h"
#include "server/sql.h"

int db_retention_list(struct db *db, db_retention_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT name, days FROM retention ORDER BY name", &row, err, "");

	while (r == 0 && (r = sql_step(db, row, err)) > 0)
		r = fn(data, sql_borrow(row, 0), sql_whole(row, 1));
	return r;
}

int db_retention_put(struct db *db, const char *name, int64_t days, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO retention (name, days) VALUES (?, ?)"
			" ON CONFLICT (name) DO UPDATE SET days = excluded.days",
			"ti", name, days);

	return r < 0 ? r : 0;
}

int db_report_expire(struct db *db, int64_t before_s, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE device SET report = NULL WHERE report IS NOT NULL AND seen_s < ?",
			"i", before_s);

	return r < 0 ? r : 0;
}

int db_inventory_change_expire(struct db *db, int64_t before_s, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM inventory_change WHERE time_s < ?", "i", before_s);

	return r < 0 ? r : 0;
}
