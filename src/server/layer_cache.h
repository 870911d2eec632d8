/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers, variants and the contingency sets that are on, parsed once. A publish stages what it writes: "then" is with that, "now"
 * is what is committed. Layers and variants stay where they are as long as the cache.
 */
#ifndef SERVER_LAYER_CACHE_H
#define SERVER_LAYER_CACHE_H

#include <cjson/cJSON.h>

#include "server/db.h"

struct layer_cache;

struct cached_layer {
	struct cached_layer *next_in_bucket, *next_staged;
	char *scope;
	cJSON *now;  /* NULL: it says nothing */
	cJSON *then; /* while is_staged */
	bool is_staged;
	bool has_secrets, has_secrets_then; /* of a device: secrets of its own */
};

struct cached_variant {
	struct cached_variant *next_in_bucket;
	struct cached_layer *layer;
	cJSON *patch;
	int64_t revision;
	char id[DB_ID_MAX];
};

/* A document of a contingency set that is on. */
struct cached_part {
	struct cached_layer *layer; /* of its scope: whom it is over */
	char set[DB_ID_MAX];
	cJSON *patch;
};

/* All of them, set by set, in the order of merging. */
struct cached_parts {
	unsigned count;
	struct cached_part *parts;
};

struct layer_cache *layer_cache_create(void);
void layer_cache_destroy(struct layer_cache *cache); /* takes NULL */

/* The layer of a scope; one that says nothing is made. */
struct cached_layer *layer_cache_get(struct layer_cache *cache, const char *scope);

/* NULL when it was never asked for and says nothing. */
struct cached_layer *layer_cache_find(const struct layer_cache *cache, const char *scope);

/* The variant, from the database when it is not here yet. What it says never changes. */
int layer_cache_variant(struct layer_cache *cache, struct db *db, const char *id,
		struct cached_variant **ret, struct err *err);

const struct cached_parts *layer_cache_parts(const struct layer_cache *cache, bool is_then);

/*
 * Layers that revisions after `after` wrote (-1: all), contingency and secrets of devices are what
 * the database says.
 */
int layer_cache_load(struct layer_cache *cache, struct db *db, int64_t after, struct err *err);

/* Stage the layer as it is in the open transaction. */
int layer_cache_stage(struct layer_cache *cache, struct db *db, struct cached_layer *layer,
		struct err *err);
int layer_cache_stage_parts(struct layer_cache *cache, struct db *db, struct err *err);
void layer_cache_commit(struct layer_cache *cache);
void layer_cache_rollback(struct layer_cache *cache);

/* Whether what the layer's scope says matters to anybody below it. */
static inline bool layer_says(const struct cached_layer *layer, bool is_then)
{
	if (is_then && layer->is_staged)
		return layer->then || layer->has_secrets_then;
	return layer->now || layer->has_secrets;
}

static inline const cJSON *layer_of(const struct cached_layer *layer, bool is_then)
{
	return is_then && layer->is_staged ? layer->then : layer->now;
}

#endif
