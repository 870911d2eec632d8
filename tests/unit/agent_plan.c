// SPDX-License-Identifier: Apache-2.0
#include "agent/plan.h"

#include "unit/test.h"

static const struct {
	struct plan plan;
	enum plan_step step;
	enum wire_agent_phase phase;
	enum reason reason;
} cases[] = {
		{{0}, PLAN_REST, WIRE_AGENT_NO_SERVER, REASON_SERVER_UNKNOWN},
		{{.network = NETWORK_NO_CARRIER, .has_server = true}, PLAN_REST, WIRE_AGENT_NETWORK,
				REASON_NET_NO_LINK},
		{{.network = NETWORK_NO_ADDRESS}, PLAN_REST, WIRE_AGENT_NETWORK,
				REASON_NET_NO_ADDRESS},
		{{.network = NETWORK_NO_CARRIER, .is_enrolled = true}, PLAN_REST,
				WIRE_AGENT_OFFLINE, REASON_NET_NO_LINK},
		{{.has_domain = true}, PLAN_LOOK, WIRE_AGENT_NO_SERVER, REASON_SERVER_UNKNOWN},
		{{.has_domain = true, .reason = REASON_NET_NO_NAME}, PLAN_LOOK,
				WIRE_AGENT_NO_SERVER, REASON_NET_NO_NAME},
		{{.has_server = true}, PLAN_ENROL, WIRE_AGENT_REACHING, REASON_NONE},
		{{.has_server = true, .reason = REASON_SERVER_UNREACHABLE}, PLAN_ENROL,
				WIRE_AGENT_REACHING, REASON_SERVER_UNREACHABLE},
		{{.has_server = true, .has_enrolment = true}, PLAN_POLL, WIRE_AGENT_REACHING,
				REASON_NONE},
		{{.has_server = true, .has_enrolment = true, .is_code_known = true}, PLAN_POLL,
				WIRE_AGENT_APPROVAL, REASON_NONE},
		{{.has_server = true,
				 .has_enrolment = true,
				 .is_code_known = true,
				 .reason = REASON_SERVER_UNREACHABLE},
				PLAN_POLL, WIRE_AGENT_APPROVAL, REASON_SERVER_UNREACHABLE},
		{{.has_server = true, .is_refused = true, .reason = REASON_SERVER_REFUSED},
				PLAN_ENROL, WIRE_AGENT_REFUSED, REASON_SERVER_REFUSED},
		{{.is_enrolled = true, .has_server = true}, PLAN_WAIT, WIRE_AGENT_OFFLINE,
				REASON_NONE},
		{{.is_enrolled = true, .has_server = true, .is_reached = true}, PLAN_WAIT,
				WIRE_AGENT_ONLINE, REASON_NONE},
		{{.is_enrolled = true, .has_server = true, .has_offer = true}, PLAN_FETCH,
				WIRE_AGENT_OFFLINE, REASON_NONE},
		{{.is_enrolled = true, .is_refused = true, .reason = REASON_SERVER_REFUSED},
				PLAN_WAIT, WIRE_AGENT_OFFLINE, REASON_SERVER_REFUSED},
};

static void check_case(unsigned i)
{
	enum reason reason;

	CHECK_INT(plan_next(&cases[i].plan), cases[i].step);
	CHECK_INT(plan_phase(&cases[i].plan, &reason), cases[i].phase);
	CHECK_INT(reason, cases[i].reason);
}

static int64_t after(struct plan *plan, enum plan_event_kind kind, enum reason reason)
{
	struct plan_event event = {kind, reason, .random = UINT32_MAX, .took_ms = 60000};

	return plan_after(plan, plan_next(plan), &event);
}

static void test_way(void)
{
	struct plan plan = {.network = NETWORK_UP, .has_domain = true};
	enum reason reason;

	CHECK_INT(after(&plan, PLAN_DONE, REASON_NONE), 0);
	CHECK_INT(plan_next(&plan), PLAN_ENROL);
	CHECK_INT(after(&plan, PLAN_DONE, REASON_NONE), 0);
	CHECK_INT(plan_next(&plan), PLAN_POLL);
	CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_REACHING);
	CHECK_INT(after(&plan, PLAN_NOTHING, REASON_NONE), 0);
	CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_APPROVAL);
	CHECK_INT(plan_next(&plan), PLAN_POLL);
	CHECK_INT(after(&plan, PLAN_DONE, REASON_NONE), 0);
	CHECK_INT(plan_next(&plan), PLAN_WAIT);
	CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_ONLINE);
	CHECK_INT(after(&plan, PLAN_NOTHING, REASON_NONE), 0);
	CHECK_INT(plan_next(&plan), PLAN_WAIT);
	CHECK_INT(after(&plan, PLAN_DONE, REASON_NONE), 0);
	CHECK_INT(plan_next(&plan), PLAN_FETCH);
	CHECK_INT(after(&plan, PLAN_DONE, REASON_NONE), 0);
	CHECK_INT(plan_next(&plan), PLAN_WAIT);
}

