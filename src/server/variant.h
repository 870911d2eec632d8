/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variants: a change of a layer that only some devices have yet. A device that has one gets its
 * layer's document with the variant's patch merged into it, in place of the layer's own; what
 * else changes in the layer meanwhile reaches it too. Variants of one layer never touch the
 * same values, nor does a change of the layer touch those of its variants.
 */
#ifndef SERVER_VARIANT_H
#define SERVER_VARIANT_H

#include "server/publish.h"

enum { VARIANT_OPEN_MAX = 16 }; /* of one layer */

/* A variant as it is applied: all parsed. */
struct variant {
	char id[DB_ID_MAX];
	char scope[DB_SCOPE_MAX];
	int64_t revision;
	cJSON *patch;
};

/* `variants` holds structs variant; this frees what they hold, and the array. */
void variants_finish(struct array *variants);

static inline void own_end_variants(struct array *variants)
{
	variants_finish(variants);
}

/* Appends those that a device has, the oldest first, to `ret` (all zero before). */
int variants_of(struct db *db, const char *device, struct array *ret, struct err *err);

/*
 * The document of a layer with those of `variants` that are for its scope: *config and *origins
 * are replaced. True when one was.
 */
bool variants_apply(const struct array *variants, const char *scope, cJSON **config,
		cJSON **origins);

/*
 * -EBUSY with path and id when `patch` touches a value that an open variant of the layer changes.
 * Call it before a layer is changed, and before a variant is opened.
 */
int variant_check(struct db *db, const char *scope, const cJSON *patch, struct err *err);

/* --- inside an open publish; what changes for devices becomes part of its revision */

/* A new variant without a device. `patch` has passed conf_layer_check and the locks. */
int variant_open(struct publish *publish, const char *id, const char *scope, const cJSON *patch,
		struct err *err);

/* `devices`: ids of DB_ID_MAX bytes each. Those that have it already stay as they are. */
int variant_give(struct publish *publish, const char *id, const char *devices, unsigned count,
		struct err *err);

enum variant_end {
	VARIANT_INTO_LAYER, /* everybody below the layer's scope has it from now on */
	VARIANT_AWAY,       /* nobody has it any more */
};

/* The revision's `after` is for the caller to give at publish_begin: variant_after. */
int variant_close(struct publish *publish, const char *id, enum variant_end end, struct err *err);

/* The layer's document once the variant is in it; the caller owns it. */
int variant_after(struct db *db, const char *id, cJSON **ret, struct err *err);

#endif
