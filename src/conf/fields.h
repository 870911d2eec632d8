/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of the config as tables: parser, printer, check and diff all walk them, so that a
 * new key is one row here, one member in conf/conf.h and one property in configs/schema.json.
 * By hand are only the three maps (display.monitors, desktops, messages) and a desktop's "trust".
 * Nothing here knows JSON: the kiosk links it too.
 */
#ifndef CONF_FIELDS_H
#define CONF_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

enum conf_kind {
	CONF_KIND_TEXT,  /* char[max + 1] */
	CONF_KIND_WHOLE, /* uint16_t or uint32_t */
	CONF_KIND_PLACE, /* int32_t within CONF_PLACE_MAX, or CONF_PLACE_NONE: not printed */
	CONF_KIND_BOOL,
	CONF_KIND_WORD,   /* an enum: index in `words` */
	CONF_KIND_COLOUR, /* uint32_t, "#RRGGBB" */
};

/* What a text may look like. configs/schema.json says the same as patterns. */
enum conf_form {
	CONF_FORM_ANY,
	CONF_FORM_ID,       /* a-z 0-9 - */
	CONF_FORM_HOST,     /* a name or an address, IPv6 without brackets */
	CONF_FORM_LANGUAGE, /* BCP 47 */
	CONF_FORM_TIMEZONE, /* IANA: never a path out of the folder of zones */
	CONF_FORM_XKB,      /* names of XKB: "dk", "us,dk", "compose:ralt" */
	CONF_FORM_USB,      /* vendor:product of USB in hex, with commas */
	CONF_FORM_PNP,      /* A-Z */
	CONF_FORM_CLOCK,    /* HH:MM, 00:00..23:59 */
	CONF_FORM_DAYS,     /* mon, tue, wed, thu, fri, sat, sun with commas, each once at most */
	CONF_FORM_SHA256,   /* 64 hex digits */
};

struct conf_field {
	const char *section; /* NULL in the tables of monitors, desktops and messages */
	const char *key;
	enum conf_kind kind;
	size_t offset;            /* of the member in struct conf, conf_desktop or conf_message */
	size_t size;              /* bytes of the member */
	uint32_t min, max;        /* WHOLE */
	uint32_t step;            /* WHOLE: a multiple of it; 0: any */
	bool takes_zero;          /* WHOLE: 0 as well, whatever `min` is */
	enum conf_form form;      /* TEXT */
	bool is_filled;           /* TEXT: not empty; required in desktops and messages */
	bool has_lines;           /* TEXT: line feeds allowed */
	const char *const *words; /* WORD: NULL-terminated */
};

/* Each ends with a row whose key is NULL. Rows of one section follow one another. */
extern const struct conf_field conf_fields[];
extern const struct conf_field conf_monitor_fields[];
extern const struct conf_field conf_desktop_fields[];
extern const struct conf_field conf_message_fields[];
extern const char *const conf_trust_words[];

uint32_t conf_field_number(const struct conf_field *field, const void *base);
void conf_field_set_number(const struct conf_field *field, void *base, uint32_t number);

enum { CONF_NUMBER_TEXT_MAX = 16 };

/* The value as a person writes it, "" for no place; points into `base` or to `buffer`. */
const char *conf_field_text(const struct conf_field *field, const void *base,
		char buffer[CONF_NUMBER_TEXT_MAX]);

/* Whether the text has the form; *expected says what would have. */
bool conf_form_fits(enum conf_form form, const char *text, const char **expected);

/* Whether a number is one that a WHOLE may be, but for its range. */
bool conf_whole_fits(const struct conf_field *field, uint32_t number, const char **expected);

/* A desktop and a monitor as the parser begins with them. */
struct conf_desktop conf_desktop_default(void);
struct conf_monitor conf_monitor_default(void);

/* conf_check of a layer: parts may be missing and relations between values are not looked at. */
int conf_check_part(const struct conf *conf, struct err *err);

#endif
