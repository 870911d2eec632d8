// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "conf/json.h"
#include "conf/json_scan.h"

static const char cut[] = "...";

static bool is_cut(const char *path)
{
	size_t length = strlen(path);

	return length >= sizeof(cut) - 1 && strcmp(path + length - (sizeof(cut) - 1), cut) == 0;
}

/* Append the whole part or the mark that something is missing, for which there is always room. */
static void append(char *path, const char *part, size_t size)
{
	size_t length = strlen(path);

	if (is_cut(path))
		return;
	if (length + size + sizeof(cut) > JSON_PATH_MAX) {
		part = cut;
		size = sizeof(cut) - 1;
	}
	memcpy(path + length, part, size);
	path[length + size] = '\0';
}

static bool is_word(const char *key, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!isalnum((unsigned char)key[i]) && key[i] != '_' && key[i] != '-')
			return false;
	return size > 0;
}

void json_path_key(char *path, const char *key, size_t size)
{
	char part[JSON_PATH_MAX];
	const char *dot = path[0] ? "." : "", *quote = is_word(key, size) ? "" : "\"";
	int length = snprintf(part, sizeof(part), "%s%s%.*s%s", dot, quote, (int)size, key, quote);

	if (length > 0)
		append(path, part, (size_t)length < sizeof(part) ? (size_t)length : sizeof(part));
}

void json_path_index(char *path, unsigned index)
{
	char part[16];
	int length = snprintf(part, sizeof(part), "[%u]", index);

	if (length > 0)
		append(path, part, (size_t)length);
}
