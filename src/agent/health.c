/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/inventory.h"
#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"

enum { KB_PER_MB = 1024, MILLI = 1000, TEMPERATURE_MAX = 150, MEMINFO_MAX = 16 * 1024 };

static int64_t read_free_mb(const char *root)
{
	OWNED(array) struct array bytes = {.max = MEMINFO_MAX};
	char full[INVENTORY_PATH_MAX];
	unsigned long long kb;

	if (text_format(full, sizeof(full), "%s/proc/meminfo", root) < 0 ||
			file_read(full, &bytes, NULL) < 0 || array_append(&bytes, "", 1) < 0)
		return -1;
	const char *line = strstr((const char *)bytes.data, "MemAvailable:");
	return line && sscanf(line, "MemAvailable: %12llu kB", &kb) == 1 ? (int64_t)(kb / KB_PER_MB)
	                                                                 : -1;
}

/* The hottest of what has a thermometer that makes sense. */
static int64_t read_temperature(const char *root)
{
	struct inventory_names names;
	char path[INVENTORY_PATH_MAX];
	int64_t hottest = -1;

	inventory_names(root, "/sys/class/thermal", &names);
	for (unsigned i = 0; i < names.count; i++) {
		text_format(path, sizeof(path), "/sys/class/thermal/%s/temp", names.list[i]);
		int64_t degrees = strncmp(names.list[i], "thermal_zone", 12) == 0
		                                  ? inventory_number(root, path)
		                                  : -1;

		degrees = degrees < 0 ? -1 : degrees / MILLI;
		if (degrees <= TEMPERATURE_MAX && degrees > hottest)
			hottest = degrees;
	}
	return hottest;
}

struct health health_read(const char *root)
{
	return (struct health){
			.uptime_s = inventory_number(root, "/proc/uptime"),
			.free_mb = read_free_mb(root),
			.temperature_c = read_temperature(root),
			.wear_percent = -1,
	};
}

static void put_alerts(cJSON *report, const struct health *health)
{
	const struct {
		bool is_on;
		const char *word;
	} rows[] = {
			{health->is_clock_wrong || (health->has_clock &&
								   llabs(health->clock_deviation_s) >
										   HEALTH_CLOCK_S),
					"clock-wrong"},
			{health->is_store_failing, "store-read-only"},
			{health->wear_percent >= HEALTH_WORN_PERCENT, "disk-worn"},
			{health->temperature_c >= HEALTH_HOT_C, "hot"},
			{health->free_mb >= 0 && health->free_mb < HEALTH_LOW_MB, "memory-low"},
	};
	cJSON *list = json_put_list(report, "alerts");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].is_on)
			cJSON_AddItemToArray(list, cJSON_CreateString(rows[i].word));
}

static void put_quality(cJSON *report, const struct wire_agent_quality *told)
{
	static const char *const decoders[WIRE_DECODED_COUNT] = {
			"none", "vaapi", "v4l2", "software"};
	cJSON *quality = json_put_object(report, "quality");

	json_put_text(quality, "desktop", told->desktop);
	json_put_whole(quality, "sign_in_ms", told->sign_in_ms);
	json_put_whole(quality, "duration_s", told->duration_s);
	json_put_whole(quality, "reconnects", told->reconnects);
	json_put_whole(quality, "frames_per_s", told->frames_per_s);
	json_put_whole(quality, "dropped_per_s", told->dropped_per_s);
	if (told->round_trip_ms)
		json_put_whole(quality, "round_trip_ms", told->round_trip_ms);
	json_put_text(quality, "decoder", decoders[told->decoder]);
	json_put_text(quality, "video",
			!told->has_video        ? "none"
			: told->is_video_direct ? "plane"
						: "composed");
	if (told->user[0])
		json_put_text(report, "user", told->user);
}

static void put_known(cJSON *report, const char *key, int64_t number)
{
	if (number >= 0)
		json_put_whole(report, key, number);
}

void health_put(cJSON *report, const struct health *health)
{
	cJSON *crashes = json_put_object(report, "crashes");

	put_known(report, "uptime_s", health->uptime_s);
	put_known(report, "free_mb", health->free_mb);
	put_known(report, "temperature_c", health->temperature_c);
	if (health->has_clock)
		json_put_whole(report, "clock_deviation_s", health->clock_deviation_s);
	json_put_whole(crashes, "kiosk", health->kiosk_crashes);
	json_put_whole(crashes, "session", health->session_crashes);
	put_alerts(report, health);
	if (health->has_quality)
		put_quality(report, &health->quality);
}
