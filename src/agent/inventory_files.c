/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/inventory.h"
#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"

enum { FILE_MAX = 4096 };

static bool make_path(char full[INVENTORY_PATH_MAX], const char *root, const char *path)
{
	return text_format(full, INVENTORY_PATH_MAX, "%s%s", root, path) == 0;
}

/* Bytes of the UTF-8 character at `at`, 0 when it is none. */
static size_t character(const char *at, size_t left)
{
	for (size_t length = 1; length <= 4 && length <= left; length++)
		if (text_is_utf8(at, length))
			return length;
	return 0;
}

void inventory_clean(const char *from, size_t size, char text[INVENTORY_TEXT_MAX])
{
	size_t used = 0, length;

	for (size_t at = 0; at < size && from[at] && from[at] != '\n'; at += length) {
		length = character(from + at, size - at);
		if (length == 0 || (length == 1 && ((unsigned char)from[at] < 0x20 ||
								   from[at] == 0x7f))) {
			length = 1;
			continue;
		}
		/* No space at the beginning, and none after another one. */
		if (from[at] == ' ' && (used == 0 || text[used - 1] == ' '))
			continue;
		if (used + length >= INVENTORY_TEXT_MAX)
			break;
		memcpy(text + used, from + at, length);
		used += length;
	}
	while (used > 0 && text[used - 1] == ' ')
		used--;
	text[used] = '\0';
}

void inventory_line(const char *root, const char *path, char text[INVENTORY_TEXT_MAX])
{
	OWNED(array) struct array bytes = {.max = FILE_MAX};
	char full[INVENTORY_PATH_MAX];

	text[0] = '\0';
	if (make_path(full, root, path) && file_read(full, &bytes, NULL) == 0 && bytes.size > 0)
		inventory_clean((const char *)bytes.data, bytes.size, text);
}

int64_t inventory_number(const char *root, const char *path)
{
	char text[INVENTORY_TEXT_MAX], *end;
	long long number;

	inventory_line(root, path, text);
	errno = 0;
	number = strtoll(text, &end, 0);
	return end == text || errno || number < 0 || number > JSON_WHOLE_MAX ? -1 : number;
}

void inventory_link(const char *root, const char *path, char text[INVENTORY_TEXT_MAX])
{
	char full[INVENTORY_PATH_MAX], target[INVENTORY_PATH_MAX];
	ssize_t length = -1;

	text[0] = '\0';
	if (make_path(full, root, path))
		length = readlink(full, target, sizeof(target) - 1);
	if (length <= 0)
		return;
	target[length] = '\0';
	const char *last = strrchr(target, '/');
	last = last ? last + 1 : target;
	inventory_clean(last, strlen(last), text);
}

bool inventory_exists(const char *root, const char *path)
{
	char full[INVENTORY_PATH_MAX];

	return make_path(full, root, path) && access(full, F_OK) == 0;
}

static bool is_fit(const char *name)
{
	static const char fit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789._:-+@";
	size_t length = strlen(name);

	return name[0] != '.' && length < sizeof(((struct inventory_names *)0)->list[0]) &&
	       strspn(name, fit) == length;
}

void inventory_names(const char *root, const char *path, struct inventory_names *ret)
{
	char full[INVENTORY_PATH_MAX];
	struct dirent **entries = NULL;
	int count = make_path(full, root, path) ? scandir(full, &entries, NULL, alphasort) : -1;

	ret->count = 0;
	for (int i = 0; i < count; i++) {
		if (is_fit(entries[i]->d_name) && ret->count < INVENTORY_NAMES_MAX)
			(void)text_copy(ret->list[ret->count++], sizeof(ret->list[0]),
					entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

void inventory_put_line(cJSON *object, const char *key, const char *root, const char *path)
{
	char text[INVENTORY_TEXT_MAX];

	inventory_line(root, path, text);
	if (text[0])
		json_put_text(object, key, text);
}
