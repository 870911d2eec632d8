/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of people. */
#include <errno.h>

#include "server/sql.h"

#define COLUMNS \
	"SELECT id, person, hash, created_s, used_s, expires_s, kind, role, scope FROM token "

static struct db_token read_token(struct sql_row *row)
{
	struct db_token token = {0};

	sql_text(row, 0, token.id, sizeof(token.id));
	sql_text(row, 1, token.person, sizeof(token.person));
	sql_hash(row, 2, token.hash);
	token.created_s = sql_whole(row, 3);
	token.used_s = sql_whole(row, 4);
	token.expires_s = sql_whole(row, 5);
	sql_text(row, 6, token.kind, sizeof(token.kind));
	sql_text(row, 7, token.role, sizeof(token.role));
	sql_text(row, 8, token.scope, sizeof(token.scope));
	return token;
}

int db_token_add(struct db *db, const struct db_token *token, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO token (id, person, hash, created_s, expires_s, kind, role,"
			" scope) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			"tthiztnn", token->id, token->person, token->hash, token->created_s,
			token->expires_s, token->kind, token->role, token->scope);

	return r < 0 ? r : 0;
}

int db_token_get(struct db *db, const char *id, struct db_token *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE id = ?", &row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no token \"%s\"", id);
	*ret = read_token(row);
	return 0;
}

int db_token_list(struct db *db, const char *view, const char *mine, const char *person,
		const char *kind, const struct db_page *page, db_token_fn fn, void *data,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE id > ?1 AND kind = ?5 AND (?3 = '' OR person = ?3) AND"
				" (?4 = '' OR person = ?6 OR " SQL_IN_VIEW("?4",
						"'tenant/' || (SELECT tenant FROM person"
						" WHERE person.name = token.person)") ") ORDER BY "
										      "id LIMIT ?2",
			&row, err, "titttt", page->after, page->limit, person, view, kind, mine);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_token token = read_token(row);

		r = fn(data, &token);
		if (r != 0)
			return r;
	}
	return r;
}

int db_token_remove(struct db *db, const char *id, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM token WHERE id = ?", "t", id);

	if (r == 0)
		return err_set(err, ENOENT, "there is no token \"%s\"", id);
	return r < 0 ? r : 0;
}

int db_token_used(struct db *db, const char *id, int64_t used_s, struct err *err)
{
	int r = sql_run(db, err, "UPDATE token SET used_s = ?2 WHERE id = ?1", "ti", id, used_s);

	return r < 0 ? r : 0;
}

int db_token_count(struct db *db, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err, "SELECT count(*) FROM token WHERE kind = 'token'", "");
}

int db_token_remove_of(struct db *db, const char *person, const char *kind, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM token WHERE person = ? AND kind = ?", "tt", person,
			kind);

	return r < 0 ? r : 0;
}

int db_token_expire(struct db *db, int64_t now_s, int64_t idle_s, struct err *err)
{
	int r = sql_run(db, err,
			"DELETE FROM token WHERE expires_s <= ?1 OR (kind = 'session'"
			" AND coalesce(used_s, created_s) <= ?1 - ?2)",
			"ii", now_s, idle_s);

	return r < 0 ? r : 0;
}
