/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: devices by certificate, people by token. */
#ifndef SERVER_ACCESS_H
#define SERVER_ACCESS_H

#include "server/http.h"

/* Judge the client certificate of a TLS session (a gnutls_session_t). */
void access_identify(void *session, struct identity *identity);

/* Fill request->device or request->token; else a status (401, 403, 5xx) and the sentence. */
int access_check(struct request *request, const struct identity *identity, struct err *err);

/* A new token for `person`, stored; `text` is what the person keeps. */
enum { ACCESS_TOKEN_MAX = 64 };
int access_make_token(struct db *db, const char *person, struct db_token *token,
		char text[ACCESS_TOKEN_MAX], struct err *err);

#endif
