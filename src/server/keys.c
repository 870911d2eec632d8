/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keys.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

enum { KEY_FILE_MAX = 16 * 1024 };

int key_fail(struct err *err, const char *what)
{
	unsigned long code = ERR_get_error();

	ERR_clear_error();
	return err_set(err, EIO, "%s: %s", what,
			code ? ERR_reason_error_string(code) : "OpenSSL refused");
}

int key_pem(EVP_PKEY *key, char **ret, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *data;

	if (!bio || PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1) {
		BIO_free(bio);
		return key_fail(err, "writing a key");
	}
	size_t size = (size_t)BIO_get_mem_data(bio, &data);
	char *pem = own_alloc(size + 1);
	memcpy(pem, data, size);
	BIO_free(bio);
	*ret = pem;
	return 0;
}

static int make(const char *path, enum key_kind kind, EVP_PKEY **ret, struct err *err)
{
	OWNED(pkey)
	EVP_PKEY *key = kind == KEY_P256 ? EVP_EC_gen("P-256")
	                                 : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	char *pem;

	if (!key)
		return key_fail(err, "making a key");
	int r = key_pem(key, &pem, err);
	if (r < 0)
		return r;
	r = file_write(path, pem, strlen(pem), 0600, err);
	text_wipe(pem, strlen(pem));
	free(pem);
	if (r < 0)
		return r;
	*ret = own_take(key);
	return 0;
}

static bool is_kind(EVP_PKEY *key, enum key_kind kind)
{
	char group[64] = "";

	if (kind == KEY_ED25519)
		return EVP_PKEY_is_a(key, "ED25519");
	return EVP_PKEY_is_a(key, "EC") &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
	       strcmp(group, "prime256v1") == 0;
}

int key_open(const char *path, enum key_kind kind, EVP_PKEY **ret, struct err *err)
{
	OWNED(array) struct array text = {.max = KEY_FILE_MAX};

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return make(path, kind, ret, err);
	int r = file_read(path, &text, err);
	if (r < 0)
		return r;
	BIO *bio = BIO_new_mem_buf(text.data, (int)text.size);
	OWNED(pkey) EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	text_wipe(text.data, text.size);
	if (!key)
		return key_fail(err, path);
	if (!is_kind(key, kind))
		return err_set(err, EINVAL, "%s: not a key of type %s", path,
				kind == KEY_P256 ? "P-256" : "Ed25519");
	*ret = own_take(key);
	return 0;
}

int key_public(EVP_PKEY *key, uint8_t bytes[32], struct err *err)
{
	size_t size = 32;

	if (EVP_PKEY_get_raw_public_key(key, bytes, &size) != 1 || size != 32)
		return key_fail(err, "reading the config key");
	return 0;
}

/* Without random numbers nothing here is safe: the process ends. */
void key_random(void *bytes, size_t size)
{
	if (RAND_bytes(bytes, (int)size) != 1)
		abort();
}

void key_random_text(char *text, size_t length)
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

	key_random(text, length);
	for (size_t i = 0; i < length; i++)
		text[i] = letters[(uint8_t)text[i] & 31];
	text[length] = '\0';
}

void key_hash(const void *bytes, size_t size, uint8_t hash[32])
{
	SHA256(bytes, size, hash);
}
