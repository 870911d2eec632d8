/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database in PostgreSQL, which several servers may share. Statements are prepared once per
 * connection; values go in binary, rows come in binary. A connection that broke is made
 * again with the next statement that stands alone: one inside a transaction fails, so nothing
 * is written by halves. Writers take turns by an advisory lock, so that revisions become
 * visible in the order of their numbers: a device never sees a lower one after a higher.
 */
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/text.h"
#include "server/db_pg.h"
#include "server/sql.h"

enum {
	TYPE_INFERRED = 0,
	TYPE_BYTEA = 17, /* pg_type.dat: the numbers are fixed */
	TYPE_INT8 = 20,
	TYPE_INT4 = 23,
	RETRY_MS = 1000,
	SQL_TEXT_MAX = 4096,
};

/* Any number that only tynd uses in its database. */
#define WRITER_LOCK "7596521"

struct pg_row {
	struct db *db; /* first: as in sql.c */
	PGresult *result;
	int at; /* the row that sql_step stands on; -1: before the first */
};

struct pg {
	struct db base; /* first: the two share their address */
	char *address;  /* holds the password */
	PGconn *connection;
	bool is_open; /* a transaction */
	int64_t retry_ms;
	unsigned count;
	const char *prepared[SQL_STATEMENTS_MAX]; /* compared by address */
};

static struct pg *pg_of(struct db *db)
{
	return (struct pg *)db;
}

static struct pg_row *row_of(struct sql_row *row)
{
	return (struct pg_row *)row;
}

/* libpq's sentences end with line feeds and may have several lines: the first one is the message. */
static int fail_text(struct err *err, int code, const char *message)
{
	return err_set(err, code, "database: %.*s", (int)strcspn(message, "\n"), message);
}

static int fail(struct pg *db, const PGresult *result, struct err *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *message = PQerrorMessage(db->connection);

	if (PQstatus(db->connection) == CONNECTION_BAD)
		return err_set(err, EAGAIN, "the database is away; try again in a moment");
	if (!state)
		return fail_text(err, EIO, message);
	if (strncmp(state, "23", 2) == 0)
		return fail_text(err, EEXIST, message);
	if (strncmp(state, "53100", 5) == 0)
		return err_set(err, ENOSPC, "the disk of the database is full");
	if (strcmp(state, "25006") == 0)
		return err_set(err, EROFS, "the database can only be read");
	return fail_text(err, EIO, message);
}

/* Make the connection again; at most once per second, because trying holds up everybody. */
static int reconnect(struct pg *db, struct err *err)
{
	if (loop_now_ms() < db->retry_ms)
		return fail(db, NULL, err);
	PQreset(db->connection);
	db->count = 0;
	db->is_open = false;
	if (PQstatus(db->connection) == CONNECTION_OK) {
		log_info("the database is back");
		return 0;
	}
	const char *message = PQerrorMessage(db->connection);
	log_warn("the database is away: %.*s", (int)strcspn(message, "\n"), message);
	db->retry_ms = loop_now_ms() + RETRY_MS;
	return fail(db, NULL, err);
}

/* `?` and `?2` become $1 and $2. Our statements hold no question mark in a text. */
static void translate(const char *sql, char ret[SQL_TEXT_MAX])
{
	size_t used = 0;
	unsigned next = 1;

	for (; *sql; sql++) {
		assert(used + 8 < SQL_TEXT_MAX);
		ret[used++] = *sql == '?' ? '$' : *sql;
		if (*sql == '?' && !(sql[1] >= '0' && sql[1] <= '9'))
			used += (size_t)snprintf(ret + used, SQL_TEXT_MAX - used, "%u", next++);
	}
	ret[used] = '\0';
}

static void name_of(unsigned index, char name[16])
{
	snprintf(name, 16, "s%u", index);
}

