/* SPDX-License-Identifier: Apache-2.0 */
/* A rehearsal: what a roll-out would do, to whom, over which lines and until when. */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "server/people_rollout.h"
#include "server/rollout_estimate.h"
#include "server/stack.h"

enum {
	PAGE = 2000,
	SITES_MAX = 20000,
	SITES_SHOWN = 500,
	ENVELOPE_BYTES = 400, /* around the config, which is in base64 */
	BUSY_LINE = 25,       /* devices of one site at once that are worth a warning */
	DEVICES_MAX = 1000000,
};

struct line {
	struct rollout_site *site;
	unsigned devices, rings[ROLLOUT_RINGS_MAX];
	int64_t config_bytes; /* of one device */
};

struct rehearsal {
	struct server *server;
	const struct db_rollout *rollout;
	const struct rollout_plan *plan;
	struct rollout_bounds bounds;
	struct rollout_sites *sites;
	struct array lines; /* structs line */
	unsigned devices, offline, in_session, seen;
	unsigned rings[ROLLOUT_RINGS_MAX], ring_offline[ROLLOUT_RINGS_MAX];
	char after[DB_ID_MAX];
	int64_t now_s;
	struct err *err;
};

/* About what a device of the site fetches: its layers as they are. */
static int64_t config_bytes(struct rehearsal *rehearsal, const struct rollout_site *site)
{
	OWNED(stack) struct stack stack = {0};
	struct db_device nobody = {0};

	(void)text_copy(nobody.site, sizeof(nobody.site), site->name);
	(void)text_copy(nobody.tenant, sizeof(nobody.tenant), site->tenant);
	if (stack_load(rehearsal->server->db, &nobody, &stack, NULL) < 0)
		return 0;
	OWNED(json) cJSON *config = stack_merge(&stack);
	OWNED(memory) char *text = json_print(config);
	return ENVELOPE_BYTES + (int64_t)(strlen(text) + strlen(rehearsal->rollout->patch)) * 4 / 3;
}

static int line_of(struct rehearsal *rehearsal, const struct db_rollout_device *device,
		struct line **ret)
{
	struct line fresh = {0};
	int r = rollout_sites_get(rehearsal->sites, device->site, device->tenant, &fresh.site,
			rehearsal->err);

	if (r < 0)
		return r;
	/* `under_way` is not used here otherwise: the place in the list, from 1. */
	if (!fresh.site->under_way) {
		fresh.config_bytes = config_bytes(rehearsal, fresh.site);
		r = array_append(&rehearsal->lines, &fresh, sizeof(fresh));
		if (r < 0)
			return err_set(rehearsal->err, EMSGSIZE, "more than %d sites", SITES_MAX);
		fresh.site->under_way = (unsigned)(rehearsal->lines.size / sizeof(fresh));
	}
	*ret = (struct line *)rehearsal->lines.data + fresh.site->under_way - 1;
	return 0;
}

static int look_at(void *data, const struct db_rollout_device *device)
{
	struct rehearsal *rehearsal = data;
	char groups[DB_GROUPS_TEXT] = "";
	struct line *line = NULL;
	bool is_online = device->seen_s >= rehearsal->now_s - ROLLOUT_ONLINE_S;
	int r = line_of(rehearsal, device, &line);

	rehearsal->seen++;
	memcpy(rehearsal->after, device->id, DB_ID_MAX);
	if (r == 0)
		r = db_device_groups(rehearsal->server->db, device->id, groups, rehearsal->err);
	if (r < 0 || !line)
		return r;
	const struct rollout_device candidate = {
			.id = device->id, .site = device->site, .groups = groups};
	int ring = rollout_ring_of(rehearsal->plan, &rehearsal->bounds, &candidate);
	if (ring < 0)
		return 0;
	line->devices++;
	line->rings[ring]++;
	rehearsal->devices++;
	rehearsal->rings[ring]++;
	rehearsal->offline += !is_online;
	rehearsal->ring_offline[ring] += !is_online;
	rehearsal->in_session += is_online && device->now.has_session;
	return 0;
}

