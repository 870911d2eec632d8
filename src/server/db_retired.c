/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_retired.h"

#include <errno.h>
#include <string.h>

#include "server/sql.h"

#define COLUMNS \
	"SELECT id, certificate, name, tenant, site, groups, hardware, approved_s, approved_by," \
	" retired_s, successor, before FROM retired "

void db_retired_finish(struct db_retired *retired)
{
	free(retired->before);
	retired->before = NULL;
}

/* `before` points into the row. */
static void read_retired(struct sql_row *row, struct db_retired *ret)
{
	struct db_device *device = &ret->device;

	*ret = (struct db_retired){
			.retired_s = sql_whole(row, 9), .before = (char *)sql_borrow(row, 11)};
	sql_text(row, 0, device->id, sizeof(device->id));
	sql_hash(row, 1, device->certificate);
	sql_text(row, 2, device->name, sizeof(device->name));
	sql_text(row, 3, device->tenant, sizeof(device->tenant));
	sql_text(row, 4, device->site, sizeof(device->site));
	sql_text(row, 5, device->groups, sizeof(device->groups));
	sql_text(row, 6, device->hardware, sizeof(device->hardware));
	device->approved_s = sql_whole(row, 7);
	sql_text(row, 8, device->approved_by, sizeof(device->approved_by));
	sql_text(row, 10, ret->successor, sizeof(ret->successor));
}

int db_retired_put(struct db *db, const struct db_retired *retired, struct err *err)
{
	const struct db_device *device = &retired->device;
	int r = sql_run(db, err, "DELETE FROM retired WHERE id = ?", "t", device->id);

	if (r >= 0)
		r = sql_run(db, err,
				"INSERT INTO retired (id, certificate, name, tenant, site, groups,"
				" hardware, approved_s, approved_by, retired_s, successor, before)"
				" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				"thtnnttitinn", device->id, device->certificate, device->name,
				device->tenant, device->site, device->groups, device->hardware,
				device->approved_s, device->approved_by, retired->retired_s,
				retired->successor, retired->before ? retired->before : "");
	return r < 0 ? r : 0;
}

static int get(struct db *db, const char *sql, const char *key, struct db_retired *ret,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, sql, &row, err, "t", key);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no device \"%s\" that was replaced", key);
	read_retired(row, ret);
	if (ret->before)
		ret->before = own_copy_text(ret->before);
	return 0;
}

int db_retired_get(struct db *db, const char *id, struct db_retired *ret, struct err *err)
{
	return get(db, COLUMNS "WHERE id = ?", id, ret, err);
}

int db_retired_by_successor(struct db *db, const char *successor, struct db_retired *ret,
		struct err *err)
{
	return get(db, COLUMNS "WHERE successor = ? ORDER BY retired_s DESC, id LIMIT 1", successor,
			ret, err);
}

int db_retired_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM retired WHERE id = ?", "t", id);

	return r < 0 ? r : 0;
}

int db_retired_release(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE retired SET successor = NULL, before = NULL WHERE id = ?"
			" AND successor IS NOT NULL",
			"t", id);

	if (r == 0)
		return err_set(err, ENOENT, "there is no device \"%s\" that was replaced", id);
	return r < 0 ? r : 0;
}

int db_retired_list(struct db *db, const char *scopes, const struct db_page *page, db_retired_fn fn,
		void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE id > ?1 AND successor IS NOT NULL AND "
				"(?2 = '' OR " SQL_IN_VIEW("?2",
						"'tenant/' || tenant") " OR " SQL_IN_VIEW("?2",
						"'site/' || site") ")"
								   " ORDER BY id LIMIT ?3",
			&row, err, "tti", page->after, scopes, page->limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		OWNED(memory) struct db_retired *one = own_alloc(sizeof(*one));

		read_retired(row, one);
		r = fn(data, one);
		if (r != 0)
			return r;
	}
	return r;
}
