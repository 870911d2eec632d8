// SPDX-License-Identifier: Apache-2.0
#include "conf/conf.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/fields.h"

enum {
	PATH_MAX_BYTES = 96, /* "desktops.ID.security" and alike */
	WIDTH_MIN = 320,
	HEIGHT_MIN = 200,
};

struct conf conf_default(void)
{
	return (struct conf){
			.locale = {.language = "en", .timezone = "UTC"},
			.keyboard = {.layout = "us",
					.repeat_delay_ms = 400,
					.repeat_per_second = 25},
			.mouse = {.speed = 50, .has_tap_to_click = true},
			.display = {.scale_percent = 100, .blank_after_min = 30},
			.power = {.dim_percent = 30},
			.sign_in = {.shows_password_button = true},
			.branding = {.accent = 0x3b82f6, .background = 0x0f172a},
	};
}

struct conf_monitor conf_monitor_default(void)
{
	return (struct conf_monitor){.x = CONF_PLACE_NONE, .y = CONF_PLACE_NONE};
}

struct conf_desktop conf_desktop_default(void)
{
	return (struct conf_desktop){.port = 3389};
}

/* What is being checked; errors are written with `path` before the key. */
struct check {
	char path[PATH_MAX_BYTES];
	bool is_part;
	struct err *err;
};

static int refuse(const struct check *check, const char *key, const char *what)
{
	return err_set(check->err, EINVAL, "%s.%s: %s", check->path, key, what);
}

static int check_text(const struct check *check, const struct conf_field *field, const char *text)
{
	const char *expected;
	size_t length = strnlen(text, field->size);

	if (length == field->size)
		return refuse(check, field->key, "a text without its end");
	if (!text_is_utf8(text, length))
		return refuse(check, field->key, "a text that is not valid UTF-8");
	if (text_has_control(text, field->has_lines ? "\n" : NULL))
		return refuse(check, field->key, "has a control character");
	if (field->is_filled && length == 0 && !check->is_part)
		return refuse(check, field->key, "must not be empty");
	if (!conf_form_fits(field->form, text, &expected))
		return err_set(check->err, EINVAL, "%s.%s: %s is not %s", check->path, field->key,
				log_quote(text), expected);
	return 0;
}

static uint32_t max_of(const struct conf_field *field)
{
	uint32_t count = 0;

	if (field->kind == CONF_KIND_BOOL)
		return 1;
	if (field->kind != CONF_KIND_WORD)
		return field->max;
	while (field->words[count])
		count++;
	return count - 1;
}

static int check_place(const struct check *check, const struct conf_field *field, int32_t place)
{
	if (place != CONF_PLACE_NONE && (place < -CONF_PLACE_MAX || place > CONF_PLACE_MAX))
		return err_set(check->err, EINVAL, "%s.%s: %d is not in %d..%d", check->path,
				field->key, place, -CONF_PLACE_MAX, CONF_PLACE_MAX);
	return 0;
}

static int check_number(const struct check *check, const struct conf_field *field, uint32_t number)
{
	const char *expected;

	if (field->kind == CONF_KIND_PLACE)
		return check_place(check, field, (int32_t)number);
	if (field->kind == CONF_KIND_WHOLE && (field->step || field->takes_zero) &&
			!conf_whole_fits(field, number, &expected))
		return err_set(check->err, EINVAL, "%s.%s: %u is not %s", check->path, field->key,
				number, expected);
	if ((number < field->min && !field->takes_zero) || number > max_of(field))
		return err_set(check->err, EINVAL, "%s.%s: %u is not in %u..%u", check->path,
				field->key, number, field->min, max_of(field));
	return 0;
}

static int check_field(const struct check *check, const struct conf_field *field, const void *base)
{
	if (field->kind == CONF_KIND_TEXT)
		return check_text(check, field, (const char *)base + field->offset);
	return check_number(check, field, conf_field_number(field, base));
}

static int check_fields(const struct check *check, const struct conf_field *fields,
		const void *base)
{
	int r = 0;

	for (const struct conf_field *field = fields; field->key && r == 0; field++)
		r = check_field(check, field, base);
	return r;
}

/* The id of member `index` of a map, different from those before; leaves "map.id" in the path. */
static int enter_member(struct check *check, const char *map, const char *first, size_t stride,
		unsigned index)
{
	static const struct conf_field rule = {.key = "id", .size = 32, .form = CONF_FORM_ID};
	const char *id = first + stride * index;

	text_format(check->path, sizeof(check->path), "%s[%u]", map, index);
	int r = check_text(check, &rule, id);
	if (r < 0)
		return r;
	if (!id[0])
		return refuse(check, "id", "must not be empty");
	for (unsigned i = 0; i < index; i++)
		if (strcmp(first + stride * i, id) == 0)
			return refuse(check, "id", "another one has the same");
	text_format(check->path, sizeof(check->path), "%s.%s", map, id);
	return 0;
}

