/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ca.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "server/keys.h"

enum {
	SERVER_DAYS = 800,       /* of the server's certificate */
	SERVER_DAYS_SPARE = 183, /* renewed at a start with less left */
};

static const char valid_from[] = "20250101000000Z";
static const char ca_until[] = "20650101000000Z";
static const char device_until[] = "20600101000000Z";

struct ca {
	EVP_PKEY *key;
	X509 *certificate;
	char pem[CA_PEM_MAX];
	uint8_t fingerprint[32];
};

OWN_DEFINE(x509, X509, X509_free);
OWN_DEFINE(csr, X509_REQ, X509_REQ_free);
OWN_DEFINE(bio, BIO, BIO_free_all);

static int to_pem(X509 *certificate, char pem[CA_PEM_MAX], struct err *err)
{
	OWNED(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *data;

	if (!bio || PEM_write_bio_X509(bio, certificate) != 1)
		return key_fail(err, "writing a certificate");
	long size = BIO_get_mem_data(bio, &data);
	return text_format(pem, CA_PEM_MAX, "%.*s", (int)size, data) < 0
	                       ? err_set(err, EMSGSIZE, "the certificate exceeds %d bytes",
						 CA_PEM_MAX)
	                       : 0;
}

static X509 *from_pem(const char *pem)
{
	OWNED(bio) BIO *bio = BIO_new_mem_buf(pem, -1);

	return bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
}

static int set_serial(X509 *certificate)
{
	uint8_t bytes[16];
	BIGNUM *number;

	key_random(bytes, sizeof(bytes));
	bytes[0] &= 0x7f;
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	int ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
	BN_free(number);
	return ok;
}

static int set_name(X509 *certificate, const char *name)
{
	return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
			(const unsigned char *)name, -1, -1, 0);
}

static int add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	int ok = extension && X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	return ok;
}

/* A certificate all but its extensions and signature; NULL when OpenSSL refuses. */
static X509 *blank(EVP_PKEY *subject_key, const char *name, X509 *issuer)
{
	OWNED(x509) X509 *certificate = X509_new();

	if (!certificate || !X509_set_version(certificate, X509_VERSION_3) ||
			!set_serial(certificate) || !set_name(certificate, name) ||
			!X509_set_issuer_name(certificate,
					X509_get_subject_name(issuer ? issuer : certificate)) ||
			!ASN1_TIME_set_string(X509_getm_notBefore(certificate), valid_from) ||
			!X509_set_pubkey(certificate, subject_key))
		return NULL;
	return own_take(certificate);
}

static int make_ca(struct ca *ca, const char *path, struct err *err)
{
	uint8_t random[4];
	char hex[9], name[32];

	key_random(random, sizeof(random));
	text_to_hex(random, sizeof(random), hex);
	(void)text_format(name, sizeof(name), "tynd CA %s", hex);
	OWNED(x509) X509 *made = blank(ca->key, name, NULL);
	if (!made || !ASN1_TIME_set_string(X509_getm_notAfter(made), ca_until) ||
			!add_extension(made, made, NID_basic_constraints,
					"critical,CA:TRUE,pathlen:0") ||
			!add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign") ||
			!add_extension(made, made, NID_subject_key_identifier, "hash") ||
			X509_sign(made, ca->key, EVP_sha256()) <= 0)
		return key_fail(err, "making the CA certificate");
	int r = to_pem(made, ca->pem, err);
	if (r == 0)
		r = file_write(path, ca->pem, strlen(ca->pem), 0644, err);
	if (r < 0)
		return r;
	ca->certificate = own_take(made);
	return 0;
}

static int load_ca(struct ca *ca, const char *path, struct err *err)
{
	OWNED(array) struct array text = {.max = CA_PEM_MAX - 1};

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return make_ca(ca, path, err);
	int r = file_read(path, &text, err);
	if (r < 0)
		return r;
	memcpy(ca->pem, text.data, text.size);
	ca->pem[text.size] = '\0';
	ca->certificate = from_pem(ca->pem);
	if (!ca->certificate)
		return key_fail(err, path);
	if (X509_check_private_key(ca->certificate, ca->key) != 1)
		return err_set(err, EINVAL, "%s: not the certificate of ca.key", path);
	return 0;
}

