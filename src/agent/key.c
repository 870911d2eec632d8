// SPDX-License-Identifier: Apache-2.0
#include "agent/key.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <string.h>

static inline void own_end_bio(BIO **bio)
{
	BIO_free(*bio);
}

static inline void own_end_request(X509_REQ **request)
{
	X509_REQ_free(*request);
}

/* OpenSSL's own word on what failed behind ours. */
static int fail(struct err *err, int code, const char *what)
{
	unsigned long number = ERR_peek_last_error();
	const char *reason = number ? ERR_reason_error_string(number) : NULL;

	ERR_clear_error();
	return err_set(err, code, "%s: %s", what, reason ? reason : "no reason given");
}

int key_create(EVP_PKEY **ret, struct err *err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	if (!key)
		return fail(err, EIO, "a P-256 key cannot be made");
	*ret = key;
	return 0;
}

/* A key that is encrypted is no key of ours: never ask on a terminal. */
static int no_passphrase(char *buffer, int size, int is_writing, void *data)
{
	(void)buffer, (void)size, (void)is_writing, (void)data;
	return -1;
}

int key_from_pem(const void *pem, size_t size, EVP_PKEY **ret, struct err *err)
{
	char group[64] = "";

	if (size > KEY_PEM_MAX)
		return err_set(err, EINVAL, "the key is longer than %d bytes", KEY_PEM_MAX);
	OWNED(bio) BIO *bio = BIO_new_mem_buf(pem, (int)size);
	if (!bio)
		return fail(err, ENOMEM, "the key cannot be read");
	OWNED(key) EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	if (!key)
		return fail(err, EINVAL, "the key is not a private key in PEM");
	if (!EVP_PKEY_is_a(key, "EC") ||
			EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1 ||
			strcmp(group, SN_X9_62_prime256v1) != 0)
		return err_set(err, EINVAL, "the key is not on the curve P-256");
	*ret = own_take(key);
	return 0;
}

int key_to_pem(const EVP_PKEY *key, struct array *ret, struct err *err)
{
	OWNED(bio) BIO *bio = BIO_new(BIO_s_secmem());
	char *text;

	if (!bio || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
		return fail(err, EIO, "the key cannot be written as PEM");
	long size = BIO_get_mem_data(bio, &text);
	return array_append(ret, text, (size_t)size);
}

int key_request(EVP_PKEY *key, char **ret, struct err *err)
{
	OWNED(request) X509_REQ *request = X509_REQ_new();
	OWNED(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	if (!request || !bio || X509_REQ_set_version(request, X509_REQ_VERSION_1) != 1 ||
			X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN",
					MBSTRING_ASC, (const unsigned char *)"tynd", -1, -1,
					0) != 1 ||
			X509_REQ_set_pubkey(request, key) != 1 ||
			X509_REQ_sign(request, key, EVP_sha256()) <= 0 ||
			PEM_write_bio_X509_REQ(bio, request) != 1)
		return fail(err, EIO, "the certificate signing request cannot be made");
	long size = BIO_get_mem_data(bio, &text);
	*ret = own_alloc((size_t)size + 1);
	memcpy(*ret, text, (size_t)size);
	return 0;
}

int key_hash(const EVP_PKEY *key, uint8_t hash[KEY_HASH_SIZE], struct err *err)
{
	unsigned char *der = NULL;
	int size = i2d_PUBKEY(key, &der);

	if (size <= 0)
		return fail(err, EIO, "the public key cannot be written as DER");
	SHA256(der, (size_t)size, hash);
	OPENSSL_free(der);
	return 0;
}

int certificate_from_pem(const char *pem, X509 **ret, struct err *err)
{
	size_t size = strlen(pem);

	if (size > KEY_PEM_MAX)
		return err_set(err, EINVAL, "the certificate is longer than %d bytes", KEY_PEM_MAX);
	OWNED(bio) BIO *bio = BIO_new_mem_buf(pem, (int)size);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
	if (!certificate)
		return fail(err, EINVAL, "the certificate is not an X.509 certificate in PEM");
	*ret = certificate;
	return 0;
}

int certificate_hash(const X509 *certificate, uint8_t hash[KEY_HASH_SIZE], struct err *err)
{
	unsigned int size = 0;

	if (X509_digest(certificate, EVP_sha256(), hash, &size) != 1 || size != KEY_HASH_SIZE)
		return fail(err, EIO, "the certificate cannot be hashed");
	return 0;
}
