// SPDX-License-Identifier: Apache-2.0
/*
 * cJSON is generous and recursive, so this scanner runs before it and knows the
 * grammar of RFC 8259 exactly. It keeps no tree: one level per open object or
 * array on a stack of fixed depth, with the key or index it is at, so that an
 * error can say where. What passes here cJSON parses without surprise.
 */
#include "conf/json_scan.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"

enum { NUMBER_MAX = 32 }; /* bytes; cJSON copies at most 63 */

struct level {
	bool is_object;
	unsigned count;  /* members begun */
	const char *key; /* of the member it is at, as written between its quotes */
	size_t key_size;
};

struct scan {
	const char *start, *at, *end;
	unsigned depth;
	struct level levels[JSON_DEPTH_MAX];
	struct err *err;
};

static int refuse(struct scan *scan, const char *what)
{
	char path[JSON_PATH_MAX] = "";

	for (unsigned i = 0; i < scan->depth; i++) {
		const struct level *level = &scan->levels[i];

		if (level->is_object && level->key)
			json_path_key(path, level->key, level->key_size);
		else if (!level->is_object && level->count > 0)
			json_path_index(path, level->count - 1);
	}
	return err_set(scan->err, EINVAL, "%s%s%s (byte %zu of the JSON)", path,
			path[0] ? ": " : "", what, (size_t)(scan->at - scan->start) + 1);
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end && memchr(" \t\r\n", *scan->at, 4))
		scan->at++;
}

/* The next byte, or -1 at the end. */
static int peek(const struct scan *scan)
{
	return scan->at < scan->end ? (unsigned char)*scan->at : -1;
}

/* Four hex digits at `at`, or -1. */
static long hex4(const struct scan *scan, const char *at)
{
	long value = 0;

	if (scan->end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int c = tolower((unsigned char)at[i]);

		if (!isxdigit(c))
			return -1;
		value = value * 16 + (isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	return value;
}

/* At the "u" of "\uXXXX". */
static int scan_unicode(struct scan *scan)
{
	long code = hex4(scan, scan->at + 1);

	if (code < 0)
		return refuse(scan, "\\u is not followed by four hex digits");
	if (code == 0)
		return refuse(scan, "\\u0000 is not allowed in texts");
	if (code >= 0xdc00 && code <= 0xdfff)
		return refuse(scan, "half of a surrogate pair");
	scan->at += 5;
	if (code < 0xd800 || code > 0xdbff)
		return 0;
	if (scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u')
		return refuse(scan, "half of a surrogate pair");
	code = hex4(scan, scan->at + 2);
	if (code < 0xdc00 || code > 0xdfff)
		return refuse(scan, "half of a surrogate pair");
	scan->at += 6;
	return 0;
}

static int scan_escape(struct scan *scan)
{
	scan->at++;
	if (peek(scan) == 'u')
		return scan_unicode(scan);
	if (peek(scan) < 0 || !strchr("\"\\/bfnrt", peek(scan)) || peek(scan) == 0)
		return refuse(scan, "not an escape of JSON");
	scan->at++;
	return 0;
}

/* At the opening quote; leaves `at` behind the closing one. */
static int scan_text(struct scan *scan)
{
	const char *begin = ++scan->at;

	while (peek(scan) != '"') {
		int r = 0;

		if (peek(scan) < 0)
			return refuse(scan, "a text without its closing quote");
		if (peek(scan) < 0x20)
			return refuse(scan, "a control byte in a text; write it as \\n or \\uXXXX");
		if (peek(scan) == '\\')
			r = scan_escape(scan);
		else
			scan->at++;
		if (r < 0)
			return r;
	}
	if (!text_is_utf8(begin, (size_t)(scan->at - begin)))
		return refuse(scan, "a text that is not valid UTF-8");
	scan->at++;
	return 0;
}

static size_t skip_digits(struct scan *scan)
{
	const char *begin = scan->at;

	while (isdigit(peek(scan)))
		scan->at++;
	return (size_t)(scan->at - begin);
}

static bool skip_one(struct scan *scan, const char *set)
{
	bool is_one = peek(scan) > 0 && strchr(set, peek(scan));

	scan->at += is_one;
	return is_one;
}

static int scan_number(struct scan *scan)
{
	const char *begin = scan->at;
	bool is_zero;

	skip_one(scan, "-");
	is_zero = peek(scan) == '0';
	size_t digits = skip_digits(scan);
	if (digits == 0 || (is_zero && digits > 1))
		return refuse(scan, "not a number of JSON");
	if (skip_one(scan, ".") && skip_digits(scan) == 0)
		return refuse(scan, "not a number of JSON: digits belong behind the point");
	if (skip_one(scan, "eE")) {
		skip_one(scan, "+-");
		if (skip_digits(scan) == 0)
			return refuse(scan, "not a number of JSON: digits belong behind the e");
	}
	if (scan->at - begin > NUMBER_MAX)
		return refuse(scan, "a number with too many digits");
	return 0;
}

static int scan_literal(struct scan *scan)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t size = strlen(words[i]);

		if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, words[i], size) != 0)
			continue;
		scan->at += size;
		return 0;
	}
	return refuse(scan, peek(scan) < 0 ? "the text ends where a value was expected"
					   : "a value was expected");
}

