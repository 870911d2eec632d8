/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_file.h"

#include <errno.h>

#include "server/sql.h"

#define COLUMNS "SELECT hash, name, kind, version, board, size, time_s, person FROM file "

static struct db_file read_file(struct sql_row *row)
{
	struct db_file file = {.size = sql_whole(row, 5), .time_s = sql_whole(row, 6)};

	sql_text(row, 0, file.hash, sizeof(file.hash));
	sql_text(row, 1, file.name, sizeof(file.name));
	sql_text(row, 2, file.kind, sizeof(file.kind));
	sql_text(row, 3, file.version, sizeof(file.version));
	sql_text(row, 4, file.board, sizeof(file.board));
	sql_text(row, 7, file.person, sizeof(file.person));
	return file;
}

int db_file_put(struct db *db, const struct db_file *f, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO file (hash, name, kind, version, board, size, time_s, person)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET"
			" name = excluded.name, kind = excluded.kind, version = excluded.version,"
			" board = excluded.board, size = excluded.size, time_s = excluded.time_s,"
			" person = excluded.person",
			"tttnniit", f->hash, f->name, f->kind, f->version, f->board, f->size,
			f->time_s, f->person);

	return r < 0 ? r : 0;
}

int db_file_get(struct db *db, const char *hash, struct db_file *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE hash = ?", &row, err, "t", hash);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no file %s", hash);
	*ret = read_file(row);
	return 0;
}

int db_file_remove(struct db *db, const char *hash, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM file WHERE hash = ?", "t", hash);

	return r < 0 ? r : 0;
}

int db_file_list(struct db *db, const struct db_page *page, db_file_fn fn, void *data,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE hash > ?1 ORDER BY hash LIMIT ?2", &row, err, "ti",
			page->after, page->limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_file file = read_file(row);

		r = fn(data, &file);
		if (r != 0)
			return r;
	}
	return r;
}

int db_file_unused(struct db *db, const char *hash, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	char user[DB_SCOPE_MAX + 32];
	/* 64 hex digits stand nowhere by chance. */
	int r = sql_bind(db,
			"SELECT 'the layer ' || scope FROM layer"
			" WHERE config LIKE '%' || CAST(?1 AS TEXT) || '%' UNION ALL"
			" SELECT 'the roll-out ' || id FROM rollout WHERE ended_s IS NULL AND"
			" (patch LIKE '%' || CAST(?1 AS TEXT) || '%'"
			" OR plan LIKE '%' || CAST(?1 AS TEXT) || '%') UNION ALL"
			" SELECT 'a roll-out at ' || scope FROM variant"
			" WHERE patch LIKE '%' || CAST(?1 AS TEXT) || '%' UNION ALL"
			" SELECT 'the contingency set ' || contingency FROM contingency_layer"
			" WHERE patch LIKE '%' || CAST(?1 AS TEXT) || '%' LIMIT 1",
			&row, err, "t", hash);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r <= 0)
		return r;
	sql_text(row, 0, user, sizeof(user));
	return err_set(err, EBUSY, "%s names this file", user);
}
