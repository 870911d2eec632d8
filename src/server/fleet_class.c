/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classes: what a place says about the layers over a device. The key of one is its tenant, site
 * and groups, each ended by a line feed (names hold none), and then the ids of its variants.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "conf/merge.h"
#include "server/effective.h"
#include "server/fleet_state.h"
#include "server/keys.h"
#include "server/layers.h"

enum { KEY_MAX = DB_NAME_MAX + DB_PLACE_MAX + DB_GROUPS_TEXT + DB_VARIANTS_TEXT + 16 };

static int64_t id_of(const char *key)
{
	uint8_t hash[DB_HASH];
	uint64_t id = 0;

	key_hash(key, strlen(key), hash);
	for (unsigned i = 0; i < 8; i++)
		id = id << 8 | hash[i];
	return (int64_t)(id >> 1 | 1);
}

static struct fleet_class **bucket_of(const struct fleet *fleet, int64_t id)
{
	return (struct fleet_class **)&fleet->classes[(uint64_t)id % FLEET_CLASS_BUCKETS];
}

struct fleet_class *fleet_class_find(const struct fleet *fleet, int64_t id)
{
	struct fleet_class *class = *bucket_of(fleet, id);

	while (class && class->id != id)
		class = class->next_in_bucket;
	return class;
}

struct fleet_class *fleet_class_next(const struct fleet *fleet, const struct fleet_class *class)
{
	if (class && class->next_in_bucket)
		return class->next_in_bucket;
	for (uint64_t i = class ? (uint64_t)class->id % FLEET_CLASS_BUCKETS + 1 : 0;
			i < FLEET_CLASS_BUCKETS; i++)
		if (fleet->classes[i])
			return fleet->classes[i];
	return NULL;
}

static void destroy(struct fleet_class *class)
{
	free(class->key);
	free(class->tenant);
	free(class->site);
	free(class->groups);
	free(class->layers);
	free(class->variants);
	free(class);
}

void fleet_classes_sweep(struct fleet *fleet)
{
	for (unsigned i = 0; i < FLEET_CLASS_BUCKETS; i++) {
		for (struct fleet_class **link = &fleet->classes[i]; *link;) {
			struct fleet_class *class = *link;

			if (class->count) {
				link = &class->next_in_bucket;
				continue;
			}
			*link = class->next_in_bucket;
			destroy(class);
		}
	}
}

