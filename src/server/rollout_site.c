/* SPDX-License-Identifier: Apache-2.0 */
/* When a site may be changed: its own config says so, else the roll-out. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/rollout.h"
#include "server/stack.h"

enum { BUCKETS = 1024 };

struct entry {
	struct entry *next;
	struct rollout_site site;
};

struct rollout_sites {
	struct server *server;
	const struct rollout_plan *plan;
	int64_t now_s;
	struct entry *buckets[BUCKETS];
};

/*
 * Day of the week (0: Monday) and minute of the day in an IANA zone; UTC for one that is not
 * known. One thread: nobody else looks at TZ meanwhile, and it is put back.
 */
static void local_time(const char *zone, int64_t time_s, unsigned *day, unsigned *minute)
{
	const char *set = getenv("TZ");
	OWNED(memory) char *before = set ? own_copy_text(set) : NULL;
	time_t time = (time_t)time_s;
	struct tm tm = {0};

	setenv("TZ", zone, 1);
	tzset();
	(void)localtime_r(&time, &tm);
	if (before)
		setenv("TZ", before, 1);
	else
		unsetenv("TZ");
	tzset();
	*day = (unsigned)(tm.tm_wday + 6) % 7;
	*minute = (unsigned)(tm.tm_hour * 60 + tm.tm_min);
}

struct rollout_sites *rollout_sites_create(struct server *server, const struct rollout_plan *plan)
{
	struct rollout_sites *sites = own_alloc(sizeof(*sites));

	sites->server = server;
	sites->plan = plan;
	sites->now_s = server_now_s();
	return sites;
}

void rollout_sites_destroy(struct rollout_sites *sites)
{
	if (!sites)
		return;
	for (unsigned i = 0; i < BUCKETS; i++) {
		while (sites->buckets[i]) {
			struct entry *entry = sites->buckets[i];

			sites->buckets[i] = entry->next;
			free(entry);
		}
	}
	free(sites);
}

static const char *text_at(const cJSON *config, const char *pointer)
{
	const cJSON *value = json_at(config, pointer);

	return cJSON_IsString(value) ? value->valuestring : "";
}

static void read_config(struct rollout_sites *sites, const cJSON *config, struct rollout_site *site)
{
	const char *zone = text_at(config, "/locale/timezone");
	const char *start = text_at(config, "/maintenance/start");
	const char *end = text_at(config, "/maintenance/end");

	site->windows = sites->plan->windows;
	site->window_count = sites->plan->window_count;
	if (sites->plan->keeps_site_windows && start[0] && end[0]) {
		site->own = (struct rollout_window){
				rollout_days(text_at(config, "/maintenance/days")),
				rollout_minutes(start), rollout_minutes(end)};
		site->windows = &site->own;
		site->window_count = 1;
	}
	local_time(zone[0] ? zone : sites->plan->timezone, sites->now_s, &site->day, &site->minute);
	site->is_open = rollout_is_open(site->windows, site->window_count, site->day, site->minute);
}

static unsigned hash(const char *name, const char *tenant)
{
	unsigned sum = 5381;

	for (; *name; name++)
		sum = sum * 33 + (uint8_t)*name;
	for (; *tenant; tenant++)
		sum = sum * 33 + (uint8_t)*tenant;
	return sum % BUCKETS;
}

int rollout_sites_get(struct rollout_sites *sites, const char *name, const char *tenant,
		struct rollout_site **ret, struct err *err)
{
	struct entry **bucket = &sites->buckets[hash(name, tenant)];
	OWNED(stack) struct stack stack = {0};
	struct db_device nobody = {0};

	for (struct entry *entry = *bucket; entry; entry = entry->next) {
		if (strcmp(entry->site.name, name) == 0 &&
				strcmp(entry->site.tenant, tenant) == 0) {
			*ret = &entry->site;
			return 0;
		}
	}
	(void)text_copy(nobody.site, sizeof(nobody.site), name);
	(void)text_copy(nobody.tenant, sizeof(nobody.tenant), tenant);
	int r = stack_load(sites->server->db, &nobody, &stack, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *config = stack_merge(&stack);
	struct entry *entry = own_alloc(sizeof(*entry));
	entry->next = *bucket;
	*bucket = entry;
	(void)text_copy(entry->site.name, sizeof(entry->site.name), name);
	(void)text_copy(entry->site.tenant, sizeof(entry->site.tenant), tenant);
	read_config(sites, config, &entry->site);
	*ret = &entry->site;
	return 0;
}
