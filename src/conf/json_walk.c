// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "conf/json.h"

/* One reference token of RFC 6901, at most up to the next '/': decoded into `key`. */
static const char *take_token(const char *pointer, char key[JSON_KEY_MAX + 1])
{
	size_t size = 0;

	while (*pointer && *pointer != '/') {
		char c = *pointer++;

		if (c == '~') {
			if (*pointer != '0' && *pointer != '1')
				return NULL;
			c = *pointer++ == '0' ? '~' : '/';
		}
		if (size == JSON_KEY_MAX)
			return NULL;
		key[size++] = c;
	}
	key[size] = '\0';
	return pointer;
}

static const cJSON *item_at(const cJSON *list, const char *token)
{
	unsigned index = 0;

	for (const cJSON *item = list->child; item; item = item->next) {
		char number[16];

		snprintf(number, sizeof(number), "%u", index++);
		if (strcmp(number, token) == 0)
			return item;
	}
	return NULL;
}

const cJSON *json_at(const cJSON *tree, const char *pointer)
{
	while (tree && pointer && *pointer) {
		char key[JSON_KEY_MAX + 1];

		if (*pointer++ != '/')
			return NULL;
		pointer = take_token(pointer, key);
		if (!pointer)
			return NULL;
		tree = cJSON_IsObject(tree)  ? cJSON_GetObjectItemCaseSensitive(tree, key)
		       : cJSON_IsArray(tree) ? item_at(tree, key)
		                             : NULL;
	}
	return pointer ? tree : NULL;
}

void json_set_at(cJSON *tree, const char *pointer, cJSON *value)
{
	char key[JSON_KEY_MAX + 1] = "";

	while (*pointer == '/' && (pointer = take_token(pointer + 1, key)) && *pointer) {
		cJSON *child = cJSON_GetObjectItemCaseSensitive(tree, key);

		if (!cJSON_IsObject(child) && !value)
			return;
		if (!cJSON_IsObject(child)) {
			cJSON_DeleteItemFromObjectCaseSensitive(tree, key);
			child = json_put_object(tree, key);
		}
		tree = child;
	}
	/* What is replaced stays where it is: the order of members means something to people. */
	cJSON *there = cJSON_GetObjectItemCaseSensitive(tree, key);
	if (there && value)
		cJSON_ReplaceItemInObjectCaseSensitive(tree, key, value);
	else if (there)
		cJSON_Delete(cJSON_DetachItemViaPointer(tree, there));
	else if (value)
		json_put(tree, key, value);
}

static void append_token(char *pointer, size_t at, const char *key)
{
	pointer[at++] = '/';
	for (; *key && at + 3 < JSON_POINTER_MAX; key++) {
		if (*key == '~' || *key == '/') {
			pointer[at++] = '~';
			pointer[at++] = *key == '~' ? '0' : '1';
		} else {
			pointer[at++] = *key;
		}
	}
	pointer[at] = '\0';
}

void json_walk_begin(struct json_walk *walk, const cJSON *tree)
{
	walk->stack[0] = tree;
	walk->length[0] = 0;
	walk->depth = 1;
	walk->pointer[0] = '\0';
}

/* stack[i] is the node to visit next at depth i; its siblings follow it. */
const cJSON *json_walk_next(struct json_walk *walk)
{
	while (walk->depth > 0) {
		unsigned top = walk->depth - 1;
		const cJSON *node = walk->stack[top];

		if (!node) {
			walk->depth--;
			continue;
		}
		/* The root has neither a key nor siblings, even when it is part of a larger tree.
		 */
		walk->stack[top] = top > 0 ? node->next : NULL;
		if (top > 0)
			append_token(walk->pointer, walk->length[top], node->string);
		if (!cJSON_IsObject(node) || !node->child || walk->depth > JSON_DEPTH_MAX)
			return node;
		walk->stack[walk->depth] = node->child;
		walk->length[walk->depth] = strlen(walk->pointer);
		walk->depth++;
	}
	return NULL;
}
