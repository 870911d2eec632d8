// SPDX-License-Identifier: Apache-2.0
#include "conf/diff.h"

#include <string.h>

#include "base/text.h"
#include "conf/fields.h"

enum { PATH_BYTES = 96, PIN_BYTES = 72, TRUST_BYTES = 16 + CONF_PINS_MAX * PIN_BYTES };

struct diff {
	conf_change_fn fn;
	void *data;
};

static void compare_field(const struct diff *diff, const char *path, const struct conf_field *field,
		const void *before, const void *after)
{
	char old[CONF_NUMBER_TEXT_MAX], new[CONF_NUMBER_TEXT_MAX], full[PATH_BYTES];
	const char *a = conf_field_text(field, before, old),
		   *b = conf_field_text(field, after, new);

	if (strcmp(a, b) == 0)
		return;
	text_format(full, sizeof(full), "%s.%s", path, field->key);
	diff->fn(diff->data, full, a, b);
}

/* "ca", or "pinned sha256:..., sha256:...". */
static void describe_trust(const struct conf_desktop *desktop, char text[TRUST_BYTES])
{
	size_t at;

	text_format(text, TRUST_BYTES, "%s", conf_trust_words[desktop->trust]);
	for (unsigned i = 0; i < desktop->pin_count; i++) {
		char hex[65];

		text_to_hex(desktop->pins[i], 32, hex);
		at = strlen(text);
		text_format(text + at, TRUST_BYTES - at, "%s sha256:%s", i ? "," : "", hex);
	}
}

static void compare_desktop(const struct diff *diff, const char *path, const void *before,
		const void *after)
{
	char old[TRUST_BYTES], new[TRUST_BYTES], full[PATH_BYTES];

	for (const struct conf_field *field = conf_desktop_fields; field->key; field++)
		compare_field(diff, path, field, before, after);
	describe_trust(before, old);
	describe_trust(after, new);
	text_format(full, sizeof(full), "%s.trust", path);
	if (strcmp(old, new) != 0)
		diff->fn(diff->data, full, old, new);
}

static void compare_monitor(const struct diff *diff, const char *path, const void *before,
		const void *after)
{
	for (const struct conf_field *field = conf_monitor_fields; field->key; field++)
		compare_field(diff, path, field, before, after);
}

static void compare_message(const struct diff *diff, const char *path, const void *before,
		const void *after)
{
	for (const struct conf_field *field = conf_message_fields; field->key; field++)
		compare_field(diff, path, field, before, after);
}

/* Monitors, desktops or messages: members that begin with their id. */
struct map {
	const char *name;
	const char *before, *after; /* first members */
	unsigned before_count, after_count;
	size_t stride;
	size_t title; /* offset of the text that names a member that came or went */
	void (*compare)(const struct diff *diff, const char *path, const void *before,
			const void *after);
};

static const char *find(const char *first, size_t stride, unsigned count, const char *id)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(first + i * stride, id) == 0)
			return first + i * stride;
	return NULL;
}

/* The ids that are on both sides, in the order of one of them. */
static void list_common(const struct map *map, const char *first, unsigned count, const char *other,
		unsigned other_count, char *text, size_t size)
{
	text[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		const char *id = first + i * map->stride;
		size_t at = strlen(text);

		if (find(other, map->stride, other_count, id))
			text_format(text + at, size - at, "%s%s", at ? " " : "", id);
	}
}

static void compare_order(const struct diff *diff, const struct map *map)
{
	char old[CONF_DESKTOPS_MAX * 32], new[CONF_DESKTOPS_MAX * 32];

	list_common(map, map->before, map->before_count, map->after, map->after_count, old,
			sizeof(old));
	list_common(map, map->after, map->after_count, map->before, map->before_count, new,
			sizeof(new));
	if (strcmp(old, new) != 0)
		diff->fn(diff->data, map->name, old, new);
}

static void compare_map(const struct diff *diff, const struct map *map)
{
	char path[PATH_BYTES];

	for (unsigned i = 0; i < map->before_count; i++) {
		const char *old = map->before + i * map->stride;
		const char *new = find(map->after, map->stride, map->after_count, old);

		text_format(path, sizeof(path), "%s.%s", map->name, old);
		if (new)
			map->compare(diff, path, old, new);
		else
			diff->fn(diff->data, path, old + map->title, NULL);
	}
	for (unsigned i = 0; i < map->after_count; i++) {
		const char *new = map->after + i * map->stride;

		text_format(path, sizeof(path), "%s.%s", map->name, new);
		if (!find(map->before, map->stride, map->before_count, new))
			diff->fn(diff->data, path, NULL, new + map->title);
	}
	compare_order(diff, map);
}

void conf_diff(const struct conf *before, const struct conf *after, conf_change_fn fn, void *data)
{
	const struct diff diff = {.fn = fn, .data = data};
	const struct map monitors = {"display.monitors", before->display.monitors[0].id,
			after->display.monitors[0].id, before->display.monitor_count,
			after->display.monitor_count, sizeof(struct conf_monitor),
			offsetof(struct conf_monitor, id), compare_monitor};
	const struct map desktops = {"desktops", before->desktops[0].id, after->desktops[0].id,
			before->desktop_count, after->desktop_count, sizeof(struct conf_desktop),
			offsetof(struct conf_desktop, name), compare_desktop};
	const struct map messages = {"messages", before->messages[0].id, after->messages[0].id,
			before->message_count, after->message_count, sizeof(struct conf_message),
			offsetof(struct conf_message, text), compare_message};

	for (const struct conf_field *field = conf_fields; field->key; field++)
		compare_field(&diff, field->section, field, before, after);
	compare_map(&diff, &monitors);
	compare_map(&diff, &desktops);
	compare_map(&diff, &messages);
}
