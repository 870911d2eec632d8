/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contingency sets: config prepared for an emergency. While a set is on, its documents come after
 * all layers and hold whatever is locked: one for its whole tenant, others for sites and groups
 * of it. No layer is changed, so what was before is there again when it is switched off.
 */
#ifndef SERVER_CONTINGENCY_H
#define SERVER_CONTINGENCY_H

#include <cjson/cJSON.h>

#include "base/array.h"
#include "server/db.h"

enum {
	CONTINGENCY_NAME_MAX = 48,
	CONTINGENCY_ON_MAX = 64, /* documents over one device */
	CONTINGENCY_DOCUMENTS_MAX = 64,
};

/* One document of a set. */
struct contingency_part {
	char set[DB_ID_MAX];
	char name[DB_NAME_MAX];   /* of the set */
	char tenant[DB_NAME_MAX]; /* of the set, "" for the organisation's */
	int64_t revision;         /* that switched it on; 0: it is off */
	char scope[DB_SCOPE_MAX];
	cJSON *patch;
};

/* `parts` holds structs contingency_part; this frees what they hold, and the array. */
void contingency_finish(struct array *parts);

static inline void own_end_contingency(struct array *parts)
{
	contingency_finish(parts);
}

/* The documents of one set, or ("") of all that are on, the first one switched on first. */
int contingency_load(struct db *db, const char *id, struct array *ret, struct err *err);

/* Calls `fn` with those of `parts` that are over the device, set by set, in the order of merging. */
typedef int (*contingency_fn)(void *data, const struct contingency_part *part);
int contingency_each(const struct array *parts, const struct db_device *device, contingency_fn fn,
		void *data);

/*
 * -EBUSY, with the path and the set, when `patch` touches a value that a set holds which is on
 * for the layer `scope` or for what it is in: what was there must be there again afterwards.
 */
int contingency_check(struct db *db, const char *scope, const cJSON *patch, struct err *err);

#endif
