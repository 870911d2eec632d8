/* SPDX-License-Identifier: Apache-2.0 */
#include "server/stack.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/expand.h"
#include "conf/json.h"
#include "conf/locks.h"
#include "conf/merge.h"
#include "server/place.h"
#include "server/variant.h"

void stack_finish(struct stack *stack)
{
	for (unsigned i = 0; i < stack->count; i++) {
		cJSON_Delete(stack->layers[i].config);
		cJSON_Delete(stack->layers[i].origins);
	}
	stack->count = 0;
}

bool stack_next_group(const char **groups, char name[DB_PLACE_MAX])
{
	size_t length = strcspn(*groups, "\n");

	if (!length || length >= DB_PLACE_MAX)
		return false;
	memcpy(name, *groups, length);
	name[length] = '\0';
	*groups += length + ((*groups)[length] == '\n');
	return true;
}

static int call(const char *kind, const char *name, int (*fn)(void *data, const char *scope),
		void *data)
{
	char scope[DB_SCOPE_MAX];

	if (!name[0])
		return 0;
	int r = text_format(scope, sizeof(scope), "%s/%s", kind, name);
	return r < 0 ? r : fn(data, scope);
}

int stack_scopes(const struct db_device *device, int (*fn)(void *data, const char *scope),
		void *data)
{
	const char *groups = device->groups;
	char group[DB_PLACE_MAX];
	int r = fn(data, "organisation");

	if (r == 0)
		r = call("tenant", device->tenant, fn, data);
	if (r == 0)
		r = call("site", device->site, fn, data);
	while (r == 0 && stack_next_group(&groups, group))
		r = call("group", group, fn, data);
	if (r == 0)
		r = call("device", device->id, fn, data);
	return r;
}

struct loading {
	struct db *db;
	struct stack *stack;
	const char *except;    /* a scope that is left out */
	struct array variants; /* that the device has */
	struct err *err;
};

/* The layer's row, or an empty one; -ENOENT when not even a variant says something there. */
static int read_layer(struct loading *loading, const char *scope, cJSON **config, cJSON **origins,
		int64_t *revision)
{
	OWNED(layer) struct db_layer layer = {0};
	int r = db_layer_get(loading->db, scope, &layer, loading->err);
	bool is_there = r == 0;

	if (r < 0 && r != -ENOENT)
		return r;
	*revision = layer.revision;
	const char *text = is_there ? layer.config : "{}";
	r = json_parse(text, strlen(text), config, loading->err);
	text = is_there ? layer.origins : "{}";
	if (r == 0)
		r = json_parse(text, strlen(text), origins, loading->err);
	if (r < 0)
		return err_prefix(loading->err, -EIO, "layer %s in the database", scope);
	return variants_apply(&loading->variants, scope, config, origins) || is_there ? 0 : -ENOENT;
}

/* The next place in the stack, with its scope; NULL when it is full. */
static struct stack_layer *push(struct loading *loading, const char *scope)
{
	struct stack *stack = loading->stack;

	if (stack->count == STACK_MAX)
		return NULL;
	struct stack_layer *layer = &stack->layers[stack->count++];
	(void)text_copy(layer->scope, sizeof(layer->scope), scope);
	return layer;
}

static int refuse_more(struct loading *loading)
{
	return err_set(loading->err, EIO, "more than %d layers over a device", STACK_MAX);
}

static int load_layer(void *data, const char *scope)
{
	struct loading *loading = data;
	OWNED(json) cJSON *config = NULL;
	OWNED(json) cJSON *origins = NULL;
	int64_t revision;

	if (loading->except && strcmp(scope, loading->except) == 0)
		return 0;
	int r = read_layer(loading, scope, &config, &origins, &revision);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	struct stack_layer *layer = push(loading, scope);
	if (!layer)
		return refuse_more(loading);
	layer->revision = revision;
	layer->config = own_take(config);
	layer->origins = own_take(origins);
	return 0;
}

static int load_part(void *data, const struct contingency_part *part)
{
	struct loading *loading = data;
	char name[DB_SCOPE_MAX];

	(void)text_format(name, sizeof(name), "contingency %s", part->name);
	struct stack_layer *layer = push(loading, name);
	if (!layer)
		return refuse_more(loading);
	layer->revision = part->revision;
	layer->config = json_copy(part->patch);
	layer->has_last_word = true;
	return 0;
}

