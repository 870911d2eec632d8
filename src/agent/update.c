// SPDX-License-Identifier: Apache-2.0
/* Configs of an enrolled device: wait for one, fetch it, judge it, try it, keep it or not. */
#include <inttypes.h>

#include "agent/state.h"
#include "base/log.h"
#include "base/text.h"

enum { OUTDATED_MAX = 2 }; /* configs in a row that are gone before they are fetched */

enum { REMOVED_TIMES = 3 };

static uint64_t newest(const struct agent *agent)
{
	struct trial_floor floor = configs_floor(&agent->configs);

	return trial_newest(&floor, agent->configs.refused);
}

/* --- WAIT */

static enum reason take_offer(struct agent *agent, const struct http_answer *answer)
{
	if (messages_read_offer(answer->body, answer->size, &agent->offer, &agent->detail) < 0) {
		err_prefix(&agent->detail, 0, "the server's offer of a config");
		return REASON_SERVER_ERROR;
	}
	if (agent->offer.revision > newest(agent) ||
			(agent->offer.revision == newest(agent) && agent->offer.orders > 0))
		return REASON_NONE;
	err_set(&agent->detail, 0,
			"the server offers config %" PRIu64 ", which is not newer than %" PRIu64,
			agent->offer.revision, newest(agent));
	return REASON_CONFIG_OLDER;
}

/*
 * The server whose CA this device trusts says, again and again, that it removed it: then it asks to
 * be let in anew, at the same server and no other. What runs stays until a person decided.
 */
static void judge_refusal(struct agent *agent, const struct http_answer *answer,
		struct plan_event *event)
{
	if (event->kind != PLAN_DENIED || !messages_read_removed(answer->body, answer->size)) {
		agent->removed = 0;
		return;
	}
	event->kind = PLAN_FAILED;
	if (++agent->removed < REMOVED_TIMES)
		return;
	log_warn("the server removed this device: it asks to be let in again");
	event->kind = PLAN_GONE;
	agent->plan.is_enrolled = false;
	agent->is_returning = true;
	agent->removed = 0;
	enrol_set_trust(agent);
}

static void on_waited(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;

	agent->request = NULL;
	enum reason reason = agent_judge(agent, answer, OUTCOME_OF_REQUEST);
	if (reason == REASON_NONE && answer->outcome.status != 204)
		reason = take_offer(agent, answer);
	struct plan_event event = agent_event(answer, reason);
	/* Also when only orders wait: there is nothing to fetch. */
	if (reason == REASON_NONE &&
			(answer->outcome.status == 204 || agent->offer.revision == newest(agent)))
		event.kind = PLAN_NOTHING;
	if (reason == REASON_NONE && answer->outcome.status != 204 && agent->offer.orders > 0)
		orders_due(agent);
	judge_refusal(agent, answer, &event);
	/* One that only asks whether the server is there does not wait. */
	if (!agent->plan.is_reached)
		event.took_ms = INT64_MAX;
	agent_end_step(agent, event);
}

void update_wait(struct agent *agent)
{
	char path[96];
	unsigned wait_s = agent->plan.is_reached ? agent->options.wait_s : 0;

	(void)text_format(path, sizeof(path), "wait?revision=%" PRIu64 "&wait=%u", newest(agent),
			wait_s);
	agent_request(agent, path, NULL, wait_s, on_waited);
}

/* --- FETCH */

static void begin_trial(struct agent *agent)
{
	agent->trial = (struct trial){.has_previous = agent->configs.current != NULL};
	agent->is_up = false;
	agent->config_reason = REASON_NONE;
	update_send_config(agent);
	report_soon(agent);
}

static void refuse_config(struct agent *agent, enum reason reason)
{
	agent->configs.refused = agent->offer.revision;
	agent->config_reason = reason;
	agent->config_detail = agent->detail;
	log_warn("%s: config %" PRIu64 " is not taken: %s", reason_code(reason),
			agent->offer.revision, agent->detail.text);
	report_soon(agent);
}

/* What is signed and wrong stays wrong; what came broken is fetched again. */
static enum reason take_config(struct agent *agent, const struct http_answer *answer)
{
	enum reason reason =
			configs_take(&agent->configs, answer->body, answer->size, &agent->detail);

	if (reason == REASON_CONFIG_TRUNCATED)
		return reason;
	if (reason == REASON_NONE)
		begin_trial(agent);
	else
		refuse_config(agent, reason);
	return REASON_NONE;
}

/*
 * 404: there is a newer one by now, and wait says which. Now and then that is normal; a server that
 * goes on like this has a fault that is to be seen.
 */
static void on_fetched(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;
	bool is_outdated = answer->outcome.curl == 0 && answer->outcome.status == 404;

	agent->request = NULL;
	if (is_outdated && agent->plan.failures < OUTDATED_MAX) {
		struct plan_event event = agent_event(answer, REASON_NONE);

		event.kind = PLAN_NOTHING;
		agent_end_step(agent, event);
		return;
	}
	enum reason reason = agent_judge(agent, answer, OUTCOME_OF_CONFIG);
	if (reason == REASON_NONE)
		reason = take_config(agent, answer);
	agent_end_step(agent, agent_event(answer, reason));
}

void update_fetch(struct agent *agent)
{
	char path[32];

	(void)text_format(path, sizeof(path), "config/%" PRIu64, agent->offer.revision);
	agent_request(agent, path, NULL, 0, on_fetched);
}

/* --- the trial */

void update_send_config(struct agent *agent)
{
	const struct conf_signed *running = configs_running(&agent->configs);
	bool is_trial = agent->configs.trial != NULL;

	if (!running || !kiosk_send_config(agent->kiosk, running, is_trial) || !is_trial)
		return;
	if (!agent->trial.is_begun) {
		agent->trial.is_begun = true;
		agent->trial.begun_ms = loop_now_ms();
		loop_timer_set(agent->trial_timer, agent->options.trial_ms);
	}
}

static void end_trial(struct agent *agent)
{
	agent->trial = (struct trial){0};
	loop_timer_set(agent->trial_timer, -1);
	report_soon(agent);
	status_update(agent);
}

void update_check_trial(struct agent *agent)
{
	if (!agent->configs.trial)
		return;
	uint64_t revision = agent->configs.trial->revision;
	switch (trial_verdict(&agent->trial, loop_now_ms(), agent->options.trial_ms)) {
	case TRIAL_GOES_ON:
		return;
	case TRIAL_GOOD:
		log_info("config %" PRIu64 " is good", revision);
		configs_keep(&agent->configs);
		end_trial(agent);
		return;
	case TRIAL_RETURN:
		err_set(&agent->config_detail, 0,
				"config %" PRIu64 " did not come up within %" PRId64 " s: %s",
				revision, agent->options.trial_ms / 1000,
				agent->trial.is_up ? "the server was not reached with it"
						   : "the kiosk drew no screen with it");
		agent->config_reason = REASON_CONFIG_RETURNED;
		log_error("%s", agent->config_detail.text);
		configs_return(&agent->configs);
		agent->is_up = false;
		end_trial(agent);
		update_send_config(agent);
		return;
	}
}
