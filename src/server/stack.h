/* SPDX-License-Identifier: Apache-2.0 */
/* The layers over one device, in the order of merging, and what they make together. */
#ifndef SERVER_STACK_H
#define SERVER_STACK_H

#include <cjson/cJSON.h>

#include "conf/merge.h"
#include "server/contingency.h"
#include "server/db.h"

enum { STACK_MAX = DB_GROUPS_MAX + 5 + CONTINGENCY_ON_MAX };

struct stack_layer {
	char scope[DB_SCOPE_MAX];
	int64_t revision;
	cJSON *config;
	cJSON *origins;     /* pointer -> revision; NULL for inventory and contingency */
	bool has_last_word; /* a contingency set that is on */
};

struct stack {
	unsigned count;
	struct stack_layer layers[STACK_MAX];
};

void stack_finish(struct stack *stack);

static inline void own_end_stack(struct stack *stack)
{
	stack_finish(stack);
}

/*
 * The inventory, every layer that was ever written with the device's variants, and the
 * contingency sets that are on, as "contingency NAME". `device` need not be in the
 * database.
 */
int stack_load(struct db *db, const struct db_device *device, struct stack *ret, struct err *err);

/* The layers that stand before `scope` for everything below it; a device has them all. */
int stack_load_above(struct db *db, const char *scope, struct stack *ret, struct err *err);

/*
 * -EBUSY, with the path and the layer that locks it, when `patch` sets a value that a layer of
 * the stack locks. Taking out what is ignored anyhow is fine.
 */
int stack_check_locks(const struct stack *stack, const cJSON *patch, struct err *err);

/* The layers as conf/merge.h wants them; their number. */
unsigned stack_layers(const struct stack *stack, struct conf_layer layers[STACK_MAX]);

/* The effective config; the caller deletes it. */
cJSON *stack_merge(const struct stack *stack);

/* Calls `fn` with each scope over the device, inventory left out, in the order of merging. */
int stack_scopes(const struct db_device *device, int (*fn)(void *data, const char *scope),
		void *data);

/* A device's next group: copies it to `name`, moves *groups on; false at the end. */
bool stack_next_group(const char **groups, char name[DB_PLACE_MAX]);

#endif
