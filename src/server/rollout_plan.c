/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A roll-out goes ring by ring. A ring is under way until each of its devices that can be
 * reached has the change and was judged; its gate holds when the shares are right, and after its
 * waiting time the next ring begins. Devices of rings that are through and could not be
 * reached before get it as soon as they can. A gate that can no more be kept, whatever the
 * devices still to come do, stops the roll-out at once: all shares are of the whole ring.
 */
#include "server/rollout_plan.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "server/stack.h"

enum { SPREAD_S = 10 };

void rollout_plan_finish(struct rollout_plan *plan)
{
	for (unsigned i = 0; i < plan->ring_count; i++) {
		free(plan->rings[i].sites);
		free(plan->rings[i].groups);
	}
	*plan = (struct rollout_plan){0};
}

int rollout_order(const char *first, const char *a, const char *b)
{
	bool is_a_late = strcmp(a, first) < 0, is_b_late = strcmp(b, first) < 0;

	return is_a_late != is_b_late ? is_a_late - is_b_late : strcmp(a, b);
}

struct rollout_bounds rollout_bounds(const struct rollout_plan *plan, const char *first,
		const char *ids, unsigned count)
{
	struct rollout_bounds bounds = {0};
	unsigned start = 0;

	(void)text_copy(bounds.first, sizeof(bounds.first), first);
	while (start < count && strcmp(ids + (size_t)start * DB_ID_MAX, first) < 0)
		start++;
	for (unsigned i = 0; i < plan->ring_count; i++) {
		/* At least one: a ring of 1 % of 30 devices is not empty. */
		uint64_t end = ((uint64_t)count * plan->rings[i].percent + 99) / 100;

		if (end < count)
			memcpy(bounds.ends[i], ids + (size_t)((start + end) % count) * DB_ID_MAX,
					DB_ID_MAX);
	}
	return bounds;
}

