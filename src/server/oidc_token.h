/* SPDX-License-Identifier: Apache-2.0 */
/* An ID token judged: OpenID Connect Core 1.0, 3.1.3.7. Pure but for the time it is given. */
#ifndef SERVER_OIDC_TOKEN_H
#define SERVER_OIDC_TOKEN_H

#include <cjson/cJSON.h>

#include "server/db.h"

enum { OIDC_TOKEN_MAX = 64 * 1024, OIDC_SKEW_S = 60 };

struct oidc_expect {
	const char *issuer, *client, *nonce;
	const char *access_token; /* for at_hash; NULL for none */
	const char *name_claim;   /* "preferred_username" */
	const char *groups_claim; /* "groups", or a path like "realm_access.roles" */
	int64_t now_s;
};

/*
 * `keys` is the provider's JWKS. -ENOENT: no key of it fits, it may have another by now;
 * -EACCES: not to be believed; -EPERM: the person's groups cannot be known.
 */
int oidc_token_check(const char *token, const cJSON *keys, const struct oidc_expect *expect,
		struct db_person *ret, struct err *err);

/* BASE64URL without padding of a SHA-256, or of its left half. */
void oidc_hash(const char *text, unsigned bytes, char *base64, size_t size);

#endif
