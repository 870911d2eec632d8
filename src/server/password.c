/* SPDX-License-Identifier: Apache-2.0 */
#include "server/password.h"

#include <crypt.h>
#include <errno.h>
#include <liboath/oath.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "server/keys.h"

enum { DIGITS = 6, SALT = 16 };

/* A hash of nobody's password, of the same cost: names that are not known take as long. */
static const char nobody[] =
		"$y$j9T$hWyA0uSR6C1t3e4SytvS2.$nNrlUSTyx4dqhq2cFOdcuTAFUl9E8l3l2MzD.Gbx0T3";

int password_check(const char *password, struct err *err)
{
	size_t length = strlen(password);

	if (length < PASSWORD_MIN || length >= PASSWORD_MAX)
		return err_set(err, EINVAL, "password: %d to %d bytes are expected", PASSWORD_MIN,
				PASSWORD_MAX - 1);
	if (strspn(password, (char[]){password[0], '\0'}) == length)
		return err_set(err, EINVAL, "password: one character over and over");
	return 0;
}

static int crypt_text(const char *password, const char *setting, char hash[PASSWORD_HASH_MAX])
{
	struct crypt_data *data = own_alloc(sizeof(*data));
	const char *text = crypt_rn(password, setting, data, sizeof(*data));
	int r = text ? text_copy(hash, PASSWORD_HASH_MAX, text) : -EINVAL;

	text_wipe(data, sizeof(*data));
	free(data);
	return r;
}

int password_hash(const char *password, char hash[PASSWORD_HASH_MAX], struct err *err)
{
	char salt[SALT], setting[CRYPT_GENSALT_OUTPUT_SIZE];

	key_random(salt, sizeof(salt));
	if (!crypt_gensalt_rn("$y$", 0, salt, sizeof(salt), setting, sizeof(setting)) ||
			crypt_text(password, setting, hash) < 0)
		return err_set(err, EIO, "the password could not be hashed");
	return 0;
}

bool password_is(const char *password, const char *hash)
{
	char computed[PASSWORD_HASH_MAX] = "";
	const char *setting = hash[0] ? hash : nobody;
	bool is_same = crypt_text(password, setting, computed) == 0 && hash[0] &&
	               strlen(computed) == strlen(hash) &&
	               CRYPTO_memcmp(computed, hash, strlen(hash)) == 0;

	text_wipe(computed, sizeof(computed));
	return is_same;
}

int64_t password_totp(const uint8_t secret[PASSWORD_TOTP], const char *code, int64_t now_s)
{
	int64_t step = now_s / PASSWORD_TOTP_STEP_S, found = 0;

	if (strlen(code) != DIGITS)
		return 0;
	for (int64_t at = step - 1; at <= step + 1; at++) {
		char right[DIGITS + 1];

		if (oath_hotp_generate((const char *)secret, PASSWORD_TOTP, (uint64_t)at, DIGITS, 0,
				    OATH_HOTP_DYNAMIC_TRUNCATION, right) != OATH_OK)
			return 0;
		if (CRYPTO_memcmp(right, code, DIGITS) == 0)
			found = at;
		text_wipe(right, sizeof(right));
	}
	return found;
}

int password_totp_text(const uint8_t secret[PASSWORD_TOTP], char text[PASSWORD_TOTP_TEXT])
{
	char *base32 = NULL;
	size_t length = 0;

	if (oath_base32_encode((const char *)secret, PASSWORD_TOTP, &base32, &length) != OATH_OK)
		return -ENOMEM;
	int r = text_copy(text, PASSWORD_TOTP_TEXT, base32);
	text_wipe(base32, length);
	free(base32);
	return r;
}

void password_recovery_clean(const char *typed, char code[PASSWORD_RECOVERY + 1])
{
	size_t used = 0;

	for (; *typed; typed++) {
		if (*typed == '-' || *typed == ' ')
			continue;
		if (used == PASSWORD_RECOVERY) {
			used = 0;
			break;
		}
		code[used++] = *typed >= 'A' && *typed <= 'Z' ? (char)(*typed + 32) : *typed;
	}
	code[used == PASSWORD_RECOVERY ? used : 0] = '\0';
}
