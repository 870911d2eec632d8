/* SPDX-License-Identifier: Apache-2.0 */
#include "session/trust.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

enum { CHAIN_MAX = 10 };

OWN_DEFINE(bio, BIO, BIO_free_all);
OWN_DEFINE(store, X509_STORE, X509_STORE_free);
OWN_DEFINE(store_context, X509_STORE_CTX, X509_STORE_CTX_free);

static inline void own_end_chain(STACK_OF(X509) * *chain)
{
	OSSL_STACK_OF_X509_free(*chain);
}

static STACK_OF(X509) * read_chain(const void *pem, size_t size)
{
	OWNED(bio) BIO *bio = BIO_new_mem_buf(pem, (int)size);
	STACK_OF(X509) *chain = sk_X509_new_null();

	for (int i = 0; i < CHAIN_MAX; i++) {
		X509 *one = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		if (!one)
			break;
		sk_X509_push(chain, one);
	}
	ERR_clear_error();
	return chain;
}

static bool is_pinned(const struct wire_session_start *start, X509 *certificate, struct err *err)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	char hex[2 * sizeof(digest) + 1];
	unsigned size = 0;

	if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1 ||
			size != sizeof(start->pins[0])) {
		err_set(err, EIO, "the certificate's fingerprint cannot be computed");
		return false;
	}
	for (uint32_t i = 0; i < start->pin_count; i++)
		if (memcmp(start->pins[i], digest, size) == 0)
			return true;
	text_to_hex(digest, size, hex);
	err_set(err, EPERM, "the certificate's SHA-256 fingerprint %s is none of the %u expected",
			hex, start->pin_count);
	return false;
}

/* The config's CA, or what the system trusts. */
static int fill_store(X509_STORE *store, const struct wire_session_start *start, struct err *err)
{
	if (start->ca_size == 0)
		return X509_STORE_set_default_paths(store) == 1
		                       ? 0
		                       : err_set(err, EIO, "the system's certificates are missing");
	OWNED(chain) STACK_OF(X509) *anchors = read_chain(start->ca, start->ca_size);
	for (int i = 0; i < sk_X509_num(anchors); i++)
		X509_STORE_add_cert(store, sk_X509_value(anchors, i));
	return sk_X509_num(anchors) > 0 ? 0
	                                : err_set(err, EINVAL, "the CA of the config is not PEM");
}

/* An address is compared with the certificate's addresses, a name with its names. */
static int expect_host(X509_VERIFY_PARAM *parameter, const char *host)
{
	unsigned char address[16];

	if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(parameter, host);
	X509_VERIFY_PARAM_set_hostflags(parameter, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(parameter, host, 0);
}

static bool is_verified(const struct wire_session_start *start, const char *host,
		STACK_OF(X509) * chain, struct err *err)
{
	OWNED(store) X509_STORE *store = X509_STORE_new();
	OWNED(store_context) X509_STORE_CTX *context = X509_STORE_CTX_new();

	if (!store || !context || fill_store(store, start, err) < 0)
		return false;
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	if (X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain) != 1 ||
			X509_STORE_CTX_set_default(context, "ssl_server") != 1 ||
			expect_host(X509_STORE_CTX_get0_param(context), host) != 1) {
		err_set(err, EIO, "the certificate cannot be checked");
		return false;
	}
	if (X509_verify_cert(context) == 1)
		return true;
	err_set(err, EPERM, "the certificate is not trusted for the desktop: %s",
			X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
	return false;
}

bool trust_certificate(const struct wire_session_start *start, const char *host, const void *pem,
		size_t size, struct err *err)
{
	OWNED(chain) STACK_OF(X509) *chain = size <= INT32_MAX ? read_chain(pem, size) : NULL;

	if (!chain || sk_X509_num(chain) == 0) {
		err_set(err, EPROTO, "the desktop sent no certificate that can be read");
		return false;
	}
	if (start->pin_count > 0)
		return is_pinned(start, sk_X509_value(chain, 0), err);
	return is_verified(start, host, chain, err);
}
