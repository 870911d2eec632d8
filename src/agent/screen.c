// SPDX-License-Identifier: Apache-2.0
/* What the kiosk says, and what the agent does about it. */
#include <string.h>

#include "agent/state.h"
#include "base/log.h"
#include "base/text.h"

static void on_kiosk(void *data)
{
	struct agent *agent = data;

	agent->is_up = false;
	agent->trial.is_up = false;
	status_send(agent);
	/* A lock stands before a config lets anybody sign in. */
	orders_on_kiosk(agent);
	update_send_config(agent);
	report_soon(agent);
}

void screen_forget(struct agent *agent)
{
	for (int i = 0; i < AGENT_DIALS_MAX; i++) {
		dial_cancel(agent->dials[i].dial);
		agent->dials[i].dial = NULL;
	}
	agent->is_up = false;
	agent->trial.is_up = false;
	agent->is_session_running = false;
}

static void on_kiosk_gone(void *data)
{
	struct agent *agent = data;

	agent->kiosk_crashes++;
	screen_forget(data);
	orders_on_kiosk_gone(data);
	report_soon(data);
}

static void on_config_up(void *data, uint64_t revision)
{
	struct agent *agent = data;
	const struct conf_signed *running = configs_running(&agent->configs);

	if (!running || running->revision != revision)
		return;
	agent->is_up = true;
	agent->trial.is_up = agent->trial.is_begun;
	report_soon(agent);
	update_check_trial(agent);
}

static void on_typed(void *data, const char *text)
{
	struct agent *agent = data;
	struct address address;

	if (agent->plan.is_enrolled) {
		log_warn("an enrolled device stays with its server: %s is not taken",
				log_quote(text));
		return;
	}
	if (address_parse(text, &address, &agent->detail) < 0) {
		log_warn("%s", agent->detail.text);
		status_update(agent);
		return;
	}
	address_url(&address, agent->configs.state.typed);
	configs_save_state(&agent->configs);
	agent->plan.has_enrolment = false;
	agent->plan.is_code_known = false;
	agent->plan.failures = 0;
	agent->plan.reason = REASON_NONE;
	agent_choose_server(agent);
	agent_restart(agent);
}

static void on_dialed(void *data, uint32_t id, int fd, enum reason reason)
{
	struct agent_dial *place = data;

	place->dial = NULL;
	kiosk_send_dialed(place->agent->kiosk, id, fd, reason);
	if (fd >= 0)
		close(fd);
}

static struct agent_dial *free_dial(struct agent *agent)
{
	for (int i = 0; i < AGENT_DIALS_MAX; i++)
		if (!agent->dials[i].dial)
			return &agent->dials[i];
	return NULL;
}

static void on_dial(void *data, uint32_t id, const char *host, uint16_t port)
{
	struct agent *agent = data;
	const struct conf_signed *running = configs_running(&agent->configs);
	struct agent_dial *place = free_dial(agent);

	if (!running || !dial_is_permitted(&running->conf, host, port)) {
		log_warn("a session wanted %s port %u, which the config does not name",
				log_quote(host), port);
		kiosk_send_dialed(agent->kiosk, id, -1, REASON_SESSION_NOT_PERMITTED);
		return;
	}
	if (place) {
		place->agent = agent;
		place->dial = dial_start(agent->loop, agent->names, host, port, id, on_dialed,
				place);
	}
	if (!place || !place->dial) {
		log_warn("too many connections are being made for sessions");
		kiosk_send_dialed(agent->kiosk, id, -1, REASON_SESSION_TIMEOUT);
	}
}

static void on_session(void *data, bool is_running, enum reason reason, const char *desktop)
{
	struct agent *agent = data;

	agent->is_session_running = is_running;
	agent->session_reason = reason;
	(void)text_copy(agent->desktop, sizeof(agent->desktop), desktop);
	report_soon(agent);
}

static void on_monitors(void *data, const struct wire_agent_monitors *monitors)
{
	struct agent *agent = data;

	agent->monitors = *monitors;
	agent->has_monitors = true;
	report_soon(agent); /* the inventory goes behind it */
}

static void on_quality(void *data, const struct wire_agent_quality *quality)
{
	struct agent *agent = data;

	agent->quality = *quality;
	agent->has_quality = true;
	agent->quality_serial++;
}

const struct kiosk_events screen_events = {
		.connected = on_kiosk,
		.gone = on_kiosk_gone,
		.config_up = on_config_up,
		.server = on_typed,
		.dial = on_dial,
		.session = on_session,
		.order_done = orders_on_done,
		.monitors = on_monitors,
		.quality = on_quality,
};