static int look_around(struct rehearsal *rehearsal, struct err *err)
{
	OWNED(array) struct array ids = {.max = (size_t)DEVICES_MAX * DB_ID_MAX};
	struct db *db = rehearsal->server->db;
	int r = db_device_below(db, rehearsal->rollout->scope, db_id_collect, &ids, err);

	if (r < 0)
		return r;
	rehearsal->bounds = rollout_bounds(rehearsal->plan, "h", (const char *)ids.data,
			(unsigned)(ids.size / DB_ID_MAX));
	do {
		char after[DB_ID_MAX];

		memcpy(after, rehearsal->after, DB_ID_MAX);
		rehearsal->seen = 0;
		r = db_rollout_candidates(db, rehearsal->rollout, after, PAGE, look_at, rehearsal,
				err);
	} while (r == 0 && rehearsal->seen == PAGE);
	return r;
}

static int64_t estimate(const struct rehearsal *rehearsal)
{
	const struct line *lines = (const void *)rehearsal->lines.data;
	size_t count = rehearsal->lines.size / sizeof(*lines);
	OWNED(memory)
	struct rollout_load *loads = own_alloc_array(count ? count : 1, sizeof(*loads));

	for (size_t i = 0; i < count; i++) {
		loads[i] = (struct rollout_load){
				.windows = lines[i].site->windows,
				.window_count = lines[i].site->window_count,
				.day = lines[i].site->day,
				.minute = lines[i].site->minute,
		};
		memcpy(loads[i].rings, lines[i].rings, sizeof(loads[i].rings));
	}
	return rollout_estimate(rehearsal->plan, loads, (unsigned)count);
}

static void put_lines(cJSON *answer, const struct rehearsal *rehearsal)
{
	const struct line *lines = (const void *)rehearsal->lines.data;
	size_t count = rehearsal->lines.size / sizeof(*lines);
	int64_t firmware = rehearsal->plan->firmware_bytes, all = 0;
	cJSON *list = json_put_list(answer, "sites");

	for (size_t i = 0; i < count; i++) {
		int64_t config = lines[i].config_bytes * lines[i].devices;

		all += config + firmware * lines[i].devices;
		if (i >= SITES_SHOWN)
			continue;
		cJSON *item = json_new_object();
		people_put_text(item, "site", lines[i].site->name);
		json_put_whole(item, "devices", lines[i].devices);
		json_put_bool(item, "open", lines[i].site->is_open);
		json_put_whole(item, "config_bytes", config);
		json_put_whole(item, "firmware_bytes", firmware * lines[i].devices);
		json_put_whole(item, "firmware_bytes_cached", firmware);
		json_append(list, item);
	}
	json_put_whole(answer, "site_count", (int64_t)count);
	json_put_whole(answer, "bytes", all);
}

