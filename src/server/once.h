/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Idempotency-Key: a person who got no answer may ask again, and it is done once. The first
 * request with a key leaves a row before it is handled and its answer in it afterwards, sealed
 * (vault.h), because answers may hold tokens; of the request only an HMAC is kept. Where
 * a server died in between nobody knows whether it was done: such a key is refused.
 */
#ifndef SERVER_ONCE_H
#define SERVER_ONCE_H

#include "server/http.h"

/*
 * Before the handler of a change, with the body read. 0: handle it. Else the status of an answer
 * that is set, or a negative errno: -EINVAL a bad key, -EBADMSG the key of another request,
 * -EBUSY the first one is under way (with Retry-After), or was interrupted.
 */
int once_begin(struct request *request, struct err *err);

/* After it: keeps the answer when asking again would give the same, forgets the key else. */
void once_end(struct request *request);

/* Old keys go by themselves. */
void once_start(struct server *server);

#endif
