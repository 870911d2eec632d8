/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/locks.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "conf/parse.h"

bool conf_locks_pointer(const char *path, char ret[JSON_POINTER_MAX])
{
	size_t used = 0, segment = 0;

	ret[used++] = '/';
	for (; *path; path++) {
		if (*path == '.' && segment > 0) {
			ret[used++] = '/';
			segment = 0;
		} else if (isalnum((unsigned char)*path) || *path == '_' || *path == '-') {
			ret[used++] = *path;
			segment++;
		} else {
			return false;
		}
		if (used + 1 >= JSON_POINTER_MAX || segment > JSON_KEY_MAX)
			return false;
	}
	ret[used] = '\0';
	return segment > 0;
}

bool conf_locks_covers(const char *path, const char *pointer)
{
	if (*pointer++ != '/')
		return false;
	for (; *path; path++, pointer++)
		if (*pointer != (*path == '.' ? '/' : *path))
			return false;
	return *pointer == '\0' || *pointer == '/';
}

const char *conf_locks_find(const cJSON *document, const char *pointer)
{
	const cJSON *locks = cJSON_GetObjectItemCaseSensitive(document, CONF_LOCKS), *lock;

	cJSON_ArrayForEach(lock, locks)
		if (cJSON_IsTrue(lock) && conf_locks_covers(lock->string, pointer))
			return lock->string;
	return NULL;
}

/* A config can have a value there when a layer may take one out there. */
static int check_path(const char *path, struct err *err)
{
	OWNED(json) cJSON *probe = json_new_object();
	char pointer[JSON_POINTER_MAX];
	struct err why;

	if (!conf_locks_pointer(path, pointer))
		return err_set(err, EINVAL, "locks: \"%.64s\" is not a path such as helpdesk.phone",
				path);
	if (strcmp(path, CONF_LOCKS) == 0 || strncmp(path, CONF_LOCKS ".", 6) == 0)
		return err_set(err, EINVAL, "locks: locks themselves cannot be locked");
	json_set_at(probe, pointer, cJSON_CreateNull());
	if (conf_layer_check(probe, &why) < 0)
		return err_set(err, EINVAL, "locks: %s", why.text);
	return 0;
}

int conf_locks_check(const cJSON *locks, struct err *err)
{
	unsigned count = 0;
	const cJSON *lock;

	if (cJSON_IsNull(locks))
		return 0;
	if (!cJSON_IsObject(locks))
		return err_set(err, EINVAL, "locks: is not an object of paths, each true");
	cJSON_ArrayForEach(lock, locks) {
		if (!cJSON_IsTrue(lock) && !cJSON_IsNull(lock))
			return err_set(err, EINVAL, "locks: \"%.64s\" is not true", lock->string);
		if (++count > CONF_LOCKS_MAX)
			return err_set(err, EINVAL, "locks: more than %d", CONF_LOCKS_MAX);
		int r = check_path(lock->string, err);
		if (r < 0)
			return r;
	}
	return 0;
}
