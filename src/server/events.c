/* SPDX-License-Identifier: Apache-2.0 */
#include "server/events.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/hooks.h"
#include "server/http_stream.h"
#include "server/keys.h"
#include "server/server.h"

enum { BODY_MAX = 4096, EPOCH_LENGTH = 8, FLOODS = 2, FLOOD_MS = 1000 };

/* Kinds that many devices can cause at once. */
struct flood {
	const char *kind;
	int64_t second;
	unsigned count; /* in this second */
	bool is_cut;    /* some were not told */
};

struct events {
	struct server *server;
	char epoch[EPOCH_LENGTH + 1];
	int64_t next; /* id of the next one; the first is 1 */
	struct loop_timer *timer;
	struct flood floods[FLOODS];
	struct event kept[EVENTS_KEPT];
};

/* --- the ring */

static void keep(struct events *events, const struct event *event)
{
	struct event *place = &events->kept[events->next % EVENTS_KEPT];

	free(place->body);
	*place = *event;
	place->id = events->next++;
	park_wake(events->server->park, EVENTS_KEY);
	http_streams_wake(events->server->streams);
}

static void tell_others(struct server *server, const struct event *event)
{
	OWNED(json) cJSON *message = json_new_object();
	OWNED(json) cJSON *body = NULL;
	struct err err;

	json_put_text(message, "kind", event->kind);
	json_put_text(message, "scope", event->scope);
	json_put_text(message, "tenant", event->tenant);
	json_put_text(message, "site", event->site);
	json_put_whole(message, "time", event->time_s);
	if (json_parse(event->body, strlen(event->body), &body, NULL) < 0)
		return;
	json_put(message, "data", own_take(body));
	OWNED(memory) char *text = json_print(message);
	OWNED(memory) char *ring = own_alloc(strlen(text) + 8);
	(void)text_format(ring, strlen(text) + 8, "event/%s", text);
	if (db_ring(server->db, ring, &err) < 0)
		log_debug("an event is not told to other servers: %s", err.text);
}

void events_heard(struct server *server, const char *text)
{
	OWNED(json) cJSON *message = NULL;
	const cJSON *data = NULL;
	struct event event = {0};
	struct json in;

	if (!server->events || json_parse(text, strlen(text), &message, NULL) < 0)
		return;
	json_begin(&in, message, NULL);
	json_take_all(&in);
	json_text(&in, "kind", JSON_REQUIRED | JSON_FILLED, event.kind, sizeof(event.kind));
	json_text(&in, "scope", JSON_REQUIRED, event.scope, sizeof(event.scope));
	json_text(&in, "tenant", JSON_REQUIRED, event.tenant, sizeof(event.tenant));
	json_text(&in, "site", JSON_REQUIRED, event.site, sizeof(event.site));
	json_whole(&in, "time", JSON_REQUIRED, 0, JSON_WHOLE_MAX, &event.time_s);
	json_borrow(&in, "data", JSON_REQUIRED, &data);
	if (json_end(&in) < 0 || !cJSON_IsObject(data))
		return;
	event.body = json_print(data);
	keep(server->events, &event);
}

/* --- floods */

static void emit(struct events *events, struct event *event)
{
	tell_others(events->server, event);
	hooks_take(events->server->hooks, event);
	keep(events, event);
}

static void on_timer(void *data)
{
	struct events *events = data;

	for (unsigned i = 0; i < FLOODS; i++) {
		struct flood *flood = &events->floods[i];
		struct event event = {.time_s = server_now_s()};

		if (!flood->is_cut)
			continue;
		flood->is_cut = false;
		(void)text_copy(event.kind, sizeof(event.kind), flood->kind);
		event.body = own_copy_text("{\"many\":true}");
		emit(events, &event);
	}
}

static bool is_flooded(struct events *events, const char *kind)
{
	int64_t second = loop_now_ms() / 1000;
	struct flood *flood = events->floods;

	while (flood < events->floods + FLOODS && strcmp(flood->kind, kind) != 0)
		flood++;
	if (flood == events->floods + FLOODS)
		return false;
	if (flood->second != second)
		flood->count = 0;
	flood->second = second;
	if (++flood->count <= EVENTS_PER_S_MAX)
		return false;
	if (!flood->is_cut)
		loop_timer_set(events->timer, FLOOD_MS);
	flood->is_cut = true;
	return true;
}

/* --- for everybody */

struct events *events_create(struct server *server)
{
	struct events *events = own_alloc(sizeof(*events));

	events->server = server;
	events->next = 1;
	events->floods[0].kind = "device";
	events->floods[1].kind = "order";
	key_random_text(events->epoch, EPOCH_LENGTH);
	events->timer = loop_add_timer(server->loop, on_timer, events);
	return events;
}

void events_destroy(struct events *events)
{
	if (!events)
		return;
	for (unsigned i = 0; i < EVENTS_KEPT; i++)
		free(events->kept[i].body);
	loop_timer_remove(events->timer);
	free(events);
}

static void make(struct events *events, const char *kind, const char *scope,
		const struct db_device *device, const cJSON *body)
{
	struct event event = {.time_s = server_now_s()};

	(void)text_copy(event.kind, sizeof(event.kind), kind);
	(void)text_copy(event.scope, sizeof(event.scope), scope);
	if (device) {
		(void)text_copy(event.tenant, sizeof(event.tenant), device->tenant);
		(void)text_copy(event.site, sizeof(event.site), device->site);
	}
	event.body = json_print(body);
	if (strlen(event.body) >= BODY_MAX) {
		free(event.body);
		event.body = own_copy_text("{\"large\":true}");
	}
	emit(events, &event);
}

void events_emit(struct server *server, const char *kind, const char *scope,
		const struct db_device *device, cJSON *body)
{
	OWNED(json) cJSON *owned = body;
	struct events *events = server->events;

	if (events && !is_flooded(events, kind))
		make(events, kind, scope, device, owned);
}

void events_emit_about(struct server *server, const char *kind, const char *scope, cJSON *body)
{
	OWNED(json) cJSON *owned = body;
	struct events *events = server->events;
	struct db_device device;

	if (!events || is_flooded(events, kind))
		return;
	bool is_device = strncmp(scope, "device/", 7) == 0 &&
	                 db_device_get(server->db, scope + 7, &device, NULL) == 0;
	make(events, kind, scope, is_device ? &device : NULL, owned);
}

const struct event *events_after(const struct events *events, int64_t id, bool *is_gap)
{
	int64_t oldest = events->next > EVENTS_KEPT ? events->next - EVENTS_KEPT : 1;

	*is_gap = id + 1 < oldest || id >= events->next;
	if (*is_gap)
		id = oldest - 1;
	return id + 1 < events->next ? &events->kept[(id + 1) % EVENTS_KEPT] : NULL;
}

int64_t events_newest(const struct events *events)
{
	return events->next - 1;
}

void events_print_id(const struct events *events, int64_t id, char text[EVENTS_ID_MAX])
{
	(void)text_format(text, EVENTS_ID_MAX, "%s-%lld", events->epoch, (long long)id);
}

int events_parse_id(const struct events *events, const char *text, int64_t *ret)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint64_t number;

	if (strspn(text, digits) != EPOCH_LENGTH || text[EPOCH_LENGTH] != '-' ||
			text_to_number(text + EPOCH_LENGTH + 1, 0, INT64_MAX, &number) < 0)
		return -EINVAL;
	if (strncmp(text, events->epoch, EPOCH_LENGTH) != 0 || (int64_t)number >= events->next)
		return -ESTALE;
	*ret = (int64_t)number;
	return 0;
}
