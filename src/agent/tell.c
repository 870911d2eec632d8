/* SPDX-License-Identifier: Apache-2.0 */
/* What the device tells about itself: the report's health, its inventory; both also for the logs. */
#include <openssl/evp.h>
#include <string.h>

#include "agent/state.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"

static struct inventory_source source_of(const struct agent *agent)
{
	return (struct inventory_source){
			.root = "",
			.build_time_s = agent->options.build_time_s,
			.wear = &agent->options.wear,
			.monitors = agent->has_monitors ? &agent->monitors : NULL,
	};
}

struct health tell_health(const struct agent *agent)
{
	struct inventory_source source = source_of(agent);
	struct health health = health_read("");

	health.has_clock = agent->has_clock;
	health.clock_deviation_s = agent->clock_deviation_s;
	health.is_clock_wrong =
			clock_judge(agent_now_s(agent), agent_floor_s(agent)) != CLOCK_PLAUSIBLE;
	health.is_store_failing = agent->store.trouble.text[0];
	health.wear_percent = inventory_worst_wear(&source);
	health.kiosk_crashes = agent->kiosk_crashes;
	health.session_crashes = agent->quality.crashes;
	health.has_quality = agent->has_quality;
	health.quality = agent->quality;
	return health;
}

/* --- the inventory */

static void on_taken(void *data, const struct http_answer *answer)
{
	struct agent *agent = data;
	struct err why;

	agent->inventory_request = NULL;
	if (outcome_judge(&answer->outcome, OUTCOME_OF_REQUEST,
			    clock_judge(agent_now_s(agent), agent_floor_s(agent)),
			    &why) == REASON_NONE)
		memcpy(agent->inventory_hash, agent->inventory_sent, sizeof(agent->inventory_hash));
	else
		log_debug("the inventory did not go out: %s", why.text);
}

/* Behind a report that arrived: what fails now is tried again with the next one. */
void tell_inventory(struct agent *agent)
{
	struct inventory_source source = source_of(agent);
	char url[WIRE_URL_MAX + 32];

	if (agent->inventory_request)
		return;
	OWNED(memory) char *body = inventory_read(&source);
	if (EVP_Digest(body, strlen(body), agent->inventory_sent, NULL, EVP_sha256(), NULL) != 1 ||
			memcmp(agent->inventory_sent, agent->inventory_hash,
					sizeof(agent->inventory_hash)) == 0)
		return;
	(void)text_format(url, sizeof(url), "%s/device/v1/inventory", agent->trust.server);
	const struct http_options options = {
			.url = url, .body = body, .size_max = AGENT_BODY_MAX, .timeout_s = 30};
	agent->inventory_request = http_start(agent->http, &options, on_taken, agent);
}

/* --- for the logs */

char *tell_inventory_text(const struct agent *agent)
{
	struct inventory_source source = source_of(agent);

	return inventory_read(&source);
}

char *tell_health_text(const struct agent *agent)
{
	struct health health = tell_health(agent);
	OWNED(json) cJSON *told = json_new_object();

	/* Who works here is not needed to find out what is wrong. */
	text_wipe(health.quality.user, sizeof(health.quality.user));
	health_put(told, &health);
	return json_print_pretty(told);
}
