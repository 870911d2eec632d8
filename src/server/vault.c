// SPDX-License-Identifier: Apache-2.0
#include "server/vault.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "server/keys.h"

enum {
	KEY = 32,
	ID = 4,
	NONCE = 12,
	TAG = 16,
	HEAD = 1 + ID + NONCE,
	FORM = 1,
	LINE = 4 * ((KEY + 2) / 3), /* of base64 */
	FILE_MAX = 1024,
};

static const char title[] = "tynd-secrets-1\n";

struct vault {
	char path[4096];
	unsigned count; /* the newest first */
	struct {
		uint8_t id[ID];
		uint8_t key[KEY];
	} keys[VAULT_KEYS_MAX];
};

/* --- the file: the title, then a key in each line */

static void set_key(struct vault *vault, unsigned at, const uint8_t key[KEY])
{
	uint8_t hash[32];

	key_hash(key, KEY, hash);
	memcpy(vault->keys[at].key, key, KEY);
	memcpy(vault->keys[at].id, hash, ID);
}

static int write_keys(const struct vault *vault, struct err *err)
{
	char text[FILE_MAX];
	size_t at = sizeof(title) - 1;

	memcpy(text, title, at);
	for (unsigned i = 0; i < vault->count; i++) {
		text_to_base64(vault->keys[i].key, KEY, text + at);
		at += LINE;
		text[at++] = '\n';
	}
	int r = file_write(vault->path, text, at, 0600, err);
	text_wipe(text, sizeof(text));
	return r;
}

static int read_keys(struct vault *vault, char *text, struct err *err)
{
	uint8_t key[KEY];
	int r = 0;

	if (strncmp(text, title, sizeof(title) - 1) != 0)
		return err_set(err, EINVAL, "%s: not a file of keys of this server", vault->path);
	text += sizeof(title) - 1;
	while (*text && r == 0) {
		char *end = strchr(text, '\n');

		if (!end || vault->count == VAULT_KEYS_MAX)
			return err_set(err, EINVAL, "%s: not a file of keys of this server",
					vault->path);
		*end = '\0';
		if (text_from_base64(text, key, sizeof(key)) != KEY)
			r = err_set(err, EINVAL, "%s: not a key", vault->path);
		else
			set_key(vault, vault->count++, key);
		text = end + 1;
	}
	text_wipe(key, sizeof(key));
	return r == 0 && !vault->count ? err_set(err, EINVAL, "%s: has no key", vault->path) : r;
}

static void add_key(struct vault *vault)
{
	uint8_t key[KEY];

	memmove(&vault->keys[1], &vault->keys[0], vault->count * sizeof(vault->keys[0]));
	vault->count++;
	key_random(key, sizeof(key));
	set_key(vault, 0, key);
	text_wipe(key, sizeof(key));
}

int vault_open(const char *path, struct vault **ret, struct err *err)
{
	OWNED(vault) struct vault *vault = own_alloc(sizeof(*vault));
	struct array text = {.max = FILE_MAX};
	int r = text_copy(vault->path, sizeof(vault->path), path);

	if (r == 0 && access(path, F_OK) < 0 && errno == ENOENT) {
		add_key(vault);
		r = write_keys(vault, err);
	} else if (r == 0) {
		r = file_read(path, &text, err);
		if (r == 0)
			r = array_append(&text, "", 1);
		if (r == 0)
			r = read_keys(vault, (char *)text.data, err);
		if (text.data)
			text_wipe(text.data, text.capacity);
		array_finish(&text);
	}
	if (r < 0)
		return r;
	*ret = own_take(vault);
	return 0;
}

void vault_close(struct vault *vault)
{
	if (!vault)
		return;
	text_wipe(vault, sizeof(*vault));
	free(vault);
}

int vault_renew(struct vault *vault, struct err *err)
{
	if (vault->count == VAULT_KEYS_MAX)
		return err_set(err, EBUSY, "%s: has %d keys already", vault->path, VAULT_KEYS_MAX);
	add_key(vault);
	return write_keys(vault, err);
}

