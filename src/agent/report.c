// SPDX-License-Identifier: Apache-2.0
/* The report: at changes, else now and then; one at a time, beside the line of steps. */
#include <inttypes.h>
#include <string.h>

#include "agent/state.h"
#include "base/log.h"
#include "base/text.h"

enum { GATHER_MS = 50 }; /* changes that come together go out together */

static const char *state_of(const struct agent *agent)
{
	if (agent->configs.trial)
		return "trial";
	return agent->config_reason == REASON_CONFIG_RETURNED ? "returned" : "good";
}

static const char *screen_of(const struct agent *agent)
{
	if (!kiosk_is_connected(agent->kiosk))
		return "none";
	if (agent->is_session_running)
		return "session";
	return agent->is_up ? "sign-in" : "starting";
}

static char *make_report(const struct agent *agent)
{
	const struct conf_signed *running = configs_running(&agent->configs);
	struct health health = tell_health(agent);
	struct messages_report report = {
			.health = &health,
			.revision = running ? running->revision : 0,
			.state = state_of(agent),
			.reason = agent->config_reason,
			.screen = screen_of(agent),
			.is_session_running = agent->is_session_running,
			.session_reason = agent->session_reason,
	};

	if (report.reason == REASON_NONE && agent->store.trouble.text[0])
		messages_cut(report.detail, sizeof(report.detail), agent->store.trouble.text);
	if (report.reason != REASON_NONE)
		messages_cut(report.detail, sizeof(report.detail), agent->config_detail.text);
	memcpy(report.address, agent->network.address, sizeof(report.address));
	memcpy(report.desktop, agent->desktop, sizeof(report.desktop));
	return messages_report(&report);
}

static void on_reported(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;
	struct err why;

	agent->report_request = NULL;
	enum reason reason = outcome_judge(&answer->outcome, OUTCOME_OF_REQUEST,
			clock_judge(agent_now_s(agent), agent_floor_s(agent)), &why);
	if (reason != REASON_NONE) {
		agent->report_failures++;
		agent->is_report_due = true;
		log_debug("the report did not go out: %s", why.text);
		loop_timer_set(agent->report_timer,
				outcome_back_off_ms(agent->report_failures,
						answer->outcome.retry_after_s, agent_random()));
		return;
	}
	agent->report_failures = 0;
	agent->has_clock = answer->date_s >= 0;
	agent->clock_deviation_s = agent_now_s(agent) - answer->date_s;
	/* A session that is over is told once. */
	if (agent->quality_reported == agent->quality_serial && !agent->quality.is_running)
		agent->has_quality = false;
	tell_inventory(agent);
	agent->plan.is_reached |= agent->plan.reason == REASON_NONE;
	agent_reached(agent);
	status_update(agent);
	if (agent->is_report_due)
		loop_timer_set(agent->report_timer, GATHER_MS);
	else
		report_start_timer(agent);
}

void report_on_timer(void *data)
{
	struct agent *agent = data;
	char url[WIRE_URL_MAX + 32];

	if (agent->report_request)
		return;
	if (!agent->plan.is_enrolled) {
		report_start_timer(agent);
		return;
	}
	agent->is_report_due = false;
	agent->quality_reported = agent->quality_serial;
	OWNED(memory) char *body = make_report(agent);
	(void)text_format(url, sizeof(url), "%s/device/v1/report", agent->trust.server);
	const struct http_options options = {
			.url = url,
			.body = body,
			.size_max = AGENT_BODY_MAX,
			.timeout_s = 30,
	};
	agent->report_request = http_start(agent->http, &options, on_reported, agent);
	if (!agent->report_request)
		report_start_timer(agent);
}

void report_start_timer(struct agent *agent)
{
	loop_timer_set(agent->report_timer,
			outcome_spread_ms((int64_t)agent->options.report_s * 1000, agent_random()));
}

void report_soon(struct agent *agent)
{
	agent->is_report_due = true;
	/* After a failure the back-off decides when. */
	if (agent->plan.is_enrolled && !agent->report_request && agent->report_failures == 0)
		loop_timer_set(agent->report_timer, GATHER_MS);
}
