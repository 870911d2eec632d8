/* SPDX-License-Identifier: Apache-2.0 */
#include "server/layer_cache.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/contingency.h"
#include "server/db_fleet.h"
#include "server/db_secret.h"

enum { BUCKETS = 16384 };

struct layer_cache {
	struct cached_layer *staged;
	struct cached_parts now, then;
	bool has_staged_parts;
	struct cached_layer *layers[BUCKETS];
	struct cached_variant *variants[BUCKETS];
};

/* FNV-1a; scopes are long in their likeness, so every byte counts. */
static unsigned bucket_of(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return (hash ^ hash >> 16) % BUCKETS;
}

struct layer_cache *layer_cache_create(void)
{
	return own_alloc(sizeof(struct layer_cache));
}

static void finish_parts(struct cached_parts *parts)
{
	for (unsigned i = 0; i < parts->count; i++)
		cJSON_Delete(parts->parts[i].patch);
	free(parts->parts);
	*parts = (struct cached_parts){0};
}

void layer_cache_destroy(struct layer_cache *cache)
{
	if (!cache)
		return;
	layer_cache_rollback(cache);
	finish_parts(&cache->now);
	for (unsigned i = 0; i < BUCKETS; i++) {
		for (struct cached_layer *layer = cache->layers[i], *next; layer; layer = next) {
			next = layer->next_in_bucket;
			cJSON_Delete(layer->now);
			free(layer->scope);
			free(layer);
		}
		for (struct cached_variant *variant = cache->variants[i], *next; variant;
				variant = next) {
			next = variant->next_in_bucket;
			cJSON_Delete(variant->patch);
			free(variant);
		}
	}
	free(cache);
}

struct cached_layer *layer_cache_find(const struct layer_cache *cache, const char *scope)
{
	struct cached_layer *layer = cache->layers[bucket_of(scope)];

	while (layer && strcmp(layer->scope, scope) != 0)
		layer = layer->next_in_bucket;
	return layer;
}

struct cached_layer *layer_cache_get(struct layer_cache *cache, const char *scope)
{
	struct cached_layer **bucket = &cache->layers[bucket_of(scope)];
	struct cached_layer *layer = layer_cache_find(cache, scope);

	if (layer)
		return layer;
	layer = own_alloc(sizeof(*layer));
	layer->scope = own_copy_text(scope);
	layer->next_in_bucket = *bucket;
	*bucket = layer;
	return layer;
}

/* NULL for an empty document. */
static int parse(const char *scope, const char *text, cJSON **ret, struct err *err)
{
	cJSON *tree = NULL;
	int r = json_parse(text, strlen(text), &tree, err);

	if (r < 0)
		return err_prefix(err, -EIO, "%s in the database", scope);
	if (!tree->child) {
		cJSON_Delete(tree);
		tree = NULL;
	}
	*ret = tree;
	return 0;
}

struct adding {
	struct layer_cache *cache;
	struct cached_variant **ret;
	struct err *err;
};

static int add_variant(void *data, const struct db_variant *row)
{
	struct adding *adding = data;
	struct cached_variant **bucket = &adding->cache->variants[bucket_of(row->id)];
	cJSON *patch = NULL;
	int r = parse(row->id, row->patch, &patch, adding->err);

	if (r < 0)
		return r;
	struct cached_variant *variant = own_alloc(sizeof(*variant));
	(void)text_copy(variant->id, sizeof(variant->id), row->id);
	variant->layer = layer_cache_get(adding->cache, row->scope);
	variant->revision = row->revision;
	variant->patch = patch ? patch : json_new_object();
	variant->next_in_bucket = *bucket;
	*bucket = variant;
	*adding->ret = variant;
	return 0;
}

int layer_cache_variant(struct layer_cache *cache, struct db *db, const char *id,
		struct cached_variant **ret, struct err *err)
{
	struct adding adding = {cache, ret, err};
	struct cached_variant *variant = cache->variants[bucket_of(id)];

	while (variant && strcmp(variant->id, id) != 0)
		variant = variant->next_in_bucket;
	if (!variant)
		return db_variant_get(db, id, add_variant, &adding, err);
	*ret = variant;
	return 0;
}

static int load_layer(void *data, const char *scope, const char *config)
{
	struct adding *adding = data;
	struct cached_layer *layer = layer_cache_get(adding->cache, scope);
	cJSON *tree = NULL;
	int r = parse(scope, config, &tree, adding->err);

	if (r < 0)
		return r;
	cJSON_Delete(layer->now);
	layer->now = tree;
	return 0;
}

