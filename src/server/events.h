/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens, for consoles that watch: a stream of small events, in memory, the newest few
 * thousand. Nothing depends on them: who misses some asks the API for the state again.
 */
#ifndef SERVER_EVENTS_H
#define SERVER_EVENTS_H

#include <cjson/cJSON.h>

#include "server/db.h"

struct server;
struct events;

enum { EVENTS_KEPT = 4096, EVENTS_KIND_MAX = 24 };

struct event {
	int64_t id; /* grows by one; of this process alone */
	int64_t time_s;
	char kind[EVENTS_KIND_MAX]; /* "device", "rollout", "order", "enrolment", "alert", ... */
	char scope[DB_SCOPE_MAX];   /* what it is about: who may read there hears of it */
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

/* The oldest one after `id` that is kept, or NULL; *is_gap when some before it were dropped. */
const struct event *events_after(const struct events *events, int64_t id, bool *is_gap);

/* Parked requests wait for this key. */
#define EVENTS_KEY "events"

#endif
