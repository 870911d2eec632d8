/* SPDX-License-Identifier: Apache-2.0 */
/* The database in one SQLite file. */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "server/sql.h"

struct sqlite_row {
	struct db *db; /* first: as in sql.c */
	sqlite3_stmt *statement;
	const char *sql; /* compared by address: the literal of one place in the code */
	int64_t changed;
};

struct sqlite {
	struct db base; /* first: the two share their address */
	sqlite3 *handle;
	unsigned count;
	struct sqlite_row prepared[SQL_STATEMENTS_MAX];
};

/* WAL with a sync at each commit: what was answered is on the disk. */
static const char setup[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";

static struct sqlite *sqlite_of(struct db *db)
{
	return (struct sqlite *)db;
}

static struct sqlite_row *row_of(struct sql_row *row)
{
	return (struct sqlite_row *)row;
}

/* What SQLite says, as errno and sentence. */
static int fail(struct sqlite *db, struct err *err)
{
	int code = sqlite3_errcode(db->handle) & 0xff;

	if (code == SQLITE_CONSTRAINT)
		return err_set(err, EEXIST, "the database has this already: %s",
				sqlite3_errmsg(db->handle));
	if (code == SQLITE_FULL)
		return err_set(err, ENOSPC, "the disk of the database is full");
	if (code == SQLITE_READONLY)
		return err_set(err, EROFS, "the database can only be read");
	return err_set(err, EIO, "database: %s", sqlite3_errmsg(db->handle));
}

static int prepare(struct sqlite *db, const char *sql, struct sqlite_row **ret, struct err *err)
{
	struct sqlite_row *row = &db->prepared[db->count];

	for (unsigned i = 0; i < db->count; i++) {
		if (db->prepared[i].sql == sql) {
			*ret = &db->prepared[i];
			return 0;
		}
	}
	if (db->count == SQL_STATEMENTS_MAX)
		return err_set(err, EIO, "database: more than %d statements", SQL_STATEMENTS_MAX);
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &row->statement,
			    NULL) != SQLITE_OK)
		return fail(db, err);
	row->db = &db->base;
	row->sql = sql;
	db->count++;
	*ret = row;
	return 0;
}

static int bind(sqlite3_stmt *statement, int index, const struct sql_value *value)
{
	switch (value->kind) {
	case SQL_WHOLE:
		return sqlite3_bind_int64(statement, index, value->whole);
	case SQL_TEXT:
		return sqlite3_bind_text64(statement, index, value->bytes, value->size,
				SQLITE_TRANSIENT, SQLITE_UTF8);
	case SQL_BYTES:
		return sqlite3_bind_blob64(statement, index, value->bytes, value->size,
				SQLITE_TRANSIENT);
	case SQL_NULL:
		break;
	}
	return sqlite3_bind_null(statement, index);
}

static void finish(struct sql_row *row)
{
	sqlite3_reset(row_of(row)->statement);
	sqlite3_clear_bindings(row_of(row)->statement);
}

static int start(struct db *base, const char *sql, const struct sql_value *values, unsigned count,
		struct sql_row **ret, struct err *err)
{
	struct sqlite *db = sqlite_of(base);
	struct sqlite_row *row = NULL;
	int r = prepare(db, sql, &row, err);

	if (r < 0 || !row)
		return r;
	for (unsigned i = 0; i < count; i++) {
		if (bind(row->statement, (int)i + 1, &values[i]) != SQLITE_OK) {
			finish((struct sql_row *)row);
			return fail(db, err);
		}
	}
	*ret = (struct sql_row *)row;
	return 0;
}

static int step(struct sql_row *base, struct err *err)
{
	struct sqlite_row *row = row_of(base);
	struct sqlite *db = sqlite_of(row->db);

	switch (sqlite3_step(row->statement)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		row->changed = sqlite3_changes64(db->handle);
		return 0;
	default:
		return fail(db, err);
	}
}

static int64_t changed(struct sql_row *row)
{
	return row_of(row)->changed;
}

static struct sql_value value(struct sql_row *row, int column)
{
	sqlite3_stmt *statement = row_of(row)->statement;
	struct sql_value ret = {.kind = SQL_NULL};

	switch (sqlite3_column_type(statement, column)) {
	case SQLITE_INTEGER:
		ret.kind = SQL_WHOLE;
		ret.whole = sqlite3_column_int64(statement, column);
		return ret;
	case SQLITE_TEXT:
		ret.kind = SQL_TEXT;
		ret.bytes = sqlite3_column_text(statement, column);
		break;
	case SQLITE_BLOB:
		ret.kind = SQL_BYTES;
		ret.bytes = sqlite3_column_blob(statement, column);
		break;
	default:
		return ret;
	}
	ret.size = (size_t)sqlite3_column_bytes(statement, column);
	return ret;
}

static int script(struct db *db, const char *sql, struct err *err)
{
	struct sqlite *sqlite = sqlite_of(db);

	return sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0
	                                                                        : fail(sqlite, err);
}

static int begin(struct db *db, struct err *err)
{
	int r = sql_run(db, err, "BEGIN IMMEDIATE", "");

	return r < 0 ? r : 0;
}

static int commit(struct db *db, struct err *err)
{
	int r = sql_run(db, err, "COMMIT", "");

	return r < 0 ? r : 0;
}

static void rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(sqlite_of(db)->handle))
		(void)sql_run(db, NULL, "ROLLBACK", "");
}

static void close_database(struct db *base)
{
	struct sqlite *db = sqlite_of(base);

	for (unsigned i = 0; i < db->count; i++)
		sqlite3_finalize(db->prepared[i].statement);
	sqlite3_close(db->handle);
	free(db);
}

static int version(struct db *db, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err, "PRAGMA user_version", "");
}

static int set_version(struct db *db, int64_t number, struct err *err)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA user_version = %lld", (long long)number);
	return script(db, text, err);
}

static const struct sql_driver driver = {
		.start = start,
		.step = step,
		.finish = finish,
		.changed = changed,
		.value = value,
		.script = script,
		.begin = begin,
		.commit = commit,
		.rollback = rollback,
		.close = close_database,
		.version = version,
		.set_version = set_version,
};

int sqlite_open(const char *path, struct db **ret, struct err *err)
{
	struct sqlite *db = own_alloc(sizeof(*db));
	OWNED(db) struct db *owned = &db->base;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

	db->base.driver = &driver;
	if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK)
		return err_set(err, EIO, "%s",
				db->handle ? sqlite3_errmsg(db->handle) : "cannot be opened");
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, 5000);
	int r = script(&db->base, setup, err);
	if (r < 0)
		return r;
	*ret = own_take(owned);
	return 0;
}
