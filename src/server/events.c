/* SPDX-License-Identifier: Apache-2.0 */
#include "server/events.h"

#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/server.h"

enum { BODY_MAX = 4096 };

struct events {
	struct server *server;
	int64_t next; /* id of the next one; the first is 1 */
	struct event kept[EVENTS_KEPT];
};

struct events *events_create(struct server *server)
{
	struct events *events = own_alloc(sizeof(*events));

	events->server = server;
	events->next = 1;
	return events;
}

void events_destroy(struct events *events)
{
	if (!events)
		return;
	for (unsigned i = 0; i < EVENTS_KEPT; i++)
		free(events->kept[i].body);
	free(events);
}

void events_emit(struct server *server, const char *kind, const char *scope,
		const struct db_device *device, cJSON *body)
{
	OWNED(json) cJSON *owned = body;
	struct events *events = server->events;
	struct event *event = &events->kept[events->next % EVENTS_KEPT];

	free(event->body);
	*event = (struct event){.id = events->next++, .time_s = server_now_s()};
	(void)text_copy(event->kind, sizeof(event->kind), kind);
	(void)text_copy(event->scope, sizeof(event->scope), scope);
	if (device) {
		(void)text_copy(event->tenant, sizeof(event->tenant), device->tenant);
		(void)text_copy(event->site, sizeof(event->site), device->site);
	}
	event->body = json_print(owned);
	if (strlen(event->body) >= BODY_MAX) {
		free(event->body);
		event->body = own_copy_text("{\"large\":true}");
	}
	park_wake(server->park, EVENTS_KEY);
}

const struct event *events_after(const struct events *events, int64_t id, bool *is_gap)
{
	int64_t oldest = events->next > EVENTS_KEPT ? events->next - EVENTS_KEPT : 1;

	*is_gap = id + 1 < oldest || id >= events->next;
	if (*is_gap)
		id = oldest - 1;
	return id + 1 < events->next ? &events->kept[(id + 1) % EVENTS_KEPT] : NULL;
}
