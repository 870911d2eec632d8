// SPDX-License-Identifier: Apache-2.0
#include "conf/print.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "conf/fields.h"
#include "conf/json.h"

static void put_place(cJSON *object, const char *key, int32_t place)
{
	if (place != CONF_PLACE_NONE)
		json_put_whole(object, key, place);
}

static void put_field(cJSON *object, const struct conf_field *field, const void *base)
{
	char buffer[CONF_NUMBER_TEXT_MAX];

	if (field->kind == CONF_KIND_WHOLE)
		json_put_whole(object, field->key, conf_field_number(field, base));
	else if (field->kind == CONF_KIND_PLACE)
		put_place(object, field->key, (int32_t)conf_field_number(field, base));
	else if (field->kind == CONF_KIND_BOOL)
		json_put_bool(object, field->key, conf_field_number(field, base) != 0);
	else
		json_put_text(object, field->key, conf_field_text(field, base, buffer));
}

static void put_trust(cJSON *object, const struct conf_desktop *desktop)
{
	cJSON *trust = json_put_object(object, "trust");

	json_put_text(trust, "mode", conf_trust_words[desktop->trust]);
	cJSON *pins = json_put_list(trust, "pins");
	for (unsigned i = 0; i < desktop->pin_count; i++) {
		char hex[65], pin[80];

		text_to_hex(desktop->pins[i], 32, hex);
		snprintf(pin, sizeof(pin), "sha256:%s", hex);
		json_append_text(pins, pin);
	}
}

static void put_monitors(cJSON *object, const struct conf_display *display)
{
	cJSON *map = json_put_object(object, "monitors");

	for (unsigned i = 0; i < display->monitor_count; i++) {
		cJSON *monitor = json_put_object(map, display->monitors[i].id);

		for (const struct conf_field *f = conf_monitor_fields; f->key; f++)
			put_field(monitor, f, &display->monitors[i]);
	}
}

cJSON *conf_print(const struct conf *conf)
{
	cJSON *tree = json_new_object(), *section = NULL, *map;
	const char *name = "";

	for (const struct conf_field *f = conf_fields; f->key; f++) {
		if (strcmp(f->section, name) != 0)
			section = json_put_object(tree, name = f->section);
		put_field(section, f, conf);
	}
	put_monitors(cJSON_GetObjectItemCaseSensitive(tree, "display"), &conf->display);
	map = json_put_object(tree, "desktops");
	for (unsigned i = 0; i < conf->desktop_count; i++) {
		cJSON *desktop = json_put_object(map, conf->desktops[i].id);

		for (const struct conf_field *f = conf_desktop_fields; f->key; f++)
			put_field(desktop, f, &conf->desktops[i]);
		put_trust(desktop, &conf->desktops[i]);
		json_put_whole(desktop, "order", i + 1);
	}
	map = json_put_object(tree, "messages");
	for (unsigned i = 0; i < conf->message_count; i++) {
		cJSON *message = json_put_object(map, conf->messages[i].id);

		for (const struct conf_field *f = conf_message_fields; f->key; f++)
			put_field(message, f, &conf->messages[i]);
		json_put_whole(message, "order", i + 1);
	}
	return tree;
}
