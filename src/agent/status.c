// SPDX-License-Identifier: Apache-2.0
/* What the kiosk shows of the agent: made anew from what is, sent when it differs. */
#include <string.h>

#include "agent/state.h"
#include "base/log.h"
#include "base/text.h"

/* Behind what hinders the line come the config's own troubles, which only warn. */
static enum reason config_hindrance(const struct agent *agent, struct err *detail)
{
	const struct conf_signed *running = configs_running(&agent->configs);
	int64_t now_s = agent_now_s(agent);

	if (!agent->plan.is_enrolled)
		return REASON_NONE;
	if (agent->config_reason != REASON_NONE) {
		*detail = agent->config_detail;
		return agent->config_reason;
	}
	if (!running) {
		err_set(detail, 0, "the server has no config for this device yet");
		return REASON_CONFIG_NONE;
	}
	if (running->expires_s && now_s > running->expires_s &&
			clock_judge(now_s, agent_floor_s(agent)) == CLOCK_PLAUSIBLE) {
		err_set(detail, 0, "the config was to be replaced by now; it stays in use");
		return REASON_CONFIG_EXPIRED;
	}
	return REASON_NONE;
}

static struct wire_agent_status make_status(const struct agent *agent)
{
	struct wire_agent_status status = {0};
	struct err detail = agent->detail;
	enum reason reason;

	wire_init(&status, WIRE_AGENT_STATUS);
	status.phase = plan_phase(&agent->plan, &reason);
	bool is_silent = reason == REASON_SERVER_UNKNOWN && !detail.text[0];
	if (is_silent || reason == REASON_NET_NO_LINK || reason == REASON_NET_NO_ADDRESS)
		err_set(&detail, 0, "%s", reason_text(reason));
	if (reason == REASON_NONE) {
		detail = agent->store.trouble;
		reason = config_hindrance(agent, &detail);
	}
	status.reason = reason;
	messages_cut(status.detail, sizeof(status.detail), detail.text);
	if (status.phase == WIRE_AGENT_APPROVAL)
		memcpy(status.code, agent->enrolment.code, sizeof(status.code));
	if (agent->plan.has_server)
		address_url(&agent->server, status.server);
	if (agent->plan.is_enrolled)
		(void)text_copy(status.device, sizeof(status.device), agent->trust.device);
	memcpy(status.address, agent->network.address, sizeof(status.address));
	return status;
}

void status_send(struct agent *agent)
{
	agent->status = make_status(agent);
	kiosk_send_status(agent->kiosk, &agent->status);
}

void status_update(struct agent *agent)
{
	struct wire_agent_status status = make_status(agent);

	if (memcmp(&status, &agent->status, sizeof(status)) != 0)
		status_send(agent);
}
