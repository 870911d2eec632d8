// SPDX-License-Identifier: Apache-2.0
#include "conf/fields.h"

#include <stdio.h>
#include <string.h>

static const char *const arrangement_words[] = {"extend", "mirror", "one", NULL};
static const char *const security_words[] = {"auto", "nla", "tls", NULL};
static const char *const monitors_words[] = {
		"all", "primary", "1", "2", "3", "4", "5", "6", "7", "8", NULL};
static const char *const decoder_words[] = {"auto", "software", "off", NULL};
static const char *const severity_words[] = {"info", "warning", "urgent", NULL};
static const char *const num_lock_words[] = {"keep", "on", "off", NULL};
static const char *const new_keyboards_words[] = {"hold", "allow", NULL};
static const char *const leave_words[] = {"ctrl+alt+home", "off", NULL};
static const char *const ctrl_alt_end_words[] = {"pass", "delete", NULL};
static const char *const screenshot_words[] = {"notice", "ask", "off", NULL};
static const char *const firmware_when_words[] = {"idle", "restart", NULL};
const char *const conf_trust_words[] = {"ca", "pinned", NULL};

/* Offset and size of a member, which `type` may hold inside of another struct. */
#define AT(type, member) .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

#define TEXT(part, name, ...) \
	{.section = #part, \
			.key = #name, \
			.kind = CONF_KIND_TEXT, \
			AT(struct conf, part.name), \
			__VA_ARGS__}
#define WHOLE(part, name, low, high) \
	{.section = #part, \
			.key = #name, \
			.kind = CONF_KIND_WHOLE, \
			AT(struct conf, part.name), \
			.min = (low), \
			.max = (high)}
