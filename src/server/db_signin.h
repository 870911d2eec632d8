/* SPDX-License-Identifier: Apache-2.0 */
/* What signing in needs of the database; as db.h. */
#ifndef SERVER_DB_SIGNIN_H
#define SERVER_DB_SIGNIN_H

#include "server/db.h"
#include "server/password.h"
#include "server/vault.h"

enum { DB_TOTP_MAX = PASSWORD_TOTP + VAULT_OVERHEAD };

struct db_password {
	char hash[PASSWORD_HASH_MAX]; /* "" without one */
	uint8_t totp[DB_TOTP_MAX];    /* sealed by the vault */
	size_t totp_size;             /* 0 without one */
	int64_t step;                 /* the last that was used */
};

/* All of it (nothing: no password any more) and new recovery codes' hashes, the old ones gone. Inside a transaction. */
int db_password_set(struct db *db, const char *person, const struct db_password *password,
		uint8_t recovery[][DB_HASH], unsigned count, struct err *err);
int db_password_get(struct db *db, const char *person, struct db_password *ret, struct err *err);
/* Only the sealed second factor. */
int db_totp_put(struct db *db, const char *person, const struct db_password *password,
		struct err *err);
/* Both are used once: -EACCES when a code of this step or a later one was, or is not known. */
int db_totp_use(struct db *db, const char *person, int64_t step, struct err *err);
int db_recovery_use(struct db *db, const char *person, const uint8_t hash[DB_HASH],
		struct err *err);

/* Failures of "person/NAME" and "address/ADDRESS". */
int db_attempt_get(struct db *db, const char *who, int64_t *failures, int64_t *last_s,
		struct err *err);
int db_attempt_fail(struct db *db, const char *who, int64_t now_s, int64_t forget_s,
		struct err *err);
/* One failure less, or none. */
int db_attempt_forgive(struct db *db, const char *who, struct err *err);
int db_attempt_clear(struct db *db, const char *who, struct err *err);

/* What is under way for a few minutes, found by the hash of a secret, once. */
enum { DB_TICKET_MAX = 4096, DB_TICKETS_MAX = 10000 };
int db_ticket_put(struct db *db, const uint8_t hash[DB_HASH], const char *kind, const char *content,
		int64_t now_s, struct err *err);
int db_ticket_take(struct db *db, const uint8_t hash[DB_HASH], const char *kind, int64_t since_s,
		char content[DB_TICKET_MAX], struct err *err);

int db_signed_in(struct db *db, const char *person, int64_t now_s, struct err *err);

/* Drops tickets and attempts before `before_s`. */
int db_signin_expire(struct db *db, int64_t before_s, struct err *err);

#endif