int ca_open(const char *folder, struct ca **ret, struct err *err)
{
	OWNED(ca) struct ca *ca = own_alloc(sizeof(*ca));
	char path[4096];
	unsigned size;

	if (text_format(path, sizeof(path), "%s/ca.key", folder) < 0)
		return err_set(err, ENAMETOOLONG, "the path of the data folder is too long");
	int r = key_open(path, KEY_P256, &ca->key, err);
	if (r < 0)
		return r;
	(void)text_format(path, sizeof(path), "%s/ca.pem", folder);
	r = load_ca(ca, path, err);
	if (r < 0)
		return r;
	if (!X509_digest(ca->certificate, EVP_sha256(), ca->fingerprint, &size))
		return key_fail(err, path);
	*ret = own_take(ca);
	return 0;
}

void ca_close(struct ca *ca)
{
	if (!ca)
		return;
	EVP_PKEY_free(ca->key);
	X509_free(ca->certificate);
	free(ca);
}

const char *ca_pem(const struct ca *ca)
{
	return ca->pem;
}

const uint8_t *ca_fingerprint(const struct ca *ca)
{
	return ca->fingerprint;
}

static int read_csr(const char *pem, X509_REQ **ret, struct err *err)
{
	OWNED(bio) BIO *bio = BIO_new_mem_buf(pem, -1);
	OWNED(csr) X509_REQ *csr = bio ? PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL) : NULL;
	char group[64] = "";

	ERR_clear_error();
	if (!csr)
		return err_set(err, EINVAL, "csr: not a certificate request in PEM");
	EVP_PKEY *key = X509_REQ_get0_pubkey(csr);
	if (!key || !EVP_PKEY_is_a(key, "EC") ||
			!EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) ||
			strcmp(group, "prime256v1") != 0)
		return err_set(err, EINVAL, "csr: the key must be one of P-256");
	int verified = X509_REQ_verify(csr, key);
	ERR_clear_error();
	if (verified != 1)
		return err_set(err, EINVAL, "csr: not signed by its own key");
	*ret = own_take(csr);
	return 0;
}

int ca_check_csr(const char *csr, uint8_t hash[32], struct err *err)
{
	OWNED(csr) X509_REQ *request = NULL;
	unsigned char *der = NULL;
	int r = read_csr(csr, &request, err);

	if (r < 0)
		return r;
	int size = i2d_PUBKEY(X509_REQ_get0_pubkey(request), &der);
	if (size <= 0)
		return key_fail(err, "csr");
	key_hash(der, (size_t)size, hash);
	OPENSSL_free(der);
	return 0;
}

int ca_issue_device(struct ca *ca, const char *csr, const char *id, char pem[CA_PEM_MAX],
		uint8_t hash[32], struct err *err)
{
	OWNED(csr) X509_REQ *request = NULL;
	unsigned size;
	int r = read_csr(csr, &request, err);

	if (r < 0)
		return r;
	OWNED(x509) X509 *made = blank(X509_REQ_get0_pubkey(request), id, ca->certificate);
	if (!made || !ASN1_TIME_set_string(X509_getm_notAfter(made), device_until) ||
			!add_extension(made, ca->certificate, NID_basic_constraints,
					"critical,CA:FALSE") ||
			!add_extension(made, ca->certificate, NID_key_usage,
					"critical,digitalSignature") ||
			!add_extension(made, ca->certificate, NID_ext_key_usage, "clientAuth") ||
			!add_extension(made, ca->certificate, NID_authority_key_identifier,
					"keyid") ||
			X509_sign(made, ca->key, EVP_sha256()) <= 0 ||
			!X509_digest(made, EVP_sha256(), hash, &size))
		return key_fail(err, "making the device's certificate");
	return to_pem(made, pem, err);
}

