/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign-in by a provider of identities: OpenID Connect Core 1.0, authorization code with PKCE
 * (RFC 7636, S256). DIR/oidc.json says which provider; it holds the client's secret and must be
 * readable by the server alone. docs/security.md.
 */
#ifndef SERVER_OIDC_H
#define SERVER_OIDC_H

#include "base/array.h"
#include "server/db.h"

struct oidc;

enum { OIDC_TEXT = 512, OIDC_SECRET = 64, OIDC_CODE_MAX = 8192, OIDC_LOCATION_MAX = 4096 };

/* NULL in *ret when the file is not there. */
int oidc_open(const char *path, struct oidc **ret, struct err *err);
void oidc_close(struct oidc *oidc); /* takes NULL */

/* What one sign-in remembers while the person is at the provider. */
struct oidc_flow {
	char state[OIDC_SECRET], nonce[OIDC_SECRET], verifier[OIDC_SECRET];
};

/* Both block, for a thread. Where to send the browser. */
int oidc_location(struct oidc *oidc, const struct oidc_flow *flow, char location[OIDC_LOCATION_MAX],
		struct err *err);

/*
 * From the code to the person: the token is fetched and everything in it checked. -EACCES when it
 * is not to be believed, -EAGAIN when the provider does not answer as it should.
 */
int oidc_redeem(struct oidc *oidc, const struct oidc_flow *flow, const char *code,
		struct db_person *ret, struct err *err);

/* The issuer, for RFC 9207. */
const char *oidc_issuer(const struct oidc *oidc);

#endif
