// SPDX-License-Identifier: Apache-2.0
/* Configs of an enrolled device: wait for one, fetch it, judge it, try it, keep it or not. */
#include <inttypes.h>
#include <openssl/sha.h>
#include <string.h>

#include "agent/state.h"
#include "base/log.h"
#include "base/text.h"

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
	if (agent->offer.revision > newest(agent))
		return REASON_NONE;
	err_set(&agent->detail, 0,
			"the server offers config %" PRIu64 ", which is not newer than %" PRIu64,
			agent->offer.revision, newest(agent));
	return REASON_CONFIG_OLDER;
}

static void on_waited(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;

	agent->request = NULL;
	enum reason reason = agent_judge(agent, answer, OUTCOME_OF_REQUEST);
	if (reason == REASON_NONE && answer->outcome.status != 204)
		reason = take_offer(agent, answer);
	struct plan_event event = agent_event(answer, reason);
	if (reason == REASON_NONE && answer->outcome.status == 204)
		event.kind = PLAN_NOTHING;
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
	uint8_t hash[MESSAGES_HASH_SIZE];

	SHA256((const uint8_t *)answer->body, answer->size, hash);
	if (memcmp(hash, agent->offer.hash, sizeof(hash)) != 0) {
		err_set(&agent->detail, 0, "config %" PRIu64 " came with other bytes than promised",
				agent->offer.revision);
		return REASON_CONFIG_TRUNCATED;
	}
	enum reason reason =
			configs_take(&agent->configs, answer->body, answer->size, &agent->detail);
	if (reason == REASON_NONE)
		begin_trial(agent);
	else
		refuse_config(agent, reason);
	return REASON_NONE;
}

static void on_fetched(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;

	agent->request = NULL;
	enum reason reason = agent_judge(agent, answer, OUTCOME_OF_CONFIG);
	if (reason == REASON_SERVER_REFUSED)
		reason = REASON_SERVER_ERROR; /* of this blob only, not of the device */
	if (reason == REASON_NONE)
		reason = take_config(agent, answer);
	agent_end_step(agent, agent_event(answer, reason));
}

void update_fetch(struct agent *agent)
{
	char path[2 * MESSAGES_HASH_SIZE + 8] = "blob/";

	text_to_hex(agent->offer.hash, sizeof(agent->offer.hash), path + strlen(path));
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