#define BOOL(part, name, member) \
	{.section = #part, .key = #name, .kind = CONF_KIND_BOOL, AT(struct conf, part.member)}
#define WORD(part, name, list) \
	{.section = #part, \
			.key = #name, \
			.kind = CONF_KIND_WORD, \
			AT(struct conf, part.name), \
			.words = (list)}
#define COLOUR(part, name) \
	{.section = #part, \
			.key = #name, \
			.kind = CONF_KIND_COLOUR, \
			AT(struct conf, part.name), \
			.max = 0xffffff}

/* clang-format off */
const struct conf_field conf_fields[] = {
	TEXT(identity, organisation),
	TEXT(identity, site),
	TEXT(identity, device),
	TEXT(locale, language, .form = CONF_FORM_LANGUAGE, .is_filled = true),
	TEXT(locale, timezone, .form = CONF_FORM_TIMEZONE, .is_filled = true),
	TEXT(keyboard, layout, .form = CONF_FORM_XKB, .is_filled = true),
	TEXT(keyboard, variant, .form = CONF_FORM_XKB),
	TEXT(keyboard, options, .form = CONF_FORM_XKB),
	WHOLE(keyboard, repeat_delay_ms, 100, 2000),
	WHOLE(keyboard, repeat_per_second, 1, 60),
	BOOL(keyboard, repeat_off, is_repeat_off),
	WORD(keyboard, num_lock, num_lock_words),
	BOOL(keyboard, sticky_keys, has_sticky_keys),
	WHOLE(keyboard, slow_keys_ms, 0, 5000),
	WHOLE(keyboard, bounce_keys_ms, 0, 5000),
	BOOL(mouse, left_handed, is_left_handed),
	WHOLE(mouse, speed, 0, 100),
	BOOL(mouse, natural_scroll, has_natural_scroll),
	BOOL(mouse, tap_to_click, has_tap_to_click),
	WORD(devices, new_keyboards, new_keyboards_words),
	TEXT(devices, trusted_keyboards, .form = CONF_FORM_USB),
	WORD(kiosk_keys, leave_session, leave_words),
	WORD(kiosk_keys, ctrl_alt_end, ctrl_alt_end_words),
	{.section = "display", .key = "arrangement", .kind = CONF_KIND_WORD,
	 AT(struct conf, display.arrangement), .words = arrangement_words},
	WHOLE(display, width, 0, 8192),
	WHOLE(display, height, 0, 8192),
	WHOLE(display, scale_percent, 100, 300),
	WHOLE(display, blank_after_min, 0, 1440),
	WHOLE(power, dim_after_min, 0, 1440),
	WHOLE(power, dim_percent, 10, 100),
	TEXT(power, day_start, .form = CONF_FORM_CLOCK),
	TEXT(power, day_end, .form = CONF_FORM_CLOCK),
	WHOLE(power, night_off_after_min, 0, 1440),
	TEXT(maintenance, days, .form = CONF_FORM_DAYS),
	TEXT(maintenance, start, .form = CONF_FORM_CLOCK),
	TEXT(maintenance, end, .form = CONF_FORM_CLOCK),
	TEXT(firmware, version),
	TEXT(firmware, sha256, .form = CONF_FORM_SHA256),
	WORD(firmware, when, firmware_when_words),
	{.section = "video", .key = "decoder", .kind = CONF_KIND_WORD, AT(struct conf, video.decoder),
	 .words = decoder_words},
	BOOL(video, rdpevor, has_rdpevor),
	{.section = "trust", .key = "ca", .kind = CONF_KIND_TEXT, AT(struct conf, ca), .has_lines = true},
	BOOL(sign_in, asks_domain, asks_domain),
	BOOL(sign_in, shows_password_button, shows_password_button),
	BOOL(sign_in, remembers_user, remembers_user),
	WHOLE(sign_in, idle_min, 0, 1440),
	TEXT(helpdesk, phone),
	TEXT(helpdesk, text, .has_lines = true),
	WORD(helpdesk, screenshot, screenshot_words),
	TEXT(branding, title),
	COLOUR(branding, accent),
	COLOUR(branding, background),
	BOOL(reports, includes_user, includes_user),
	{.key = NULL},
};

#define MONITOR(of_kind, name, member, ...) \
	{.key = #name, .kind = CONF_KIND_##of_kind, AT(struct conf_monitor, member), __VA_ARGS__}

const struct conf_field conf_monitor_fields[] = {
	MONITOR(TEXT, maker, maker, .form = CONF_FORM_PNP),
	MONITOR(TEXT, model, model),
	MONITOR(TEXT, serial, serial),
	MONITOR(TEXT, connector, connector),
	MONITOR(BOOL, off, is_off),
	MONITOR(BOOL, primary, is_primary),
	MONITOR(PLACE, x, x),
	MONITOR(PLACE, y, y),
	MONITOR(WHOLE, rotation, rotation, .max = 270, .step = 90),
	MONITOR(WHOLE, width, width, .max = 8192),
	MONITOR(WHOLE, height, height, .max = 8192),
	MONITOR(WHOLE, refresh_hz, refresh_hz, .max = 500),
	MONITOR(WHOLE, scale_percent, scale_percent, .min = 100, .max = 300, .takes_zero = true),
	{.key = NULL},
};

const struct conf_field conf_desktop_fields[] = {
	{.key = "name", .kind = CONF_KIND_TEXT, AT(struct conf_desktop, name), .is_filled = true},
	{.key = "host", .kind = CONF_KIND_TEXT, AT(struct conf_desktop, host), .is_filled = true,
	 .form = CONF_FORM_HOST},
	{.key = "port", .kind = CONF_KIND_WHOLE, AT(struct conf_desktop, port), .min = 1, .max = 65535},
	{.key = "user", .kind = CONF_KIND_TEXT, AT(struct conf_desktop, user)},
	{.key = "domain", .kind = CONF_KIND_TEXT, AT(struct conf_desktop, domain)},
	{.key = "security", .kind = CONF_KIND_WORD, AT(struct conf_desktop, security),
	 .words = security_words},
	{.key = "monitors", .kind = CONF_KIND_WORD, AT(struct conf_desktop, monitors),
	 .words = monitors_words},
	{.key = NULL},
};

const struct conf_field conf_message_fields[] = {
	{.key = "severity", .kind = CONF_KIND_WORD, AT(struct conf_message, severity),
	 .words = severity_words},
	{.key = "text", .kind = CONF_KIND_TEXT, AT(struct conf_message, text), .is_filled = true,
	 .has_lines = true},
	{.key = NULL},
};
/* clang-format on */

/* Members are 1 (bool), 2 or 4 bytes (numbers, enumerations): read as bytes, any value may come. */
uint32_t conf_field_number(const struct conf_field *field, const void *base)
{
	const char *member = (const char *)base + field->offset;
	uint8_t small;
	uint16_t middle;
	uint32_t large;

	switch (field->size) {
	case sizeof(small):
		memcpy(&small, member, sizeof(small));
		return small;
	case sizeof(middle):
		memcpy(&middle, member, sizeof(middle));
		return middle;
	default:
		memcpy(&large, member, sizeof(large));
		return large;
	}
}

void conf_field_set_number(const struct conf_field *field, void *base, uint32_t number)
{
	char *member = (char *)base + field->offset;
	uint8_t small = (uint8_t)number;
	uint16_t middle = (uint16_t)number;

	if (field->size == sizeof(small))
		memcpy(member, &small, sizeof(small));
	else if (field->size == sizeof(middle))
		memcpy(member, &middle, sizeof(middle));
	else
		memcpy(member, &number, sizeof(number));
}

const char *conf_field_text(const struct conf_field *field, const void *base,
		char buffer[CONF_NUMBER_TEXT_MAX])
{
	uint32_t number;

	if (field->kind == CONF_KIND_TEXT)
		return (const char *)base + field->offset;
	number = conf_field_number(field, base);
	if (field->kind == CONF_KIND_WORD)
		return field->words[number];
	if (field->kind == CONF_KIND_BOOL)
		return number ? "true" : "false";
	if (field->kind == CONF_KIND_PLACE && (int32_t)number == CONF_PLACE_NONE)
		return "";
	if (field->kind == CONF_KIND_PLACE)
		snprintf(buffer, CONF_NUMBER_TEXT_MAX, "%d", (int32_t)number);
	else
		snprintf(buffer, CONF_NUMBER_TEXT_MAX,
				field->kind == CONF_KIND_COLOUR ? "#%06X" : "%u", number);
	return buffer;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"
#define USB DIGIT "abcdef"

static const struct form {
	const char *first; /* bytes that may begin it */
	const char *rest;
	const char *expected;
} forms[] = {
		[CONF_FORM_ID] = {LOWER DIGIT, LOWER DIGIT "-", "a-z, 0-9 and -, not - first"},
		[CONF_FORM_HOST] = {LOWER UPPER DIGIT ":", LOWER UPPER DIGIT ".:_-",
				"a host name or an address"},
		[CONF_FORM_LANGUAGE] = {LOWER UPPER, LOWER UPPER DIGIT "-",
				"a language such as \"da\" or \"en-GB\""},
		[CONF_FORM_TIMEZONE] = {LOWER UPPER, LOWER UPPER DIGIT "/_+-",
				"a time zone such as \"Europe/Copenhagen\""},
		[CONF_FORM_XKB] = {LOWER UPPER DIGIT, LOWER UPPER DIGIT "_,:-",
				"XKB names such as \"dk\" or \"us,dk\""},
		[CONF_FORM_USB] = {USB, USB ",:", "USB numbers such as \"05e0:1200\", with commas"},
		[CONF_FORM_PNP] = {UPPER, UPPER, "letters A-Z such as \"DEL\""},
		[CONF_FORM_CLOCK] = {"012", DIGIT ":", "a time of the day such as \"07:30\""},
		[CONF_FORM_DAYS] = {LOWER, LOWER ",", "days such as \"mon,tue,fri\""},
		[CONF_FORM_SHA256] = {USB, USB, "64 hex digits in lower case"},
};

/* Four hex digits, a colon, four more; again behind each comma. */
static bool is_usb_list(const char *text)
{
	for (;; text += 10) {
		if (strspn(text, USB) != 4 || text[4] != ':' || strspn(text + 5, USB) != 4)
			return false;
		if (!text[9])
			return true;
		if (text[9] != ',')
			return false;
	}
}

static bool is_clock(const char *text)
{
	return strlen(text) == 5 && text[2] == ':' && strspn(text, DIGIT) == 2 &&
	       strspn(text + 3, DIGIT) == 2 && strncmp(text, "24", 2) < 0 && text[3] < '6';
}

/* Days in their order, so that one text says it in one way. */
static bool is_days(const char *text)
{
	static const char order[] = "mon,tue,wed,thu,fri,sat,sun";
	const char *at = order;
	char day[4] = "";

	for (;; text += 4) {
		if (strspn(text, LOWER) != 3)
			return false;
		memcpy(day, text, 3);
		at = strstr(at, day);
		if (!at || (at - order) % 4 != 0)
			return false;
		at += 3;
		if (text[3] != ',')
			return text[3] == '\0';
	}
}

bool conf_form_fits(enum conf_form form, const char *text, const char **expected)
{
	const struct form *rule = &forms[form];

	if (form == CONF_FORM_ANY || !text[0])
		return true;
	*expected = rule->expected;
	if (form == CONF_FORM_USB)
		return is_usb_list(text);
	if (form == CONF_FORM_CLOCK)
		return is_clock(text);
	if (form == CONF_FORM_DAYS)
		return is_days(text);
	if (form == CONF_FORM_SHA256 && strlen(text) != 64)
		return false;
	return strchr(rule->first, text[0]) && strspn(text, rule->rest) == strlen(text);
}

bool conf_whole_fits(const struct conf_field *field, uint32_t number, const char **expected)
{
	*expected = field->step ? "0, 90, 180 or 270" : "0, or at least 100";
	if (field->step)
		return number % field->step == 0;
	return number >= field->min || (field->takes_zero && number == 0);
}
