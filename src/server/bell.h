/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wakes requests that wait, on this server and on all that share its database. What another
 * server published while the database was away is caught up with when it is back.
 */
#ifndef SERVER_BELL_H
#define SERVER_BELL_H

#include "server/server.h"

struct bell;

struct bell *bell_create(struct server *server);
void bell_destroy(struct bell *bell); /* takes NULL */

/* Everybody who waits for `key`, everywhere. */
void bell_wake(struct server *server, const char *key);

/* Inside the transaction of a revision: others hear of it when it is committed. */
int bell_revision(struct server *server, int64_t revision, struct err *err);

#endif
