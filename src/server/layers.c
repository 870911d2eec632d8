/* SPDX-License-Identifier: Apache-2.0 */
#include "server/layers.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/diff.h"
#include "conf/json.h"

void layer_finish(struct layer *layer)
{
	cJSON_Delete(layer->config);
	cJSON_Delete(layer->origins);
	*layer = (struct layer){0};
}

int layer_load(struct db *db, const char *scope, struct layer *ret, struct err *err)
{
	OWNED(layer) struct db_layer row = {0};
	OWNED(layer_tree) struct layer layer = {0};
	int r = db_layer_get(db, scope, &row, err);

	if (r < 0 && r != -ENOENT)
		return r;
	(void)text_copy(layer.scope, sizeof(layer.scope), scope);
	layer.revision = row.revision;
	r = json_parse(row.config ? row.config : "{}", row.config ? strlen(row.config) : 2,
			&layer.config, err);
	if (r == 0)
		r = json_parse(row.origins ? row.origins : "{}",
				row.origins ? strlen(row.origins) : 2, &layer.origins, err);
	if (r < 0)
		return err_prefix(err, -EIO, "layer %s in the database", scope);
	*ret = layer;
	layer = (struct layer){0};
	return 0;
}

cJSON *layer_origins(const cJSON *before, const cJSON *origins, const cJSON *after,
		int64_t revision)
{
	struct json_walk *walk = own_alloc(sizeof(*walk));
	cJSON *result = json_new_object();
	const cJSON *leaf;

	json_walk_begin(walk, after);
	while ((leaf = json_walk_next(walk))) {
		const cJSON *old = json_at(before, walk->pointer);
		const cJSON *origin = cJSON_GetObjectItemCaseSensitive(origins, walk->pointer);
		bool is_same = old && cJSON_Compare(old, leaf, 1);

		if (!walk->pointer[0])
			break; /* an empty document */
		json_put_whole(result, walk->pointer,
				is_same && origin ? (int64_t)origin->valuedouble : revision);
	}
	free(walk);
	return result;
}

static int put(struct publish *publish, const struct layer *before, const cJSON *after,
		const cJSON *origins, struct err *err)
{
	OWNED(layer)
	struct db_layer row = {
			.revision = publish->about.revision,
			.config = json_print(after),
			.origins = json_print(origins),
	};

	return db_layer_put(publish->server->db, before->scope, &row, err);
}

/* Origins last: only what passed the checks is small enough to be searched. */
int layer_store(struct publish *publish, const struct layer *before, const cJSON *after,
		struct err *err)
{
	int r = put(publish, before, after, before->origins, err);

	if (r == 0)
		r = publish_below(publish, before->scope, err);
	if (r < 0)
		return r;
	OWNED(json)
	cJSON *origins = layer_origins(before->config, before->origins, after,
			publish->about.revision);
	return put(publish, before, after, origins, err);
}

int layer_write(struct publish *publish, const struct layer *before, const cJSON *after,
		struct err *err)
{
	OWNED(json)
	cJSON *origins = layer_origins(before->config, before->origins, after,
			publish->about.revision);

	return put(publish, before, after, origins, err);
}

void layer_prune(cJSON *document)
{
	cJSON *stack[JSON_DEPTH_MAX + 1] = {document};
	cJSON *next[JSON_DEPTH_MAX + 1] = {document->child};
	unsigned depth = 0;

	for (;;) {
		cJSON *child = next[depth];

		if (child) {
			next[depth] = child->next;
			if (cJSON_IsObject(child) && depth < JSON_DEPTH_MAX) {
				stack[++depth] = child;
				next[depth] = child->child;
			}
			continue;
		}
		if (depth == 0)
			return;
		cJSON *done = stack[depth--];
		if (!done->child)
			cJSON_Delete(cJSON_DetachItemViaPointer(stack[depth], done));
	}
}

static bool is_equal(const cJSON *a, const cJSON *b)
{
	return a && b ? cJSON_Compare(a, b, 1) : !a && !b;
}

static int conflict(const struct layer *now, const char *pointer, struct err *err)
{
	const cJSON *origin = cJSON_GetObjectItemCaseSensitive(now->origins, pointer);
	char path[JSON_PATH_MAX];

	(void)text_format(path, sizeof(path), "%s", pointer + 1);
	for (char *at = path; *at; at++)
		*at = *at == '/' ? '.' : *at;
	if (origin)
		return err_set(err, ESTALE, "%s: revision %.0f changed this later: undo that first",
				path, origin->valuedouble);
	return err_set(err, ESTALE, "%s: a later revision took this away: undo that first", path);
}

/* An object among leaves is an empty one, which says nothing. */
static const cJSON *value_of(const cJSON *change, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(change, key);

	return cJSON_IsObject(value) ? NULL : value;
}

/* Removals first, so that a value that was an object before may become one again. */
static int undo_pass(const cJSON *changes, const cJSON *after, const struct layer *now,
		bool is_removal, cJSON *patch, struct err *err)
{
	const cJSON *change;

	cJSON_ArrayForEach(change, changes) {
		const cJSON *path = cJSON_GetObjectItemCaseSensitive(change, "path");
		const char *pointer = path->valuestring;
		const cJSON *old = value_of(change, "before"), *new = value_of(change, "after");
		const cJSON *current = json_at(now->config, pointer);

		if ((!old && !new) || is_removal != !old || is_equal(current, old))
			continue;
		if (!is_equal(current, json_at(after, pointer)))
			return conflict(now, pointer, err);
		json_set_at(patch, pointer, old ? json_copy(old) : cJSON_CreateNull());
	}
	return 0;
}

int layer_undo(const cJSON *before, const cJSON *after, const struct layer *now, cJSON **ret,
		struct err *err)
{
	OWNED(json) cJSON *changes = conf_diff_documents(before, after);
	OWNED(json) cJSON *patch = json_new_object();
	int r = undo_pass(changes, after, now, true, patch, err);

	if (r == 0)
		r = undo_pass(changes, after, now, false, patch, err);
	if (r < 0)
		return r;
	*ret = own_take(patch);
	return 0;
}