static bool is_named(const char (*names)[DB_PLACE_MAX], unsigned count, const char *name)
{
	for (unsigned i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static bool is_in(const struct rollout_ring *ring, const char *first, const char *end,
		const struct rollout_device *device)
{
	const char *groups = device->groups;
	char group[DB_PLACE_MAX];

	if (ring->percent > 0 && (!end[0] || rollout_order(first, device->id, end) < 0))
		return true;
	if (device->site[0] && is_named(ring->sites, ring->site_count, device->site))
		return true;
	while (stack_next_group(&groups, group)) {
		if (is_named(ring->groups, ring->group_count, group))
			return true;
	}
	return false;
}

int rollout_ring_of(const struct rollout_plan *plan, const struct rollout_bounds *bounds,
		const struct rollout_device *device)
{
	for (unsigned i = 0; i < plan->ring_count; i++) {
		if (is_in(&plan->rings[i], bounds->first, bounds->ends[i], device))
			return (int)i;
	}
	return -1;
}

bool rollout_is_open(const struct rollout_window *windows, unsigned count, unsigned day,
		unsigned minute)
{
	for (unsigned i = 0; i < count; i++) {
		const struct rollout_window *window = &windows[i];
		bool is_today = window->days >> day & 1, was = window->days >> ((day + 6) % 7) & 1;

		if (window->start_min == window->end_min ? is_today
				: window->start_min < window->end_min
						? is_today && minute >= window->start_min &&
								  minute < window->end_min
						: (is_today && minute >= window->start_min) ||
								  (was && minute < window->end_min))
			return true;
	}
	return count == 0;
}

enum rollout_pick rollout_pick(const struct rollout_plan *plan, unsigned ring, unsigned current,
		const struct rollout_device *device, unsigned budget, unsigned under_way)
{
	if (ring > current)
		return ROLLOUT_LATER;
	if (!device->is_online)
		return ROLLOUT_OFFLINE;
	if (plan->avoids_sessions && device->has_session)
		return ROLLOUT_BUSY;
	/* A device that is being set up gets what its ring has, now. */
	if (device->is_new && ring < current)
		return budget ? ROLLOUT_TAKE : ROLLOUT_FULL;
	if (!device->is_open)
		return ROLLOUT_CLOSED;
	if (!budget || (plan->per_site && under_way >= plan->per_site))
		return ROLLOUT_FULL;
	return ROLLOUT_TAKE;
}

/* Ten seconds, so that a minute's devices don't come all at once; longer for less than six. */
int64_t rollout_spread_s(const struct rollout_plan *plan)
{
	if (!plan->per_minute || plan->per_minute >= 60 / SPREAD_S)
		return SPREAD_S;
	return (60 + plan->per_minute - 1) / plan->per_minute;
}

unsigned rollout_spread_most(const struct rollout_plan *plan)
{
	if (!plan->per_minute)
		return ROLLOUT_WAVE_MAX;
	uint64_t most = (uint64_t)plan->per_minute * (uint64_t)rollout_spread_s(plan) / 60;
	return most < 1 ? 1 : most > ROLLOUT_WAVE_MAX ? ROLLOUT_WAVE_MAX : (unsigned)most;
}

/* --- one device */

enum rollout_outcome rollout_outcome(const struct rollout_plan *plan,
		const struct rollout_gate *gate, const struct rollout_given *given,
		const struct rollout_facts *now, int64_t now_s)
{
	bool has_version = !plan->version[0] || strcmp(now->version, plan->version) == 0;
	bool is_late = now_s - given->given_s > gate->within_s;

	if (now->state == ROLLOUT_STATE_GOOD && now->revision >= given->revision && has_version)
		return ROLLOUT_GOOD;
	/* One that was in this state before has to try the new config first. */
	if (now->state == ROLLOUT_STATE_RETURNED && now->revision < given->revision &&
			(given->before.state != ROLLOUT_STATE_RETURNED || given->saw_trial ||
					is_late))
		return ROLLOUT_RETURNED;
	return is_late ? ROLLOUT_MISSING : ROLLOUT_PENDING;
}

/* The count is since the device was switched on: a smaller one began anew. */
bool rollout_has_crashed(const struct rollout_given *given, const struct rollout_facts *now)
{
	if (now->crashes >= given->before.crashes)
		return now->crashes > given->before.crashes;
	return now->crashes > 0;
}

/*
 * Desktops that can't be reached or trusted may be the config's fault; wrong passwords and locked
 * accounts are not.
 */
enum rollout_sign_in rollout_sign_in(const struct rollout_given *given,
		const struct rollout_facts *now)
{
	int reason = now->session_reason;

	if (now->has_session)
		return given->before.has_session ? ROLLOUT_SIGN_IN_NONE : ROLLOUT_SIGN_IN_DONE;
	if (reason == given->before.session_reason)
		return ROLLOUT_SIGN_IN_NONE;
	if ((reason >= 58 && reason <= 64) || (reason >= 68 && reason <= 70) || reason == 72)
		return ROLLOUT_SIGN_IN_FAILED;
	return ROLLOUT_SIGN_IN_NONE;
}

/* --- the gates */

static unsigned left_of(const struct rollout_tally *tally)
{
	unsigned left = 0;

	for (unsigned i = 0; i < ROLLOUT_PICKS; i++)
		left += tally->left[i];
	return left;
}

static bool is_above(unsigned part, unsigned percent, unsigned of)
{
	return (uint64_t)part * 100 > (uint64_t)percent * of;
}

static bool say(char why[ROLLOUT_WHY_MAX], const struct rollout_plan *plan, unsigned ring,
		unsigned part, unsigned of, const char *what, unsigned percent, const char *bound)
{
	(void)text_format(why, ROLLOUT_WHY_MAX, "ring %u (%s): %u of %u %s; %s %u %%", ring + 1,
			plan->rings[ring].name, part, of, what, bound, percent);
	return true;
}

/* Whether the gate can't be kept whatever the devices do that are still to be judged. */
static bool is_broken(const struct rollout_plan *plan, unsigned ring,
		const struct rollout_tally *tally, char why[ROLLOUT_WHY_MAX])
{
	const struct rollout_gate *gate = &plan->rings[ring].gate;
	unsigned all = tally->given + left_of(tally);
	unsigned returned = tally->outcomes[ROLLOUT_RETURNED];
	unsigned missing = tally->outcomes[ROLLOUT_MISSING];
	unsigned failures = returned + missing + tally->crashed;
	unsigned sign_ins = tally->signed_in + tally->sign_in_failed;

	if (gate->failures && failures > gate->failures) {
		(void)text_format(why, ROLLOUT_WHY_MAX,
				"ring %u (%s): %u devices failed (%u went back, %u did not come "
				"back, %u had a crash); at most %u may",
				ring + 1, plan->rings[ring].name, failures, returned, missing,
				tally->crashed, gate->failures);
		return true;
	}
	if (is_above(returned, gate->returned, all))
		return say(why, plan, ring, returned, all, "devices went back to the config before",
				gate->returned, "at most");
	if (is_above(tally->crashed, gate->crashed, all))
		return say(why, plan, ring, tally->crashed, all, "devices had a crash",
				gate->crashed, "at most");
	if (is_above(missing, 100 - gate->back, all))
		return say(why, plan, ring, missing, all, "devices did not come back", gate->back,
				"those that do must be at least");
	if (is_above(returned + missing, 100 - gate->good, all))
		return say(why, plan, ring, returned + missing, all, "devices are not good with it",
				gate->good, "those that are must be at least");
	/* Few sign-ins say little: three at least. */
	if (sign_ins >= 3 && is_above(tally->sign_in_failed, 100 - gate->sign_in, sign_ins))
		return say(why, plan, ring, tally->signed_in, sign_ins, "sign-ins succeeded",
				gate->sign_in, "it must be at least");
	return false;
}

static void say_waiting(const struct rollout_plan *plan, unsigned ring,
		const struct rollout_tally *tally, char why[ROLLOUT_WHY_MAX])
{
	static const char *const words[ROLLOUT_PICKS] = {
			[ROLLOUT_OFFLINE] = "offline",
			[ROLLOUT_BUSY] = "in a session",
			[ROLLOUT_CLOSED] = "out of their window",
			[ROLLOUT_FULL] = "waiting for their turn",
	};
	size_t used = 0;

	(void)text_format(why, ROLLOUT_WHY_MAX, "ring %u (%s): %u devices have it", ring + 1,
			plan->rings[ring].name, tally->given);
	for (unsigned i = 0; i < ROLLOUT_PICKS; i++) {
		used = strlen(why);
		if (words[i] && tally->left[i])
			(void)text_format(why + used, ROLLOUT_WHY_MAX - used, ", %u are %s",
					tally->left[i], words[i]);
	}
	used = strlen(why);
	if (tally->outcomes[ROLLOUT_PENDING])
		(void)text_format(why + used, ROLLOUT_WHY_MAX - used, ", %u have yet to report",
				tally->outcomes[ROLLOUT_PENDING]);
}

/* All that can be reached have it and were judged; one at least, unless there are none. */
static bool is_through(const struct rollout_view *view, const struct rollout_tally *tally)
{
	unsigned reachable = tally->left[ROLLOUT_TAKE] + tally->left[ROLLOUT_BUSY] +
	                     tally->left[ROLLOUT_CLOSED] + tally->left[ROLLOUT_FULL];

	if (!view->is_known || reachable || tally->outcomes[ROLLOUT_PENDING])
		return false;
	return tally->given > 0 || tally->left[ROLLOUT_OFFLINE] == 0;
}

static void say_until(char why[ROLLOUT_WHY_MAX], const char *what, int64_t time_s)
{
	time_t time = (time_t)time_s;
	struct tm tm = {0};
	char text[32];

	(void)gmtime_r(&time, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	(void)text_format(why, ROLLOUT_WHY_MAX, "%s until %s", what, text);
}

static enum rollout_verdict judge_held(const struct rollout_plan *plan,
		const struct rollout_view *view, char why[ROLLOUT_WHY_MAX])
{
	const struct rollout_ring *ring = &plan->rings[view->ring];
	int64_t until_s = view->held_s + ring->wait_s;
	char what[ROLLOUT_WHY_MAX];
	unsigned rest = 0;

	if (view->now_s < until_s) {
		(void)text_format(what, sizeof(what), "ring %u (%s) holds; it is watched",
				view->ring + 1, ring->name);
		say_until(why, what, until_s);
		return ROLLOUT_WAIT;
	}
	if (view->ring + 1 < plan->ring_count) {
		if (!plan->rings[view->ring + 1].needs_consent || view->is_consented)
			return ROLLOUT_NEXT;
		(void)text_format(why, ROLLOUT_WHY_MAX,
				"ring %u (%s) holds; ring %u (%s) waits for somebody's consent",
				view->ring + 1, ring->name, view->ring + 2,
				plan->rings[view->ring + 1].name);
		return ROLLOUT_WAIT;
	}
	for (unsigned i = 0; i < plan->ring_count; i++)
		rest += left_of(&view->rings[i]);
	until_s += plan->finish_s;
	if (!rest || view->now_s >= until_s)
		return ROLLOUT_DONE;
	(void)text_format(what, sizeof(what),
			"all rings hold; %u devices that could not be reached have time", rest);
	say_until(why, what, until_s);
	return ROLLOUT_WAIT;
}

enum rollout_verdict rollout_judge(const struct rollout_plan *plan, const struct rollout_view *view,
		char why[ROLLOUT_WHY_MAX])
{
	const struct rollout_tally *tally = &view->rings[view->ring];

	why[0] = '\0';
	for (unsigned i = 0; i <= view->ring; i++) {
		if (view->is_known && is_broken(plan, i, &view->rings[i], why))
			return ROLLOUT_STOP;
	}
	if (view->held_s)
		return judge_held(plan, view, why);
	if (is_through(view, tally))
		return ROLLOUT_HOLDS;
	if (!view->is_known || tally->left[ROLLOUT_TAKE])
		return ROLLOUT_GO;
	say_waiting(plan, view->ring, tally, why);
	return tally->left[ROLLOUT_FULL] ? ROLLOUT_GO : ROLLOUT_WAIT;
}
