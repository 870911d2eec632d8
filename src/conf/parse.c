// SPDX-License-Identifier: Apache-2.0
#include "conf/parse.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/expand.h"
#include "conf/fields.h"
#include "conf/json.h"
#include "conf/locks.h"

enum { ORDER_DEFAULT = 100, ORDER_MAX = 1000 };

static const char pin_prefix[] = "sha256:";

/*
 * A layer's text with ${NAME}: what stands there in the end is known only on a device, so
 * nothing but the names is checked here.
 */
static bool is_template(struct json *in, const struct conf_field *field)
{
	const cJSON *node = NULL;
	struct err why;

	if (field->kind == CONF_KIND_WHOLE || field->kind == CONF_KIND_PLACE ||
			field->kind == CONF_KIND_BOOL)
		return false;
	json_borrow(in, field->key, 0, &node);
	if (!cJSON_IsString(node) || !strstr(node->valuestring, "${"))
		return false;
	if (text_has_control(node->valuestring, field->has_lines ? "\n" : NULL))
		json_refuse(in, field->key, "has a control character");
	else if (conf_expand_check_text(node->valuestring, &why) < 0)
		json_refuse(in, field->key, "%s", why.text);
	return true;
}

static void read_colour(struct json *in, const struct conf_field *field, void *base)
{
	const char *text = NULL;
	uint8_t rgb[3];

	json_borrow_text(in, field->key, 0, &text);
	if (!text)
		return;
	if (text[0] != '#' || text_from_hex(text + 1, rgb, sizeof(rgb)) < 0)
		json_refuse(in, field->key, "%s is not a colour such as \"#1E3A8A\"",
				log_quote(text));
	else
		conf_field_set_number(field, base,
				(uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2]);
}

static void read_text(struct json *in, const struct conf_field *field, void *base, bool is_part)
{
	unsigned flags = (field->is_filled ? JSON_FILLED : 0) | (field->has_lines ? JSON_LINES : 0);
	char *member = (char *)base + field->offset;
	const char *expected;

	if (field->is_filled && !field->section && !is_part)
		flags |= JSON_REQUIRED;
	json_text(in, field->key, flags, member, field->size);
	if (!conf_form_fits(field->form, member, &expected))
		json_refuse(in, field->key, "%s is not %s", log_quote(member), expected);
}

static void read_field(struct json *in, const struct conf_field *field, void *base, bool is_part)
{
	int64_t whole = conf_field_number(field, base);
	unsigned word = (unsigned)whole;
	const char *expected;
	bool is_on = whole != 0;

	if (is_part && is_template(in, field))
		return;
	switch (field->kind) {
	case CONF_KIND_TEXT:
		read_text(in, field, base, is_part);
		return;
	case CONF_KIND_COLOUR:
		read_colour(in, field, base);
		return;
	case CONF_KIND_WHOLE:
		json_whole(in, field->key, 0, field->takes_zero ? 0 : field->min, field->max,
				&whole);
		if (!conf_whole_fits(field, (uint32_t)whole, &expected))
			json_refuse(in, field->key, "%u is not %s", (unsigned)whole, expected);
		break;
	case CONF_KIND_PLACE:
		json_whole(in, field->key, 0, -CONF_PLACE_MAX, CONF_PLACE_MAX, &whole);
		break;
	case CONF_KIND_BOOL:
		json_bool(in, field->key, 0, &is_on);
		whole = is_on;
		break;
	case CONF_KIND_WORD:
		json_word(in, field->key, 0, field->words, &word);
		whole = word;
		break;
	}
	conf_field_set_number(field, base, (uint32_t)whole);
}

