/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens, for consoles that watch: a stream of small events, in memory, the newest few
 * thousand. Nothing depends on them: who misses some asks the API for the state again. Each
 * server has a row of its own, with what the others tell in it as well; an id therefore begins
 * with the epoch of its server's process.
 */
#ifndef SERVER_EVENTS_H
#define SERVER_EVENTS_H

#include <cjson/cJSON.h>

#include "server/db.h"

struct server;
struct events;

enum {
	EVENTS_KEPT = 4096,
	EVENTS_KIND_MAX = 24,
	EVENTS_ID_MAX = 40,
	EVENTS_PER_S_MAX = 100, /* of a kind that comes in floods; beyond them {"many": true} */
};

struct event {
	int64_t id; /* grows by one; of this process alone */
	int64_t time_s;
	char kind[EVENTS_KIND_MAX]; /* "device", "rollout", "order", "enrolment", "alert", ... */
	char scope[DB_SCOPE_MAX];   /* what it is about: who may read there hears of it; "" all */
	char tenant[DB_NAME_MAX];   /* of a device or site, "" for none */
	char site[DB_PLACE_MAX];    /* of a device, "" for none */
	char *body;                 /* compact JSON object */
};

struct events *events_create(struct server *server);
void events_destroy(struct events *events); /* takes NULL */

/*
 * Tell everybody who watches, on this server and on those that share its database. `body` (taken)
 * is small: below 4 KB printed, else it is replaced by {"large": true}. Call it after the commit.
 */
void events_emit(struct server *server, const char *kind, const char *scope,
		const struct db_device *device, cJSON *body);

/* The same about a scope; of a device's the device is looked up. */
void events_emit_about(struct server *server, const char *kind, const char *scope, cJSON *body);

/* What another server emitted. */
void events_heard(struct server *server, const char *text);

/* The oldest one after `id` that is kept, or NULL; *is_gap when some before it were dropped. */
const struct event *events_after(const struct events *events, int64_t id, bool *is_gap);

/* The id of the newest one, 0 before the first. */
int64_t events_newest(const struct events *events);

/* "EPOCH-N" for people, and back: -ESTALE for one of another process, -EINVAL for what is none. */
void events_print_id(const struct events *events, int64_t id, char text[EVENTS_ID_MAX]);
int events_parse_id(const struct events *events, const char *text, int64_t *ret);

/* Parked requests wait for this key. */
#define EVENTS_KEY "events"

#endif
