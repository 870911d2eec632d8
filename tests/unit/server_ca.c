/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ca.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "server/keys.h"
#include "unit/test.h"

static char folder[] = "/tmp/tynd-ca-XXXXXX";

/* A request by `key`, its subject pretending; the caller frees it. */
static char *make_csr(EVP_PKEY *key, EVP_PKEY *signer, const EVP_MD *digest)
{
	X509_REQ *csr = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *copy;

	X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(csr), "CN", MBSTRING_UTF8,
			(const unsigned char *)"somebody-else", -1, -1, 0);
	X509_REQ_set_pubkey(csr, key);
	X509_REQ_sign(csr, signer, digest);
	PEM_write_bio_X509_REQ(bio, csr);
	long size = BIO_get_mem_data(bio, &data);
	copy = strndup(data, (size_t)size);
	BIO_free(bio);
	X509_REQ_free(csr);
	return copy;
}

static X509 *read_pem(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return certificate;
}

static bool is_verified(struct ca *ca, X509 *certificate, int purpose)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	X509 *root = read_pem(ca_pem(ca));

	X509_STORE_add_cert(store, root);
	X509_STORE_CTX_init(context, store, certificate, NULL);
	X509_STORE_CTX_set_purpose(context, purpose);
	bool ok = X509_verify_cert(context) == 1;
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_free(root);
	return ok;
}

static void devices(struct ca *ca)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	char *csr = make_csr(key, key, EVP_sha256()), pem[CA_PEM_MAX], name[64];
	uint8_t key_hash_[32], hash[32], digest[32];
	struct err err;
	unsigned size;

	CHECK_INT(ca_check_csr(csr, key_hash_, &err), 0);
	CHECK_INT(ca_issue_device(ca, csr, "k7qf2m9pxr4t", pem, hash, &err), 0);
	X509 *issued = read_pem(pem);
	CHECK(issued != NULL);
	CHECK(X509_pubkey_digest(issued, EVP_sha256(), digest, &size) == 1);
	X509_NAME_get_text_by_NID(X509_get_subject_name(issued), NID_commonName, name,
			sizeof(name));
	CHECK_TEXT(name, "k7qf2m9pxr4t");
	CHECK_INT(X509_NAME_entry_count(X509_get_subject_name(issued)), 1);
	CHECK(EVP_PKEY_eq(X509_get0_pubkey(issued), key) == 1);
	CHECK(is_verified(ca, issued, X509_PURPOSE_SSL_CLIENT));
	CHECK(!is_verified(ca, issued, X509_PURPOSE_SSL_SERVER));
	CHECK(X509_digest(issued, EVP_sha256(), digest, &size) && memcmp(digest, hash, 32) == 0);
	/* A clock that stands at the build of the first image must find it valid. */
	CHECK(X509_cmp_timeframe(NULL, X509_get0_notBefore(issued), NULL) == 0);
	CHECK(ASN1_TIME_cmp_time_t(X509_get0_notBefore(issued), 1735689600) <= 0);
	X509_free(issued);
	free(csr);
	EVP_PKEY_free(key);
}

static void refused(const char *what, char *csr, const char *words)
{
	uint8_t hash[32];
	struct err err = {""};

	CHECK_INT(ca_check_csr(csr, hash, &err), -EINVAL);
	if (!strstr(err.text, words))
		printf("%s: ", what);
	CHECK_HAS(err.text, words);
	free(csr);
}

static void bad_requests(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	EVP_PKEY *wide = EVP_EC_gen("P-384"), *rsa = EVP_RSA_gen(2048);
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	refused("signed by another", make_csr(key, other, EVP_sha256()), "its own key");
	refused("P-384", make_csr(wide, wide, EVP_sha256()), "P-256");
	refused("RSA", make_csr(rsa, rsa, EVP_sha256()), "P-256");
	refused("Ed25519", make_csr(ed, ed, NULL), "P-256");
	refused("empty", strdup(""), "PEM");
	refused("text", strdup("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"), "PEM");
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	EVP_PKEY_free(wide);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed);
}

static void server_certificate(struct ca *ca)
{
	struct ca_names names = {0};
	EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	char *first = NULL, *again = NULL, *more = NULL, *changed = NULL;
	struct err err;

	CHECK_INT(ca_names_add(&names, "tynd.example", &err), 0);
	CHECK_INT(ca_names_add(&names, "192.0.2.1", &err), 0);
	CHECK_INT(ca_server_certificate(ca, key, &names, folder, &first, &err), 0);
	CHECK_INT(ca_server_certificate(ca, key, &names, folder, &again, &err), 0);
	CHECK(strncmp(first, again, strlen(again) - strlen(ca_pem(ca))) == 0);
	CHECK_HAS(first, ca_pem(ca));
	X509 *made = read_pem(first);
	CHECK(is_verified(ca, made, X509_PURPOSE_SSL_SERVER));
	CHECK(!is_verified(ca, made, X509_PURPOSE_SSL_CLIENT));
	CHECK_INT(X509_check_host(made, "tynd.example", 0, 0, NULL), 1);
	CHECK_INT(X509_check_ip_asc(made, "192.0.2.1", 0), 1);
	CHECK_INT(X509_check_host(made, "other.example", 0, 0, NULL), 0);
	X509_free(made);
	CHECK_INT(ca_names_add(&names, "::1", &err), 0);
	CHECK_INT(ca_server_certificate(ca, key, &names, folder, &more, &err), 0);
	CHECK(strcmp(first, more) != 0);
	CHECK_INT(ca_server_certificate(ca, other, &names, folder, &changed, &err), 0);
	CHECK(strcmp(more, changed) != 0);
	free(first);
	free(again);
	free(more);
	free(changed);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

int main(void)
{
	OWNED(ca) struct ca *ca = NULL;
	OWNED(ca) struct ca *again = NULL;
	struct err err;
	char path[64], command[64];
	struct stat status;

	if (!mkdtemp(folder) || ca_open(folder, &ca, &err) < 0) {
		printf("%s\n0 passed, 1 failed\n", err.text);
		return 1;
	}
	TEST("the CA is made once and is the same afterwards") {
		CHECK_INT(ca_open(folder, &again, &err), 0);
		CHECK(memcmp(ca_fingerprint(ca), ca_fingerprint(again), 32) == 0);
		snprintf(path, sizeof(path), "%s/ca.key", folder);
		CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
	}
	TEST("a device gets a certificate with our name, for clients alone") {
		devices(ca);
	}
	TEST("a request with another kind of key, or not signed by it, is refused") {
		bad_requests();
	}
	TEST("the server's certificate is kept, and made anew for a new name or key") {
		server_certificate(ca);
	}
	TEST("a name that could smuggle something into the certificate is refused") {
		static const char *const bad[] = {"", "a b", "a,DNS:b", "DNS:a", ".", "a/b", "*"};
		struct ca_names names = {0};

		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			CHECK_INT(ca_names_add(&names, bad[i], &err), -EINVAL);
		CHECK_INT(names.count, 0);
	}
	TEST("a damaged key is an error, not a new CA") {
		struct ca *broken = NULL;
		FILE *file = fopen(path, "w");

		fputs("nothing\n", file);
		fclose(file);
		CHECK(ca_open(folder, &broken, &err) < 0);
		CHECK_HAS(err.text, "ca.key");
	}
	snprintf(command, sizeof(command), "rm -r %s", folder);
	if (system(command) != 0)
		puts("the folder stays");
	TEST_END();
}
