/* SPDX-License-Identifier: Apache-2.0 */
#include "server/variant.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "conf/meet.h"
#include "conf/merge.h"
#include "server/layers.h"

enum { VARIANTS_MAX = 1024, DEVICES_MAX = 1000000 };

static unsigned count_of(const struct array *variants)
{
	return (unsigned)(variants->size / sizeof(struct variant));
}

static struct variant *at(const struct array *variants, unsigned index)
{
	return (struct variant *)variants->data + index;
}

void variants_finish(struct array *variants)
{
	for (unsigned i = 0; i < count_of(variants); i++)
		cJSON_Delete(at(variants, i)->patch);
	array_finish(variants);
}

struct reading {
	struct array *variants;
	struct err *err;
};

static int keep(void *data, const struct db_variant *row)
{
	struct reading *reading = data;
	struct variant variant = {.revision = row->revision};

	(void)text_copy(variant.id, sizeof(variant.id), row->id);
	(void)text_copy(variant.scope, sizeof(variant.scope), row->scope);
	int r = json_parse(row->patch, strlen(row->patch), &variant.patch, reading->err);
	if (r < 0)
		return err_prefix(reading->err, -EIO, "variant %s in the database", row->id);
	r = array_append(reading->variants, &variant, sizeof(variant));
	if (r < 0)
		cJSON_Delete(variant.patch);
	return r;
}

static struct reading begin_reading(struct array *variants, struct err *err)
{
	*variants = (struct array){.max = VARIANTS_MAX * sizeof(struct variant)};
	return (struct reading){variants, err};
}

int variants_of(struct db *db, const char *device, struct array *ret, struct err *err)
{
	struct reading reading = begin_reading(ret, err);

	return db_variant_of(db, device, keep, &reading, err);
}

static void apply(const struct variant *variant, cJSON **config, cJSON **origins)
{
	cJSON *after = conf_merge(*config, variant->patch);

	layer_prune(after);
	cJSON *new_origins = layer_origins(*config, *origins, after, variant->revision);
	cJSON_Delete(*config);
	cJSON_Delete(*origins);
	*config = after;
	*origins = new_origins;
}

bool variants_apply(const struct array *variants, const char *scope, cJSON **config,
		cJSON **origins)
{
	bool is_one = false;

	for (unsigned i = 0; i < count_of(variants); i++) {
		if (strcmp(at(variants, i)->scope, scope) != 0)
			continue;
		apply(at(variants, i), config, origins);
		is_one = true;
	}
	return is_one;
}

int variant_check(struct db *db, const char *scope, const cJSON *patch, struct err *err)
{
	OWNED(variants) struct array open = {0};
	struct reading reading = begin_reading(&open, err);
	char path[JSON_PATH_MAX];
	int r = db_variant_list(db, scope, keep, &reading, err);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < count_of(&open); i++) {
		if (conf_patches_meet(patch, at(&open, i)->patch, path))
			return err_set(err, EBUSY,
					"%s: the roll-out %s is changing this: it must end "
					"first, or be undone",
					path, at(&open, i)->id);
	}
	return 0;
}

int variant_open(struct publish *publish, const char *id, const char *scope, const cJSON *patch,
		struct err *err)
{
	struct db *db = publish->server->db;
	OWNED(variants) struct array open = {0};
	struct reading reading = begin_reading(&open, err);
	OWNED(memory) char *text = json_print(patch);
	struct db_variant variant = {.patch = text, .revision = publish->about.revision};
	int r = db_variant_list(db, scope, keep, &reading, err);

	if (r == 0 && count_of(&open) >= VARIANT_OPEN_MAX)
		r = err_set(err, EBUSY, "%s has %d roll-outs already", scope, VARIANT_OPEN_MAX);
	if (r == 0)
		r = variant_check(db, scope, patch, err);
	if (r < 0)
		return r;
	(void)text_copy(variant.id, sizeof(variant.id), id);
	(void)text_copy(variant.scope, sizeof(variant.scope), scope);
	return db_variant_add(db, &variant, err);
}

int variant_give(struct publish *publish, const char *id, const char *devices, unsigned count,
		struct err *err)
{
	int r = 0;

	for (unsigned i = 0; i < count && r >= 0; i++) {
		const char *device = devices + (size_t)i * DB_ID_MAX;

		r = db_variant_give(publish->server->db, id, device, err);
		if (r > 0)
			r = publish_device(publish, device, err);
	}
	return r < 0 ? r : 0;
}

/* The one variant `id`, into `ret` (an array of one). */
static int load(struct db *db, const char *id, struct array *ret, struct err *err)
{
	struct reading reading = begin_reading(ret, err);

	return db_variant_get(db, id, keep, &reading, err);
}

static int merged(struct db *db, const struct variant *variant, struct layer *layer, cJSON **ret,
		struct err *err)
{
	int r = layer_load(db, variant->scope, layer, err);

	if (r < 0)
		return r;
	*ret = conf_merge(layer->config, variant->patch);
	layer_prune(*ret);
	return 0;
}

int variant_after(struct db *db, const char *id, cJSON **ret, struct err *err)
{
	OWNED(variants) struct array one = {0};
	OWNED(layer_tree) struct layer layer = {0};
	int r = load(db, id, &one, err);

	return r < 0 ? r : merged(db, at(&one, 0), &layer, ret, err);
}

/* The variant goes; its devices have none any more. */
static int take_all(struct publish *publish, const char *id, struct err *err)
{
	struct db *db = publish->server->db;
	OWNED(array) struct array ids = {.max = (size_t)DEVICES_MAX * DB_ID_MAX};
	int r = db_variant_devices(db, id, db_id_collect, &ids, err);

	if (r == 0)
		r = db_variant_remove(db, id, err);
	for (size_t i = 0; i < ids.size && r == 0; i += DB_ID_MAX)
		r = publish_device(publish, (const char *)ids.data + i, err);
	return r;
}

/* Devices that had it keep their config: the layer says the same now. */
static int close_into(struct publish *publish, const struct variant *variant, struct err *err)
{
	struct db *db = publish->server->db;
	OWNED(layer_tree) struct layer layer = {0};
	OWNED(json) cJSON *after = NULL;
	int r = merged(db, variant, &layer, &after, err);

	if (r == 0)
		r = take_all(publish, variant->id, err);
	return r < 0 ? r : layer_store(publish, &layer, after, err);
}

int variant_close(struct publish *publish, const char *id, enum variant_end end, struct err *err)
{
	OWNED(variants) struct array one = {0};
	int r = load(publish->server->db, id, &one, err);

	if (r < 0)
		return r;
	return end == VARIANT_AWAY ? take_all(publish, id, err)
	                           : close_into(publish, at(&one, 0), err);
}
