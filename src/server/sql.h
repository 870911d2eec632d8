/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One dialect of SQL for SQLite and PostgreSQL. Parameters are `?` in order or `?1`, `?2`;
 * rows are read by column. A statement is a literal: it is prepared once per connection.
 * What the two do not share (`printf`, `json_extract`, INSERT OR ...) is not used.
 */
#ifndef SERVER_SQL_H
#define SERVER_SQL_H

#include "server/db.h"

enum { SQL_STATEMENTS_MAX = 480, SQL_PARAMETERS_MAX = 20 };

enum sql_kind { SQL_NULL, SQL_WHOLE, SQL_TEXT, SQL_BYTES };

struct sql_value {
	enum sql_kind kind;
	enum sql_kind declared; /* of a parameter: what it is when it is not NULL */
	int64_t whole;
	const void *bytes; /* of texts ended by NUL */
	size_t size;
};

struct sql_row; /* a statement under way; at a row after sql_step said 1 */

/* What a database can do; sql.c calls nothing else. */
struct sql_driver {
	int (*start)(struct db *db, const char *sql, const struct sql_value *values, unsigned count,
			struct sql_row **ret, struct err *err);
	int (*step)(struct sql_row *row, struct err *err);
	void (*finish)(struct sql_row *row);
	int64_t (*changed)(struct sql_row *row); /* rows, by a statement that is done */
	struct sql_value (*value)(struct sql_row *row, int column);
	/* Statements of our own, separated by semicolons. */
	int (*script)(struct db *db, const char *sql, struct err *err);
	int (*begin)(struct db *db, struct err *err);
	int (*commit)(struct db *db, struct err *err);
	void (*rollback)(struct db *db); /* without a transaction: nothing */
	void (*close)(struct db *db);
	int (*version)(struct db *db, int64_t *ret, struct err *err);
	int (*set_version)(struct db *db, int64_t version, struct err *err);
	/* NULL where one server has the database alone. */
	int (*ring)(struct db *db, const char *text, struct err *err);
	struct db_listener *(*listen)(struct db *db, struct loop *loop, db_ring_fn fn, void *data);
	bool is_pg; /* which dialect of the layout */
};

/* The drivers put their own behind this. */
struct db {
	const struct sql_driver *driver;
};

/*
 * Bind in order: t text, n text ("" is NULL), i int64_t, z int64_t (0 is NULL), h 32 bytes,
 * H 32 bytes (all zero is NULL), b bytes and size_t size. Ended by OWNED(row).
 */
int sql_bind(struct db *db, const char *sql, struct sql_row **ret, struct err *err,
		const char *format, ...);

/* 1: a row is there, 0: done. */
int sql_step(struct db *db, struct sql_row *row, struct err *err);

/* Bind and run; returns the number of changed rows. */
int sql_run(struct db *db, struct err *err, const char *sql, const char *format, ...);

/* One number; -ENOENT without a row. */
int sql_number(struct db *db, int64_t *ret, struct err *err, const char *sql, const char *format,
		...);

void sql_text(struct sql_row *row, int column, char *buffer, size_t size);
const char *sql_borrow(struct sql_row *row, int column); /* NULL for NULL; until the next step */
void sql_hash(struct sql_row *row, int column, uint8_t hash[DB_HASH]);
int64_t sql_whole(struct sql_row *row, int column);
struct sql_value sql_bytes(struct sql_row *row, int column);

void sql_finish(struct sql_row *row); /* takes NULL */
OWN_DEFINE(row, struct sql_row, sql_finish);

/*
 * What rights_view gives, in SQL: the line `scope` (an expression, NULL is none) is one of those
 * of the parameter `view`.
 */
#define SQL_IN_VIEW(view, scope) "replace(" view ", '\n' || " scope " || '\n', '') <> " view

/* The same of a row of `device`. */
#define SQL_DEVICE_IN_VIEW(view) \
	"(" view \
	" = '' OR " SQL_IN_VIEW(view, "'tenant/' || device.tenant") " OR " SQL_IN_VIEW(view, \
			"'site/' || device.site") ")"

/* Brings the layout to the newest version. */
int sql_migrate(struct db *db, struct err *err);

/* The two databases. */
int sqlite_open(const char *path, struct db **ret, struct err *err);
int pg_open(const char *address, struct db **ret, struct err *err);

#endif
