/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: devices by certificate, people by token. */
#ifndef SERVER_ACCESS_H
#define SERVER_ACCESS_H

#include "server/http.h"

/* Judge the client certificate of a TLS session (a gnutls_session_t). */
void access_identify(void *session, struct identity *identity);

/* Fill request->device or request->token; else a status (401, 403, 5xx) and the sentence. */
int access_check(struct request *request, const struct identity *identity, struct err *err);

enum {
	ACCESS_TOKEN_MAX = 64,
	ACCESS_CSRF_MAX = 65,
	ACCESS_IDLE_S = 3600,         /* a session ends when it is not used for so long */
	ACCESS_SESSION_S = 12 * 3600, /* and then in any case */
};

/* The cookie of a session, and the header that changes made with it must carry as well. */
#define ACCESS_COOKIE "__Host-tynd"
#define ACCESS_CSRF "X-CSRF-Token"

/*
 * A new token as `token` says (person, kind "" for "token", role, scope, expires_s), stored;
 * `text` is what the person keeps.
 */
int access_make_token(struct db *db, struct db_token *token, char text[ACCESS_TOKEN_MAX],
		struct err *err);

/* What ACCESS_CSRF must say beside this token in a cookie. */
void access_csrf(const char *text, char csrf[ACCESS_CSRF_MAX]);
/* Of the request's own session; "" when that is not in a cookie. */
void access_own_csrf(struct request *request, char csrf[ACCESS_CSRF_MAX]);

/*
 * 403 for a device that is not one any more: why, and whether it is to ask again
 * (docs/protocol.md, "removed"). `certificate` NULL: it is the one that it had.
 */
int access_removed(struct request *request, const char *id, const uint8_t *certificate,
		struct err *err);

#endif
