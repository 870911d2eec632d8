/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the screens are built from: texts, fields, buttons, chips. A screen is a
 * column that flows down from `y`; lengths are given for a screen of 1280 x 720 and
 * scaled by `px`.
 */
#ifndef UI_BUILD_H
#define UI_BUILD_H

#include "ui/layout.h"
#include "ui/palette.h"

struct build {
	struct typesetter *setter;
	const struct catalogue *catalogue;
	const struct ui_model *model;
	struct layout *layout;
	struct scene *scene;
	struct palette palette;
	int32_t width, height; /* of the screen, pixels */
	double unit;           /* pixels per length of the design */
	double factor;         /* how much smaller the column is set, so that it fits */
	uint8_t message_lines; /* how much room messages may take */
	uint8_t message_max;
	uint8_t text_lines; /* at most, of texts from outside */
	int32_t x, y, w;    /* the column: where it stands and how wide it is */
};

/* A length of the design in pixels, at least 1 for what is not 0. */
int32_t px(const struct build *b, double length);

/* The text in the model's language. */
const char *tr(const struct build *b, const char *text);

struct type type_of(const struct build *b, double size, bool is_bold);

/* Set `text` with its top left (or the top of its line of `width`) at x, y; returns its height. */
int32_t put_text(struct build *b, int32_t x, int32_t y, const struct type *type, uint32_t colour,
		const char *text);
/* One line of `text`, cut to `width`, its middle at `middle_y`; returns its width. */
int32_t put_line(struct build *b, int32_t x, int32_t middle_y, struct type type, int32_t width,
		uint32_t colour, const char *text);
void put_box(struct build *b, struct ui_rect rect, int32_t radius, uint32_t colour);
void put_ring(struct build *b, struct ui_rect rect, int32_t radius, int32_t stroke,
		uint32_t colour);
void put_icon(struct build *b, enum icon icon, int32_t x, int32_t y, int32_t side, uint32_t colour);
void put_area(struct build *b, struct ui_rect rect, enum ui_target target);
/* Around what has the focus. */
void put_focus(struct build *b, struct ui_rect rect, int32_t radius, enum ui_target target);

void put_dots(struct build *b, int32_t x, int32_t middle_y, uint32_t colour);
void put_button(struct build *b, struct ui_rect r, enum ui_target target, const char *label);
void put_monogram(struct build *b, int32_t x, int32_t y, int32_t side);

/* The column: each adds at `y` and moves it down by what it took. */
void add_gap(struct build *b, double length);
void add_heading(struct build *b, const char *text);
void add_small(struct build *b, const char *text);
void add_paragraph(struct build *b, uint32_t colour, const char *text, uint8_t lines);
void add_field(struct build *b, enum ui_field_kind kind, const char *label);
void add_button(struct build *b, enum ui_target target, const char *label);
void add_buttons(struct build *b, const char *primary, const char *secondary);
void add_dialog_buttons(struct build *b, const char *primary, const char *secondary);
void add_badge(struct build *b, enum icon icon, uint32_t colour, uint32_t tint);
void add_chip(struct build *b, const char *word, const char *value);
/* Tinted panel with an icon, a title (may be NULL) and a text. */
void add_notice(struct build *b, enum icon icon, uint32_t colour, uint32_t tint, const char *title,
		const char *text, uint8_t lines);
void add_problem(struct build *b);
void add_code_tiles(struct build *b, const char *code);
void add_waiting(struct build *b, const char *text);
/* What is going on, with dots while it does. */
void add_phase(struct build *b, const char *text);
/* The helpdesk's number, large. */
void add_phone(struct build *b);
void add_progress(struct build *b);
void add_desktop_grid(struct build *b, uint32_t count);

/* The parts that stay: background, title, clock, device, helpdesk; the rest is between. */
void put_frame(struct build *b, int32_t *top, int32_t *bottom);
/* Messages of the organisation, from `y` down. */
void add_identity(struct build *b);
void put_messages(struct build *b);
/* The first message over a desktop, with a button that closes it. */
void put_banner(struct build *b);

/* An icon and the two colours of how severe something is. */
void severity_look(const struct build *b, enum conf_severity severity, enum icon *icon,
		uint32_t *colour, uint32_t *tint);
/* A cross in `r` that closes something. */
void put_close(struct build *b, struct ui_rect r, enum ui_target target);

/* orders.c: the helpdesk's banner in the column at `y`; dialog, notice and number over all. */
void put_order_banner(struct build *b);
void put_orders(struct build *b);
void add_locked(struct build *b);

/* Width of the card of the model's screen, and what stands in it. */
double screen_width(const struct ui_model *model);
void add_screen(struct build *b);

#endif
