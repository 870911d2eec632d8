/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "server/db_admit.h"
#include "server/sql.h"

#define COLUMNS \
	"SELECT id, site, groups, pattern, label, networks, hash, created_s, created_by, until_s," \
	" most, used, number, used_s FROM site_token "

static struct db_site_token read_token(struct sql_row *row)
{
	struct db_site_token token = {
			.created_s = sql_whole(row, 7),
			.until_s = sql_whole(row, 9),
			.most = sql_whole(row, 10),
			.used = sql_whole(row, 11),
			.number = sql_whole(row, 12),
			.used_s = sql_whole(row, 13),
	};

	sql_text(row, 0, token.id, sizeof(token.id));
	sql_text(row, 1, token.site, sizeof(token.site));
	sql_text(row, 2, token.groups, sizeof(token.groups));
	sql_text(row, 3, token.pattern, sizeof(token.pattern));
	sql_text(row, 4, token.label, sizeof(token.label));
	sql_text(row, 5, token.networks, sizeof(token.networks));
	sql_hash(row, 6, token.hash);
	sql_text(row, 8, token.created_by, sizeof(token.created_by));
	return token;
}

int db_site_token_add(struct db *db, const struct db_site_token *t, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO site_token (id, site, groups, pattern, label, networks, hash,"
			" created_s, created_by, until_s, most, used, number)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
			"tttttthitiii", t->id, t->site, t->groups, t->pattern, t->label,
			t->networks, t->hash, t->created_s, t->created_by, t->until_s, t->most,
			t->number);

	return r < 0 ? r : 0;
}

int db_site_token_get(struct db *db, const char *id, struct db_site_token *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE id = ?", &row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no site token \"%s\"", id);
	*ret = read_token(row);
	return 0;
}

int db_site_token_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM site_token WHERE id = ?", "t", id);

	if (r == 0)
		return err_set(err, ENOENT, "there is no site token \"%s\"", id);
	return r < 0 ? r : 0;
}

int db_site_token_use(struct db *db, const char *id, int64_t now_s, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE site_token SET used = used + 1, used_s = ?2 WHERE id = ?1"
			" AND used < most AND until_s > ?2",
			"ti", id, now_s);

	if (r == 0)
		return err_set(err, EACCES, "the site token is used up or over");
	return r < 0 ? r : 0;
}

int db_site_token_number(struct db *db, const char *id, int64_t number, struct err *err)
{
	int r = sql_run(db, err, "UPDATE site_token SET number = ?2 WHERE id = ?1", "ti", id,
			number);

	return r < 0 ? r : 0;
}

int db_site_token_list(struct db *db, const char *scopes, const struct db_page *page,
		db_site_token_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE id > ?1 AND (?2 = '' OR " SQL_IN_VIEW("?2",
					"'site/' || site") " OR EXISTS (SELECT 1 FROM site AS "
							   "place WHERE place.name = "
							   "site_token.site"
							   " AND " SQL_IN_VIEW("?2",
									   "'tenant/' || "
									   "place.tenant") "))"
											   " ORDER "
											   "BY id "
											   "LIMIT "
											   "?3",
			&row, err, "tti", page->after, scopes, page->limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_site_token token = read_token(row);

		r = fn(data, &token);
		if (r != 0)
			return r;
	}
	return r;
}