static int check_desktop(const struct check *check, const struct conf_desktop *desktop)
{
	uint32_t trust;
	int r = check_fields(check, conf_desktop_fields, desktop);

	if (r < 0)
		return r;
	memcpy(&trust, &desktop->trust, sizeof(trust));
	if (trust > CONF_TRUST_PINNED)
		return refuse(check, "trust.mode", "not a known one");
	if (desktop->pin_count > CONF_PINS_MAX)
		return refuse(check, "trust.pins", "too many");
	if (trust == CONF_TRUST_PINNED && desktop->pin_count == 0 && !check->is_part)
		return refuse(check, "trust.pins", "\"pinned\" needs at least one fingerprint");
	return 0;
}

static int check_desktops(struct check *check, const struct conf *conf)
{
	if (conf->desktop_count > CONF_DESKTOPS_MAX)
		return err_set(check->err, EINVAL, "desktops: more than %d", CONF_DESKTOPS_MAX);
	for (unsigned i = 0; i < conf->desktop_count; i++) {
		int r = enter_member(check, "desktops", conf->desktops[0].id,
				sizeof(conf->desktops[0]), i);
		if (r == 0)
			r = check_desktop(check, &conf->desktops[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int check_messages(struct check *check, const struct conf *conf)
{
	if (conf->message_count > CONF_MESSAGES_MAX)
		return err_set(check->err, EINVAL, "messages: more than %d", CONF_MESSAGES_MAX);
	for (unsigned i = 0; i < conf->message_count; i++) {
		int r = enter_member(check, "messages", conf->messages[0].id,
				sizeof(conf->messages[0]), i);
		if (r == 0)
			r = check_fields(check, conf_message_fields, &conf->messages[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int check_mode(const char *path, uint32_t width, uint32_t height, struct err *err)
{
	if (width == 0 && height == 0)
		return 0;
	if (width < WIDTH_MIN || height < HEIGHT_MIN)
		return err_set(err, EINVAL,
				"%s.%s: %u x %u is no mode: both 0 (the monitor's own), or at "
				"least %d x %d",
				path, width < WIDTH_MIN ? "width" : "height", width, height,
				WIDTH_MIN, HEIGHT_MIN);
	return 0;
}

static int check_monitor(const struct check *check, const struct conf_monitor *monitor)
{
	int r = check_fields(check, conf_monitor_fields, monitor);

	if (r < 0 || check->is_part)
		return r;
	if (!monitor->maker[0] && !monitor->model[0] && !monitor->serial[0] &&
			!monitor->connector[0])
		return err_set(check->err, EINVAL, "%s: needs a maker, model, serial or connector",
				check->path);
	if ((monitor->x == CONF_PLACE_NONE) != (monitor->y == CONF_PLACE_NONE))
		return refuse(check, monitor->x == CONF_PLACE_NONE ? "x" : "y",
				"is missing: a place has both x and y");
	return check_mode(check->path, monitor->width, monitor->height, check->err);
}

static int check_monitors(struct check *check, const struct conf_display *display)
{
	if (display->monitor_count > CONF_MONITORS_MAX)
		return err_set(check->err, EINVAL, "display.monitors: more than %d",
				CONF_MONITORS_MAX);
	for (unsigned i = 0; i < display->monitor_count; i++) {
		int r = enter_member(check, "display.monitors", display->monitors[0].id,
				sizeof(display->monitors[0]), i);
		if (r == 0)
			r = check_monitor(check, &display->monitors[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int check_all(struct check *check, const struct conf *conf)
{
	for (const struct conf_field *field = conf_fields; field->key; field++) {
		text_format(check->path, sizeof(check->path), "%s", field->section);
		int r = check_field(check, field, conf);
		if (r < 0)
			return r;
	}
	int r = check_monitors(check, &conf->display);
	if (r == 0)
		r = check_desktops(check, conf);
	return r < 0 ? r : check_messages(check, conf);
}

int conf_check_part(const struct conf *conf, struct err *err)
{
	return check_all(&(struct check){.is_part = true, .err = err}, conf);
}

int conf_check(const struct conf *conf, struct err *err)
{
	int r = check_all(&(struct check){.err = err}, conf);

	if (r < 0)
		return r;
	return check_mode("display", conf->display.width, conf->display.height, err);
}

int conf_signed_check(const struct conf_signed *conf, struct err *err)
{
	const char *expected;

	if (conf->revision < 1 || conf->revision > INT64_MAX)
		return err_set(err, EINVAL, "revision: %" PRIu64 " is no revision", conf->revision);
	if (conf->issued_s < 0 || conf->expires_s < 0)
		return err_set(err, EINVAL, "issued, expires: not before 1970");
	if (strnlen(conf->device, sizeof(conf->device)) == sizeof(conf->device) ||
			!conf->device[0] || !conf_form_fits(CONF_FORM_ID, conf->device, &expected))
		return err_set(err, EINVAL, "device: not the id of a device");
	return conf_check(&conf->conf, err);
}
