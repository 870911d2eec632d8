// SPDX-License-Identifier: Apache-2.0
#include "agent/agent.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "agent/state.h"
#include "base/log.h"
#include "base/text.h"

enum { LOOK_MS = 15 * 1000 };

/* --- time and chance */

int64_t agent_now_s(const struct agent *agent)
{
	return (int64_t)time(NULL) + agent->options.clock_skew_s;
}

int64_t agent_floor_s(const struct agent *agent)
{
	return clock_floor(agent->options.build_time_s, agent->configs.state.issued_s);
}

uint32_t agent_random(void)
{
	uint32_t random = 0;

	(void)!getrandom(&random, sizeof(random), 0);
	return random;
}

/* --- the line */

static void take_step(struct agent *agent)
{
	agent->step = plan_next(&agent->plan);
	status_update(agent);
	switch (agent->step) {
	case PLAN_REST:
		return;
	case PLAN_LOOK:
		loop_timer_set(agent->next, LOOK_MS);
		enrol_look(agent);
		return;
	case PLAN_ENROL:
		enrol_begin(agent);
		return;
	case PLAN_POLL:
		enrol_poll(agent);
		return;
	case PLAN_WAIT:
		update_wait(agent);
		return;
	case PLAN_FETCH:
		update_fetch(agent);
		return;
	}
}

static void on_next(void *data)
{
	struct agent *agent = data;

	if (agent->question) {
		names_cancel(agent->question);
		agent->question = NULL;
		err_set(&agent->detail, 0, "DNS did not answer the question for _tynd._tcp.%s",
				agent->network.domain);
		agent_end_step(agent, (struct plan_event){.kind = PLAN_FAILED,
						      .reason = REASON_NET_NO_NAME});
		return;
	}
	take_step(agent);
}

void agent_end_step(struct agent *agent, struct plan_event event)
{
	event.random = agent_random();
	if (event.reason != REASON_NONE)
		log_warn("%s: %s", reason_code(event.reason), agent->detail.text);
	int64_t pause_ms = plan_after(&agent->plan, agent->step, &event);
	/* What was fetched a moment ago was not reached with yet. */
	if (agent->plan.is_reached && agent->step != PLAN_FETCH)
		agent_reached(agent);
	agent->step = PLAN_REST;
	status_update(agent);
	log_debug("next step in %lld ms", (long long)pause_ms);
	loop_timer_set(agent->next, pause_ms);
}

static void drop_step(struct agent *agent)
{
	http_cancel(agent->request);
	names_cancel(agent->question);
	agent->request = NULL;
	agent->question = NULL;
	agent->step = PLAN_REST;
}

void agent_restart(struct agent *agent)
{
	drop_step(agent);
	loop_timer_set(agent->next, 0);
}

void agent_reached(struct agent *agent)
{
	agent->trial.is_reached = agent->trial.is_begun;
	update_check_trial(agent);
}

void agent_request(struct agent *agent, const char *path, const char *body, unsigned wait_s,
		http_done_fn done)
{
	char base[WIRE_URL_MAX], url[WIRE_URL_MAX + 256];

	address_url(&agent->server, base);
	(void)text_format(url, sizeof(url), "%s/device/v1/%s", base, path);
	const struct http_options options = {
			.url = url,
			.body = body,
			.size_max = agent->step == PLAN_FETCH ? AGENT_CONFIG_MAX : AGENT_BODY_MAX,
			.timeout_s = wait_s + 25,
			.is_long_poll = wait_s > 0,
	};
	agent->request = http_start(agent->http, &options, done, agent);
	if (agent->request)
		return;
	err_set(&agent->detail, 0, "%s cannot be asked for", url);
	agent_end_step(agent, (struct plan_event){PLAN_FAILED, .reason = REASON_SERVER_ERROR});
}

enum reason agent_judge(struct agent *agent, const struct http_answer *answer, enum outcome_of of)
{
	char base[WIRE_URL_MAX], said[WIRE_DETAIL_MAX] = "";
	struct err why;
	enum reason reason = outcome_judge(&answer->outcome, of,
			clock_judge(agent_now_s(agent), agent_floor_s(agent)), &why);

	if (reason == REASON_NONE)
		return reason;
	address_url(&agent->server, base);
	if (answer->outcome.curl == 0)
		messages_read_error(answer->body, answer->size, said);
	err_set(&agent->detail, 0, "%s: %s%s%s", base, why.text, said[0] ? ": " : "", said);
	return reason;
}

struct plan_event agent_event(const struct http_answer *answer, enum reason reason)
{
	return (struct plan_event){
			.kind = reason == REASON_NONE             ? PLAN_DONE
	                        : reason == REASON_SERVER_REFUSED ? PLAN_DENIED
	                                                          : PLAN_FAILED,
			.reason = reason,
			.retry_after_s = answer->outcome.retry_after_s,
			.took_ms = answer->took_ms,
	};
}

