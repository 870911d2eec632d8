// SPDX-License-Identifier: Apache-2.0
#include "agent/plan.h"

#include "agent/outcome.h"

enum {
	LOOK_AGAIN_MS = 60 * 1000,
	DENIED_AGAIN_MS = 5 * 60 * 1000, /* a person has to change their mind first */
	POLL_TOO_FAST_MS = 1000,         /* a long-poll that ends at once did not wait */
};

static bool is_down(enum network_state network)
{
	return network == NETWORK_NO_CARRIER || network == NETWORK_NO_ADDRESS;
}

enum plan_step plan_next(const struct plan *plan)
{
	if (is_down(plan->network))
		return PLAN_REST;
	if (plan->is_enrolled)
		return plan->has_offer ? PLAN_FETCH : PLAN_WAIT;
	if (!plan->has_server)
		return plan->has_domain ? PLAN_LOOK : PLAN_REST;
	return plan->has_enrolment ? PLAN_POLL : PLAN_ENROL;
}

/* An exchange that only leads to the next one proves little: failures still count. */
static bool is_half(enum plan_step step, enum plan_event_kind kind)
{
	return kind == PLAN_DONE && (step == PLAN_ENROL || step == PLAN_WAIT);
}

static void succeed(struct plan *plan, enum plan_step step, enum plan_event_kind kind)
{
	plan->is_reached = step != PLAN_LOOK;
	if (is_half(step, kind))
		return;
	plan->failures = 0;
	plan->reason = REASON_NONE;
	plan->is_refused = false;
}

static bool is_about_config(enum reason reason)
{
	return reason >= REASON_CONFIG_SIGNATURE && reason <= REASON_CONFIG_NONE;
}

static int64_t fail(struct plan *plan, const struct plan_event *event)
{
	plan->failures++;
	plan->reason = event->reason;
	plan->is_reached = is_about_config(event->reason);
	return outcome_back_off_ms(plan->failures, event->retry_after_s, event->random);
}

static int64_t after_nothing(struct plan *plan, enum plan_step step, const struct plan_event *event)
{
	/* The server answered, but another offer that leads nowhere must not come at once. */
	if (step == PLAN_FETCH)
		return outcome_back_off_ms(++plan->failures, event->retry_after_s, event->random);
	succeed(plan, step, PLAN_NOTHING);
	plan->is_code_known = step == PLAN_POLL;
	if (step == PLAN_LOOK)
		return outcome_spread_ms(LOOK_AGAIN_MS, event->random);
	if (event->took_ms >= POLL_TOO_FAST_MS)
		return 0;
	return outcome_spread_ms(POLL_TOO_FAST_MS, event->random);
}

static void forget_enrolment(struct plan *plan)
{
	plan->has_enrolment = false;
	plan->is_code_known = false;
}

static void take_done(struct plan *plan, enum plan_step step)
{
	succeed(plan, step, PLAN_DONE);
	forget_enrolment(plan);
	plan->has_server |= step == PLAN_LOOK;
	plan->has_enrolment = step == PLAN_ENROL;
	plan->is_enrolled |= step == PLAN_POLL;
	plan->has_offer = step == PLAN_WAIT;
}

int64_t plan_after(struct plan *plan, enum plan_step step, const struct plan_event *event)
{
	if (step == PLAN_FETCH)
		plan->has_offer = false;
	switch (event->kind) {
	case PLAN_DONE:
		take_done(plan, step);
		return 0;
	case PLAN_NOTHING:
		return after_nothing(plan, step, event);
	case PLAN_GONE:
		forget_enrolment(plan);
		return fail(plan, event);
	case PLAN_DENIED:
		forget_enrolment(plan);
		plan->is_refused = true;
		(void)fail(plan, event);
		return outcome_spread_ms(DENIED_AGAIN_MS, event->random);
	case PLAN_FAILED:
		break;
	}
	return fail(plan, event);
}

bool plan_set_network(struct plan *plan, enum network_state network, bool has_other_address)
{
	bool is_new = network != plan->network || has_other_address;

	plan->network = network;
	if (!is_new)
		return false;
	plan->failures = 0;
	if (is_down(network))
		plan->is_reached = false;
	else
		plan->reason = REASON_NONE;
	return true;
}

static enum reason hindrance(const struct plan *plan)
{
	if (plan->network == NETWORK_NO_CARRIER)
		return REASON_NET_NO_LINK;
	if (plan->network == NETWORK_NO_ADDRESS)
		return REASON_NET_NO_ADDRESS;
	return plan->reason;
}

enum wire_agent_phase plan_phase(const struct plan *plan, enum reason *reason)
{
	*reason = hindrance(plan);
	if (plan->is_enrolled)
		return plan->is_reached ? WIRE_AGENT_ONLINE : WIRE_AGENT_OFFLINE;
	if (is_down(plan->network))
		return WIRE_AGENT_NETWORK;
	if (!plan->has_server) {
		if (*reason == REASON_NONE)
			*reason = REASON_SERVER_UNKNOWN;
		return WIRE_AGENT_NO_SERVER;
	}
	if (plan->is_refused)
		return WIRE_AGENT_REFUSED;
	return plan->is_code_known ? WIRE_AGENT_APPROVAL : WIRE_AGENT_REACHING;
}
