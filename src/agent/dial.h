/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP connections for sessions, which have no network of their own: resolve, then
 * try the addresses in turn, each with a limit, all within DIAL_ALL_MS.
 */
#ifndef AGENT_DIAL_H
#define AGENT_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/names.h"
#include "base/loop.h"
#include "conf/conf.h"
#include "wire/reason.h"

enum { DIAL_EACH_MS = 5000, DIAL_ALL_MS = 15000 };

struct dial;

/*
 * `fd` is connected, non-blocking, close-on-exec and the callee's when the reason is REASON_NONE;
 * otherwise -1. The dial is gone when this is called, which is never from dial_start itself.
 */
typedef void (*dial_done_fn)(void *data, uint32_t id, int fd, enum reason reason);

/* NULL: too many names are being asked for. */
struct dial *dial_start(struct loop *loop, struct names *names, const char *host, uint16_t port,
		uint32_t id, dial_done_fn done, void *data);
void dial_cancel(struct dial *dial); /* no call; takes NULL */

/* Whether a desktop of the config has exactly this host (in any case) and port. Pure. */
bool dial_is_permitted(const struct conf *conf, const char *host, uint16_t port);

/* The reason for an errno of connect(2). Pure. */
enum reason dial_reason(int error);

#endif
