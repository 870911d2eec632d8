/* SPDX-License-Identifier: Apache-2.0 */
/* A roll-out's plan from JSON. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/fields.h"
#include "server/rollout_plan.h"

enum { COUNT_MAX = 1000000, WITHIN_DEFAULT_S = 600, FINISH_DEFAULT_S = 7 * 86400 };

uint8_t rollout_days(const char *text)
{
	static const char order[] = "mon,tue,wed,thu,fri,sat,sun";
	uint8_t days = 0;

	if (!text[0])
		return 0x7f;
	for (unsigned i = 0; i < 7; i++) {
		char day[4] = "";

		memcpy(day, order + (size_t)i * 4, 3);
		if (strstr(text, day))
			days |= (uint8_t)(1u << i);
	}
	return days;
}

uint16_t rollout_minutes(const char *text)
{
	if (strlen(text) != 5)
		return 0;
	return (uint16_t)(((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 +
			  text[4] - '0');
}

static unsigned read_number(struct json *in, const char *key, unsigned max, unsigned otherwise)
{
	int64_t number = otherwise;

	json_whole(in, key, 0, 0, max, &number);
	return (unsigned)number;
}

static int64_t read_seconds(struct json *in, const char *key, int64_t otherwise)
{
	int64_t seconds = otherwise;

	json_whole(in, key, 0, 0, ROLLOUT_WAIT_MAX_S, &seconds);
	return seconds;
}

static struct rollout_gate read_gate(struct json *in)
{
	struct rollout_gate gate = {
			.good = 90,
			.back = 80,
			.returned = 5,
			.crashed = 10,
			.within_s = WITHIN_DEFAULT_S,
	};
	struct json inner;

	if (!json_enter(in, "gate", 0, &inner))
		return gate;
	gate.good = read_number(&inner, "good", 100, gate.good);
	gate.back = read_number(&inner, "back", 100, gate.back);
	gate.returned = read_number(&inner, "returned", 100, gate.returned);
	gate.crashed = read_number(&inner, "crashed", 100, gate.crashed);
	gate.sign_in = read_number(&inner, "sign_in", 100, gate.sign_in);
	gate.failures = read_number(&inner, "failures", COUNT_MAX, gate.failures);
	gate.within_s = read_seconds(&inner, "within", gate.within_s);
	json_leave(&inner);
	return gate;
}

static unsigned read_names(struct json *in, const char *key, char (**ret)[DB_PLACE_MAX])
{
	char name[DB_PLACE_MAX];
	unsigned count = 0;
	struct json list;

	if (!json_enter_list(in, key, 0, ROLLOUT_PLACES_MAX, &list))
		return 0;
	*ret = own_alloc_array(ROLLOUT_PLACES_MAX, DB_PLACE_MAX);
	while (json_next_text(&list, JSON_FILLED, name, sizeof(name)))
		(void)text_copy((*ret)[count++], DB_PLACE_MAX, name);
	json_leave(&list);
	return count;
}

static void read_ring(struct json *in, struct rollout_plan *plan)
{
	struct rollout_ring *ring = &plan->rings[plan->ring_count++];

	(void)text_format(ring->name, sizeof(ring->name), "%u", plan->ring_count);
	json_text(in, "name", JSON_FILLED, ring->name, sizeof(ring->name));
	ring->percent = read_number(in, "percent", 100, 0);
	ring->site_count = read_names(in, "sites", &ring->sites);
	ring->group_count = read_names(in, "groups", &ring->groups);
	json_bool(in, "consent", 0, &ring->needs_consent);
	ring->wait_s = read_seconds(in, "wait", 0);
	ring->gate = read_gate(in);
	if (!ring->percent && !ring->site_count && !ring->group_count)
		json_refuse(in, NULL, "names no devices: it has percent, sites or groups");
	if (plan->ring_count > 1 && ring->percent &&
			ring->percent < plan->rings[plan->ring_count - 2].percent)
		json_refuse(in, "percent", "is less than that of the ring before");
}

static void read_form(struct json *in, const char *key, enum conf_form form, char *text,
		size_t size)
{
	const char *expected;

	json_text(in, key, 0, text, size);
	if (!conf_form_fits(form, text, &expected))
		json_refuse(in, key, "%s is not %s", log_quote(text), expected);
}

static void read_window(struct json *in, struct rollout_plan *plan)
{
	char days[28] = "", start[6] = "", end[6] = "";

	read_form(in, "days", CONF_FORM_DAYS, days, sizeof(days));
	read_form(in, "start", CONF_FORM_CLOCK, start, sizeof(start));
	read_form(in, "end", CONF_FORM_CLOCK, end, sizeof(end));
	plan->windows[plan->window_count++] = (struct rollout_window){
			rollout_days(days), rollout_minutes(start), rollout_minutes(end)};
}

static void read_lists(struct json *in, struct rollout_plan *plan)
{
	struct json list, item;

	if (json_enter_list(in, "rings", JSON_REQUIRED, ROLLOUT_RINGS_MAX, &list)) {
		while (json_next_object(&list, &item)) {
			read_ring(&item, plan);
			json_leave(&item);
		}
		if (!plan->ring_count)
			json_refuse(&list, NULL, "at least one ring is needed");
		else if (plan->rings[plan->ring_count - 1].percent != 100)
			json_refuse(&list, NULL, "the last ring must have percent 100");
		json_leave(&list);
	}
	if (json_enter_list(in, "windows", 0, ROLLOUT_WINDOWS_MAX, &list)) {
		while (json_next_object(&list, &item)) {
			read_window(&item, plan);
			json_leave(&item);
		}
		json_leave(&list);
	}
}

static void read_firmware(struct json *in, struct rollout_plan *plan)
{
	static const char *const when[] = {"idle", "restart", NULL};
	struct json firmware;
	unsigned word = 0;

	if (!json_enter(in, "firmware", 0, &firmware))
		return;
	json_text(&firmware, "version", JSON_REQUIRED | JSON_FILLED, plan->version,
			sizeof(plan->version));
	read_form(&firmware, "sha256", CONF_FORM_SHA256, plan->sha256, sizeof(plan->sha256));
	if (!plan->sha256[0])
		json_refuse(&firmware, "sha256", "is missing");
	json_word(&firmware, "when", 0, when, &word);
	plan->has_restart = word == 1;
	json_whole(&firmware, "size", 0, 0, JSON_WHOLE_MAX, &plan->firmware_bytes);
	json_leave(&firmware);
}

int rollout_plan_read(const cJSON *tree, struct rollout_plan *ret, struct err *err)
{
	OWNED(rollout_plan)
	struct rollout_plan plan = {
			.timezone = "UTC",
			.keeps_site_windows = true,
			.avoids_sessions = true,
	};
	struct json in;

	json_begin(&in, tree, err);
	read_lists(&in, &plan);
	read_firmware(&in, &plan);
	read_form(&in, "timezone", CONF_FORM_TIMEZONE, plan.timezone, sizeof(plan.timezone));
	json_bool(&in, "site_windows", 0, &plan.keeps_site_windows);
	json_bool(&in, "avoid_sessions", 0, &plan.avoids_sessions);
	json_bool(&in, "undo", 0, &plan.undoes_itself);
	plan.per_minute = read_number(&in, "per_minute", COUNT_MAX, 0);
	plan.per_site = read_number(&in, "per_site", COUNT_MAX, 0);
	plan.finish_s = read_seconds(&in, "finish", FINISH_DEFAULT_S);
	int r = json_end(&in);
	if (r < 0)
		return r;
	*ret = plan;
	plan = (struct rollout_plan){0};
	return 0;
}