static void test_denied(void)
{
	struct plan plan = {.has_server = true, .has_enrolment = true, .is_code_known = true};
	enum reason reason;

	CHECK(after(&plan, PLAN_DENIED, REASON_SERVER_REFUSED) >= 4 * 60 * 1000);
	CHECK_INT(plan_next(&plan), PLAN_ENROL);
	CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_REFUSED);
	/* Asked again, it is let in. */
	after(&plan, PLAN_DONE, REASON_NONE);
	after(&plan, PLAN_NOTHING, REASON_NONE);
	CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_APPROVAL);
	CHECK_INT(reason, REASON_NONE);
}

static void test_endless_offer(void)
{
	struct plan plan = {.is_enrolled = true, .has_server = true};
	enum reason reason;

	for (int i = 0; i < 10; i++) {
		after(&plan, PLAN_DONE, REASON_NONE);
		CHECK_INT(plan_next(&plan), PLAN_FETCH);
		after(&plan, PLAN_FAILED, REASON_CONFIG_TRUNCATED);
		CHECK_INT(plan_next(&plan), PLAN_WAIT);
		CHECK_INT(plan.failures, i + 1);
		CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_ONLINE);
		CHECK_INT(reason, REASON_CONFIG_TRUNCATED);
	}
}

static void test_outdated_offer(void)
{
	struct plan plan = {.is_enrolled = true, .has_server = true};
	enum reason reason;

	for (int i = 0; i < 10; i++) {
		after(&plan, PLAN_DONE, REASON_NONE);
		CHECK_INT(plan_next(&plan), PLAN_FETCH);
		after(&plan, PLAN_NOTHING, REASON_NONE);
		CHECK_INT(plan_next(&plan), PLAN_WAIT);
		CHECK_INT(plan.failures, i + 1);
		CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_ONLINE);
		CHECK_INT(reason, REASON_NONE);
	}
	after(&plan, PLAN_NOTHING, REASON_NONE);
	CHECK_INT(plan.failures, 0);
}

static void test_cable(void)
{
	struct plan plan = {.is_enrolled = true, .has_server = true, .failures = 9};

	CHECK(plan_set_network(&plan, NETWORK_NO_CARRIER, false));
	CHECK_INT(plan_next(&plan), PLAN_REST);
	CHECK(!plan_set_network(&plan, NETWORK_NO_CARRIER, false));
	CHECK(plan_set_network(&plan, NETWORK_UP, true));
	CHECK_INT(plan_next(&plan), PLAN_WAIT);
	CHECK_INT(plan.failures, 0);
	CHECK(plan_set_network(&plan, NETWORK_UP, true));
}

static void test_failure(void)
{
	struct plan plan = {.is_enrolled = true, .has_server = true, .is_reached = true};
	enum reason reason;

	after(&plan, PLAN_FAILED, REASON_SERVER_UNTRUSTED);
	CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_OFFLINE);
	CHECK_INT(reason, REASON_SERVER_UNTRUSTED);
	after(&plan, PLAN_NOTHING, REASON_NONE);
	CHECK_INT(plan_phase(&plan, &reason), WIRE_AGENT_ONLINE);
	CHECK_INT(reason, REASON_NONE);
}

int main(void)
{
	TEST("what is known decides the next step and what is shown") {
		for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
			check_case(i);
	}
	TEST("the way of a new device leads to its config") {
		test_way();
	}
	TEST("a server that forgot the enrolment is asked anew") {
		struct plan plan = {
				.has_server = true, .has_enrolment = true, .is_code_known = true};

		after(&plan, PLAN_GONE, REASON_SERVER_ERROR);
		CHECK_INT(plan_next(&plan), PLAN_ENROL);
		CHECK(!plan.is_code_known);
	}
	TEST("a refused device asks again after minutes") {
		test_denied();
	}
	TEST("an offer whose config never comes whole is not hammered") {
		test_endless_offer();
	}
	TEST("nor is one that is outdated whenever it is fetched") {
		test_outdated_offer();
	}
	TEST("a long-poll that ends at once does not spin") {
		struct plan plan = {.is_enrolled = true, .has_server = true};
		struct plan_event event = {PLAN_NOTHING, .took_ms = 3};

		CHECK(plan_after(&plan, PLAN_WAIT, &event) >= 900);
		event.took_ms = 1000;
		CHECK_INT(plan_after(&plan, PLAN_WAIT, &event), 0);
	}
	TEST("a failure keeps an enrolled device offline with its reason until it works") {
		test_failure();
	}
	TEST("a cable begins at once what its absence stopped") {
		test_cable();
	}
	TEST("DNS is asked again after a minute, or about") {
		struct plan plan = {.has_domain = true};

		CHECK(after(&plan, PLAN_NOTHING, REASON_NONE) >= 54000);
		CHECK_INT(plan_next(&plan), PLAN_LOOK);
		CHECK(!plan.is_reached);
	}
	TEST_END();
}
