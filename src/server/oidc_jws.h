/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures by libjose. Apart from the rest, because the JSON of that library (jansson) and ours
 * share names.
 */
#ifndef SERVER_OIDC_JWS_H
#define SERVER_OIDC_JWS_H

#include <stdbool.h>
#include <stddef.h>

struct oidc_jwk {
	const char *kty, *alg, *n, *e, *crv, *x, *y; /* "" for what the kind has not */
};

/* RFC 7515: the three parts of a token in BASE64URL, and one public key. */
bool oidc_jws_is_right(const char *header, const char *payload, const char *signature,
		const struct oidc_jwk *key);

/* BASE64URL without padding: the number of bytes, also with NULL; SIZE_MAX when it is none. */
size_t oidc_decode(const char *text, void *bytes, size_t size);
/* Ended by NUL; "" when it does not fit. */
void oidc_encode(const void *bytes, size_t count, char *text, size_t size);

#endif
