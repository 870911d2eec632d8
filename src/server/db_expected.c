/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "server/db_admit.h"
#include "server/sql.h"

#define COLUMNS \
	"SELECT id, serial, mac, name, site, groups, config, networks, until_s, created_s," \
	" created_by, used_s, device, tenant FROM expected "

void db_expected_finish(struct db_expected *expected)
{
	free(expected->config);
	expected->config = NULL;
}

/* `config` points into the row. */
static struct db_expected read_expected(struct sql_row *row)
{
	struct db_expected one = {
			.until_s = sql_whole(row, 8),
			.created_s = sql_whole(row, 9),
			.used_s = sql_whole(row, 11),
			.config = (char *)sql_borrow(row, 6),
	};

	sql_text(row, 0, one.id, sizeof(one.id));
	sql_text(row, 1, one.serial, sizeof(one.serial));
	sql_text(row, 2, one.mac, sizeof(one.mac));
	sql_text(row, 3, one.name, sizeof(one.name));
	sql_text(row, 4, one.site, sizeof(one.site));
	sql_text(row, 5, one.groups, sizeof(one.groups));
	sql_text(row, 7, one.networks, sizeof(one.networks));
	sql_text(row, 10, one.created_by, sizeof(one.created_by));
	sql_text(row, 12, one.device, sizeof(one.device));
	sql_text(row, 13, one.tenant, sizeof(one.tenant));
	return one;
}

/* The one row of a statement; the caller owns its config. */
static int take_one(struct db *db, struct sql_row *row, struct db_expected *ret, struct err *err)
{
	int r = sql_step(db, row, err);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "no such device is expected");
	*ret = read_expected(row);
	if (ret->config)
		ret->config = own_copy_text(ret->config);
	return 0;
}

int db_expected_add(struct db *db, const struct db_expected *e, int64_t *replaced, struct err *err)
{
	int r = sql_run(db, err,
			"DELETE FROM expected WHERE used_s IS NULL AND"
			" ((?1 <> '' AND serial = ?1) OR (?2 <> '' AND mac = ?2))"
			" AND coalesce(tenant, '') = ?3",
			"ttt", e->serial, e->mac, e->tenant);

	if (r < 0)
		return r;
	*replaced += r > 0;
	r = sql_run(db, err,
			"INSERT INTO expected (id, serial, mac, name, site, groups, config, "
			"networks,"
			" until_s, created_s, created_by, tenant)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			"tnntttntiitt", e->id, e->serial, e->mac, e->name, e->site, e->groups,
			e->config ? e->config : "", e->networks, e->until_s, e->created_s,
			e->created_by, e->tenant);
	return r < 0 ? r : 0;
}

int db_expected_find(struct db *db, const char *serial, const char *mac, int64_t now_s,
		struct db_expected *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE used_s IS NULL AND until_s > ?3"
				" AND (serial = ?1 OR mac = ?2)"
				" AND (serial IS NULL OR serial = ?1) AND (mac IS NULL OR mac = ?2)"
				" ORDER BY created_s, id LIMIT 1",
			&row, err, "tti", serial, mac, now_s);

	return r < 0 ? r : take_one(db, row, ret, err);
}

int db_expected_get(struct db *db, const char *id, struct db_expected *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE id = ?", &row, err, "t", id);

	return r < 0 ? r : take_one(db, row, ret, err);
}

int db_expected_use(struct db *db, const char *id, const char *device, int64_t now_s,
		struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE expected SET used_s = ?3, device = ?2 WHERE id = ?1 AND used_s IS "
			"NULL",
			"tti", id, device, now_s);

	if (r == 0)
		return err_set(err, EACCES, "the row of the list is spent");
	return r < 0 ? r : 0;
}

int db_expected_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM expected WHERE id = ?", "t", id);

	if (r == 0)
		return err_set(err, ENOENT, "no such device is expected");
	return r < 0 ? r : 0;
}

int db_expected_list(struct db *db, const char *scopes, enum db_spent spent,
		const struct db_page *page, db_expected_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS
			"WHERE id > ?1 AND "
			"(?2 = '' OR " SQL_IN_VIEW("?2",
					"'tenant/' || tenant") " OR " SQL_IN_VIEW("?2",
					"'site/' || site") ")"
							   " AND (?3 = 0 OR (used_s IS NULL) = (?3 "
							   "= 2)) ORDER BY id LIMIT ?4",
			&row, err, "ttii", page->after, scopes, (int64_t)spent, page->limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_expected one = read_expected(row);

		r = fn(data, &one);
		if (r != 0)
			return r;
	}
	return r;
}

int db_admit_expire(struct db *db, int64_t before_s, struct err *err)
{
	int r = sql_run(db, err,
			"DELETE FROM expected WHERE used_s < ?1 OR (used_s IS NULL AND until_s < "
			"?1)",
			"i", before_s);

	if (r >= 0)
		r = sql_run(db, err, "DELETE FROM site_token WHERE until_s < ?1", "i", before_s);
	return r < 0 ? r : 0;
}
