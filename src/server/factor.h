/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors in the vault: sealed, and each for its person alone. */
#ifndef SERVER_FACTOR_H
#define SERVER_FACTOR_H

#include "server/db_signin.h"

int factor_seal(const struct vault *vault, const char *person, const uint8_t secret[PASSWORD_TOTP],
		struct db_password *password, struct err *err);

/* A new one, with recovery codes for paper; the caller wipes it. `password` gets it sealed. */
struct factor {
	uint8_t secret[PASSWORD_TOTP];
	char codes[PASSWORD_RECOVERY_COUNT][PASSWORD_RECOVERY + 1];
	uint8_t hashes[PASSWORD_RECOVERY_COUNT][DB_HASH];
};

int factor_make(const struct vault *vault, const char *person, struct factor *ret,
		struct db_password *password, struct err *err);

/* "otpauth://totp/..." for an app. */
enum { FACTOR_URI_MAX = 512 };
void factor_uri(const struct factor *factor, const char *person, char uri[FACTOR_URI_MAX]);

/* The caller wipes `secret`. */
int factor_unseal(const struct vault *vault, const char *person, const struct db_password *password,
		uint8_t secret[PASSWORD_TOTP], struct err *err);

/* All of them by the vault's newest key. Inside a transaction. */
int factor_reseal(const struct vault *vault, struct db *db, struct err *err);

#endif
