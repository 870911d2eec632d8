/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/meet.h"

#include <string.h>

#include "base/text.h"

/*
 * What `patch` says at or above `pointer`: a leaf on the way, or whatever it has there. Objects
 * on the way say nothing by themselves.
 */
static bool says(const cJSON *patch, const char *pointer)
{
	char part[JSON_POINTER_MAX];

	for (size_t at = 1;; at++) {
		if (pointer[at] && pointer[at] != '/')
			continue;
		memcpy(part, pointer, at);
		part[at] = '\0';
		const cJSON *there = json_at(patch, part);
		if (!there || !cJSON_IsObject(there))
			return there != NULL;
		if (!pointer[at])
			return there->child != NULL;
	}
}

bool conf_patches_meet(const cJSON *a, const cJSON *b, char path[JSON_PATH_MAX])
{
	OWNED(memory) struct json_walk *walk = own_alloc(sizeof(*walk));
	const cJSON *leaf;

	json_walk_begin(walk, a);
	while ((leaf = json_walk_next(walk))) {
		if (!walk->pointer[0] || (cJSON_IsObject(leaf) && !leaf->child) ||
				!says(b, walk->pointer))
			continue;
		(void)text_format(path, JSON_PATH_MAX, "%s", walk->pointer + 1);
		for (char *at = path; *at; at++)
			*at = *at == '/' ? '.' : *at;
		return true;
	}
	return false;
}
