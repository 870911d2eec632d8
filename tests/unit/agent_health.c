/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/health.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "conf/json.h"
#include "unit/test.h"

static char root[] = "/tmp/tynd-health-XXXXXX";

static void put(const char *path, const char *text)
{
	char full[512], folder[512];

	snprintf(full, sizeof(full), "%s%s", root, path);
	snprintf(folder, sizeof(folder), "%s", full);
	*strrchr(folder, '/') = '\0';
	CHECK_INT(file_make_folder(folder, 0755, NULL), 0);
	CHECK_INT(file_write(full, text, strlen(text), 0644, NULL), 0);
}

static char *print(const struct health *health)
{
	OWNED(json) cJSON *report = json_new_object();

	health_put(report, health);
	return json_print_canonical(report);
}

static void check(const struct health *health, const char *expected)
{
	char *text = print(health);

	CHECK_TEXT(text, expected);
	free(text);
}

int main(void)
{
	char command[128];
	struct health health;

	if (!mkdtemp(root))
		return 1;
	TEST("where nothing can be read nothing is said, and no alarm is made of it") {
		health = health_read("/nonexistent");
		check(&health, "{\"alerts\":[],\"crashes\":{\"kiosk\":0,\"session\":0}}");
	}
	TEST("uptime, free memory, the hottest part that makes sense") {
		put("/proc/uptime", "86400.17 12.3\n");
		put("/proc/meminfo",
				"MemTotal: 8000000 kB\nMemFree: 1 kB\nMemAvailable: 5242880 kB\n");
		put("/sys/class/thermal/thermal_zone0/temp", "61500\n");
		put("/sys/class/thermal/thermal_zone1/temp", "-273200\n");
		put("/sys/class/thermal/thermal_zone2/temp", "255000\n");
		health = health_read(root);
		check(&health, "{\"alerts\":[],\"crashes\":{\"kiosk\":0,\"session\":0},\"free_mb\":"
			       "5120,"
			       "\"temperature_c\":61,\"uptime_s\":86400}");
	}
	TEST("what is wrong is an alert") {
		health.temperature_c = HEALTH_HOT_C;
		health.free_mb = HEALTH_LOW_MB - 1;
		health.wear_percent = 90;
		health.is_store_failing = true;
		health.has_clock = true;
		health.clock_deviation_s = -301;
		char *text = print(&health);
		CHECK(strstr(text, "\"alerts\":[\"clock-wrong\",\"store-read-only\",\"disk-worn\","
				   "\"hot\",\"memory-low\"]") != NULL);
		CHECK(strstr(text, "\"clock_deviation_s\":-301") != NULL);
		free(text);
	}
	TEST("a session's quality; a user only when one is told") {
		health = health_read("/nonexistent");
		health.has_quality = true;
		strcpy(health.quality.desktop, "main");
		health.quality.has_video = health.quality.is_video_direct = 1;
		char *text = print(&health);
		CHECK(strstr(text, "\"video\":\"plane\"") && !strstr(text, "\"user\""));
		free(text);
		strcpy(health.quality.user, "anna");
		text = print(&health);
		CHECK(strstr(text, "\"user\":\"anna\"") != NULL);
		free(text);
	}
	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (system(command) != 0)
		return 1;
	TEST_END();
}
