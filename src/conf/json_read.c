// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "conf/json_scan.h"

static void refuse_v(struct json *in, const char *key, const char *format, va_list arguments)
		__attribute__((format(printf, 3, 0)));

static void refuse_v(struct json *in, const char *key, const char *format, va_list arguments)
{
	char path[JSON_PATH_MAX], what[ERR_TEXT_MAX];

	if (in->status < 0)
		return;
	memcpy(path, in->path, sizeof(path));
	if (key)
		json_path_key(path, key, strlen(key));
	vsnprintf(what, sizeof(what), format, arguments);
	in->status = err_set(in->err, EINVAL, "%s%s%s", path, path[0] ? ": " : "", what);
}

void json_refuse(struct json *in, const char *key, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	refuse_v(in, key, format, arguments);
	va_end(arguments);
}

static const char *type_of(const cJSON *node)
{
	return cJSON_IsObject(node)   ? "an object"
	       : cJSON_IsArray(node)  ? "an array"
	       : cJSON_IsString(node) ? "a text"
	       : cJSON_IsNumber(node) ? "a number"
	       : cJSON_IsBool(node)   ? "true or false"
	                              : "null";
}

static void begin(struct json *in, const cJSON *node, const char *path, struct err *err)
{
	*in = (struct json){.node = node, .next = node ? node->child : NULL, .err = err};
	snprintf(in->path, sizeof(in->path), "%s", path);
}

void json_begin(struct json *in, const cJSON *tree, struct err *err)
{
	begin(in, tree, "", err);
	if (!cJSON_IsObject(tree))
		json_refuse(in, NULL, "%s where an object was expected", type_of(tree));
}

static bool is_known(const struct json *in, const char *key)
{
	for (unsigned i = 0; i < in->known_count; i++)
		if (strcmp(in->known[i], key) == 0)
			return true;
	return false;
}

static void refuse_unknown(struct json *in)
{
	for (const cJSON *child = in->node->child; child; child = child->next) {
		const char *near = NULL;

		if (is_known(in, child->string))
			continue;
		for (unsigned i = 0; i < in->known_count; i++)
			if (strcasecmp(in->known[i], child->string) == 0)
				near = in->known[i];
		if (near)
			json_refuse(in, child->string, "not a known key; it is written \"%s\"",
					near);
		else
			json_refuse(in, child->string, "not a known key");
		return;
	}
}

int json_end(struct json *in)
{
	if (in->status == 0 && cJSON_IsObject(in->node) && !in->takes_all)
		refuse_unknown(in);
	return in->status;
}

void json_take_all(struct json *in)
{
	in->takes_all = true;
}

void json_take_nulls(struct json *in)
{
	in->takes_nulls = true;
}

static void know(struct json *in, const char *key)
{
	if (is_known(in, key))
		return;
	assert(in->known_count < JSON_KEYS_MAX);
	in->known[in->known_count++] = key;
}

/* The value at `key`, or NULL when it is not there or an error came before. */
static const cJSON *find(struct json *in, const char *key, unsigned flags)
{
	if (in->status < 0)
		return NULL;
	know(in, key);
	const cJSON *node = cJSON_GetObjectItemCaseSensitive(in->node, key);
	if (in->takes_nulls && cJSON_IsNull(node))
		node = NULL;
	if (!node && (flags & JSON_REQUIRED))
		json_refuse(in, key, "is missing");
	return node;
}

static bool is_type(struct json *in, const char *key, const cJSON *node, bool is_right,
		const char *expected)
{
	if (!node)
		return false;
	if (!is_right)
		json_refuse(in, key, "%s where %s was expected", type_of(node), expected);
	return is_right;
}

/* `key` NULL: an item of a list, whose path is the reader's. */
static const char *check_text(struct json *in, const char *key, const cJSON *node, unsigned flags)
{
	if (!is_type(in, key, node, cJSON_IsString(node), "a text"))
		return NULL;
	if ((flags & JSON_FILLED) && !node->valuestring[0])
		json_refuse(in, key, "must not be empty");
	else if (text_has_control(node->valuestring, flags & JSON_LINES ? "\n" : NULL))
		json_refuse(in, key, "has a control character%s",
				flags & JSON_LINES ? " that is no line feed" : "");
	return in->status < 0 ? NULL : node->valuestring;
}

static void copy_text(struct json *in, const char *key, const char *text, char *buffer, size_t size)
{
	if (text && text_copy(buffer, size, text) < 0)
		json_refuse(in, key, "is %zu bytes long, at most %zu fit", strlen(text), size - 1);
}

void json_text(struct json *in, const char *key, unsigned flags, char *buffer, size_t size)
{
	copy_text(in, key, check_text(in, key, find(in, key, flags), flags), buffer, size);
}

void json_borrow_text(struct json *in, const char *key, unsigned flags, const char **ret)
{
	const char *text = check_text(in, key, find(in, key, flags), flags);

	if (text)
		*ret = text;
}

void json_borrow(struct json *in, const char *key, unsigned flags, const cJSON **ret)
{
	const cJSON *node = find(in, key, flags);

	if (node)
		*ret = node;
}

