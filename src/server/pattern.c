/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pattern.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "server/place.h"

enum { WORD = 32, DIGITS_MAX = 9 };

bool pattern_counts(const char *pattern)
{
	return strstr(pattern, "{number") != NULL;
}

/* Letters of a MAC address without what stands between them. */
static void put_mac(const char *mac, char *buffer, size_t size)
{
	size_t used = 0;

	for (; *mac && used + 1 < size; mac++)
		if (!strchr(":-. ", *mac))
			buffer[used++] = *mac;
	buffer[used] = '\0';
}

static int put_word(const char *word, const struct pattern_facts *facts, char *buffer, size_t size)
{
	uint64_t digits = 1;

	if (strcmp(word, "serial") == 0)
		return text_copy(buffer, size, facts->serial);
	if (strcmp(word, "model") == 0)
		return text_copy(buffer, size, facts->model);
	if (strcmp(word, "id") == 0)
		return text_copy(buffer, size, facts->id);
	if (strcmp(word, "mac") == 0) {
		put_mac(facts->mac, buffer, size);
		return 0;
	}
	if (strncmp(word, "number", 6) != 0 || (word[6] && word[6] != ':'))
		return -EINVAL;
	if (word[6] == ':' && text_to_number(word + 7 + strspn(word + 7, "0"), 1, DIGITS_MAX,
					      &digits) < 0)
		return -EINVAL;
	return text_format(buffer, size, "%0*lld", (int)digits, (long long)facts->number);
}

int pattern_fill(const char *pattern, const struct pattern_facts *facts, char name[DB_NAME_MAX],
		struct err *err)
{
	char made[DB_NAME_MAX] = "", word[WORD];
	size_t used = 0;

	while (*pattern) {
		size_t length = strcspn(pattern, "{");
		int r = text_format(made + used, sizeof(made) - used, "%.*s", (int)length, pattern);

		pattern += length;
		used = strlen(made);
		if (r == 0 && *pattern) {
			size_t inside = strcspn(++pattern, "}");

			if (!pattern[inside] || inside >= sizeof(word))
				return err_set(err, EINVAL, "a { without its }");
			memcpy(word, pattern, inside);
			word[inside] = '\0';
			pattern += inside + 1;
			r = put_word(word, facts, made + used, sizeof(made) - used);
			used = strlen(made);
			if (r == -EINVAL)
				return err_set(err, EINVAL,
						"{%s} is none of {number}, {number:04}, {serial}, "
						"{mac}, {model}, {id}",
						word);
		}
		if (r < 0)
			return err_set(err, EINVAL, "the name is longer than %d bytes",
					DB_NAME_MAX - 1);
	}
	int r = place_name_check(made, err);
	return r < 0 ? r : text_copy(name, DB_NAME_MAX, made);
}
