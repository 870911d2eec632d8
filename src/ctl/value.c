// SPDX-License-Identifier: Apache-2.0
#include "ctl/value.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "conf/parse.h"

int value_encode(const char *text, char *buffer, size_t size)
{
	size_t at = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool is_plain = (c < 0x80 && isalnum(c)) || strchr("-._~", c);

		if (at + (is_plain ? 1 : 3) >= size)
			return -E2BIG;
		at += (size_t)snprintf(buffer + at, size - at, is_plain ? "%c" : "%%%02X", c);
	}
	buffer[at] = '\0';
	return 0;
}

static const char scope_help[] =
		"a scope is organisation, tenant/NAME, site/NAME, group/NAME or device/NAME, with "
		"TENANT/ before the NAME of what belongs to a tenant";

int value_scope(const char *typed, char scope[SCOPE_MAX], struct err *err)
{
	static const char *const kinds[] = {"tenant", "site", "group", "device"};
	const char *slash = strchr(typed, '/');
	char name[SCOPE_MAX - 16];

	if (strcmp(typed, "organisation") == 0 || strcmp(typed, "org") == 0)
		return text_copy(scope, SCOPE_MAX, "organisation");
	for (unsigned i = 0; slash && slash[1] && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t size = strlen(kinds[i]);

		if ((size_t)(slash - typed) != size || strncmp(typed, kinds[i], size) != 0)
			continue;
		const char *second = strchr(slash + 1, '/');
		if ((second && (i == 0 || second == slash + 1 || !second[1] ||
					       strchr(second + 1, '/'))) ||
				value_encode(slash + 1, name, sizeof(name)) < 0)
			break;
		return text_format(scope, SCOPE_MAX, "%s/%s", kinds[i], name);
	}
	return err_set(err, EINVAL, "\"%s\" is no scope: %s", typed, scope_help);
}

int value_pointer(const char *typed, char pointer[POINTER_MAX], struct err *err)
{
	bool is_dotted = typed[0] != '/';
	size_t size = strlen(typed);

	if (!size || size + 2 > POINTER_MAX || typed[size - 1] == (is_dotted ? '.' : '/') ||
			strstr(typed, is_dotted ? ".." : "//") || typed[0] == '.' ||
			(is_dotted && strchr(typed, '/')))
		return err_set(err, EINVAL, "\"%s\" is no path: write it as helpdesk.phone", typed);
	snprintf(pointer, POINTER_MAX, "%s%s", is_dotted ? "/" : "", typed);
	for (char *at = pointer; is_dotted && *at; at++)
		if (*at == '.')
			*at = '/';
	return 0;
}

void value_dotted(const char *pointer, char dotted[POINTER_MAX])
{
	snprintf(dotted, POINTER_MAX, "%s", pointer[0] == '/' ? pointer + 1 : pointer);
	for (char *at = dotted; *at; at++)
		if (*at == '/')
			*at = '.';
}

/* Put `value` at the pointer below `tree`; objects on the way are made. */
static void put_at(cJSON *tree, const char *pointer, cJSON *value)
{
	while (*pointer == '/') {
		char key[POINTER_MAX];
		size_t size = 0;

		for (pointer++; *pointer && *pointer != '/' && size + 1 < sizeof(key); pointer++)
			key[size++] = *pointer;
		key[size] = '\0';
		if (*pointer != '/') {
			cJSON_DeleteItemFromObjectCaseSensitive(tree, key);
			json_put(tree, key, value);
			return;
		}
		cJSON *inner = cJSON_GetObjectItemCaseSensitive(tree, key);
		tree = cJSON_IsObject(inner) ? inner : json_put_object(tree, key);
	}
}

cJSON *value_patch(const char *pointer, cJSON *value)
{
	cJSON *patch = json_new_object();

	put_at(patch, pointer, value);
	return patch;
}

int value_parse(const char *pointer, const char *typed, cJSON **ret, struct err *err)
{
	struct err why_json = {""}, why_text = {""};
	cJSON *value = NULL;
	bool is_json = json_parse(typed, strlen(typed), &value, &why_json) == 0;

	if (is_json) {
		OWNED(json) cJSON *patch = value_patch(pointer, value);

		if (conf_layer_check(patch, &why_json) == 0) {
			*ret = own_take(patch);
			return 0;
		}
	}
	OWNED(json) cJSON *patch = value_patch(pointer, cJSON_CreateString(typed));
	if (conf_layer_check(patch, &why_text) < 0)
		return err_set(err, EINVAL, "%s", is_json ? why_json.text : why_text.text);
	*ret = own_take(patch);
	return 0;
}

/* Cut the pointer to the highest place of it that is not in the tree. */
static void cut_to_missing(char *pointer, const cJSON *tree)
{
	for (char *cut; (cut = strrchr(pointer, '/')) && cut != pointer;) {
		*cut = '\0';
		if (json_at(tree, pointer)) {
			*cut = '/';
			return;
		}
	}
}

cJSON *value_patch_between(const cJSON *before, const cJSON *after)
{
	cJSON *patch = json_new_object();
	struct json_walk walk;

	json_walk_begin(&walk, before);
	while (json_walk_next(&walk)) {
		char gone[JSON_POINTER_MAX];

		if (json_at(after, walk.pointer) || !walk.pointer[0])
			continue;
		snprintf(gone, sizeof(gone), "%s", walk.pointer);
		cut_to_missing(gone, after);
		put_at(patch, gone, cJSON_CreateNull());
	}
	json_walk_begin(&walk, after);
	for (const cJSON *leaf; (leaf = json_walk_next(&walk));) {
		const cJSON *old = json_at(before, walk.pointer);
		bool is_emptied = cJSON_IsObject(leaf) && cJSON_IsObject(old);

		if (walk.pointer[0] && !is_emptied && !cJSON_Compare(leaf, old, true))
			put_at(patch, walk.pointer, json_copy(leaf));
	}
	return patch;
}
