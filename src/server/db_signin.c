/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db_signin.h"

#include <errno.h>
#include <string.h>

#include "server/sql.h"

int db_password_set(struct db *db, const char *person, const struct db_password *password,
		uint8_t recovery[][DB_HASH], unsigned count, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM recovery WHERE person = ?", "t", person);

	if (r >= 0 && !password->totp_size)
		r = sql_run(db, err,
				"UPDATE person SET password = NULL, totp = NULL WHERE name = ?",
				"t", person);
	else if (r >= 0)
		r = sql_run(db, err,
				"UPDATE person SET password = ?2, totp = ?3, totp_step = 0"
				" WHERE name = ?1",
				"tnb", person, password->hash, password->totp, password->totp_size);
	for (unsigned i = 0; i < count && r >= 0; i++)
		r = sql_run(db, err, "INSERT INTO recovery (person, hash) VALUES (?, ?)", "th",
				person, recovery[i]);
	return r < 0 ? r : 0;
}

int db_password_get(struct db *db, const char *person, struct db_password *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT password, totp, totp_step FROM person WHERE name = ?", &row,
			err, "t", person);

	*ret = (struct db_password){0};
	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no person \"%s\"", person);
	sql_text(row, 0, ret->hash, sizeof(ret->hash));
	struct sql_value totp = sql_bytes(row, 1);
	if (totp.size <= sizeof(ret->totp) && totp.size > 0) {
		memcpy(ret->totp, totp.bytes, totp.size);
		ret->totp_size = totp.size;
	}
	ret->step = sql_whole(row, 2);
	return 0;
}

int db_totp_put(struct db *db, const char *person, const struct db_password *password,
		struct err *err)
{
	int r = sql_run(db, err, "UPDATE person SET totp = ?2 WHERE name = ?1", "tb", person,
			password->totp, password->totp_size);

	return r < 0 ? r : 0;
}

int db_totp_use(struct db *db, const char *person, int64_t step, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE person SET totp_step = ?2 WHERE name = ?1 AND totp_step < ?2", "ti",
			person, step);

	return r == 0 ? err_set(err, EACCES, "this code was used already") : r < 0 ? r : 0;
}

int db_recovery_use(struct db *db, const char *person, const uint8_t hash[DB_HASH], struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM recovery WHERE person = ? AND hash = ?", "th", person,
			hash);

	return r == 0 ? err_set(err, EACCES, "this is no recovery code") : r < 0 ? r : 0;
}

int db_attempt_get(struct db *db, const char *who, int64_t *failures, int64_t *last_s,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT failures, last_s FROM attempt WHERE who = ?", &row, err, "t",
			who);

	*failures = *last_s = 0;
	if (r == 0)
		r = sql_step(db, row, err);
	if (r > 0) {
		*failures = sql_whole(row, 0);
		*last_s = sql_whole(row, 1);
	}
	return r < 0 ? r : 0;
}

int db_attempt_fail(struct db *db, const char *who, int64_t now_s, int64_t forget_s,
		struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO attempt (who, failures, last_s) VALUES (?1, 1, ?2)"
			" ON CONFLICT (who) DO UPDATE SET last_s = ?2, failures ="
			" CASE WHEN attempt.last_s < ?3 THEN 1 ELSE attempt.failures + 1 END",
			"tii", who, now_s, now_s - forget_s);

	return r < 0 ? r : 0;
}

int db_attempt_forgive(struct db *db, const char *who, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE attempt SET failures = failures - 1 WHERE who = ? AND failures > 0",
			"t", who);

	return r < 0 ? r : 0;
}

int db_attempt_clear(struct db *db, const char *who, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM attempt WHERE who = ?", "t", who);

	return r < 0 ? r : 0;
}

int db_ticket_put(struct db *db, const uint8_t hash[DB_HASH], const char *kind, const char *content,
		int64_t now_s, struct err *err)
{
	int64_t count;
	int r = sql_number(db, &count, err, "SELECT count(*) FROM ticket", "");

	if (r == 0 && count >= DB_TICKETS_MAX)
		return err_set(err, EAGAIN, "too many sign in at once: try again soon");
	if (r == 0)
		r = sql_run(db, err,
				"INSERT INTO ticket (hash, kind, content, created_s)"
				" VALUES (?, ?, ?, ?)",
				"htti", hash, kind, content, now_s);
	return r < 0 ? r : 0;
}

int db_ticket_take(struct db *db, const uint8_t hash[DB_HASH], const char *kind, int64_t since_s,
		char content[DB_TICKET_MAX], struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"DELETE FROM ticket WHERE hash = ? AND kind = ? AND created_s >= ?"
			" RETURNING content",
			&row, err, "hti", hash, kind, since_s);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, EACCES, "this sign-in is over, or was used already");
	sql_text(row, 0, content, DB_TICKET_MAX);
	/* To its end: only then it is done. */
	r = sql_step(db, row, err);
	return r < 0 ? r : 0;
}

int db_signin_expire(struct db *db, int64_t before_s, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM ticket WHERE created_s < ?", "i", before_s);

	if (r >= 0)
		r = sql_run(db, err, "DELETE FROM attempt WHERE last_s < ?", "i", before_s);
	return r < 0 ? r : 0;
}

int db_signed_in(struct db *db, const char *person, int64_t now_s, struct err *err)
{
	int r = sql_run(db, err, "UPDATE person SET signed_in_s = ?2 WHERE name = ?1", "ti", person,
			now_s);

	return r < 0 ? r : 0;
}
