/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords (yescrypt), one-time codes (TOTP, RFC 6238: SHA-1, 6 digits, 30 s), recovery codes. */
#ifndef SERVER_PASSWORD_H
#define SERVER_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
	PASSWORD_MIN = 12,
	PASSWORD_MAX = 256, /* with its NUL */
	PASSWORD_HASH_MAX = 384,
	PASSWORD_TOTP = 20, /* bytes of the shared secret */
	PASSWORD_TOTP_STEP_S = 30,
	PASSWORD_RECOVERY = 16, /* characters of a recovery code, 80 bits */
	PASSWORD_RECOVERY_COUNT = 10,
};

/* At least PASSWORD_MIN bytes, fewer than PASSWORD_MAX, not one character over and over. */
int password_check(const char *password, struct err *err);

/* Slow by intention, a tenth of a second: for a thread. */
int password_hash(const char *password, char hash[PASSWORD_HASH_MAX], struct err *err);
/* `hash` "" takes as long and is false. */
bool password_is(const char *password, const char *hash);

/*
 * The step of time that `code` is right for, one before and one after allowed; 0 for none. A step
 * must be newer than the last one used, or the code was heard by somebody else.
 */
int64_t password_totp(const uint8_t secret[PASSWORD_TOTP], const char *code, int64_t now_s);

/* BASE32 without padding, for people and otpauth: URIs. */
enum { PASSWORD_TOTP_TEXT = PASSWORD_TOTP * 8 / 5 + 1 };
int password_totp_text(const uint8_t secret[PASSWORD_TOTP], char text[PASSWORD_TOTP_TEXT]);

/* A typed recovery code as it is hashed: lower case, without hyphens and spaces; "" for none. */
void password_recovery_clean(const char *typed, char code[PASSWORD_RECOVERY + 1]);

#endif
