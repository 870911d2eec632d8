/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every device of the database in memory: what the device plane asks at each check-in is answered
 * without a query. Loaded at the start, kept true by each commit of a publish, and by the bell
 * for what other servers commit.
 *
 * Devices with the same tenant, site, groups and variants are one class and share its effective
 * document (effective.h): it is computed, checked and compared once for all of them, and the class
 * remembers the revision that made it what it is. A device with a layer of its own is computed
 * alone. The promise: a device's revision becomes that of a publish exactly when the publish changes
 * its effective document, wherever the device moves meanwhile. So it counts the revisions of its
 * class only from when it joined.
 */
#ifndef SERVER_FLEET_H
#define SERVER_FLEET_H

#include "server/db_fleet.h"
#include "server/layer_cache.h"

struct server;
struct fleet;
struct fleet_change;

struct fleet_class {
	struct fleet_class *next_in_bucket;
	char *key; /* tenant, site, groups, variants: fleet_class.c */
	int64_t id;
	char *tenant, *site; /* "" for none */
	char *groups;        /* as in struct db_device */
	unsigned layer_count, variant_count;
	struct cached_layer **layers;     /* in the order of merging */
	struct cached_variant **variants; /* the oldest first */
	struct fleet_device *devices;     /* those computed alone, too */
	size_t count;                     /* of them */
	size_t shared;                    /* not computed alone */
	int64_t revision;                 /* it and the hash hold while there are shared ones */
	uint8_t effective[DB_HASH];
	/* Of the open publish. */
	bool is_marked, is_computed, is_changed;
	unsigned uses;   /* of the document, when it is computed: CONF_USES_... */
	int64_t joining; /* shared ones that come, less those that leave */
	uint8_t then[DB_HASH];
};

/*
 * One device. A pointer holds until the next publish ends or the bell rings (the device may be
 * removed then): find it again by its id for each request.
 */
struct fleet_device {
	char id[DB_ID_MAX];
	bool is_alone;                /* its config is computed for it alone */
	uint8_t certificate[DB_HASH]; /* SHA-256 of its DER */
	char *name;
	int64_t own, joined;               /* fleet_revision makes something of them */
	struct cached_layer *layer;        /* of its own; NULL: it never had one */
	uint8_t *effective;                /* hash of its own document, when computed alone */
	struct fleet_class *class;         /* NULL: it is being added */
	struct fleet_device *next, **link; /* in its class */
	struct fleet_change *change;       /* of the open publish */
};

/* Loads all devices of server->db. */
int fleet_open(struct server *server, struct fleet **ret, struct err *err);
void fleet_close(struct fleet *fleet); /* takes NULL */

/* O(1), no query; NULL when there is no such device (any more). */
struct fleet_device *fleet_find(const struct fleet *fleet, const char *id);

/* The newest revision of its config. It only grows. */
int64_t fleet_revision(const struct fleet_device *device);

/*
 * Wake what waits for the device: something about it is new, or it is gone. Other servers hear of
 * revisions by themselves; for anything else use bell_wake.
 */
void fleet_wake(struct server *server, const struct fleet_device *device);

/* All that share its document. */
void fleet_wake_class(struct fleet *fleet, const struct fleet_class *class);

/* Learn what other servers committed, and wake those whom it concerns. */
int fleet_catch_up(struct fleet *fleet, struct err *err);

/* --- for publish.c */

struct server *fleet_server(struct fleet *fleet);
struct layer_cache *fleet_layers(struct fleet *fleet);

/* The class of a place, made when it is missing. */
int fleet_class_of(struct fleet *fleet, const struct db_fleet_device *row, struct fleet_class **ret,
		struct err *err);
/* The next class after `class`, from the first one for NULL; NULL at the end. */
struct fleet_class *fleet_class_next(const struct fleet *fleet, const struct fleet_class *class);
/* Forgets those without devices. */
void fleet_classes_sweep(struct fleet *fleet);

/* A device that is being added has no class, and is not found by fleet_find. */
struct fleet_device *fleet_reserve(struct fleet *fleet, const char *id);
/* The device is in the class from now on. */
void fleet_join(struct fleet_device *device, struct fleet_class *class, bool is_alone);
void fleet_forget(struct fleet *fleet, struct fleet_device *device);
void fleet_set_name(struct fleet_device *device, const char *name);
void fleet_set_effective(struct fleet_device *device, const uint8_t *hash); /* NULL: none */

/* The revision that all of this is as of. */
int64_t fleet_known(const struct fleet *fleet);
void fleet_set_known(struct fleet *fleet, int64_t revision);

/* Unix time of a revision; the last one asked for is remembered. */
int fleet_time_of(struct fleet *fleet, int64_t revision, int64_t *ret, struct err *err);

/* The document before it is finished: of the class, or with a device's own layer (NULL: none). */
cJSON *fleet_document(const struct fleet *fleet, const struct fleet_class *class,
		const struct cached_layer *own, bool is_then);

/* Whether the layer is one of those over the class's devices, their own left out. */
bool fleet_class_has(const struct fleet_class *class, const struct cached_layer *layer);

/* What the class's document is made of, as addresses: equal ones mean equal documents. */
enum { FLEET_INPUTS_MAX = 256 };
unsigned fleet_class_inputs(const struct fleet *fleet, const struct fleet_class *class,
		bool is_then, const void *inputs[FLEET_INPUTS_MAX]);

/* The layer of one device, if it may say something: else NULL. */
struct cached_layer *fleet_own_layer(struct fleet *fleet, const struct fleet_class *class,
		const char *id);

/* A device with this id and name in the class, as far as effective.h asks. */
void fleet_facts(const struct fleet_class *class, const char *id, const char *name,
		struct db_device *ret);

/* Whether a device of the class with this layer of its own (NULL: none) is computed alone. */
bool fleet_is_alone(const struct fleet_class *class, const struct cached_layer *own, bool is_then);

#endif
