/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the fleet, for the files fleet*.c alone. */
#ifndef SERVER_FLEET_STATE_H
#define SERVER_FLEET_STATE_H

#include "server/fleet.h"
#include "server/server.h"

enum { FLEET_CLASS_BUCKETS = 32768 };

/* Devices by open addressing with linear probing, at most half full; a power of two slots. */
struct fleet {
	struct server *server;
	struct layer_cache *layers;
	struct fleet_device **slots;
	size_t slot_count, count;
	int64_t known;         /* everything up to this revision */
	int64_t timed, time_s; /* a revision and its time */
	struct fleet_class *classes[FLEET_CLASS_BUCKETS];
};

struct fleet_class *fleet_class_find(const struct fleet *fleet, int64_t id);

struct fleet *fleet_new(struct server *server);

#endif
