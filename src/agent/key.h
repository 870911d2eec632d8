/* SPDX-License-Identifier: Apache-2.0 */
/* The device's key and certificates, over OpenSSL. The key never leaves this process but to its file. */
#ifndef AGENT_KEY_H
#define AGENT_KEY_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>

#include "base/array.h"
#include "base/err.h"
#include "base/own.h"

enum { KEY_HASH_SIZE = 32, KEY_PEM_MAX = 16 * 1024 };

OWN_DEFINE(key, EVP_PKEY, EVP_PKEY_free);
OWN_DEFINE(certificate, X509, X509_free);

/* A new P-256 key; EVP_PKEY_free. */
int key_create(EVP_PKEY **ret, struct err *err);

/* PKCS #8 PEM. Anything but a P-256 key is -EINVAL. */
int key_from_pem(const void *pem, size_t size, EVP_PKEY **ret, struct err *err);
int key_to_pem(const EVP_PKEY *key, struct array *ret, struct err *err);

/* Certificate signing request for the key as PEM text with NUL; free(). */
int key_request(EVP_PKEY *key, char **ret, struct err *err);

/* SHA-256 of the SubjectPublicKeyInfo, DER. */
int key_hash(const EVP_PKEY *key, uint8_t hash[KEY_HASH_SIZE], struct err *err);

/* The first certificate of a PEM text; X509_free. */
int certificate_from_pem(const char *pem, X509 **ret, struct err *err);

/* SHA-256 of the DER. */
int certificate_hash(const X509 *certificate, uint8_t hash[KEY_HASH_SIZE], struct err *err);

#endif
