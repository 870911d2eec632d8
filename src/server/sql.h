/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite, as the db_*.c files use it: statements prepared once, bound by a format. */
#ifndef SERVER_SQL_H
#define SERVER_SQL_H

#include <sqlite3.h>

#include "server/db.h"

enum { SQL_STATEMENTS_MAX = 96 };

struct db {
	sqlite3 *sqlite;
	unsigned count;
	struct {
		const char *sql; /* compared by address: the literal of one place in the code */
		sqlite3_stmt *statement;
	} prepared[SQL_STATEMENTS_MAX];
};

/*
 * Bind in order: t text, n text ("" is NULL), i int64_t, z int64_t (0 is NULL), h 32 bytes,
 * H 32 bytes (all zero is NULL), b bytes and size_t size. Reset by OWNED(statement).
 */
int sql_bind(struct db *db, const char *sql, sqlite3_stmt **ret, struct err *err,
		const char *format, ...);

/* 1: a row is there, 0: done. */
int sql_step(struct db *db, sqlite3_stmt *statement, struct err *err);

/* Bind and run; returns the number of changed rows. */
int sql_run(struct db *db, struct err *err, const char *sql, const char *format, ...);

/* One number; -ENOENT without a row. */
int sql_number(struct db *db, int64_t *ret, struct err *err, const char *sql, const char *format,
		...);

void sql_text(sqlite3_stmt *statement, int column, char *buffer, size_t size);
void sql_hash(sqlite3_stmt *statement, int column, uint8_t hash[DB_HASH]);
int64_t sql_whole(sqlite3_stmt *statement, int column);

/* What SQLite says, as errno and sentence. */
int sql_fail(struct db *db, struct err *err);

static inline void own_end_statement(sqlite3_stmt **statement)
{
	if (!*statement)
		return;
	sqlite3_reset(*statement);
	sqlite3_clear_bindings(*statement);
}

/* Brings the layout to the newest version (db_migrate.c). */
int sql_migrate(struct db *db, struct err *err);

#endif