static void warn(cJSON *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void warn(cJSON *list, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	json_append_text(list, text);
}

static void put_doubts(cJSON *list, const struct publish *publish)
{
	OWNED(json) cJSON *doubts = preview_warnings(&publish->preview);
	const cJSON *one;

	cJSON_ArrayForEach(one, doubts) {
		warn(list, "%s: %s (on %.0f devices)",
				cJSON_GetObjectItemCaseSensitive(one, "path")->valuestring,
				cJSON_GetObjectItemCaseSensitive(one, "text")->valuestring,
				cJSON_GetObjectItemCaseSensitive(one, "device_count")->valuedouble);
	}
}

static void put_warnings(cJSON *answer, const struct rehearsal *rehearsal, int64_t seconds,
		const struct publish *publish)
{
	const struct line *lines = (const void *)rehearsal->lines.data;
	const struct rollout_plan *plan = rehearsal->plan;
	cJSON *list = json_put_list(answer, "warnings");
	unsigned largest = 0;

	for (size_t i = 0; i < rehearsal->lines.size / sizeof(*lines); i++)
		largest = lines[i].devices > largest ? lines[i].devices : largest;
	put_doubts(list, publish);
	if (!publish_count(publish))
		warn(list, "no device gets another config by this");
	if (seconds < 0)
		warn(list, "it would take more than 90 days: the windows or the spread are narrow");
	for (unsigned i = 0; i < plan->ring_count; i++) {
		if (!rehearsal->rings[i])
			warn(list, "ring %u (%s) has no devices", i + 1, plan->rings[i].name);
		else if (rehearsal->ring_offline[i] == rehearsal->rings[i])
			warn(list, "ring %u (%s): none of its %u devices can be reached now", i + 1,
					plan->rings[i].name, rehearsal->rings[i]);
	}
	if (plan->version[0] && !plan->firmware_bytes)
		warn(list, "the firmware's size is not given: its bytes are not counted");
	if (plan->version[0] && !plan->per_site && largest > BUSY_LINE)
		warn(list, "up to %u devices of one site fetch firmware at once", largest);
	if (plan->version[0])
		warn(list, "devices don't fetch firmware by their config yet");
}

static void put_answer(cJSON *answer, const struct rehearsal *rehearsal,
		const struct publish *publish)
{
	int64_t seconds = estimate(rehearsal);
	cJSON *rings = json_put_list(answer, "rings");

	json_put_whole(answer, "devices", rehearsal->devices);
	json_put_whole(answer, "changed", publish_count(publish));
	json_put(answer, "values", preview_values(&publish->preview));
	json_put_whole(answer, "offline", rehearsal->offline);
	json_put_whole(answer, "in_session", rehearsal->in_session);
	for (unsigned i = 0; i < rehearsal->plan->ring_count; i++) {
		cJSON *item = json_new_object();

		json_put_text(item, "name", rehearsal->plan->rings[i].name);
		json_put_whole(item, "devices", rehearsal->rings[i]);
		json_put_whole(item, "offline", rehearsal->ring_offline[i]);
		json_append(rings, item);
	}
	people_put_time(answer, "end", seconds < 0 ? 0 : rehearsal->now_s + seconds);
	put_lines(answer, rehearsal);
	put_warnings(answer, rehearsal, seconds, publish);
}

int people_rollout_rehearse(struct request *request, struct err *err)
{
	OWNED(db_rollout) struct db_rollout rollout = {0};
	OWNED(rollout_plan) struct rollout_plan plan = {0};
	OWNED(json) cJSON *answer = json_new_object();
	struct rehearsal rehearsal = {
			.server = request->server,
			.rollout = &rollout,
			.plan = &plan,
			.lines.max = SITES_MAX * sizeof(struct line),
			.now_s = server_now_s(),
			.err = err,
	};
	OWNED(publish) struct publish publish = {0};
	struct json in;

	people_begin(&in, request, err);
	int r = json_end(&in);
	if (r == 0)
		r = people_rollout_find(request, RIGHT_ROLLOUTS, &rollout, err);
	if (r == 0 && rollout.state != DB_ROLLOUT_DRAFT)
		r = err_set(err, EBUSY, "the roll-out \"%s\" is %s: only a draft is rehearsed",
				rollout.name, rollout_state_word(rollout.state));
	if (r == 0)
		r = rollout_check(request->server, &rollout, &publish, err);
	people_failed(request, &publish, r);
	if (r == 0)
		r = rollout_read(&rollout, &plan, &rehearsal.bounds, err);
	if (r < 0)
		return r;
	seen_flush(request->server->seen);
	OWNED(rollout_sites)
	struct rollout_sites *sites = rollout_sites_create(request->server, &plan);
	rehearsal.sites = sites;
	r = look_around(&rehearsal, err);
	if (r == 0)
		put_answer(answer, &rehearsal, &publish);
	array_finish(&rehearsal.lines);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(answer));
}
