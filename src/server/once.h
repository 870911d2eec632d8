/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Idempotency-Key: a person who got no answer may ask again, and it is done once. The first
 * request with a key leaves a row before it is handled and its answer in it afterwards, sealed
 * (vault.h), because answers may hold tokens; of the request only an HMAC is kept. Who
 * may less by now than with the first request does not get its answer. Where a server died in
 * between nobody knows whether it was done: such a key is refused.
 */
#ifndef SERVER_ONCE_H
#define SERVER_ONCE_H

#include "server/http.h"

/*
 * Before the handler of a change, with the body read. 0: handle it. Else the status of an answer
 * that is set, or a negative errno: -EINVAL a bad key, -EBADMSG the key of another request,
 * -EPERM fewer rights than when it was answered,
 * -EBUSY the first one is under way (with Retry-After), or was interrupted.
 */
int once_begin(struct request *request, struct err *err);

/* After it: keeps the answer when asking again would give the same, forgets the key else. */
void once_end(struct request *request);

/* Old keys go by themselves. */
void once_start(struct server *server);

#endif
