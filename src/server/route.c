/* SPDX-License-Identifier: Apache-2.0 */
#include "server/route.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

/* One byte of the text at `*at`, escapes undone; -EINVAL for a broken one. */
static int next_byte(const char *text, size_t size, size_t *at, enum route_part part)
{
	uint8_t byte = (uint8_t)text[(*at)++];
	char hex[3] = {0};

	if (byte == '+' && part == ROUTE_QUERY)
		return ' ';
	if (byte != '%')
		return byte;
	if (size - *at < 2)
		return -EINVAL;
	memcpy(hex, text + *at, 2);
	*at += 2;
	return text_from_hex(hex, &byte, 1) < 0 ? -EINVAL : byte;
}

int route_decode(const char *text, size_t size, enum route_part part, char *buffer,
		size_t buffer_size)
{
	size_t used = 0;

	for (size_t at = 0; at < size;) {
		int byte = next_byte(text, size, &at, part);

		if (byte < 0x20 || byte == 0x7f)
			return -EINVAL;
		if (used + 1 >= buffer_size)
			return -E2BIG;
		buffer[used++] = (char)byte;
	}
	buffer[used] = '\0';
	return text_is_utf8(buffer, used) ? 0 : -EINVAL;
}

/* Compare segment by segment: where the arguments stand, not decoded yet. */
static bool match_path(const char *pattern, const char *path, const char *args[ROUTE_ARGS_MAX])
{
	unsigned count = 0;

	while (*pattern == '/' && *path == '/') {
		size_t want = strcspn(++pattern, "/"), have = strcspn(++path, "/");

		if (pattern[0] == ':' && count < ROUTE_ARGS_MAX) {
			if (!have)
				return false;
			args[count++] = path;
		} else if (want != have || strncmp(pattern, path, want) != 0) {
			return false;
		}
		pattern += want;
		path += have;
	}
	while (count < ROUTE_ARGS_MAX)
		args[count++] = "";
	return !*pattern && !*path;
}

static int decode_args(struct route_match *match, char *space)
{
	for (unsigned i = 0; i < ROUTE_ARGS_MAX && *match->args[i]; i++) {
		size_t size = strcspn(match->args[i], "/");

		if (route_decode(match->args[i], size, ROUTE_SEGMENT, space, ROUTE_ARG_MAX) < 0)
			return -ENOENT;
		match->args[i] = space;
		space += strlen(space) + 1;
	}
	return 0;
}

static void allow(struct route_match *match, const char *method)
{
	size_t used = strlen(match->allow);

	(void)text_format(match->allow + used, sizeof(match->allow) - used, "%s%s%s",
			used ? ", " : "", method, strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

int route_find(const struct route *routes, size_t count, const char *method, const char *path,
		char *space, struct route_match *match)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;

	*match = (struct route_match){.args = {"", "", ""}};
	for (size_t i = 0; i < count; i++) {
		if (!match_path(routes[i].pattern, path, match->args))
			continue;
		if (strcmp(routes[i].method, wanted) == 0) {
			match->route = &routes[i];
			return decode_args(match, space);
		}
		allow(match, routes[i].method);
	}
	return match->allow[0] ? -EOPNOTSUPP : -ENOENT;
}

/* One text of the query into `*space`, which moves on behind it. */
static int read_part(const char *text, size_t size, size_t max, char **space, const char **ret)
{
	int r = route_decode(text, size, ROUTE_QUERY, *space, max);

	if (r < 0)
		return r;
	*ret = *space;
	*space += strlen(*space) + 1;
	return 0;
}

static int read_pair(const char *text, size_t size, char **space, struct route_query *query,
		struct err *err)
{
	const char *equals = memchr(text, '=', size), *name, *value = "";
	size_t length = equals ? (size_t)(equals - text) : size;
	unsigned at = query->count;

	if (at == ROUTE_QUERY_MAX)
		return err_set(err, EINVAL, "the query has more than %d parts", ROUTE_QUERY_MAX);
	if (read_part(text, length, ROUTE_KEY_MAX, space, &name) < 0)
		return err_set(err, EINVAL, "part %u of the query has no readable name", at + 1);
	if (route_query_get(query, name, NULL))
		return err_set(err, EINVAL, "%s: stands twice in the query", name);
	if (equals && read_part(equals + 1, size - length - 1, ROUTE_ARG_MAX, space, &value) < 0)
		return err_set(err, EINVAL, "%s: not readable, or longer than %d bytes", name,
				ROUTE_ARG_MAX - 1);
	query->pairs[at].key = name;
	query->pairs[at].value = value;
	query->count++;
	return 0;
}

int route_query(const char *text, char *space, struct route_query *ret, struct err *err)
{
	*ret = (struct route_query){0};
	while (*text) {
		size_t size = strcspn(text, "&");

		if (size) {
			int r = read_pair(text, size, &space, ret, err);
			if (r < 0)
				return r;
		}
		text += size + (text[size] == '&');
	}
	return 0;
}

const char *route_query_get(const struct route_query *query, const char *key, const char *otherwise)
{
	for (unsigned i = 0; i < query->count; i++) {
		if (strcmp(query->pairs[i].key, key) == 0)
			return query->pairs[i].value;
	}
	return otherwise;
}

int route_query_whole(const struct route_query *query, const char *key, uint64_t max, uint64_t *ret,
		struct err *err)
{
	if (text_to_number(route_query_get(query, key, "0"), 0, max, ret) < 0)
		return err_set(err, EINVAL, "%s: not a whole number in 0..%llu", key,
				(unsigned long long)max);
	return 0;
}

int route_query_flag(const struct route_query *query, const char *key, bool *ret, struct err *err)
{
	const char *text = route_query_get(query, key, "");
	bool is_true = strcmp(text, "true") == 0;

	if (!text[0])
		return 0;
	if (!is_true && strcmp(text, "false") != 0)
		return err_set(err, EINVAL, "%s: true or false", key);
	*ret = is_true;
	return 0;
}

int route_query_check(const struct route_query *query, const char *const *known, struct err *err)
{
	for (unsigned i = 0; i < query->count; i++) {
		const char *const *one = known;

		while (*one && strcmp(*one, query->pairs[i].key) != 0)
			one++;
		if (!*one)
			return err_set(err, EINVAL, "%s: not known in this query",
					query->pairs[i].key);
	}
	return 0;
}
