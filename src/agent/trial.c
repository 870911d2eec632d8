// SPDX-License-Identifier: Apache-2.0
#include "agent/trial.h"

#include <inttypes.h>

enum reason trial_judge(const struct trial_floor *floor, uint64_t revision, struct err *err)
{
	if (revision == floor->returned) {
		err_set(err, 0, "config %" PRIu64 " did not come up here before", revision);
		return REASON_CONFIG_RETURNED;
	}
	if (revision <= floor->held || revision < floor->seen) {
		err_set(err, 0, "config %" PRIu64 " is not newer than %" PRIu64, revision,
				floor->held > floor->seen ? floor->held : floor->seen);
		return REASON_CONFIG_OLDER;
	}
	return REASON_NONE;
}

uint64_t trial_newest(const struct trial_floor *floor, uint64_t refused)
{
	uint64_t newest = floor->held;

	if (floor->returned > newest)
		newest = floor->returned;
	return refused > newest ? refused : newest;
}

enum trial_verdict trial_verdict(const struct trial *trial, int64_t now_ms, int64_t limit_ms)
{
	if (!trial->is_begun)
		return TRIAL_GOES_ON;
	if (trial->is_up && trial->is_reached)
		return TRIAL_GOOD;
	if (now_ms - trial->begun_ms < limit_ms)
		return TRIAL_GOES_ON;
	/* A screen that stands is better than none while a server is away. */
	if (trial->is_up && !trial->has_previous)
		return TRIAL_GOES_ON;
	return TRIAL_RETURN;
}