const struct cached_parts *layer_cache_parts(const struct layer_cache *cache, bool is_then)
{
	return is_then && cache->has_staged_parts ? &cache->then : &cache->now;
}

static int load_parts(struct layer_cache *cache, struct db *db, struct cached_parts *ret,
		struct err *err)
{
	OWNED(contingency) struct array rows = {0};
	int r = contingency_load(db, "", &rows, err);
	unsigned count = (unsigned)(rows.size / sizeof(struct contingency_part));

	if (r < 0 || !count)
		return r;
	ret->parts = own_alloc_array(count, sizeof(struct cached_part));
	for (ret->count = 0; ret->count < count; ret->count++) {
		struct contingency_part *row = (struct contingency_part *)rows.data + ret->count;
		struct cached_part *part = &ret->parts[ret->count];

		memcpy(part->set, row->set, sizeof(part->set));
		part->layer = layer_cache_get(cache, row->scope);
		part->patch = own_take(row->patch);
	}
	return 0;
}

int layer_cache_stage_parts(struct layer_cache *cache, struct db *db, struct err *err)
{
	struct cached_parts parts = {0};
	int r = load_parts(cache, db, &parts, err);

	if (r < 0)
		return r;
	finish_parts(&cache->then);
	cache->then = parts;
	cache->has_staged_parts = true;
	return 0;
}

static int note_secret(void *data, const struct db_secret *secret)
{
	if (strncmp(secret->scope, "device/", 7) == 0)
		layer_cache_get(data, secret->scope)->has_secrets = true;
	return 0;
}

/* All anew: one that went away has left no row. */
static int load_secrets(struct layer_cache *cache, struct db *db, struct err *err)
{
	for (unsigned i = 0; i < BUCKETS; i++)
		for (struct cached_layer *layer = cache->layers[i]; layer;
				layer = layer->next_in_bucket)
			layer->has_secrets = false;
	return db_secret_list(db, "", "", "", INT64_MAX, note_secret, cache, err);
}

int layer_cache_load(struct layer_cache *cache, struct db *db, int64_t after, struct err *err)
{
	struct adding adding = {.cache = cache, .err = err};
	struct cached_parts parts = {0};
	int r = load_parts(cache, db, &parts, err);

	if (r < 0)
		return r;
	finish_parts(&cache->now);
	cache->now = parts;
	r = load_secrets(cache, db, err);
	return r < 0 ? r : db_layer_list(db, after, load_layer, &adding, err);
}

int layer_cache_stage(struct layer_cache *cache, struct db *db, struct cached_layer *layer,
		struct err *err)
{
	OWNED(layer) struct db_layer row = {0};
	cJSON *tree = NULL;
	int64_t secrets = 0;
	int r = db_layer_get(db, layer->scope, &row, err);

	if (r == 0)
		r = parse(layer->scope, row.config, &tree, err);
	if (r == 0 || r == -ENOENT)
		r = db_secret_count(db, layer->scope, &secrets, err);
	if (r < 0) {
		cJSON_Delete(tree);
		return r;
	}
	if (layer->is_staged) {
		cJSON_Delete(layer->then);
	} else {
		layer->next_staged = cache->staged;
		cache->staged = layer;
	}
	layer->then = tree;
	layer->has_secrets_then = secrets > 0;
	layer->is_staged = true;
	return 0;
}

static void unstage(struct layer_cache *cache, bool is_commit)
{
	if (cache->has_staged_parts) {
		finish_parts(is_commit ? &cache->now : &cache->then);
		if (is_commit)
			cache->now = cache->then;
		cache->then = (struct cached_parts){0};
		cache->has_staged_parts = false;
	}
	for (struct cached_layer *layer = own_take(cache->staged); layer;
			layer = layer->next_staged) {
		cJSON *dropped = is_commit ? layer->now : layer->then;

		if (is_commit) {
			layer->now = layer->then;
			layer->has_secrets = layer->has_secrets_then;
		}
		cJSON_Delete(dropped);
		layer->then = NULL;
		layer->is_staged = false;
	}
}

void layer_cache_commit(struct layer_cache *cache)
{
	unstage(cache, true);
}

void layer_cache_rollback(struct layer_cache *cache)
{
	unstage(cache, false);
}
