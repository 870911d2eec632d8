/* SPDX-License-Identifier: Apache-2.0 */
/* Inventory, its changes, notes, sessions' quality and rules of groups, as db.h is for the rest. */
#ifndef SERVER_DB_INVENTORY_H
#define SERVER_DB_INVENTORY_H

#include "server/db.h"

enum {
	DB_INVENTORY_MAX = 32 * 1024,
	DB_CHANGES_MAX = 200, /* kept of one device */
	DB_ASSET_MAX = 64,
	DB_NOTES_MAX = 2048,
	DB_RULE_MAX = 16 * 1024,
};

/* *body is the caller's to free; -ENOENT before the first. */
int db_inventory_get(struct db *db, const char *device, char **body, int64_t *taken_s,
		struct err *err);
int db_inventory_put(struct db *db, const char *device, const char *body, int64_t taken_s,
		struct err *err);

struct db_inventory_change {
	int64_t id; /* given by the database */
	int64_t time_s;
	const char *path;           /* JSON pointer */
	const char *before, *after; /* JSON; NULL: was not there */
};

typedef int (*db_inventory_change_fn)(void *data, const struct db_inventory_change *change);

int db_inventory_change_add(struct db *db, const char *device,
		const struct db_inventory_change *change, struct err *err);
/* Keeps the newest DB_CHANGES_MAX. */
int db_inventory_change_trim(struct db *db, const char *device, struct err *err);
/* Newest first, ids below `before` (0: from the newest). */
int db_inventory_change_list(struct db *db, const char *device, int64_t before, int64_t limit,
		db_inventory_change_fn fn, void *data, struct err *err);

struct db_note {
	char asset[DB_ASSET_MAX];
	char notes[DB_NOTES_MAX];
};

/* Both "" when nothing was written. */
int db_note_get(struct db *db, const char *device, struct db_note *ret, struct err *err);
int db_note_put(struct db *db, const char *device, const struct db_note *note, struct err *err);

/* Sums of one device and day. */
struct db_quality {
	int64_t day; /* since 1970 */
	char device[DB_ID_MAX];
	char name[DB_NAME_MAX]; /* read only; "" when it was removed */
	char tenant[DB_NAME_MAX], site[DB_PLACE_MAX];
	int64_t sessions, seconds, reconnects, crashes;
	int64_t samples; /* over which the next four are summed */
	int64_t round_trip_ms, frames, dropped;
	int64_t sign_in_ms; /* summed over sessions */
};

typedef int (*db_quality_fn)(void *data, const struct db_quality *quality);

/* Adds to what is there of the day. */
int db_quality_add(struct db *db, const struct db_quality *quality, struct err *err);
/* Behind day and device. `view` as rights_view gives it. */
int db_quality_list(struct db *db, const char *view, int64_t day, const char *device, int64_t limit,
		db_quality_fn fn, void *data, struct err *err);
/* How many revisions of a kind each person made; behind person and kind. */
typedef int (*db_sum_fn)(void *data, const char *person, const char *kind, int64_t count,
		int64_t first_s, int64_t last_s);
int db_revision_sums(struct db *db, const char *person, const char *kind, int64_t limit,
		db_sum_fn fn, void *data, struct err *err);

int db_quality_expire(struct db *db, int64_t before_day, struct err *err);

/* --- groups by rule */

typedef int (*db_rule_fn)(void *data, const char *group, const char *tenant, const char *rule);

int db_rule_list(struct db *db, db_rule_fn fn, void *data, struct err *err);
/* *rule is the caller's to free, NULL when the group has none. */
int db_rule_get(struct db *db, const char *group, char **rule, struct err *err);
/* "" takes the rule away. */
int db_rule_put(struct db *db, const char *group, const char *rule, struct err *err);

int db_rule_is_member(struct db *db, const char *group, const char *device, bool *ret,
		struct err *err);

/* What rules ask about; the texts live until the call returns, "" for what is not known. */
struct db_facts {
	const char *id, *name, *tenant, *site, *address;
	const char *hardware, *report, *inventory; /* JSON objects */
	const char *approved_by;
	int64_t approved_s, seen_s;
};

typedef int (*db_facts_fn)(void *data, const struct db_facts *facts);

/* Devices behind `after` in the order of ids; `tenant` "" for all of them, `id` "" or only this one. */
int db_facts_list(struct db *db, const char *tenant, const char *id, const char *after,
		int64_t limit, db_facts_fn fn, void *data, struct err *err);
/* The same for a person, below `view` as rights_view gives it. */
int db_facts_view(struct db *db, const char *view, const char *tenant, const char *after,
		int64_t limit, db_facts_fn fn, void *data, struct err *err);

#endif
