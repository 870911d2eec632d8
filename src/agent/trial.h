/* SPDX-License-Identifier: Apache-2.0 */
/* Which configs are taken, and when a new one has proven itself. Pure. */
#ifndef AGENT_TRIAL_H
#define AGENT_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/reason.h"

enum {
	TRIAL_MS = 90 * 1000,
	TRIAL_STARTS_MAX = 3, /* starts of the agent with the same config on trial */
};

/* The revisions that decide what is taken next. */
struct trial_floor {
	uint64_t held;     /* good or on trial here; 0: none */
	uint64_t seen;     /* the greatest that was ever accepted */
	uint64_t returned; /* did not come up: never again; 0: none */
};

/*
 * REASON_NONE when a verified config of this revision is to be taken, REASON_CONFIG_OLDER
 * or REASON_CONFIG_RETURNED with a sentence otherwise. The greatest one seen is taken again when
 * it is not held any more (a damaged store): that is not going back.
 */
enum reason trial_judge(const struct trial_floor *floor, uint64_t revision, struct err *err);

/* The newest revision that the server need not offer. */
uint64_t trial_newest(const struct trial_floor *floor, uint64_t refused);

/* A config on trial. */
struct trial {
	bool is_begun; /* a kiosk got it: the time runs */
	int64_t begun_ms;
	bool is_up;        /* the kiosk drew its screen with it */
	bool is_reached;   /* the server answered since */
	bool has_previous; /* there is one to return to */
};

enum trial_verdict { TRIAL_GOES_ON, TRIAL_GOOD, TRIAL_RETURN };

enum trial_verdict trial_verdict(const struct trial *trial, int64_t now_ms, int64_t limit_ms);

#endif
