/* SPDX-License-Identifier: Apache-2.0 */
#include "server/stack.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "conf/merge.h"

void stack_finish(struct stack *stack)
{
	for (unsigned i = 0; i < stack->count; i++) {
		cJSON_Delete(stack->layers[i].config);
		cJSON_Delete(stack->layers[i].origins);
	}
	stack->count = 0;
}

bool stack_next_group(const char **groups, char name[DB_NAME_MAX])
{
	size_t length = strcspn(*groups, "\n");

	if (!length || length >= DB_NAME_MAX)
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
	char group[DB_NAME_MAX];
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
	struct err *err;
};

static int load_layer(void *data, const char *scope)
{
	struct loading *loading = data;
	struct stack *stack = loading->stack;
	OWNED(layer) struct db_layer layer = {0};
	int r = db_layer_get(loading->db, scope, &layer, loading->err);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (stack->count == STACK_MAX)
		return err_set(loading->err, EIO, "more than %d layers over a device", STACK_MAX);
	unsigned at = stack->count++;
	(void)text_copy(stack->layers[at].scope, DB_SCOPE_MAX, scope);
	stack->layers[at].revision = layer.revision;
	r = json_parse(layer.config, strlen(layer.config), &stack->layers[at].config, loading->err);
	if (r == 0)
		r = json_parse(layer.origins, strlen(layer.origins), &stack->layers[at].origins,
				loading->err);
	return r < 0 ? err_prefix(loading->err, -EIO, "layer %s in the database", scope) : 0;
}

static void add_inventory(struct stack *stack, const struct db_device *device)
{
	cJSON *config = json_new_object(), *identity = json_put_object(config, "identity");

	(void)text_copy(stack->layers[0].scope, DB_SCOPE_MAX, "inventory");
	stack->layers[0].config = config;
	stack->count = 1;
	if (device->name[0])
		json_put_text(identity, "device", device->name);
	if (device->site[0])
		json_put_text(identity, "site", device->site);
}

int stack_load(struct db *db, const struct db_device *device, struct stack *ret, struct err *err)
{
	struct loading loading = {.db = db, .stack = ret, .err = err};

	*ret = (struct stack){0};
	add_inventory(ret, device);
	int r = stack_scopes(device, load_layer, &loading);
	if (r < 0)
		stack_finish(ret);
	return r;
}

cJSON *stack_merge(const struct stack *stack)
{
	struct conf_layer layers[STACK_MAX];

	for (unsigned i = 0; i < stack->count; i++)
		layers[i] = (struct conf_layer){stack->layers[i].scope, stack->layers[i].config};
	return conf_merge_layers(layers, stack->count);
}
