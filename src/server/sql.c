/* SPDX-License-Identifier: Apache-2.0 */
#include "server/layout.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

/* The row remembers its driver in front, whatever the driver puts behind. */
struct sql_row {
	struct db *db;
};

static bool is_zero(const uint8_t hash[DB_HASH])
{
	static const uint8_t zero[DB_HASH];

	return memcmp(hash, zero, DB_HASH) == 0;
}

static struct sql_value text_value(const char *text, bool is_nullable)
{
	if (!text || (is_nullable && !text[0]))
		return (struct sql_value){.kind = SQL_NULL, .declared = SQL_TEXT};
	return (struct sql_value){.kind = SQL_TEXT,
			.declared = SQL_TEXT,
			.bytes = text,
			.size = strlen(text)};
}

static struct sql_value next_value(char kind, va_list *list)
{
	struct sql_value value = {.kind = SQL_BYTES, .declared = SQL_BYTES, .size = DB_HASH};

	switch (kind) {
	case 't':
	case 'n':
		return text_value(va_arg(*list, const char *), kind == 'n');
	case 'h':
	case 'H':
		value.bytes = va_arg(*list, const uint8_t *);
		if (kind == 'H' && is_zero(value.bytes))
			value.kind = SQL_NULL;
		return value;
	case 'b':
		value.bytes = va_arg(*list, const void *);
		value.size = va_arg(*list, size_t);
		return value;
	default:
		assert(kind == 'i' || kind == 'z');
		value = (struct sql_value){.kind = SQL_WHOLE,
				.declared = SQL_WHOLE,
				.whole = va_arg(*list, int64_t)};
		if (kind == 'z' && value.whole == 0)
			value.kind = SQL_NULL;
		return value;
	}
}

static int start(struct db *db, const char *sql, struct sql_row **ret, struct err *err,
		const char *format, va_list *list)
{
	struct sql_value values[SQL_PARAMETERS_MAX];
	unsigned count = 0;

	for (; format[count]; count++) {
		assert(count < SQL_PARAMETERS_MAX);
		values[count] = next_value(format[count], list);
	}
	return db->driver->start(db, sql, values, count, ret, err);
}

int sql_bind(struct db *db, const char *sql, struct sql_row **ret, struct err *err,
		const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int r = start(db, sql, ret, err, format, &list);
	va_end(list);
	return r;
}

int sql_step(struct db *db, struct sql_row *row, struct err *err)
{
	return db->driver->step(row, err);
}

int sql_run(struct db *db, struct err *err, const char *sql, const char *format, ...)
{
	OWNED(row) struct sql_row *row = NULL;
	va_list list;

	va_start(list, format);
	int r = start(db, sql, &row, err, format, &list);
	va_end(list);
	if (r == 0)
		r = db->driver->step(row, err);
	return r < 0 ? r : (int)db->driver->changed(row);
}

int sql_number(struct db *db, int64_t *ret, struct err *err, const char *sql, const char *format,
		...)
{
	OWNED(row) struct sql_row *row = NULL;
	va_list list;

	va_start(list, format);
	int r = start(db, sql, &row, err, format, &list);
	va_end(list);
	if (r == 0)
		r = db->driver->step(row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return -ENOENT;
	*ret = sql_whole(row, 0);
	return 0;
}

struct sql_value sql_bytes(struct sql_row *row, int column)
{
	return row->db->driver->value(row, column);
}

/* Rows were written by us with these limits; a longer one (a damaged file) is cut. */
void sql_text(struct sql_row *row, int column, char *buffer, size_t size)
{
	const char *text = sql_borrow(row, column);

	(void)text_format(buffer, size, "%s", text ? text : "");
}

const char *sql_borrow(struct sql_row *row, int column)
{
	struct sql_value value = sql_bytes(row, column);

	return value.kind == SQL_TEXT ? value.bytes : NULL;
}

void sql_hash(struct sql_row *row, int column, uint8_t hash[DB_HASH])
{
	struct sql_value value = sql_bytes(row, column);

	memset(hash, 0, DB_HASH);
	if (value.kind == SQL_BYTES && value.size == DB_HASH)
		memcpy(hash, value.bytes, DB_HASH);
}

int64_t sql_whole(struct sql_row *row, int column)
{
	struct sql_value value = sql_bytes(row, column);

	return value.kind == SQL_WHOLE ? value.whole : 0;
}

void sql_finish(struct sql_row *row)
{
	if (row)
		row->db->driver->finish(row);
}

int sql_migrate(struct db *db, struct err *err)
{
	const struct sql_driver *driver = db->driver;
	int64_t version, known = 0;
	int r = driver->version(db, &version, err);

	while (layout[known])
		known++;
	if (r == 0 && version > known)
		return err_set(err, EPROTO,
				"the database has layout %lld, this tynd-server knows up to %lld: "
				"it was written by a newer one",
				(long long)version, (long long)known);
	for (; r == 0 && version < known; version++) {
		r = driver->begin(db, err);
		if (r == 0)
			r = driver->script(db,
					driver->is_pg ? layout[version]->pg
						      : layout[version]->sqlite,
					err);
		if (r == 0)
			r = driver->set_version(db, version + 1, err);
		if (r == 0)
			r = driver->commit(db, err);
		if (r < 0) {
			driver->rollback(db);
			return err_prefix(err, r, "layout %lld of the database",
					(long long)version + 1);
		}
	}
	return r;
}

/* --- what db.h says of the database itself */

int db_open(const char *address, struct db **ret, struct err *err)
{
	bool is_pg = strncmp(address, "postgresql://", 13) == 0 ||
	             strncmp(address, "postgres://", 11) == 0;
	OWNED(db) struct db *db = NULL;
	int r = is_pg ? pg_open(address, &db, err) : sqlite_open(address, &db, err);

	if (r == 0)
		r = sql_migrate(db, err);
	if (r < 0)
		return is_pg ? r : err_prefix(err, r, "%s", address);
	*ret = own_take(db);
	return 0;
}

void db_close(struct db *db)
{
	if (db)
		db->driver->close(db);
}

int db_version(struct db *db, int64_t *ret, struct err *err)
{
	return db->driver->version(db, ret, err);
}

int db_begin(struct db *db, struct err *err)
{
	return db->driver->begin(db, err);
}

int db_commit(struct db *db, struct err *err)
{
	return db->driver->commit(db, err);
}

void db_rollback(struct db *db)
{
	db->driver->rollback(db);
}

int db_ring(struct db *db, const char *text, struct err *err)
{
	return db->driver->ring ? db->driver->ring(db, text, err) : 0;
}

struct db_listener *db_listen(struct db *db, struct loop *loop, db_ring_fn fn, void *data)
{
	return db->driver->listen ? db->driver->listen(db, loop, fn, data) : NULL;
}