/* A scalar whole; of an object or array only the opening bracket. */
static int scan_value(struct scan *scan)
{
	int c = peek(scan);

	if (c == '"')
		return scan_text(scan);
	if (c == '-' || isdigit(c))
		return scan_number(scan);
	if (c != '{' && c != '[')
		return scan_literal(scan);
	if (scan->depth == JSON_DEPTH_MAX)
		return refuse(scan, "too many objects and arrays in one another");
	scan->levels[scan->depth++] = (struct level){.is_object = c == '{'};
	scan->at++;
	return 0;
}

/* At the opening quote of a key; leaves `at` at the value. */
static int scan_key(struct scan *scan, struct level *level)
{
	const char *begin = scan->at + 1;

	level->key = NULL;
	if (peek(scan) != '"')
		return refuse(scan, peek(scan) < 0 ? "the text ends too early"
						   : "a key in quotes was expected");
	int r = scan_text(scan);
	if (r < 0)
		return r;
	if (scan->at - 1 - begin > JSON_KEY_MAX)
		return refuse(scan, "a key that is too long");
	level->key_size = (size_t)(scan->at - 1 - begin);
	level->key = begin;
	skip_space(scan);
	if (!skip_one(scan, ":"))
		return refuse(scan, "a colon was expected");
	skip_space(scan);
	return 0;
}

/* The next member of the innermost object or array, or its closing bracket. */
static int scan_member(struct scan *scan)
{
	struct level *level = &scan->levels[scan->depth - 1];

	skip_space(scan);
	if (skip_one(scan, level->is_object ? "}" : "]")) {
		scan->depth--;
		return 0;
	}
	if (level->count > 0) {
		if (!skip_one(scan, ","))
			return refuse(scan, peek(scan) < 0 ? "the text ends too early"
							   : "a comma or the closing bracket was "
							     "expected");
		skip_space(scan);
	}
	if (level->is_object) {
		int r = scan_key(scan, level);
		if (r < 0)
			return r;
	}
	level->count++;
	return scan_value(scan);
}

int json_scan(const char *text, size_t size, struct err *err)
{
	struct scan scan = {.start = text, .at = text, .end = text + size, .err = err};

	skip_space(&scan);
	int r = scan_value(&scan);
	while (r >= 0 && scan.depth > 0)
		r = scan_member(&scan);
	if (r < 0)
		return r;
	skip_space(&scan);
	if (scan.at < scan.end)
		return refuse(&scan, "bytes after the end");
	return 0;
}
