/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rollout_estimate.h"

enum { MINUTES_MAX = 90 * 24 * 60, WAVES_A_MINUTE = 30, WEEK = 7 * 24 * 60 };

static bool is_open(const struct rollout_load *load, unsigned passed)
{
	unsigned at = (load->day * 1440 + load->minute + passed) % WEEK;

	return rollout_is_open(load->windows, load->window_count, at / 1440, at % 1440);
}

/* What one ring gets in one minute; what is left of it. */
static unsigned one_minute(const struct rollout_plan *plan, unsigned ring,
		struct rollout_load *loads, unsigned count, unsigned passed)
{
	unsigned budget = plan->per_minute ? plan->per_minute : ROLLOUT_WAVE_MAX * WAVES_A_MINUTE;
	unsigned left = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned take = loads[i].rings[ring];

		if (take == 0)
			continue;
		if (plan->per_site && take > plan->per_site)
			take = plan->per_site;
		if (take > budget)
			take = budget;
		if (take && !is_open(&loads[i], passed))
			take = 0;
		budget -= take;
		loads[i].rings[ring] -= take;
		left += loads[i].rings[ring];
	}
	return left;
}

int64_t rollout_estimate(const struct rollout_plan *plan, struct rollout_load *loads,
		unsigned count)
{
	unsigned passed = 0;

	for (unsigned ring = 0; ring < plan->ring_count; ring++) {
		unsigned left = 1;

		for (; left && passed < MINUTES_MAX; passed++)
			left = one_minute(plan, ring, loads, count, passed);
		if (left)
			return -1;
		passed += (unsigned)((plan->rings[ring].wait_s + 59) / 60);
	}
	return passed > MINUTES_MAX ? -1 : (int64_t)passed * 60;
}