static bool is_address(const char *name)
{
	uint8_t bytes[16];

	return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

int ca_names_add(struct ca_names *names, const char *name, struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._";
	size_t length = strlen(name);

	if (!is_address(name) && (!length || length >= CA_NAME_MAX || name[0] == '.' ||
						 strspn(name, letters) != length))
		return err_set(err, EINVAL, "\"%.64s\" is neither a host name nor an address",
				name);
	for (unsigned i = 0; i < names->count; i++) {
		if (strcasecmp(names->name[i], name) == 0)
			return 0;
	}
	if (names->count == CA_NAMES_MAX)
		return err_set(err, E2BIG, "more than %d names", CA_NAMES_MAX);
	return text_copy(names->name[names->count++], CA_NAME_MAX, name);
}

static bool lists_names(X509 *certificate, const struct ca_names *names)
{
	for (unsigned i = 0; i < names->count; i++) {
		int found = is_address(names->name[i])
		                            ? X509_check_ip_asc(certificate, names->name[i], 0)
		                            : X509_check_host(certificate, names->name[i], 0, 0,
							      NULL);
		if (found != 1)
			return false;
	}
	return true;
}

static bool is_usable(struct ca *ca, X509 *certificate, EVP_PKEY *key, const struct ca_names *names)
{
	int days = 0, seconds = 0;
	bool usable = X509_check_private_key(certificate, key) == 1 &&
	              X509_verify(certificate, ca->key) == 1 && lists_names(certificate, names) &&
	              ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1 &&
	              days >= SERVER_DAYS_SPARE;

	ERR_clear_error();
	return usable;
}

static X509 *make_server(struct ca *ca, EVP_PKEY *key, const struct ca_names *names)
{
	OWNED(array) struct array list = {.max = CA_NAMES_MAX * (CA_NAME_MAX + 8)};
	OWNED(x509) X509 *made = blank(key, "tynd-server", ca->certificate);

	for (unsigned i = 0; i < names->count; i++) {
		char one[CA_NAME_MAX + 8];

		(void)text_format(one, sizeof(one), "%s%s:%s", i ? "," : "",
				is_address(names->name[i]) ? "IP" : "DNS", names->name[i]);
		if (array_append(&list, one, strlen(one)) < 0)
			return NULL;
	}
	if (array_append(&list, "", 1) < 0 || !made ||
			!X509_gmtime_adj(X509_getm_notAfter(made), 86400L * SERVER_DAYS) ||
			!add_extension(made, ca->certificate, NID_basic_constraints,
					"critical,CA:FALSE") ||
			!add_extension(made, ca->certificate, NID_key_usage,
					"critical,digitalSignature") ||
			!add_extension(made, ca->certificate, NID_ext_key_usage, "serverAuth") ||
			!add_extension(made, ca->certificate, NID_authority_key_identifier,
					"keyid") ||
			!add_extension(made, ca->certificate, NID_subject_alt_name,
					(const char *)list.data) ||
			X509_sign(made, ca->key, EVP_sha256()) <= 0)
		return NULL;
	return own_take(made);
}

static X509 *load_server(const char *path)
{
	OWNED(array) struct array text = {.max = 4 * CA_PEM_MAX};

	if (file_read(path, &text, NULL) < 0 || array_append(&text, "", 1) < 0)
		return NULL;
	return from_pem((const char *)text.data);
}

int ca_server_certificate(struct ca *ca, EVP_PKEY *key, const struct ca_names *names,
		const char *folder, char **chain, struct err *err)
{
	char path[4096], pem[CA_PEM_MAX];

	if (text_format(path, sizeof(path), "%s/server.pem", folder) < 0)
		return err_set(err, ENAMETOOLONG, "the path of the data folder is too long");
	OWNED(x509) X509 *certificate = load_server(path);
	bool is_new = !certificate || !is_usable(ca, certificate, key, names);
	if (is_new) {
		X509_free(certificate);
		certificate = make_server(ca, key, names);
	}
	ERR_clear_error();
	if (!certificate)
		return key_fail(err, "making the server's certificate");
	int r = to_pem(certificate, pem, err);
	if (r < 0)
		return r;
	size_t size = strlen(pem) + strlen(ca->pem) + 1;
	OWNED(memory) char *both = own_alloc(size);
	(void)text_format(both, size, "%s%s", pem, ca->pem);
	r = is_new ? file_write(path, both, strlen(both), 0644, err) : 0;
	if (r < 0)
		return r;
	*chain = own_take(both);
	return 0;
}
