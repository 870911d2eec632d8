/* SPDX-License-Identifier: Apache-2.0 */
/* How long a roll-out would take, played through minute by minute. Pure. */
#ifndef SERVER_ROLLOUT_ESTIMATE_H
#define SERVER_ROLLOUT_ESTIMATE_H

#include "server/rollout_plan.h"

/* The devices of a site in each ring, and when it may be changed. */
struct rollout_load {
	unsigned rings[ROLLOUT_RINGS_MAX];
	const struct rollout_window *windows;
	unsigned window_count;
	unsigned day, minute; /* there, now */
};

/*
 * Seconds from now until the last ring's gate holds when every device can be reached, takes a
 * minute and is good; -1 when that is more than 90 days. `loads` is used up.
 */
int64_t rollout_estimate(const struct rollout_plan *plan, struct rollout_load *loads,
		unsigned count);

#endif
