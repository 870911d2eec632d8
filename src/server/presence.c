/* SPDX-License-Identifier: Apache-2.0 */
#include "server/presence.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "server/people.h"

enum {
	BUCKETS = 65536,
	GATHER_MS = 1000,
	SWEEP_MS = 5000,
	GONE_MAX = 1000, /* in one sweep; the others in the next */
};

struct online {
	struct online *next;
	struct online *next_changed; /* of those to be told */
	bool is_changed;
	uint32_t said; /* hash of its last report */
	int64_t seen_s;
	char id[DB_ID_MAX];
};

struct presence {
	struct server *server;
	struct loop_timer *gather, *sweep;
	struct online *changed;
	unsigned changed_count;
	struct online *buckets[BUCKETS];
};

/* FNV-1a: ids are random and given out by us, and a report that looks the same is only not told. */
static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash;
}

static struct online **bucket_of(struct presence *presence, const char *id)
{
	return &presence->buckets[hash_of(id) % BUCKETS];
}

static struct online *find(struct presence *presence, const char *id)
{
	struct online *one = *bucket_of(presence, id);

	while (one && strcmp(one->id, id) != 0)
		one = one->next;
	return one;
}

/* --- events */

static void emit(struct server *server, const struct db_device *device, bool is_online)
{
	static const char *const members[] = {"state", "screen", "session", "reason", "revision"};
	OWNED(json) cJSON *report = NULL;
	char scope[DB_SCOPE_MAX];
	cJSON *body = json_new_object();

	if (device->report[0])
		(void)json_parse(device->report, strlen(device->report), &report, NULL);
	json_put_text(body, "id", device->id);
	json_put_text(body, "name", device->name);
	json_put_bool(body, "online", is_online);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		people_put_member(body, members[i], report);
	(void)text_format(scope, sizeof(scope), "device/%s", device->id);
	events_emit(server, "device", scope, device, body);
}

static void tell_changed(struct presence *presence)
{
	struct server *server = presence->server;
	struct db_device device;

	for (struct online *one = presence->changed; one; one = one->next_changed) {
		one->is_changed = false;
		if (db_device_get(server->db, one->id, &device, NULL) == 0)
			emit(server, &device, true);
	}
}

static void on_gather(void *data)
{
	struct presence *presence = data;

	if (presence->changed_count > EVENTS_PER_S_MAX) {
		OWNED(json) cJSON *body = json_new_object();

		json_put_bool(body, "many", true);
		for (struct online *one = presence->changed; one; one = one->next_changed)
			one->is_changed = false;
		events_emit(presence->server, "device", "", NULL, own_take(body));
	} else {
		tell_changed(presence);
	}
	presence->changed = NULL;
	presence->changed_count = 0;
}

static void note(struct presence *presence, struct online *one)
{
	if (one->is_changed)
		return;
	if (!presence->changed)
		loop_timer_set(presence->gather, GATHER_MS);
	one->is_changed = true;
	one->next_changed = presence->changed;
	presence->changed = one;
	presence->changed_count++;
}

/* --- who is gone */

/* Another server may have heard of it: the database knows. False: it is gone. */
static bool is_still_there(struct presence *presence, struct online *one)
{
	struct server *server = presence->server;
	struct db_device device;
	int r = db_device_get(server->db, one->id, &device, NULL);

	if (r < 0)
		return r != -ENOENT;
	if (device.seen_s >= server_now_s() - SEEN_ONLINE_S) {
		one->seen_s = device.seen_s;
		return true;
	}
	emit(server, &device, false);
	return false;
}

void presence_sweep(struct presence *presence)
{
	int64_t limit_s = server_now_s() - SEEN_ONLINE_S;
	unsigned gone = 0;

	for (unsigned i = 0; i < BUCKETS && gone < GONE_MAX; i++) {
		struct online **link = &presence->buckets[i];

		while (*link) {
			struct online *one = *link;

			if (one->seen_s >= limit_s || one->is_changed || gone++ >= GONE_MAX ||
					is_still_there(presence, one)) {
				link = &one->next;
				continue;
			}
			*link = one->next;
			free(one);
		}
	}
}

static void on_sweep(void *data)
{
	struct presence *presence = data;

	presence_sweep(presence);
	loop_timer_set(presence->sweep, SWEEP_MS);
}

/* --- for everybody */

struct presence *presence_create(struct server *server)
{
	struct presence *presence = own_alloc(sizeof(*presence));

	presence->server = server;
	presence->gather = loop_add_timer(server->loop, on_gather, presence);
	presence->sweep = loop_add_timer(server->loop, on_sweep, presence);
	loop_timer_set(presence->sweep, SWEEP_MS);
	return presence;
}

void presence_destroy(struct presence *presence)
{
	if (!presence)
		return;
	for (unsigned i = 0; i < BUCKETS; i++) {
		while (presence->buckets[i]) {
			struct online *one = presence->buckets[i];

			presence->buckets[i] = one->next;
			free(one);
		}
	}
	loop_timer_remove(presence->gather);
	loop_timer_remove(presence->sweep);
	free(presence);
}

static struct online *hear(struct presence *presence, const char *device)
{
	struct online *one = find(presence, device);

	if (!one) {
		struct online **bucket = bucket_of(presence, device);

		one = own_alloc(sizeof(*one));
		if (text_copy(one->id, sizeof(one->id), device) < 0)
			abort();
		one->next = *bucket;
		*bucket = one;
		note(presence, one);
	}
	one->seen_s = server_now_s();
	return one;
}

void presence_heard(struct server *server, const char *device)
{
	(void)hear(server->presence, device);
}

void presence_reported(struct server *server, const char *device, const char *report)
{
	struct online *one = hear(server->presence, device);
	uint32_t said = hash_of(report);

	if (one->said != said)
		note(server->presence, one);
	one->said = said;
}
