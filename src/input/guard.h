/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a person type on this keyboard? Pure. A device that plays keys types faster than a hand:
 * the USB Rubber Ducky and its like send a report every few milliseconds. UKIP, Google's guard,
 * looks for 5 keys with less than 50 ms between them, DuckHunt for an average below 30 ms over
 * 25; the fastest typists reach some 300 words a minute, 25 keys a second, for a moment.
 * So it is no person when
 *   - GUARD_RUN presses follow each other with less than GUARD_GAP_US between any two, or
 *   - GUARD_RATE presses come within GUARD_RATE_US, however they are spread.
 * A press that follows another within GUARD_GAP_US waits until it is known that the run ends, so
 * of a run not more than its first key gets through. Who plays keys as slowly as a
 * person is not found out: nothing that looks at time alone can do that.
 */
#ifndef INPUT_GUARD_H
#define INPUT_GUARD_H

#include <stdbool.h>
#include <stdint.h>

enum {
	GUARD_GAP_US = 30 * 1000,
	GUARD_RUN = 6,
	GUARD_RATE = 20,
	GUARD_RATE_US = 600 * 1000,
	GUARD_QUEUE = 64, /* keys that wait, releases as well */
};

struct guard_key {
	uint32_t device; /* whatever the caller wants back */
	uint32_t code;
	bool is_down;
	int64_t time_us;
};

struct guard {
	unsigned run;                   /* presses close to one another, the last one included */
	int64_t last_us;                /* the last press; 0: none */
	int64_t presses_us[GUARD_RATE]; /* the last ones, as a ring */
	unsigned next;
	unsigned waiting;
	struct guard_key queue[GUARD_QUEUE];
};

enum guard_verdict {
	GUARD_PASS, /* it counts now */
	GUARD_WAIT, /* it is in the queue */
	GUARD_HOLD, /* no person: the queue is wiped, and nothing more of it may count */
};

/* Wants guard_is_over and an emptied queue before, for the same moment. */
enum guard_verdict guard_judge(struct guard *guard, const struct guard_key *key);

/* The keys of the queue count now: no other press came close behind them. */
bool guard_is_over(const struct guard *guard, int64_t now_us);
int64_t guard_wake_us(const struct guard *guard); /* -1: nothing waits */
void guard_reset(struct guard *guard);

#endif
