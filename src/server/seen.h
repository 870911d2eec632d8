/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When each device was heard of. Kept in memory and written in one transaction
 * every few seconds: a heartbeat is no promise, and one commit each would be the
 * most expensive thing the server does.
 */
#ifndef SERVER_SEEN_H
#define SERVER_SEEN_H

#include <stdint.h>

#include "base/loop.h"
#include "server/db.h"

enum { SEEN_ONLINE_S = 120 }; /* heard of within is online */

struct seen;

struct seen *seen_create(struct loop *loop, struct db *db);
void seen_destroy(struct seen *seen); /* writes what is left; takes NULL */

void seen_now(struct seen *seen, const char *device, int64_t now_s);

/* Write now what is not written yet. */
void seen_flush(struct seen *seen);

#endif
