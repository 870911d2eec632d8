/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sql.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

int sql_fail(struct db *db, struct err *err)
{
	int code = sqlite3_errcode(db->sqlite) & 0xff;

	if (code == SQLITE_CONSTRAINT)
		return err_set(err, EEXIST, "the database has this already: %s",
				sqlite3_errmsg(db->sqlite));
	if (code == SQLITE_FULL)
		return err_set(err, ENOSPC, "the disk of the database is full");
	return err_set(err, EIO, "database: %s", sqlite3_errmsg(db->sqlite));
}

static int prepared(struct db *db, const char *sql, sqlite3_stmt **ret, struct err *err)
{
	for (unsigned i = 0; i < db->count; i++) {
		if (db->prepared[i].sql == sql) {
			*ret = db->prepared[i].statement;
			return 0;
		}
	}
	if (db->count == SQL_STATEMENTS_MAX)
		return err_set(err, EIO, "database: more than %d statements", SQL_STATEMENTS_MAX);
	if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) !=
			SQLITE_OK)
		return sql_fail(db, err);
	db->prepared[db->count].sql = sql;
	db->prepared[db->count++].statement = *ret;
	return 0;
}

static bool is_zero(const uint8_t hash[DB_HASH])
{
	static const uint8_t zero[DB_HASH];

	return memcmp(hash, zero, DB_HASH) == 0;
}

static int bind_text(sqlite3_stmt *statement, int index, const char *text, bool is_nullable)
{
	if (!text || (is_nullable && !text[0]))
		return sqlite3_bind_null(statement, index);
	return sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

static int bind_hash(sqlite3_stmt *statement, int index, const uint8_t *hash, bool is_nullable)
{
	if (is_nullable && is_zero(hash))
		return sqlite3_bind_null(statement, index);
	return sqlite3_bind_blob(statement, index, hash, DB_HASH, SQLITE_TRANSIENT);
}

static int bind_one(sqlite3_stmt *statement, int index, char kind, va_list *list)
{
	const void *bytes;
	int64_t whole;

	switch (kind) {
	case 't':
	case 'n':
		return bind_text(statement, index, va_arg(*list, const char *), kind == 'n');
	case 'h':
	case 'H':
		return bind_hash(statement, index, va_arg(*list, const uint8_t *), kind == 'H');
	case 'b':
		bytes = va_arg(*list, const void *);
		return sqlite3_bind_blob64(statement, index, bytes, va_arg(*list, size_t),
				SQLITE_TRANSIENT);
	case 'z':
	case 'i':
		whole = va_arg(*list, int64_t);
		if (kind == 'z' && whole == 0)
			return sqlite3_bind_null(statement, index);
		return sqlite3_bind_int64(statement, index, whole);
	default:
		return SQLITE_MISUSE;
	}
}

static int bind_list(struct db *db, const char *sql, sqlite3_stmt **ret, struct err *err,
		const char *format, va_list *list)
{
	sqlite3_stmt *statement;
	int r = prepared(db, sql, &statement, err);

	if (r < 0)
		return r;
	for (int i = 0; format[i]; i++) {
		if (bind_one(statement, i + 1, format[i], list) != SQLITE_OK) {
			own_end_statement(&statement);
			return sql_fail(db, err);
		}
	}
	*ret = statement;
	return 0;
}

int sql_bind(struct db *db, const char *sql, sqlite3_stmt **ret, struct err *err,
		const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int r = bind_list(db, sql, ret, err, format, &list);
	va_end(list);
	return r;
}

int sql_step(struct db *db, sqlite3_stmt *statement, struct err *err)
{
	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return sql_fail(db, err);
	}
}

int sql_run(struct db *db, struct err *err, const char *sql, const char *format, ...)
{
	OWNED(statement) sqlite3_stmt *statement = NULL;
	va_list list;

	va_start(list, format);
	int r = bind_list(db, sql, &statement, err, format, &list);
	va_end(list);
	if (r < 0)
		return r;
	r = sql_step(db, statement, err);
	return r < 0 ? r : sqlite3_changes(db->sqlite);
}

int sql_number(struct db *db, int64_t *ret, struct err *err, const char *sql, const char *format,
		...)
{
	OWNED(statement) sqlite3_stmt *statement = NULL;
	va_list list;

	va_start(list, format);
	int r = bind_list(db, sql, &statement, err, format, &list);
	va_end(list);
	if (r < 0)
		return r;
	r = sql_step(db, statement, err);
	if (r < 0)
		return r;
	if (r == 0)
		return -ENOENT;
	*ret = sqlite3_column_int64(statement, 0);
	return 0;
}

/* Rows were written by us with these limits; a longer one (a damaged file) is cut. */
void sql_text(sqlite3_stmt *statement, int column, char *buffer, size_t size)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	(void)text_format(buffer, size, "%s", text ? (const char *)text : "");
}

void sql_hash(sqlite3_stmt *statement, int column, uint8_t hash[DB_HASH])
{
	const void *bytes = sqlite3_column_blob(statement, column);

	memset(hash, 0, DB_HASH);
	if (bytes && sqlite3_column_bytes(statement, column) == DB_HASH)
		memcpy(hash, bytes, DB_HASH);
}

int64_t sql_whole(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_int64(statement, column);
}
