/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of people. */
#include <errno.h>

#include "server/sql.h"

static struct db_token read_token(struct sql_row *row)
{
	struct db_token token = {0};

	sql_text(row, 0, token.id, sizeof(token.id));
	sql_text(row, 1, token.person, sizeof(token.person));
	sql_hash(row, 2, token.hash);
	token.created_s = sql_whole(row, 3);
	token.used_s = sql_whole(row, 4);
	return token;
}

int db_token_add(struct db *db, const struct db_token *token, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO token (id, person, hash, created_s) VALUES (?, ?, ?, ?)",
			"tthi", token->id, token->person, token->hash, token->created_s);

	return r < 0 ? r : 0;
}

int db_token_get(struct db *db, const char *id, struct db_token *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT id, person, hash, created_s, used_s FROM token WHERE id = ?",
			&row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no token \"%s\"", id);
	*ret = read_token(row);
	return 0;
}

int db_token_list(struct db *db, db_token_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT id, person, hash, created_s, used_s FROM token"
			" ORDER BY created_s, id",
			&row, err, "");

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
	return sql_number(db, ret, err, "SELECT count(*) FROM token", "");
}
