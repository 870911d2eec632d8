/* SPDX-License-Identifier: Apache-2.0 */
/* FreeRDP's life inside a session: made, connected, driven by our loop, ended. */
#ifndef SESSION_CONNECT_H
#define SESSION_CONNECT_H

#include "base/err.h"
#include "session/session.h"

/* Once per process, before the sandbox is sealed: what FreeRDP and OpenSSL load by themselves. */
int connect_prepare(struct err *err);

/*
 * Blocks until the desktop answered or did not, at most `limit_ms`. Negative: why is for
 * connect_reason. Secrets of START are wiped in either case.
 */
int connect_open(struct session *session, int limit_ms, struct err *err);

/* The decoder got on: the server is read from again. */
void connect_go_on(struct session *session);

/* Why it ended; `*detail` as in failure_reason. */
enum reason connect_reason(struct session *session, uint32_t *detail);

/* Disconnect and free what there is. */
void connect_close(struct session *session);

#endif