static void read_pins(struct json *trust, struct conf_desktop *desktop)
{
	char text[sizeof(pin_prefix) + 64];
	struct json pins;

	if (!json_enter_list(trust, "pins", 0, CONF_PINS_MAX, &pins))
		return;
	while (json_next_text(&pins, 0, text, sizeof(text))) {
		size_t prefix = sizeof(pin_prefix) - 1;

		if (strncmp(text, pin_prefix, prefix) != 0 ||
				text_from_hex(text + prefix, desktop->pins[desktop->pin_count],
						32) < 0)
			json_refuse(&pins, NULL, "%s is not \"sha256:\" and 64 hex digits",
					log_quote(text));
		desktop->pin_count++;
	}
	json_leave(&pins);
}

static void read_trust(struct json *in, struct conf_desktop *desktop)
{
	struct json trust;
	unsigned mode = CONF_TRUST_CA;

	if (!json_enter(in, "trust", 0, &trust))
		return;
	json_word(&trust, "mode", 0, conf_trust_words, &mode);
	desktop->trust = (enum conf_trust)mode;
	read_pins(&trust, desktop);
	json_leave(&trust);
}

static int64_t read_order(struct json *in)
{
	int64_t order = ORDER_DEFAULT;

	json_whole(in, "order", 0, 0, ORDER_MAX, &order);
	return order;
}

static void read_id(struct json *in, const char *key, char *id, size_t size)
{
	const char *expected = "";

	if (!key[0] || !conf_form_fits(CONF_FORM_ID, key, &expected))
		json_refuse(in, NULL, "an id has %s", key[0] ? expected : "at least one letter");
	else if (text_copy(id, size, key) < 0)
		json_refuse(in, NULL, "an id has at most %zu letters", size - 1);
}

/*
 * Insert `member` of `size` bytes, which begins with its id, into a sorted array of `count`
 * with room for one more: by order, then by id.
 */
static void insert_sorted(void *array, const void *member, size_t size, unsigned count,
		int64_t *orders, int64_t order)
{
	char *place = array;
	unsigned i = 0;

	while (i < count &&
			(orders[i] < order || (orders[i] == order && strcmp(place, member) < 0))) {
		place += size;
		i++;
	}
	memmove(place + size, place, (count - i) * size);
	memcpy(place, member, size);
	memmove(&orders[i + 1], &orders[i], (count - i) * sizeof(order));
	orders[i] = order;
}

static void read_monitors(struct json *in, struct conf_display *display, bool is_part)
{
	int64_t orders[CONF_MONITORS_MAX] = {0}; /* all alike: sorted by id */
	struct json map, member;
	const char *id;

	if (!json_enter_map(in, "monitors", 0, CONF_MONITORS_MAX, &map))
		return;
	while (json_next_member(&map, &id, &member)) {
		struct conf_monitor monitor = conf_monitor_default();

		read_id(&member, id, monitor.id, sizeof(monitor.id));
		for (const struct conf_field *f = conf_monitor_fields; f->key; f++)
			read_field(&member, f, &monitor, is_part);
		insert_sorted(display->monitors, &monitor, sizeof(monitor),
				display->monitor_count++, orders, 0);
		json_leave(&member);
	}
	json_leave(&map);
}

/* `first` is the first row of a section; returns the row behind it. */
static const struct conf_field *read_section(struct json *in, const struct conf_field *first,
		struct conf *conf, bool is_part)
{
	struct json section;
	bool is_there = json_enter(in, first->section, 0, &section);
	const struct conf_field *field = first;

	for (; field->key && strcmp(field->section, first->section) == 0; field++)
		if (is_there)
			read_field(&section, field, conf, is_part);
	if (is_there && strcmp(first->section, "display") == 0)
		read_monitors(&section, &conf->display, is_part);
	if (is_there)
		json_leave(&section);
	return field;
}

