/* SPDX-License-Identifier: Apache-2.0 */
/* What the database holds of the fleet and its classes: fleet.h says what they mean. */
#ifndef SERVER_DB_FLEET_H
#define SERVER_DB_FLEET_H

#include "server/db.h"

enum { DB_VARIANTS_TEXT = 128 * DB_ID_MAX };

/* What a device's config depends on, and how far it has come. */
struct db_fleet_device {
	char id[DB_ID_MAX];
	char name[DB_NAME_MAX];
	char tenant[DB_NAME_MAX];
	char site[DB_PLACE_MAX];
	char groups[DB_GROUPS_TEXT];     /* as in struct db_device */
	char variants[DB_VARIANTS_TEXT]; /* ids, the oldest first, each ended by a line feed */
	uint8_t certificate[DB_HASH];
	int64_t own;                /* its own revision */
	int64_t joined;             /* its class's revisions count from after this one */
	int64_t class_id;           /* 0: none, it is computed alone */
	uint8_t effective[DB_HASH]; /* of its own document, all zero when it has a class */
};

struct db_class {
	int64_t id;
	int64_t revision; /* that made its document what it is */
	uint8_t effective[DB_HASH];
};

typedef int (*db_fleet_fn)(void *data, const struct db_fleet_device *device);
typedef int (*db_class_fn)(void *data, const struct db_class *class);
typedef int (*db_layer_fn)(void *data, const char *scope, const char *config);

/* Devices written by a revision after `after` (-1: all), in the order of ids. */
int db_fleet_list(struct db *db, int64_t after, db_fleet_fn fn, void *data, struct err *err);
/* -ENOENT, without words, when there is no such device. */
int db_fleet_get(struct db *db, const char *id, struct db_fleet_device *ret, struct err *err);
/* Writes class_id, own, joined and effective; `revision` is the one that does so. */
int db_fleet_put(struct db *db, const struct db_fleet_device *device, int64_t revision,
		struct err *err);

/* Devices that revisions after `after` removed. */
int db_fleet_gone(struct db *db, int64_t after, db_id_fn fn, void *data, struct err *err);
int db_fleet_put_gone(struct db *db, const char *id, int64_t revision, struct err *err);

int db_class_list(struct db *db, int64_t after, db_class_fn fn, void *data, struct err *err);
int db_class_put(struct db *db, const struct db_class *class, struct err *err);
int db_class_remove(struct db *db, int64_t id, struct err *err);

/* Layers written by a revision after `after` (-1: all). */
int db_layer_list(struct db *db, int64_t after, db_layer_fn fn, void *data, struct err *err);

/* The first devices whose config a revision changed, for people; the order is kept. */
int db_revision_put_device(struct db *db, int64_t revision, const char *id, struct err *err);
int db_revision_list_devices(struct db *db, int64_t revision, db_id_fn fn, void *data,
		struct err *err);

#endif
