/* SPDX-License-Identifier: Apache-2.0 */
/* What all ways to sign in share: throttle, session, record. docs/security.md. */
#ifndef SERVER_SIGNIN_H
#define SERVER_SIGNIN_H

#include "server/http.h"

/* What is over is dropped now and then. */
void signin_start(struct server *server);

/*
 * Who failed often waits longer and longer, by name and by address: -EDQUOT with Retry-After.
 * Counts a failure beforehand, which signin_forgive takes back. With `name` "" nothing is counted
 * but by signin_fail: a provider's answers cannot be guessed one by one.
 */
int signin_throttle(struct request *request, const char *name, struct err *err);

int signin_forgive(struct request *request, const char *name, struct err *err);

/* The record of a failure; says the same for every reason (-EACCES as 401). */
int signin_fail(struct request *request, const char *name, struct err *err);

/*
 * The person is who they say: a session, in the answer {"person", "token", "csrf", "expires"} or, when
 * `is_cookie`, in a cookie and "token" is null.
 */
int signin_done(struct request *request, const char *person, bool is_cookie, struct err *err);

/*
 * A person that a provider ("oidc", "ldap") vouches for: made at the first sign-in, never one that
 * is known otherwise (-EPERM). `teams` as in struct db_person.
 */
int signin_provided(struct request *request, const struct db_person *said, struct err *err);

/* A record of the sign-in in the audit log, and an event for who watches. */
int signin_record(struct request *request, const char *person, const char *how, int status,
		struct err *err);

#endif
