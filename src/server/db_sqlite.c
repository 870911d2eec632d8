/* SPDX-License-Identifier: Apache-2.0 */
/* The database in one SQLite file: opening, transactions, tokens and places. */
#include <errno.h>
#include <string.h>

#include "server/sql.h"

/* WAL with a sync at each commit: what was answered is on the disk. */
static const char setup[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";

int db_open(const char *path, struct db **ret, struct err *err)
{
	OWNED(db) struct db *db = own_alloc(sizeof(*db));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

	if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) != SQLITE_OK)
		return err_set(err, EIO, "%s: %s", path,
				db->sqlite ? sqlite3_errmsg(db->sqlite) : "cannot be opened");
	sqlite3_extended_result_codes(db->sqlite, 1);
	sqlite3_busy_timeout(db->sqlite, 5000);
	if (sqlite3_exec(db->sqlite, setup, NULL, NULL, NULL) != SQLITE_OK)
		return err_prefix(err, sql_fail(db, err), "%s", path);
	int r = sql_migrate(db, err);
	if (r < 0)
		return err_prefix(err, r, "%s", path);
	*ret = own_take(db);
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (unsigned i = 0; i < db->count; i++)
		sqlite3_finalize(db->prepared[i].statement);
	sqlite3_close(db->sqlite);
	free(db);
}

int db_version(struct db *db, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err, "PRAGMA user_version", "");
}

int db_begin(struct db *db, struct err *err)
{
	int r = sql_run(db, err, "BEGIN IMMEDIATE", "");

	return r < 0 ? r : 0;
}

int db_commit(struct db *db, struct err *err)
{
	int r = sql_run(db, err, "COMMIT", "");

	return r < 0 ? r : 0;
}

void db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->sqlite))
		(void)sql_run(db, NULL, "ROLLBACK", "");
}

/* --- tokens */

static struct db_token read_token(sqlite3_stmt *row)
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
	OWNED(statement) sqlite3_stmt *row = NULL;
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
	OWNED(statement) sqlite3_stmt *row = NULL;
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