static unsigned lines_of(const char *text)
{
	unsigned count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void add_layer(struct fleet *fleet, struct fleet_class *class, const char *kind,
		const char *name, size_t length)
{
	char scope[DB_SCOPE_MAX];

	if (length && text_format(scope, sizeof(scope), "%s/%.*s", kind, (int)length, name) == 0)
		class->layers[class->layer_count++] = layer_cache_get(fleet->layers, scope);
}

static void add_layers(struct fleet *fleet, struct fleet_class *class,
		const struct db_fleet_device *row)
{
	class->layers = own_alloc_array(lines_of(row->groups) + 3, sizeof(struct cached_layer *));
	class->layers[class->layer_count++] = layer_cache_get(fleet->layers, "organisation");
	add_layer(fleet, class, "tenant", row->tenant, strlen(row->tenant));
	add_layer(fleet, class, "site", row->site, strlen(row->site));
	for (const char *at = row->groups; *at; at += strcspn(at, "\n") + 1)
		add_layer(fleet, class, "group", at, strcspn(at, "\n"));
}

static int add_variants(struct fleet *fleet, struct fleet_class *class, const char *ids,
		struct err *err)
{
	char id[DB_ID_MAX];
	int r = 0;

	class->variants = own_alloc_array(lines_of(ids) + 1, sizeof(struct cached_variant *));
	for (const char *at = ids; r == 0 && *at; at += strcspn(at, "\n") + 1) {
		r = text_format(id, sizeof(id), "%.*s", (int)strcspn(at, "\n"), at);
		if (r == 0)
			r = layer_cache_variant(fleet->layers, fleet->server->db, id,
					&class->variants[class->variant_count], err);
		class->variant_count += r == 0;
	}
	return r;
}

int fleet_class_of(struct fleet *fleet, const struct db_fleet_device *row, struct fleet_class **ret,
		struct err *err)
{
	char key[KEY_MAX];

	(void)text_format(key, sizeof(key), "%s\n%s\n%s\n%s", row->tenant, row->site, row->groups,
			row->variants);
	int64_t id = id_of(key);
	struct fleet_class *class = fleet_class_find(fleet, id);
	if (class && strcmp(class->key, key) != 0)
		return err_set(err, EIO, "two places have the same number %lld", (long long)id);
	if (!class) {
		class = own_alloc(sizeof(*class));
		class->id = id;
		class->key = own_copy_text(key);
		class->tenant = own_copy_text(row->tenant);
		class->site = own_copy_text(row->site);
		class->groups = own_copy_text(row->groups);
		add_layers(fleet, class, row);
		int r = add_variants(fleet, class, row->variants, err);
		if (r < 0) {
			destroy(class);
			return r;
		}
		class->next_in_bucket = *bucket_of(fleet, id);
		*bucket_of(fleet, id) = class;
	}
	*ret = class;
	return 0;
}

void fleet_join(struct fleet_device *device, struct fleet_class *class, bool is_alone)
{
	if (device->class) {
		*device->link = device->next;
		if (device->next)
			device->next->link = device->link;
		device->class->count--;
		device->class->shared -= !device->is_alone;
	}
	device->class = class;
	device->is_alone = is_alone;
	if (!class)
		return;
	device->next = class->devices;
	device->link = &class->devices;
	if (device->next)
		device->next->link = &device->next;
	class->devices = device;
	class->count++;
	class->shared += !is_alone;
}

static bool is_own(const char *scope)
{
	return strncmp(scope, "device/", 7) == 0;
}

struct cached_layer *fleet_own_layer(struct fleet *fleet, const struct fleet_class *class,
		const char *id)
{
	char scope[DB_SCOPE_MAX];

	(void)text_format(scope, sizeof(scope), "device/%s", id);
	return fleet_is_alone(class, NULL, false) ? layer_cache_get(fleet->layers, scope)
	                                          : layer_cache_find(fleet->layers, scope);
}

bool fleet_is_alone(const struct fleet_class *class, const struct cached_layer *own, bool is_then)
{
	if (own && layer_says(own, is_then))
		return true;
	for (unsigned i = 0; i < class->variant_count; i++)
		if (is_own(class->variants[i]->layer->scope))
			return true;
	return false;
}

/* A layer with what variants make of it; what is made is put into `made` for the caller to delete. */
static const cJSON *with_variants(const struct fleet_class *class, const struct cached_layer *layer,
		bool is_then, cJSON **made)
{
	const cJSON *document = layer_of(layer, is_then);

	for (unsigned i = 0; i < class->variant_count; i++) {
		if (class->variants[i]->layer != layer)
			continue;
		cJSON *after = conf_merge(document, class->variants[i]->patch);
		layer_prune(after);
		cJSON_Delete(*made);
		*made = after;
		document = after;
	}
	return document;
}

/* The parts of the sets that are on, each set's in the order of the class's layers. */
static void add_parts(const struct fleet *fleet, const struct fleet_class *class, bool is_then,
		struct conf_layer stack[STACK_MAX], unsigned *count)
{
	const struct cached_parts *on = layer_cache_parts(fleet->layers, is_then);

	for (unsigned from = 0, end; from < on->count; from = end) {
		for (end = from; end < on->count &&
				 strcmp(on->parts[end].set, on->parts[from].set) == 0;)
			end++;
		for (unsigned layer = 0; layer < class->layer_count; layer++)
			for (unsigned i = from; i < end; i++)
				if (on->parts[i].layer == class->layers[layer] &&
						*count < STACK_MAX)
					stack[(*count)++] = (struct conf_layer){
							.name = "",
							.document = on->parts[i].patch,
							.has_last_word = true,
					};
	}
}

cJSON *fleet_document(const struct fleet *fleet, const struct fleet_class *class,
		const struct cached_layer *own, bool is_then)
{
	struct conf_layer stack[STACK_MAX];
	cJSON *made[STACK_MAX] = {0};
	unsigned count = 0;

	for (unsigned i = 0; i <= class->layer_count && count < STACK_MAX; i++) {
		const struct cached_layer *layer = i < class->layer_count ? class->layers[i] : own;
		const cJSON *document =
				layer ? with_variants(class, layer, is_then, &made[count]) : NULL;

		if (document)
			stack[count++] = (struct conf_layer){.name = "", .document = document};
	}
	add_parts(fleet, class, is_then, stack, &count);
	cJSON *document = effective_merge(stack, count, class->site[0] != '\0');
	for (unsigned i = 0; i < STACK_MAX; i++)
		cJSON_Delete(made[i]);
	return document;
}

bool fleet_class_has(const struct fleet_class *class, const struct cached_layer *layer)
{
	for (unsigned i = 0; i < class->layer_count; i++)
		if (class->layers[i] == layer)
			return true;
	return false;
}

/* What fleet_document makes of the class's layers depends on nothing but this. */
unsigned fleet_class_inputs(const struct fleet *fleet, const struct fleet_class *class,
		bool is_then, const void *inputs[FLEET_INPUTS_MAX])
{
	const struct cached_parts *on = layer_cache_parts(fleet->layers, is_then);
	unsigned count = 0;

	inputs[count++] = class->site[0] ? fleet : NULL;
	for (unsigned i = 0; i < class->layer_count; i++)
		if (layer_of(class->layers[i], is_then))
			inputs[count++] = class->layers[i];
	/* A device that was moved keeps variants of layers that are no more above it: they say nothing. */
	for (unsigned i = 0; i < class->variant_count; i++)
		if (fleet_class_has(class, class->variants[i]->layer))
			inputs[count++] = class->variants[i];
	for (unsigned i = 0; i < on->count; i++)
		for (unsigned layer = 0; layer < class->layer_count; layer++)
			if (on->parts[i].layer == class->layers[layer] && count < FLEET_INPUTS_MAX)
				inputs[count++] = &on->parts[i];
	return count;
}