static int prepare(struct pg *db, const char *sql, const struct sql_value *values, unsigned count,
		char name[16], struct err *err)
{
	Oid types[SQL_PARAMETERS_MAX] = {0};
	char text[SQL_TEXT_MAX];

	for (unsigned i = 0; i < db->count; i++) {
		if (db->prepared[i] == sql) {
			name_of(i, name);
			return 0;
		}
	}
	if (db->count == SQL_STATEMENTS_MAX)
		return err_set(err, EIO, "database: more than %d statements", SQL_STATEMENTS_MAX);
	for (unsigned i = 0; i < count; i++)
		types[i] = values[i].declared == SQL_WHOLE   ? TYPE_INT8
		           : values[i].declared == SQL_BYTES ? TYPE_BYTEA
		                                             : TYPE_INFERRED;
	translate(sql, text);
	name_of(db->count, name);
	PGresult *result = PQprepare(db->connection, name, text, (int)count, types);
	int r = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : fail(db, result, err);
	PQclear(result);
	if (r == 0)
		db->prepared[db->count++] = sql;
	return r;
}

static PGresult *execute(struct pg *db, const char *name, const struct sql_value *values,
		unsigned count)
{
	const char *bytes[SQL_PARAMETERS_MAX];
	int lengths[SQL_PARAMETERS_MAX], formats[SQL_PARAMETERS_MAX];
	uint64_t wholes[SQL_PARAMETERS_MAX];

	for (unsigned i = 0; i < count; i++) {
		formats[i] = values[i].kind != SQL_TEXT;
		bytes[i] = values[i].kind == SQL_NULL ? NULL : values[i].bytes;
		lengths[i] = (int)values[i].size;
		if (values[i].kind != SQL_WHOLE)
			continue;
		wholes[i] = htobe64((uint64_t)values[i].whole);
		bytes[i] = (const char *)&wholes[i];
		lengths[i] = sizeof(wholes[i]);
	}
	return PQexecPrepared(db->connection, name, (int)count, bytes, lengths, formats, 1);
}

static int try_to_start(struct pg *db, const char *sql, const struct sql_value *values,
		unsigned count, PGresult **ret, struct err *err)
{
	char name[16];
	int r = prepare(db, sql, values, count, name, err);

	if (r < 0)
		return r;
	PGresult *result = execute(db, name, values, count);
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		*ret = result;
		return 0;
	}
	r = fail(db, result, err);
	PQclear(result);
	return r;
}

/* A connection that broke while it was idle shows with the first use: a reading one is tried anew. */
static int start(struct db *base, const char *sql, const struct sql_value *values, unsigned count,
		struct sql_row **ret, struct err *err)
{
	struct pg *db = pg_of(base);
	PGresult *result = NULL;
	int r = 0;

	if (PQstatus(db->connection) == CONNECTION_BAD)
		r = db->is_open ? fail(db, NULL, err) : reconnect(db, err);
	if (r == 0)
		r = try_to_start(db, sql, values, count, &result, err);
	if (r < 0 && PQstatus(db->connection) == CONNECTION_BAD && !db->is_open &&
			strncmp(sql, "SELECT", 6) == 0 && reconnect(db, err) == 0)
		r = try_to_start(db, sql, values, count, &result, err);
	if (r < 0)
		return r;
	struct pg_row *row = own_alloc(sizeof(*row));
	*row = (struct pg_row){.db = base, .result = result, .at = -1};
	*ret = (struct sql_row *)row;
	return 0;
}

static int step(struct sql_row *base, struct err *err)
{
	struct pg_row *row = row_of(base);

	(void)err;
	row->at++;
	return row->at < PQntuples(row->result);
}

static void finish(struct sql_row *row)
{
	PQclear(row_of(row)->result);
	free(row);
}

static int64_t changed(struct sql_row *row)
{
	return strtoll(PQcmdTuples(row_of(row)->result), NULL, 10);
}

static struct sql_value value(struct sql_row *base, int column)
{
	struct pg_row *row = row_of(base);
	struct sql_value ret = {.kind = SQL_NULL};
	uint64_t large;
	uint32_t small;

	if (PQgetisnull(row->result, row->at, column))
		return ret;
	ret.bytes = PQgetvalue(row->result, row->at, column);
	ret.size = (size_t)PQgetlength(row->result, row->at, column);
	switch (PQftype(row->result, column)) {
	case TYPE_INT8:
		memcpy(&large, ret.bytes, sizeof(large));
		ret.whole = (int64_t)be64toh(large);
		ret.kind = SQL_WHOLE;
		break;
	case TYPE_INT4:
		memcpy(&small, ret.bytes, sizeof(small));
		ret.whole = (int32_t)be32toh(small);
		ret.kind = SQL_WHOLE;
		break;
	case TYPE_BYTEA:
		ret.kind = SQL_BYTES;
		break;
	default:
		ret.kind = SQL_TEXT;
	}
	return ret;
}

