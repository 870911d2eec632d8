/* SPDX-License-Identifier: Apache-2.0 */
/* One layer: its document, which revision set each value, and taking a change back. */
#ifndef SERVER_LAYERS_H
#define SERVER_LAYERS_H

#include "server/publish.h"

struct layer {
	char scope[DB_SCOPE_MAX];
	int64_t revision; /* 0: nothing was ever written */
	cJSON *config;    /* an object */
	cJSON *origins;   /* pointer -> revision */
};

void layer_finish(struct layer *layer);

static inline void own_end_layer_tree(struct layer *layer)
{
	layer_finish(layer);
}

/* The layer, or an empty one when nothing was ever written there. */
int layer_load(struct db *db, const char *scope, struct layer *ret, struct err *err);

/*
 * The layer's document becomes `after`, and every device below is checked and refreshed.
 * Inside an open publish, whose revision the new values get.
 */
int layer_store(struct publish *publish, const struct layer *before, const cJSON *after,
		struct err *err);

/* Only writes it, for several layers that are looked at together: publish_stage follows. */
int layer_write(struct publish *publish, const struct layer *before, const cJSON *after,
		struct err *err);

/* Take empty objects out of a layer's document: they say nothing and would look like values. */
void layer_prune(cJSON *document);

/* For every leaf of `after` the revision that set it. The caller owns the object. */
cJSON *layer_origins(const cJSON *before, const cJSON *origins, const cJSON *after,
		int64_t revision);

/*
 * The merge patch that takes `before` -> `after` back in `now`, where later changes of other
 * values stay. -ESTALE with the path when a later revision changed one of the same values.
 */
int layer_undo(const cJSON *before, const cJSON *after, const struct layer *now, cJSON **ret,
		struct err *err);

#endif