void json_whole(struct json *in, const char *key, unsigned flags, int64_t min, int64_t max,
		int64_t *ret)
{
	const cJSON *node = find(in, key, flags);

	if (!is_type(in, key, node, cJSON_IsNumber(node), "a whole number"))
		return;
	double number = node->valuedouble;
	if (floor(number) != number || number < (double)min || number > (double)max) {
		json_refuse(in, key, "%.15g is not a whole number in %lld..%lld", number,
				(long long)min, (long long)max);
		return;
	}
	*ret = (int64_t)number;
}

void json_bool(struct json *in, const char *key, unsigned flags, bool *ret)
{
	const cJSON *node = find(in, key, flags);

	if (is_type(in, key, node, cJSON_IsBool(node), "true or false"))
		*ret = cJSON_IsTrue(node);
}

void json_word(struct json *in, const char *key, unsigned flags, const char *const *words,
		unsigned *ret)
{
	const char *text = check_text(in, key, find(in, key, flags), flags);
	char all[128] = "";

	if (!text)
		return;
	for (unsigned i = 0; words[i]; i++) {
		size_t length = strlen(all);

		if (strcmp(words[i], text) == 0) {
			*ret = i;
			return;
		}
		snprintf(all + length, sizeof(all) - length, "%s%s", i ? ", " : "", words[i]);
	}
	json_refuse(in, key, "%s is not one of %s", log_quote(text), all);
}

void json_hex(struct json *in, const char *key, unsigned flags, uint8_t *bytes, size_t size)
{
	const char *text = check_text(in, key, find(in, key, flags), flags);

	if (text && text_from_hex(text, bytes, size) < 0)
		json_refuse(in, key, "%s is not %zu hex digits", log_quote(text), 2 * size);
}

void json_base64(struct json *in, const char *key, unsigned flags, uint8_t *bytes, size_t size)
{
	const char *text = check_text(in, key, find(in, key, flags), flags);

	if (!text)
		return;
	OWNED(memory) uint8_t *decoded = own_alloc(size);
	long got = text_from_base64(text, decoded, size);
	if (got < 0 || (size_t)got != size)
		json_refuse(in, key, "is not %zu bytes of base64", size);
	else
		memcpy(bytes, decoded, size);
}

static void inherit(struct json *inner, struct json *outer, const cJSON *node)
{
	begin(inner, node, outer->path, outer->err);
	inner->outer = outer;
	inner->takes_nulls = outer->takes_nulls;
}

bool json_enter(struct json *in, const char *key, unsigned flags, struct json *inner)
{
	const cJSON *node = find(in, key, flags);

	if (!is_type(in, key, node, cJSON_IsObject(node), "an object"))
		return false;
	inherit(inner, in, node);
	json_path_key(inner->path, key, strlen(key));
	return true;
}

static bool has_at_most(struct json *in, const char *key, unsigned max)
{
	const cJSON *node = cJSON_GetObjectItemCaseSensitive(in->node, key);
	unsigned count = 0;

	for (const cJSON *item = node->child; item && count <= max; item = item->next)
		count++;
	if (count > max)
		json_refuse(in, key, "more than %u of them", max);
	return count <= max;
}

bool json_enter_map(struct json *in, const char *key, unsigned flags, unsigned max,
		struct json *inner)
{
	return json_enter(in, key, flags, inner) && has_at_most(in, key, max);
}

bool json_enter_list(struct json *in, const char *key, unsigned flags, unsigned max,
		struct json *inner)
{
	const cJSON *node = find(in, key, flags);

	if (!is_type(in, key, node, cJSON_IsArray(node), "an array") || !has_at_most(in, key, max))
		return false;
	inherit(inner, in, node);
	json_path_key(inner->path, key, strlen(key));
	return true;
}

void json_leave(struct json *inner)
{
	inner->outer->status = json_end(inner);
}

bool json_next_object(struct json *list, struct json *inner)
{
	const cJSON *node = list->next;

	if (!node || list->status < 0)
		return false;
	inherit(inner, list, node);
	json_path_index(inner->path, list->index++);
	list->next = node->next;
	if (!cJSON_IsObject(node)) {
		json_refuse(inner, NULL, "%s where an object was expected", type_of(node));
		json_leave(inner);
		return false;
	}
	return true;
}

bool json_next_text(struct json *list, unsigned flags, char *buffer, size_t size)
{
	struct json item;
	const cJSON *node = list->next;

	if (!node || list->status < 0)
		return false;
	inherit(&item, list, node);
	json_path_index(item.path, list->index++);
	list->next = node->next;
	copy_text(&item, NULL, check_text(&item, NULL, node, flags), buffer, size);
	json_leave(&item);
	return list->status == 0;
}

bool json_next_member(struct json *object, const char **key, struct json *inner)
{
	const cJSON *node = object->next;

	json_take_all(object);
	while (object->takes_nulls && cJSON_IsNull(node))
		node = node->next;
	if (!node || object->status < 0)
		return false;
	inherit(inner, object, node);
	json_path_key(inner->path, node->string, strlen(node->string));
	object->next = node->next;
	*key = node->string;
	if (!cJSON_IsObject(node)) {
		json_refuse(inner, NULL, "%s where an object was expected", type_of(node));
		json_leave(inner);
		return false;
	}
	return true;
}
