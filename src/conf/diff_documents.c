// SPDX-License-Identifier: Apache-2.0
#include "conf/diff.h"
#include "conf/json.h"

static bool is_leaf(const cJSON *value)
{
	return value && (!cJSON_IsObject(value) || !value->child);
}

static void add_change(cJSON *list, const char *path, const cJSON *before, const cJSON *after)
{
	cJSON *change = json_new_object();

	json_put_text(change, "path", path);
	if (before)
		json_put(change, "before", json_copy(before));
	if (after)
		json_put(change, "after", json_copy(after));
	json_append(list, change);
}

/* A path is a leaf of one side, of both, or of neither: each is met once. */
cJSON *conf_diff_documents(const cJSON *before, const cJSON *after)
{
	cJSON *list = json_new_list();
	struct json_walk walk;

	json_walk_begin(&walk, before);
	for (const cJSON *old; (old = json_walk_next(&walk));) {
		const cJSON *new = json_at(after, walk.pointer);

		if (!is_leaf(new))
			add_change(list, walk.pointer, old, NULL);
		else if (!cJSON_Compare(old, new, true))
			add_change(list, walk.pointer, old, new);
	}
	json_walk_begin(&walk, after);
	for (const cJSON *new; (new = json_walk_next(&walk));)
		if (!is_leaf(json_at(before, walk.pointer)))
			add_change(list, walk.pointer, NULL, new);
	return list;
}
