/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors in the vault: sealed, and each for its person alone. */
#ifndef SERVER_FACTOR_H
#define SERVER_FACTOR_H

#include "server/db_signin.h"

int factor_seal(const struct vault *vault, const char *person, const uint8_t secret[PASSWORD_TOTP],
		struct db_password *password, struct err *err);
/* The caller wipes `secret`. */
int factor_unseal(const struct vault *vault, const char *person, const struct db_password *password,
		uint8_t secret[PASSWORD_TOTP], struct err *err);

/* All of them by the vault's newest key. Inside a transaction. */
int factor_reseal(const struct vault *vault, struct db *db, struct err *err);

#endif