static void read_desktops(struct json *in, struct conf *conf, bool is_part)
{
	int64_t orders[CONF_DESKTOPS_MAX] = {0};
	struct json map, member;
	const char *id;

	if (!json_enter_map(in, "desktops", 0, CONF_DESKTOPS_MAX, &map))
		return;
	while (json_next_member(&map, &id, &member)) {
		struct conf_desktop desktop = conf_desktop_default();

		read_id(&member, id, desktop.id, sizeof(desktop.id));
		for (const struct conf_field *f = conf_desktop_fields; f->key; f++)
			read_field(&member, f, &desktop, is_part);
		read_trust(&member, &desktop);
		insert_sorted(conf->desktops, &desktop, sizeof(desktop), conf->desktop_count++,
				orders, read_order(&member));
		json_leave(&member);
	}
	json_leave(&map);
}

static void read_messages(struct json *in, struct conf *conf, bool is_part)
{
	int64_t orders[CONF_MESSAGES_MAX] = {0};
	struct json map, member;
	const char *id;

	if (!json_enter_map(in, "messages", 0, CONF_MESSAGES_MAX, &map))
		return;
	while (json_next_member(&map, &id, &member)) {
		struct conf_message message = {.severity = CONF_SEVERITY_INFO};

		read_id(&member, id, message.id, sizeof(message.id));
		for (const struct conf_field *f = conf_message_fields; f->key; f++)
			read_field(&member, f, &message, is_part);
		insert_sorted(conf->messages, &message, sizeof(message), conf->message_count++,
				orders, read_order(&member));
		json_leave(&member);
	}
	json_leave(&map);
}

/* Every certificate of trust.ca can be read and nothing is behind the last. */
static int check_ca(const char *pem, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	unsigned count = 0;
	X509 *certificate;

	while ((certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		X509_free(certificate);
		count++;
	}
	unsigned long last = ERR_peek_last_error();
	bool is_end = ERR_GET_LIB(last) == ERR_LIB_PEM &&
	              ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
	ERR_clear_error();
	BIO_free(bio);
	if (count == 0 || !is_end)
		return err_set(err, EINVAL, "trust.ca: is not one or more certificates in PEM");
	return 0;
}

static int parse(const cJSON *tree, bool is_part, struct conf *ret, struct err *err)
{
	struct conf conf = conf_default();
	struct json in;

	json_begin(&in, tree, err);
	if (is_part)
		json_take_nulls(&in);
	for (const struct conf_field *field = conf_fields; field->key;)
		field = read_section(&in, field, &conf, is_part);
	read_desktops(&in, &conf, is_part);
	read_messages(&in, &conf, is_part);
	int r = json_end(&in);
	if (r == 0 && conf.ca[0])
		r = check_ca(conf.ca, err);
	if (r == 0)
		r = is_part ? conf_check_part(&conf, err) : conf_check(&conf, err);
	if (r == 0)
		*ret = conf;
	return r;
}

int conf_parse(const cJSON *tree, struct conf *ret, struct err *err)
{
	return parse(tree, false, ret, err);
}

int conf_parse_text(const char *text, size_t size, struct conf *ret, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;

	int r = json_parse(text, size, &tree, err);
	if (r < 0)
		return r;
	return conf_parse(tree, ret, err);
}

int conf_layer_check(const cJSON *tree, struct err *err)
{
	const cJSON *locks = cJSON_GetObjectItemCaseSensitive(tree, CONF_LOCKS);
	const cJSON *variables = cJSON_GetObjectItemCaseSensitive(tree, CONF_VARIABLES);
	OWNED(memory) struct conf *ignored = own_alloc(sizeof(*ignored));

	if (!locks && !variables)
		return parse(tree, true, ignored, err);
	OWNED(json) cJSON *values = json_copy(tree);
	cJSON_DeleteItemFromObjectCaseSensitive(values, CONF_LOCKS);
	cJSON_DeleteItemFromObjectCaseSensitive(values, CONF_VARIABLES);
	int r = parse(values, true, ignored, err);
	if (r == 0 && variables)
		r = conf_expand_check_variables(variables, err);
	return r < 0 || !locks ? r : conf_locks_check(locks, err);
}
