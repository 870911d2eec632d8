// SPDX-License-Identifier: Apache-2.0
#include "conf/merge.h"

#include <assert.h>
#include <string.h>

#include "conf/json.h"
#include "conf/locks.h"

/* An object of the patch that is being gone through, and where it goes. */
struct level {
	cJSON *target;
	const cJSON *member;
};

/* The object at `key` of `target`, made or put in the place of a scalar when there is none. */
static cJSON *object_at(cJSON *target, const char *key)
{
	cJSON *there = cJSON_GetObjectItemCaseSensitive(target, key);

	if (cJSON_IsObject(there))
		return there;
	cJSON_DeleteItemFromObjectCaseSensitive(target, key);
	return json_put_object(target, key);
}

/* `target` is an object, as is `patch`. An object of the patch becomes the next level. */
static void merge_into(cJSON *target, const cJSON *patch)
{
	struct level levels[JSON_DEPTH_MAX + 1] = {{target, patch->child}};
	unsigned depth = 1;

	while (depth > 0) {
		struct level *top = &levels[depth - 1];
		const cJSON *member = top->member;

		if (!member) {
			depth--;
			continue;
		}
		top->member = member->next;
		if (cJSON_IsObject(member)) {
			assert(depth <= JSON_DEPTH_MAX);
			levels[depth++] = (struct level){
					object_at(top->target, member->string), member->child};
			continue;
		}
		cJSON *there = cJSON_GetObjectItemCaseSensitive(top->target, member->string);
		if (cJSON_IsNull(member))
			cJSON_Delete(cJSON_DetachItemViaPointer(top->target, there));
		else if (there)
			cJSON_ReplaceItemViaPointer(top->target, there, json_copy(member));
		else
			json_put(top->target, member->string, json_copy(member));
	}
}

cJSON *conf_merge(const cJSON *target, const cJSON *patch)
{
	if (!cJSON_IsObject(patch))
		return json_copy(patch);
	cJSON *merged = cJSON_IsObject(target) ? json_copy(target) : json_new_object();
	merge_into(merged, patch);
	return merged;
}

/* A locked place and what stands there whatever later layers say; NULL: nothing does. */
struct held {
	char *pointer;
	cJSON *value;
};

/* Locks of the layer that was merged last. Held ones are restored before, so none is weakened. */
static void hold(struct held *held, unsigned *count, const cJSON *document, const cJSON *merged)
{
	const cJSON *locks = cJSON_GetObjectItemCaseSensitive(document, CONF_LOCKS), *lock;

	cJSON_ArrayForEach(lock, locks) {
		char pointer[JSON_POINTER_MAX];

		if (!held || !cJSON_IsTrue(lock) || !conf_locks_pointer(lock->string, pointer))
			continue;
		const cJSON *value = json_at(merged, pointer);
		held[(*count)++] = (struct held){
				own_copy_text(pointer), value ? json_copy(value) : NULL};
	}
}

static void restore(const struct held *held, unsigned count, cJSON *merged)
{
	for (unsigned i = 0; i < count; i++)
		json_set_at(merged, held[i].pointer,
				held[i].value ? json_copy(held[i].value) : NULL);
}

static unsigned count_locks(const struct conf_layer *layers, unsigned count)
{
	unsigned locks = 0;

	for (unsigned i = 0; i < count; i++)
		locks += (unsigned)cJSON_GetArraySize(
				cJSON_GetObjectItemCaseSensitive(layers[i].document, CONF_LOCKS));
	return locks;
}

cJSON *conf_merge_layers(const struct conf_layer *layers, unsigned count)
{
	unsigned most = count_locks(layers, count), held_count = 0;
	OWNED(memory) struct held *held = most ? own_alloc_array(most, sizeof(*held)) : NULL;
	cJSON *merged = json_new_object();

	for (unsigned i = 0; i < count; i++) {
		if (!cJSON_IsObject(layers[i].document))
			continue;
		merge_into(merged, layers[i].document);
		if (!layers[i].has_last_word)
			restore(held, held_count, merged);
		hold(held, &held_count, layers[i].document, merged);
	}
	cJSON_DeleteItemFromObjectCaseSensitive(merged, CONF_LOCKS);
	for (unsigned i = 0; i < held_count; i++) {
		cJSON_Delete(held[i].value);
		free(held[i].pointer);
	}
	return merged;
}

int conf_merge_lock(const struct conf_layer *layers, unsigned count, const char *pointer)
{
	for (unsigned i = 0; i < count; i++)
		if (conf_locks_find(layers[i].document, pointer))
			return (int)i;
	return -1;
}

static bool says(const struct conf_layer *layer, const char *pointer)
{
	const cJSON *value = json_at(layer->document, pointer);

	return value && !cJSON_IsNull(value);
}

int conf_merge_origin(const struct conf_layer *layers, unsigned count, const char *pointer)
{
	for (; count > 0 && layers[count - 1].has_last_word; count--) {
		if (says(&layers[count - 1], pointer))
			return (int)count - 1;
	}
	int lock = conf_merge_lock(layers, count, pointer);
	if (lock >= 0)
		count = (unsigned)lock + 1;
	for (unsigned i = count; i > 0; i--) {
		if (says(&layers[i - 1], pointer))
			return (int)i - 1;
	}
	return -1;
}

cJSON *conf_merge_origins(const cJSON *merged, const struct conf_layer *layers, unsigned count)
{
	cJSON *origins = json_new_object();
	struct json_walk walk;

	json_walk_begin(&walk, merged);
	while (json_walk_next(&walk)) {
		int origin = conf_merge_origin(layers, count, walk.pointer);

		if (origin >= 0 && walk.pointer[0])
			json_put_text(origins, walk.pointer, layers[origin].name);
	}
	return origins;
}