static int load_contingency(struct loading *loading, const struct db_device *device)
{
	OWNED(contingency) struct array parts = {0};
	int r = contingency_load(loading->db, "", &parts, loading->err);

	return r < 0 ? r : contingency_each(&parts, device, load_part, loading);
}

/* A name is no template. */
static void put_fact(cJSON *object, const char *key, const char *text)
{
	OWNED(memory) char *escaped = conf_expand_escape(text);

	json_put_text(object, key, escaped);
}

static void add_inventory(struct stack *stack, const struct db_device *device)
{
	cJSON *config = json_new_object(), *identity = json_put_object(config, "identity");

	(void)text_copy(stack->layers[0].scope, DB_SCOPE_MAX, "inventory");
	stack->layers[0].config = config;
	stack->count = 1;
	if (device->name[0])
		put_fact(identity, "device", device->name);
	if (device->site[0])
		put_fact(identity, "site", place_short(device->site));
}

int stack_load(struct db *db, const struct db_device *device, struct stack *ret, struct err *err)
{
	struct loading loading = {.db = db, .stack = ret, .err = err};

	*ret = (struct stack){0};
	add_inventory(ret, device);
	int r = variants_of(db, device->id, &loading.variants, err);
	if (r == 0)
		r = stack_scopes(device, load_layer, &loading);
	variants_finish(&loading.variants);
	if (r == 0)
		r = load_contingency(&loading, device);
	if (r < 0)
		stack_finish(ret);
	return r;
}

/* Devices of a group of no tenant may be of any: only the organisation stands above them all. */
int stack_load_above(struct db *db, const char *scope, struct stack *ret, struct err *err)
{
	struct loading loading = {.db = db, .stack = ret, .except = scope, .err = err};
	struct db_device device = {0};
	int r = 0;

	*ret = (struct stack){0};
	if (strncmp(scope, "device/", 7) == 0)
		r = db_device_get(db, scope + 7, &device, err);
	if (strncmp(scope, "site/", 5) == 0 || strncmp(scope, "group/", 6) == 0)
		place_tenant(strchr(scope, '/') + 1, device.tenant);
	if (r == 0)
		r = stack_scopes(&device, load_layer, &loading);
	if (r < 0)
		stack_finish(ret);
	return r;
}

static int refuse_lock(const struct stack *stack, unsigned layer, const char *path, struct err *err)
{
	return err_set(err, EBUSY, "%s: is locked by the layer %s", path,
			stack->layers[layer].scope);
}

static int check_value(const struct stack *stack, const char *pointer, struct err *err)
{
	for (unsigned i = 0; i < stack->count; i++) {
		const char *path = conf_locks_find(stack->layers[i].config, pointer);

		if (path)
			return refuse_lock(stack, i, path, err);
	}
	return 0;
}

/* A lock below a lock would promise what it can't keep. */
static int check_lock(const struct stack *stack, const cJSON *lock, struct err *err)
{
	char pointer[JSON_POINTER_MAX];

	if (!cJSON_IsTrue(lock) || !conf_locks_pointer(lock->string, pointer))
		return 0;
	return check_value(stack, pointer, err);
}

int stack_check_locks(const struct stack *stack, const cJSON *patch, struct err *err)
{
	const cJSON *locks = cJSON_GetObjectItemCaseSensitive(patch, CONF_LOCKS), *lock, *leaf;
	OWNED(memory) struct json_walk *walk = own_alloc(sizeof(*walk));
	int r = 0;

	cJSON_ArrayForEach(lock, locks)
		if (r == 0)
			r = check_lock(stack, lock, err);
	json_walk_begin(walk, patch);
	while (r == 0 && (leaf = json_walk_next(walk)))
		if (!cJSON_IsNull(leaf))
			r = check_value(stack, walk->pointer, err);
	return r;
}

unsigned stack_layers(const struct stack *stack, struct conf_layer layers[STACK_MAX])
{
	for (unsigned i = 0; i < stack->count; i++)
		layers[i] = (struct conf_layer){
				.name = stack->layers[i].scope,
				.document = stack->layers[i].config,
				.has_last_word = stack->layers[i].has_last_word,
		};
	return stack->count;
}

cJSON *stack_merge(const struct stack *stack)
{
	struct conf_layer layers[STACK_MAX] = {0};
	unsigned count = stack_layers(stack, layers);

	return conf_merge_layers(layers, count);
}
