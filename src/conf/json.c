// SPDX-License-Identifier: Apache-2.0
#include "conf/json.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/json_scan.h"

/* A node whose children are being looked at. */
struct level {
	const cJSON *node;
	const cJSON *child;
	unsigned index;
};

static int refuse(const struct level *levels, unsigned depth, const cJSON *last, const char *what,
		struct err *err)
{
	char path[JSON_PATH_MAX] = "";

	for (unsigned i = 0; i < depth; i++) {
		const cJSON *child = i + 1 < depth ? levels[i].child : last;

		if (!child)
			break;
		if (cJSON_IsObject(levels[i].node))
			json_path_key(path, child->string, strlen(child->string));
		else
			json_path_index(path, levels[i].index);
	}
	return err_set(err, EINVAL, "%s%s%s", path, path[0] ? ": " : "", what);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* A member whose key occurs twice, or NULL. Sorted: an object may have 100,000 keys. */
static const cJSON *find_duplicate(const cJSON *object)
{
	size_t count = 0, i = 0;

	for (const cJSON *child = object->child; child; child = child->next)
		count++;
	if (count < 2)
		return NULL;
	OWNED(memory) const cJSON **members = own_alloc_array(count, sizeof(cJSON *));
	for (const cJSON *child = object->child; child; child = child->next)
		members[i++] = child;
	qsort(members, count, sizeof(cJSON *), compare_keys);
	for (i = 1; i < count; i++)
		if (strcmp(members[i - 1]->string, members[i]->string) == 0)
			return members[i];
	return NULL;
}

static bool is_exact(const cJSON *node)
{
	return !cJSON_IsNumber(node) ||
	       (isfinite(node->valuedouble) && fabs(node->valuedouble) <= (double)JSON_WHOLE_MAX);
}

/* What only the tree shows: duplicate keys and numbers that do not fit. */
static int check_tree(const cJSON *tree, struct err *err)
{
	struct level levels[JSON_DEPTH_MAX + 1] = {{.node = tree, .child = tree->child}};
	unsigned depth = 1;
	const cJSON *twice = cJSON_IsObject(tree) ? find_duplicate(tree) : NULL;

	if (!is_exact(tree))
		return err_set(err, EINVAL, "a number that is too large");
	if (twice)
		return refuse(levels, 1, twice, "this key occurs twice", err);
	while (depth > 0) {
		struct level *top = &levels[depth - 1];
		const cJSON *node = top->child;

		if (!node) {
			if (--depth > 0) {
				levels[depth - 1].child = levels[depth - 1].child->next;
				levels[depth - 1].index++;
			}
			continue;
		}
		if (!is_exact(node))
			return refuse(levels, depth, node, "a number that is too large", err);
		assert(depth <= JSON_DEPTH_MAX);
		levels[depth++] = (struct level){.node = node, .child = node->child};
		twice = cJSON_IsObject(node) ? find_duplicate(node) : NULL;
		if (twice)
			return refuse(levels, depth, twice, "this key occurs twice", err);
	}
	return 0;
}

int json_parse(const char *text, size_t size, cJSON **ret, struct err *err)
{
	if (size > JSON_SIZE_MAX)
		return err_set(err, EMSGSIZE, "%zu bytes of JSON are more than the %d allowed",
				size, JSON_SIZE_MAX);
	int r = json_scan(text, size, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *tree = cJSON_ParseWithLengthOpts(text, size, NULL, false);
	if (!tree)
		return err_set(err, EINVAL, "this JSON cannot be read");
	r = check_tree(tree, err);
	if (r < 0)
		return r;
	*ret = own_take(tree);
	return 0;
}

/* cJSON gives NULL only without memory, which ends the process as in base/own. */
static void *must(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

char *json_print(const cJSON *tree)
{
	return must(cJSON_PrintUnformatted(tree));
}

/* Sort the members of one object: its list is taken apart and put together again. */
static void sort_members(cJSON *object)
{
	size_t count = (size_t)cJSON_GetArraySize(object);
	OWNED(memory) cJSON **members = own_alloc_array(count + 1, sizeof(cJSON *));

	for (size_t i = 0; i < count; i++)
		members[i] = cJSON_DetachItemViaPointer(object, object->child);
	qsort(members, count, sizeof(cJSON *), compare_keys);
	for (size_t i = 0; i < count; i++)
		json_put(object, members[i]->string, members[i]);
}

char *json_print_canonical(const cJSON *tree)
{
	OWNED(json) cJSON *copy = json_copy(tree);
	cJSON *next[JSON_DEPTH_MAX + 2] = {copy};
	unsigned depth = 1;

	while (depth > 0) {
		cJSON *node = next[depth - 1];

		if (!node) {
			depth--;
			continue;
		}
		next[depth - 1] = depth > 1 ? node->next : NULL;
		if (cJSON_IsObject(node))
			sort_members(node);
		assert(depth < JSON_DEPTH_MAX + 2);
		next[depth++] = node->child;
	}
	return json_print(copy);
}

/* cJSON puts a tab behind the colon of a key; a text never holds a tab as it is. */
char *json_print_pretty(const cJSON *tree)
{
	OWNED(memory) char *text = must(cJSON_Print(tree));
	size_t size = strlen(text);
	char *lines = own_alloc(size + 2);

	memcpy(lines, text, size);
	lines[size] = '\n';
	for (char *at = lines; (at = strstr(at, ":\t"));)
		at[1] = ' ';
	return lines;
}

cJSON *json_new_object(void)
{
	return must(cJSON_CreateObject());
}

cJSON *json_new_list(void)
{
	return must(cJSON_CreateArray());
}

cJSON *json_copy(const cJSON *tree)
{
	return must(cJSON_Duplicate(tree, true));
}

void json_put(cJSON *object, const char *key, cJSON *value)
{
	if (!cJSON_AddItemToObject(object, key, must(value)))
		abort();
}

void json_put_text(cJSON *object, const char *key, const char *text)
{
	json_put(object, key, cJSON_CreateString(text));
}

void json_put_whole(cJSON *object, const char *key, int64_t number)
{
	assert(number <= JSON_WHOLE_MAX && number >= -JSON_WHOLE_MAX);
	json_put(object, key, cJSON_CreateNumber((double)number));
}

void json_put_bool(cJSON *object, const char *key, bool value)
{
	json_put(object, key, cJSON_CreateBool(value));
}

void json_put_hex(cJSON *object, const char *key, const uint8_t *bytes, size_t size)
{
	OWNED(memory) char *hex = own_alloc(2 * size + 1);

	text_to_hex(bytes, size, hex);
	json_put_text(object, key, hex);
}

void json_put_base64(cJSON *object, const char *key, const uint8_t *bytes, size_t size)
{
	OWNED(memory) char *encoded = own_alloc(4 * ((size + 2) / 3) + 1);

	text_to_base64(bytes, size, encoded);
	json_put_text(object, key, encoded);
}

cJSON *json_put_object(cJSON *object, const char *key)
{
	cJSON *inner = json_new_object();

	json_put(object, key, inner);
	return inner;
}

cJSON *json_put_list(cJSON *object, const char *key)
{
	cJSON *list = json_new_list();

	json_put(object, key, list);
	return list;
}

void json_append(cJSON *list, cJSON *value)
{
	if (!cJSON_AddItemToArray(list, must(value)))
		abort();
}

void json_append_text(cJSON *list, const char *text)
{
	json_append(list, cJSON_CreateString(text));
}
