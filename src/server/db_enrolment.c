/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that want in. */
#include <errno.h>
#include <string.h>

#include "server/sql.h"

enum { AFTER_DIGITS = 20 };

#define COLUMNS \
	"SELECT id, state, csr, key, commitment, server_nonce, device_nonce, code, hardware," \
	" address, created_s, seen_s, device, certificate, reason, token, why, was FROM " \
	"enrolment "

static struct db_enrolment read_enrolment(struct sql_row *row)
{
	struct db_enrolment enrolment = {
			.state = (enum db_enrolment_state)sql_whole(row, 1),
			.created_s = sql_whole(row, 10),
			.seen_s = sql_whole(row, 11),
	};

	sql_text(row, 0, enrolment.id, sizeof(enrolment.id));
	sql_text(row, 2, enrolment.csr, sizeof(enrolment.csr));
	sql_hash(row, 3, enrolment.key);
	sql_hash(row, 4, enrolment.commitment);
	sql_hash(row, 5, enrolment.server_nonce);
	sql_hash(row, 6, enrolment.device_nonce);
	sql_text(row, 7, enrolment.code, sizeof(enrolment.code));
	sql_text(row, 8, enrolment.hardware, sizeof(enrolment.hardware));
	sql_text(row, 9, enrolment.address, sizeof(enrolment.address));
	sql_text(row, 12, enrolment.device, sizeof(enrolment.device));
	sql_text(row, 13, enrolment.certificate, sizeof(enrolment.certificate));
	sql_text(row, 14, enrolment.reason, sizeof(enrolment.reason));
	sql_text(row, 15, enrolment.token, sizeof(enrolment.token));
	sql_text(row, 16, enrolment.why, sizeof(enrolment.why));
	sql_text(row, 17, enrolment.was, sizeof(enrolment.was));
	return enrolment;
}

int db_enrolment_add(struct db *db, const struct db_enrolment *e, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO enrolment (id, state, csr, key, commitment, server_nonce,"
			" hardware, address, created_s, seen_s, token, why, was)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			"tithhhttiinnn", e->id, (int64_t)e->state, e->csr, e->key, e->commitment,
			e->server_nonce, e->hardware, e->address, e->created_s, e->seen_s, e->token,
			e->why, e->was);

	return r < 0 ? r : 0;
}

int db_enrolment_put(struct db *db, const struct db_enrolment *e, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE enrolment SET state = ?2, device_nonce = ?3, code = ?4, device = "
			"?5,"
			" certificate = ?6, reason = ?7, why = ?8 WHERE id = ?1",
			"tiHnnnnn", e->id, (int64_t)e->state, e->device_nonce, e->code, e->device,
			e->certificate, e->reason, e->why);

	return r < 0 ? r : 0;
}

int db_enrolment_get(struct db *db, const char *id, struct db_enrolment *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE id = ?", &row, err, "t", id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no enrolment \"%s\"", id);
	*ret = read_enrolment(row);
	return 0;
}

int db_enrolment_by_code(struct db *db, const char *code, struct db_enrolment *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, COLUMNS "WHERE code = ? AND state = ?", &row, err, "ti", code,
			(int64_t)DB_ENROLMENT_WAITING);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT,
				"code: no waiting device shows this code: have it read out again");
	struct db_enrolment found = read_enrolment(row);
	r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r > 0)
		return err_set(err, EEXIST,
				"code: two devices show this code: restart one of them");
	*ret = found;
	return 0;
}

int db_enrolment_seen(struct db *db, const char *id, int64_t seen_s, struct err *err)
{
	int r = sql_run(db, err, "UPDATE enrolment SET seen_s = ?2 WHERE id = ?1", "ti", id,
			seen_s);

	return r < 0 ? r : 0;
}

/* "00000000001700000000ID"; what is none begins at the start. */
static const char *split_page(const char *after, int64_t *created_s)
{
	char digits[AFTER_DIGITS + 1];

	*created_s = -1;
	if (strspn(after, "0123456789") < AFTER_DIGITS)
		return "";
	memcpy(digits, after, AFTER_DIGITS);
	digits[AFTER_DIGITS] = '\0';
	*created_s = strtoll(digits, NULL, 10);
	return after + AFTER_DIGITS;
}

int db_enrolment_list(struct db *db, const struct db_page *page, db_enrolment_fn fn, void *data,
		struct err *err)
{
	int64_t created_s;
	const char *id = split_page(page->after, &created_s);
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE state = ?1 AND (created_s, id) > (?2, ?3)"
				" ORDER BY created_s, id LIMIT ?4",
			&row, err, "iiti", (int64_t)DB_ENROLMENT_WAITING, created_s, id,
			page->limit);

	if (r < 0)
		return r;
	while ((r = sql_step(db, row, err)) > 0) {
		struct db_enrolment one = read_enrolment(row);

		r = fn(data, &one);
		if (r != 0)
			return r;
	}
	return r;
}

int db_enrolment_count(struct db *db, const char *address, int64_t *all, int64_t *here,
		struct err *err)
{
	int r = sql_number(db, all, err, "SELECT count(*) FROM enrolment WHERE state <= ?", "i",
			(int64_t)DB_ENROLMENT_WAITING);

	if (r < 0)
		return r;
	return sql_number(db, here, err,
			"SELECT count(*) FROM enrolment WHERE state <= ? AND address = ?", "it",
			(int64_t)DB_ENROLMENT_WAITING, address);
}

int db_enrolment_expire(struct db *db, int64_t created_s, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM enrolment WHERE created_s < ?", "i", created_s);

	return r < 0 ? r : 0;
}

int db_enrolment_evict(struct db *db, int64_t seen_s, struct err *err)
{
	int r = sql_run(db, err,
			"DELETE FROM enrolment WHERE id = (SELECT id FROM enrolment WHERE state <= "
			"?"
			" AND seen_s < ? ORDER BY state, seen_s LIMIT 1)",
			"ii", (int64_t)DB_ENROLMENT_WAITING, seen_s);

	if (r == 0)
		return err_set(err, ENOENT, "every waiting enrolment is alive");
	return r < 0 ? r : 0;
}
