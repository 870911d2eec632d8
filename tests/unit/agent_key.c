// SPDX-License-Identifier: Apache-2.0
#include "agent/key.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#include "unit/test.h"

static void test_round(void)
{
	OWNED(key) EVP_PKEY *key = NULL, *back = NULL;
	OWNED(array) struct array pem = {.max = KEY_PEM_MAX};
	uint8_t hash[KEY_HASH_SIZE], other[KEY_HASH_SIZE];
	struct err err;

	CHECK_INT(key_create(&key, &err), 0);
	CHECK_INT(key_to_pem(key, &pem, &err), 0);
	CHECK(memmem(pem.data, pem.size, "BEGIN PRIVATE KEY", 17) != NULL);
	CHECK_INT(key_from_pem(pem.data, pem.size, &back, &err), 0);
	CHECK_INT(EVP_PKEY_eq(key, back), 1);
	CHECK_INT(key_hash(key, hash, &err), 0);
	CHECK_INT(key_hash(back, other, &err), 0);
	CHECK(memcmp(hash, other, sizeof(hash)) == 0);
}

static void test_request(void)
{
	OWNED(key) EVP_PKEY *key = NULL;
	OWNED(memory) char *text = NULL;
	struct err err;

	CHECK_INT(key_create(&key, &err), 0);
	CHECK_INT(key_request(key, &text, &err), 0);
	BIO *bio = BIO_new_mem_buf(text, -1);
	X509_REQ *request = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
	CHECK(request != NULL);
	CHECK_INT(X509_REQ_verify(request, key), 1);
	X509_REQ_free(request);
	BIO_free(bio);
}

static void test_foreign(void)
{
	OWNED(key) EVP_PKEY *rsa = EVP_RSA_gen(1024), *p384 = EVP_EC_gen("P-384"), *key = NULL;
	OWNED(array) struct array pem = {.max = KEY_PEM_MAX};
	struct err err;

	CHECK_INT(key_to_pem(rsa, &pem, &err), 0);
	CHECK(key_from_pem(pem.data, pem.size, &key, &err) < 0);
	CHECK_HAS(err.text, "P-256");
	pem.size = 0;
	CHECK_INT(key_to_pem(p384, &pem, &err), 0);
	CHECK(key_from_pem(pem.data, pem.size, &key, &err) < 0);
	CHECK(key_from_pem("", 0, &key, &err) < 0);
	CHECK(key_from_pem("rubbish", 7, &key, &err) < 0);
	CHECK(key == NULL);
}

int main(void)
{
	TEST("a key survives writing and reading") {
		test_round();
	}
	TEST("a request is signed by the key") {
		test_request();
	}
	TEST("other keys and rubbish are refused") {
		test_foreign();
	}
	TEST("rubbish is no certificate") {
		OWNED(certificate) X509 *certificate = NULL;
		struct err err;

		CHECK(certificate_from_pem("", &certificate, &err) < 0);
		CHECK(certificate_from_pem("-----BEGIN CERTIFICATE-----\nAA==\n"
					   "-----END CERTIFICATE-----\n",
				      &certificate, &err) < 0);
		CHECK_HAS(err.text, "certificate");
	}
	TEST_END();
}