/* --- the surroundings */

void agent_choose_server(struct agent *agent)
{
	char service[WIRE_URL_MAX] = "";

	if (agent->plan.is_enrolled || agent->is_returning) {
		agent->plan.has_server =
				address_parse(agent->trust.server, &agent->server, NULL) == 0;
		return;
	}
	if (agent->service.host[0])
		address_url(&agent->service, service);
	const char *const sources[] = {agent->cmdline.server, agent->network.server, service,
			agent->configs.state.typed};
	bool is_named = sources[0][0] || sources[1][0] || service[0];
	agent->plan.has_domain = !is_named && agent->network.domain[0];
	/* What a person typed is the last to be asked: DNS may name one first. */
	agent->plan.has_server = address_choose(sources,
			is_named || !agent->plan.has_domain ? 4 : 0, &agent->server);
}

static void on_network(void *data)
{
	struct agent *agent = data;
	struct network network = network_read(agent->options.network);
	bool has_other_address = strcmp(network.address, agent->network.address) != 0;
	bool has_other_server = strcmp(network.server, agent->network.server) != 0 ||
	                        strcmp(network.domain, agent->network.domain) != 0;

	agent->network = network;
	if (!agent->plan.is_enrolled && (has_other_server || has_other_address)) {
		agent->service = (struct address){0};
		agent->plan.has_enrolment = false;
		agent->plan.is_code_known = false;
		agent_choose_server(agent);
	}
	if (plan_set_network(&agent->plan, network.state, has_other_address || has_other_server))
		agent_restart(agent);
	status_update(agent);
}

/* --- start and end */

static void on_trial(void *data)
{
	update_check_trial(data);
}

static int make_parts(struct agent *agent, struct err *err)
{
	struct loop *loop = agent->loop;

	agent->next = loop_add_timer(loop, on_next, agent);
	agent->trial_timer = loop_add_timer(loop, on_trial, agent);
	agent->report_timer = loop_add_timer(loop, report_on_timer, agent);
	orders_init(agent);
	agent->http = http_create(loop);
	agent->names = names_create(loop, agent->options.dns);
	if (!agent->http || !agent->names)
		return err_set(err, ENOMEM, "libcurl or the resolver cannot start");
	agent->kiosk = kiosk_create(loop, agent->options.kiosk_fd, agent->options.kiosk_uid,
			&screen_events, agent);
	agent->watch = network_watch_create(loop, agent->options.network, on_network, agent);
	if (!agent->watch)
		log_warn("%s cannot be watched: changes of the network are not seen",
				agent->options.network);
	return 0;
}

static void warn_of_clock(const struct agent *agent)
{
	enum clock_verdict verdict = clock_judge(agent_now_s(agent), agent_floor_s(agent));

	if (verdict == CLOCK_BEHIND)
		log_warn("the clock is behind the newest signed time: that is taken instead");
	else if (verdict == CLOCK_AHEAD)
		log_warn("the clock is more than ten years past the newest signed time");
}

/* The helpdesk has to know it after a restart as well. */
static void note_returned(struct agent *agent)
{
	struct trial_floor floor = configs_floor(&agent->configs);

	if (!agent->plan.is_enrolled || floor.returned <= floor.held)
		return;
	agent->config_reason = REASON_CONFIG_RETURNED;
	err_set(&agent->config_detail, 0,
			"config %" PRIu64 " did not come up before the last start", floor.returned);
}

int agent_create(struct loop *loop, const struct agent_options *options, struct agent **ret,
		struct err *err)
{
	struct agent *agent = own_alloc(sizeof(*agent));

	agent->loop = loop;
	agent->options = *options;
	int r = make_parts(agent, err);
	if (r == 0)
		r = load_all(agent, err);
	if (r < 0) {
		agent_destroy(agent);
		return r;
	}
	warn_of_clock(agent);
	agent->cmdline = cmdline_read(options->cmdline);
	agent->network = network_read(options->network);
	agent->plan.network = agent->network.state;
	agent_choose_server(agent);
	enrol_set_trust(agent);
	note_returned(agent);
	agent->trial.has_previous = agent->configs.current != NULL;
	report_start_timer(agent);
	report_soon(agent);
	loop_timer_set(agent->next, 0);
	*ret = agent;
	return 0;
}

void agent_destroy(struct agent *agent)
{
	if (!agent)
		return;
	drop_step(agent);
	http_cancel(agent->report_request);
	http_cancel(agent->inventory_request);
	screen_forget(agent);
	orders_finish(agent);
	kiosk_destroy(agent->kiosk);
	network_watch_destroy(agent->watch);
	names_destroy(agent->names);
	http_destroy(agent->http);
	loop_timer_remove(agent->next);
	loop_timer_remove(agent->trial_timer);
	loop_timer_remove(agent->report_timer);
	configs_finish(&agent->configs);
	EVP_PKEY_free(agent->key);
	free(agent);
}
