/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an exchange with the server means: which reason, which sentence, whether
 * the clock is to blame, when to try again. Pure.
 */
#ifndef AGENT_OUTCOME_H
#define AGENT_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/reason.h"

enum clock_verdict {
	CLOCK_PLAUSIBLE,
	CLOCK_BEHIND, /* below the floor: an old PC without a battery */
	CLOCK_AHEAD,  /* more than ten years past the floor */
};

enum clock_verdict clock_judge(int64_t now_s, int64_t floor_s);

/* The time by which certificates are judged: the clock, but never below the floor. */
int64_t clock_for_trust(int64_t now_s, int64_t floor_s);

/*
 * What no clock is below: when the firmware was built, or the newest signed time. The latter
 * counts for ten years past the former: a server whose clock ran ahead when it signed would
 * lock its devices out for good.
 */
int64_t clock_floor(int64_t build_s, int64_t signed_s);

/* What was asked for: an answer that makes no sense is another reason for each. */
enum outcome_of { OUTCOME_OF_REQUEST, OUTCOME_OF_CONFIG };

/* How an exchange ended, in the terms of libcurl, OpenSSL and HTTP. */
struct outcome {
	int curl;              /* CURLcode */
	long verify;           /* X509_V_*: X509_V_OK when no certificate was refused */
	long status;           /* HTTP, 0: none came */
	int64_t retry_after_s; /* 0: not said */
	bool is_too_large;     /* the body exceeded its limit */
};

/* REASON_NONE for 2xx; otherwise the reason, and a sentence for the small print in `err`. */
enum reason outcome_judge(const struct outcome *outcome, enum outcome_of of,
		enum clock_verdict clock, struct err *err);

/*
 * Milliseconds before the next try after `failures` (1, 2, ...) in a row: full jitter
 * up to 1 s, 2 s, 4 s ... 60 s. `random` is any 32 random bits. Retry-After of the server
 * counts when it is longer, up to an hour, and is spread by a tenth.
 */
int64_t outcome_back_off_ms(unsigned failures, int64_t retry_after_s, uint32_t random);

/* Around `middle_ms`, 10 % to either side. */
int64_t outcome_spread_ms(int64_t middle_ms, uint32_t random);

#endif
