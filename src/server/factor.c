/* SPDX-License-Identifier: Apache-2.0 */
#include "server/factor.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "server/keys.h"

enum { PAGE = 100 };

static void about(const char *person, char text[DB_NAME_MAX + 8])
{
	(void)text_format(text, DB_NAME_MAX + 8, "totp\n%s", person);
}

int factor_seal(const struct vault *vault, const char *person, const uint8_t secret[PASSWORD_TOTP],
		struct db_password *password, struct err *err)
{
	char text[DB_NAME_MAX + 8];

	about(person, text);
	password->totp_size = sizeof(password->totp);
	return vault_seal(vault, text, secret, PASSWORD_TOTP, password->totp, err);
}

int factor_make(const struct vault *vault, const char *person, struct factor *ret,
		struct db_password *password, struct err *err)
{
	key_random(ret->secret, sizeof(ret->secret));
	for (unsigned i = 0; i < PASSWORD_RECOVERY_COUNT; i++) {
		key_random_text(ret->codes[i], PASSWORD_RECOVERY);
		key_hash(ret->codes[i], PASSWORD_RECOVERY, ret->hashes[i]);
	}
	return factor_seal(vault, person, ret->secret, password, err);
}

void factor_uri(const struct factor *factor, const char *person, char uri[FACTOR_URI_MAX])
{
	char text[PASSWORD_TOTP_TEXT], name[3 * DB_NAME_MAX] = "";
	size_t used = 0;

	for (const char *at = person; *at && used + 4 <= sizeof(name); at++) {
		(void)text_format(name + used, sizeof(name) - used, "%%%02X",
				(unsigned)(uint8_t)*at);
		used += 3;
	}
	(void)password_totp_text(factor->secret, text);
	(void)text_format(uri, FACTOR_URI_MAX, "otpauth://totp/tynd:%s?secret=%s&issuer=tynd", name,
			text);
	text_wipe(text, sizeof(text));
}

int factor_unseal(const struct vault *vault, const char *person, const struct db_password *password,
		uint8_t secret[PASSWORD_TOTP], struct err *err)
{
	OWNED(array) struct array plain = {.max = PASSWORD_TOTP};
	char text[DB_NAME_MAX + 8];

	about(person, text);
	int r = vault_unseal(vault, text, password->totp, password->totp_size, &plain, err);
	if (r < 0 || plain.size != PASSWORD_TOTP)
		return err_set(err, EIO, "the second factor of \"%s\" cannot be read", person);
	memcpy(secret, plain.data, PASSWORD_TOTP);
	text_wipe(plain.data, plain.size);
	return 0;
}

struct listing {
	struct array names; /* DB_NAME_MAX bytes each, of those who have one */
	char last[DB_NAME_MAX];
	unsigned count;
};

static int collect(void *data, const struct db_person *person)
{
	struct listing *listing = data;

	memcpy(listing->last, person->name, sizeof(listing->last));
	listing->count++;
	return person->has_totp ? array_append(&listing->names, person->name, DB_NAME_MAX) : 0;
}

static int reseal(const struct vault *vault, struct db *db, const char *person, struct err *err)
{
	uint8_t secret[PASSWORD_TOTP];
	struct db_password password;
	int r = db_password_get(db, person, &password, err);

	if (r == 0)
		r = factor_unseal(vault, person, &password, secret, err);
	if (r == 0)
		r = factor_seal(vault, person, secret, &password, err);
	text_wipe(secret, sizeof(secret));
	return r < 0 ? r : db_totp_put(db, person, &password, err);
}

int factor_reseal(const struct vault *vault, struct db *db, struct err *err)
{
	struct listing listing = {.names = {.max = (size_t)PAGE * DB_NAME_MAX}};
	int r = 0;

	do {
		char after[DB_NAME_MAX];
		struct db_page page = {.after = after, .limit = PAGE};

		memcpy(after, listing.last, sizeof(after));
		listing.count = 0;
		array_finish(&listing.names);
		r = db_person_list(db, "", &page, collect, &listing, err);
		for (size_t at = 0; r == 0 && at < listing.names.size; at += DB_NAME_MAX)
			r = reseal(vault, db, (const char *)listing.names.data + at, err);
	} while (r == 0 && listing.count == PAGE);
	array_finish(&listing.names);
	return r;
}
