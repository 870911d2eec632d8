/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that may never come back (drivers hang) in a thread of its own. Whoever waits longer than
 * allowed goes on without it; the thread and what it holds are then left to themselves.
 */
#ifndef VIDEO_WATCH_H
#define VIDEO_WATCH_H

#include "base/err.h"

struct watch;

/* `end` is called with `data` when nothing works on it any more, in whichever thread that is. */
int watch_create(void *data, void (*end)(void *data), struct watch **ret, struct err *err);

/* What `work` returned, or -ETIMEDOUT: then the watch can only be destroyed. One call at a time. */
int watch_call(struct watch *watch, int (*work)(void *data), int limit_ms);

void watch_destroy(struct watch *watch); /* waits for the thread, unless it was given up */

#endif