static int script(struct db *base, const char *sql, struct err *err)
{
	struct pg *db = pg_of(base);
	PGresult *result = PQexec(db->connection, sql);
	ExecStatusType status = PQresultStatus(result);
	bool is_done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	int r = is_done ? 0 : fail(db, result, err);

	PQclear(result);
	return r;
}

static int begin(struct db *base, struct err *err)
{
	struct pg *db = pg_of(base);
	static const char sql[] = "BEGIN; SELECT pg_advisory_xact_lock(" WRITER_LOCK ")";
	int r = 0;

	if (PQstatus(db->connection) == CONNECTION_BAD)
		r = reconnect(db, err);
	if (r == 0)
		r = script(base, sql, err);
	if (r < 0 && PQstatus(db->connection) == CONNECTION_BAD && reconnect(db, err) == 0)
		r = script(base, sql, err);
	db->is_open = r == 0;
	return r;
}

/* An answer that did not come leaves it open whether it was written: the caller hears a failure. */
static int commit(struct db *base, struct err *err)
{
	struct pg *db = pg_of(base);
	PGresult *result = PQexec(db->connection, "COMMIT");
	int r = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : fail(db, result, err);

	/* COMMIT of a transaction that had failed is answered with ROLLBACK. */
	if (r == 0 && strcmp(PQcmdStatus(result), "COMMIT") != 0)
		r = err_set(err, EIO, "database: the transaction had failed");
	PQclear(result);
	db->is_open = r < 0 && PQtransactionStatus(db->connection) == PQTRANS_INTRANS;
	return r;
}

static void rollback(struct db *base)
{
	struct pg *db = pg_of(base);
	PGTransactionStatusType status = PQtransactionStatus(db->connection);

	if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
		(void)script(base, "ROLLBACK", NULL);
	db->is_open = false;
}

static void close_database(struct db *base)
{
	struct pg *db = pg_of(base);

	PQfinish(db->connection);
	text_wipe(db->address, strlen(db->address));
	free(db->address);
	free(db);
}

static int version(struct db *db, int64_t *ret, struct err *err)
{
	int r = script(db,
			"CREATE TABLE IF NOT EXISTS layout (id bigint PRIMARY KEY, version bigint "
			"NOT "
			"NULL)",
			err);

	if (r == 0)
		r = sql_number(db, ret, err,
				"SELECT coalesce(max(version), 0) FROM layout WHERE id = 1", "");
	return r;
}

static int set_version(struct db *db, int64_t number, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO layout (id, version) VALUES (1, ?1)"
			" ON CONFLICT (id) DO UPDATE SET version = ?1",
			"i", number);

	return r < 0 ? r : 0;
}

static int ring(struct db *db, const char *text, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;

	return sql_bind(db, "SELECT pg_notify('tynd', ?)", &row, err, "t", text);
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
		.ring = ring,
		.listen = pg_listen,
		.is_pg = true,
};

static void on_notice(void *data, const char *message)
{
	(void)data;
	log_debug("database: %.*s", (int)strcspn(message, "\n"), message);
}

PGconn *pg_connect(const char *address)
{
	const char *const keys[] = {"connect_timeout", "tcp_user_timeout", "application_name",
			"client_encoding", "dbname", NULL};
	const char *const values[] = {"3", "5000", "tynd-server", "UTF8", address, NULL};

	return PQconnectdbParams(keys, values, 1);
}

const char *pg_address(struct db *db)
{
	return pg_of(db)->address;
}

int pg_process(struct db *db)
{
	return PQbackendPID(pg_of(db)->connection);
}

int pg_open(const char *address, struct db **ret, struct err *err)
{
	struct pg *db = own_alloc(sizeof(*db));
	OWNED(db) struct db *owned = &db->base;

	db->base.driver = &driver;
	db->address = own_copy_text(address);
	db->connection = pg_connect(address);
	if (!db->connection || PQstatus(db->connection) != CONNECTION_OK)
		return fail_text(err, EIO,
				db->connection ? PQerrorMessage(db->connection) : "no memory");
	PQsetNoticeProcessor(db->connection, on_notice, NULL);
	*ret = own_take(owned);
	return 0;
}
