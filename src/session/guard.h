/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connecting blocks inside FreeRDP. The guard is a thread that looks at the clock and at
 * the kiosk meanwhile: it makes FreeRDP give up, and when that does not help, the process.
 */
#ifndef SESSION_GUARD_H
#define SESSION_GUARD_H

#include <stdbool.h>

#include "base/err.h"

struct guard;

/*
 * Watch over `channel_fd` (its hang-up) and `limit_ms`. `on_alarm` runs in the guard's
 * thread, once. The process ends with code 3 when it still does not rest `grace_ms` later.
 */
int guard_start(int channel_fd, int limit_ms, int grace_ms, void (*on_alarm)(void *data),
		void *data, struct guard **ret, struct err *err);

/* The blocking call came back. True: because of the alarm. Frees the guard. */
bool guard_stop(struct guard *guard);

#endif