int vault_forget(struct vault *vault, struct err *err)
{
	text_wipe(&vault->keys[1], sizeof(vault->keys) - sizeof(vault->keys[0]));
	vault->count = 1;
	return write_keys(vault, err);
}

/* --- sealing */

OWN_DEFINE(cipher, EVP_CIPHER_CTX, EVP_CIPHER_CTX_free);

int vault_seal(const struct vault *vault, const char *about, const void *plain, size_t size,
		uint8_t *sealed, struct err *err)
{
	OWNED(cipher) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	uint8_t *nonce = sealed + 1 + ID, *body = sealed + HEAD;
	int done = 0, rest = 0;

	sealed[0] = FORM;
	memcpy(sealed + 1, vault->keys[0].id, ID);
	key_random(nonce, NONCE);
	if (!cipher ||
			EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, vault->keys[0].key,
					nonce) != 1 ||
			EVP_EncryptUpdate(cipher, NULL, &rest, (const uint8_t *)about,
					(int)strlen(about)) != 1 ||
			EVP_EncryptUpdate(cipher, body, &done, plain, (int)size) != 1 ||
			EVP_EncryptFinal_ex(cipher, body + done, &rest) != 1 ||
			EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG, body + size) != 1)
		return key_fail(err, "sealing a secret");
	return 0;
}

static const uint8_t *find_key(const struct vault *vault, const uint8_t id[ID])
{
	for (unsigned i = 0; i < vault->count; i++)
		if (memcmp(vault->keys[i].id, id, ID) == 0)
			return vault->keys[i].key;
	return NULL;
}

static int decrypt(const uint8_t *key, const char *about, const uint8_t *sealed, size_t size,
		uint8_t *plain)
{
	OWNED(cipher) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	size_t length = size - VAULT_OVERHEAD;
	uint8_t tag[TAG];
	int done = 0, rest = 0;

	memcpy(tag, sealed + HEAD + length, TAG);
	if (!cipher ||
			EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, sealed + 1 + ID) !=
					1 ||
			EVP_DecryptUpdate(cipher, NULL, &rest, (const uint8_t *)about,
					(int)strlen(about)) != 1 ||
			EVP_DecryptUpdate(cipher, plain, &done, sealed + HEAD, (int)length) != 1 ||
			EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG, tag) != 1 ||
			EVP_DecryptFinal_ex(cipher, plain + done, &rest) != 1)
		return -EBADMSG;
	return 0;
}

int vault_unseal(const struct vault *vault, const char *about, const void *sealed, size_t size,
		struct array *plain, struct err *err)
{
	const uint8_t *bytes = sealed;
	const uint8_t *key = size < VAULT_OVERHEAD || bytes[0] != FORM ? NULL
	                                                               : find_key(vault, bytes + 1);

	if (!key)
		return err_set(err, EBADMSG,
				"a secret of the database is sealed by a key that is not in %s",
				vault->path);
	int r = array_reserve(plain, size - VAULT_OVERHEAD);
	if (r < 0)
		return r;
	r = decrypt(key, about, bytes, size, plain->data + plain->size);
	if (r < 0)
		return err_set(err, EBADMSG, "a secret of the database was changed there");
	plain->size += size - VAULT_OVERHEAD;
	return 0;
}

void vault_mac(const struct vault *vault, const char *about, const void *bytes, size_t size,
		uint8_t mac[VAULT_MAC])
{
	uint8_t key[VAULT_MAC];
	unsigned length = sizeof(key);

	/* A key of its own for each purpose. */
	HMAC(EVP_sha256(), vault->keys[0].key, KEY, (const uint8_t *)about, strlen(about), key,
			&length);
	HMAC(EVP_sha256(), key, (int)sizeof(key), bytes, size, mac, &length);
	text_wipe(key, sizeof(key));
}
