/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed envelopes: DSSE 1.0 with Ed25519, as in docs/protocol.md. The server makes them; an agent
 * believes no config outside of one (conf/signed.h). The type is signed along, so that one kind of
 * document can't be taken for another.
 */
#ifndef CONF_DSSE_H
#define CONF_DSSE_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/err.h"

enum {
	DSSE_KEY_SIZE = 32,  /* public key, RFC 8032 */
	DSSE_KEYID_SIZE = 8, /* first bytes of SHA-256 of the public key */
	DSSE_SIGNATURES_MAX = 4,
	DSSE_PAYLOAD_MAX = 512 * 1024, /* bytes; its base64 fits into 1 MiB of JSON */
};

#define DSSE_CONFIG "application/vnd.tynd.config+json"

/*
 * Sign the payload with an Ed25519 key. *ret is one line of JSON, NUL-terminated; the caller frees it. The same
 * payload and key give the same bytes. -EMSGSIZE above DSSE_PAYLOAD_MAX.
 */
int dsse_sign(const char *type, const char *payload, size_t size, EVP_PKEY *key, char **ret,
		struct err *err);

/*
 * Verify with the public key and append the payload to `payload`, on success only:
 *   -EBADMSG       no whole envelope: not JSON (cut short), members missing or unknown, too large
 *   -EKEYREJECTED  no signature by this key over this payload and type
 */
int dsse_open(const char *type, const void *envelope, size_t size,
		const uint8_t public_key[DSSE_KEY_SIZE], struct array *payload, struct err *err);

#endif
