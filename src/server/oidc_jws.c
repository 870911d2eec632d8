/* SPDX-License-Identifier: Apache-2.0 */
#include "server/oidc_jws.h"

#include <jansson.h>
#include <jose/b64.h>
#include <jose/jws.h>
#include <stdint.h>
#include <string.h>

static void put(json_t *jwk, const char *key, const char *value)
{
	if (value[0])
		json_object_set_new(jwk, key, json_string(value));
}

bool oidc_jws_is_right(const char *header, const char *payload, const char *signature,
		const struct oidc_jwk *key)
{
	json_t *jwk = json_object();
	json_t *jws = json_pack("{s:s,s:s,s:s}", "protected", header, "payload", payload,
			"signature", signature);

	put(jwk, "kty", key->kty);
	put(jwk, "alg", key->alg);
	put(jwk, "n", key->n);
	put(jwk, "e", key->e);
	put(jwk, "crv", key->crv);
	put(jwk, "x", key->x);
	put(jwk, "y", key->y);
	bool is_right = jws && jose_jws_ver(NULL, jws, NULL, jwk, false);
	json_decref(jws);
	json_decref(jwk);
	return is_right;
}

size_t oidc_decode(const char *text, void *bytes, size_t size)
{
	return jose_b64_dec_buf(bytes ? text : NULL, strlen(text), bytes, size);
}

void oidc_encode(const void *bytes, size_t count, char *text, size_t size)
{
	size_t length = jose_b64_enc_buf(bytes, count, text, size - 1);

	text[length == SIZE_MAX ? 0 : length] = '\0';
}
