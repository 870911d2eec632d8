/* SPDX-License-Identifier: Apache-2.0 */
#include "input/guard.h"

#include "base/text.h"

/* Whether this press and those before it came too fast, however they were spread. */
static bool is_rate_over(struct guard *guard, int64_t time_us)
{
	int64_t first_us;

	guard->presses_us[guard->next] = time_us;
	guard->next = (guard->next + 1) % GUARD_RATE;
	first_us = guard->presses_us[guard->next];
	return first_us && time_us - first_us < GUARD_RATE_US;
}

static bool is_person(struct guard *guard, int64_t time_us)
{
	bool is_close = guard->last_us && time_us - guard->last_us < GUARD_GAP_US;

	guard->run = is_close ? guard->run + 1 : 1;
	guard->last_us = time_us;
	return !is_rate_over(guard, time_us) && guard->run < GUARD_RUN;
}

enum guard_verdict guard_judge(struct guard *guard, const struct guard_key *key)
{
	if (key->is_down && !is_person(guard, key->time_us)) {
		guard_reset(guard);
		return GUARD_HOLD;
	}
	if (!guard->waiting && (!key->is_down || guard->run < 2))
		return GUARD_PASS;
	if (guard->waiting == GUARD_QUEUE) {
		guard_reset(guard);
		return GUARD_HOLD;
	}
	guard->queue[guard->waiting++] = *key;
	return GUARD_WAIT;
}

bool guard_is_over(const struct guard *guard, int64_t now_us)
{
	return guard->waiting && now_us - guard->last_us >= GUARD_GAP_US;
}

int64_t guard_wake_us(const struct guard *guard)
{
	return guard->waiting ? guard->last_us + GUARD_GAP_US : -1;
}

void guard_reset(struct guard *guard)
{
	text_wipe(guard, sizeof(*guard)); /* the queue may be of a password */
}
