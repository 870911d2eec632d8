/* SPDX-License-Identifier: Apache-2.0 */
/* Parts that only one or two screens have. */
#include <stdio.h>
#include <string.h>

#include "ui/build.h"
#include "ui/texts.h"

/* In the sign-in and address screens: what was wrong the last time, above the fields. */
void add_problem(struct build *b)
{
	const struct text_reason *text = text_of_reason(b->model->reason);
	char line[512];

	snprintf(line, sizeof(line), "%s\xc2\xa0(%s)", tr(b, text->hint),
			reason_code(b->model->reason));
	add_notice(b, ICON_WARNING, b->palette.danger, b->palette.danger_tint, tr(b, text->title),
			line, 4);
}

static void put_tile(struct build *b, struct ui_rect r, char character)
{
	char text[2] = {character, 0};
	struct type type = type_of(b, 40, true);

	type.align = TYPE_CENTRE;
	type.is_code = true;
	if (type.size > (r.x2 - r.x1) * 3 / 4)
		type.size = (r.x2 - r.x1) * 3 / 4;
	put_box(b, r, px(b, 10), b->palette.quiet);
	put_line(b, r.x1, (r.y1 + r.y2) / 2, type, r.x2 - r.x1, b->palette.text, text);
}

/* Each character in a tile of its own, so that it can be read out one by one. */
void add_code_tiles(struct build *b, const char *code)
{
	int32_t length = (int32_t)strnlen(code, sizeof(b->model->code)), units = 0;
	int32_t gap = px(b, 8), h = px(b, 76), x = b->x;

	/* A dash takes half a tile. */
	for (int32_t i = 0; i < length; i++)
		units += code[i] == '-' ? 1 : 2;
	if (!units)
		return;
	int32_t room = b->w - gap * (length - 1);

	for (int32_t i = 0, taken = 0; i < length; i++) {
		int32_t mine = code[i] == '-' ? 1 : 2;
		int32_t left = b->x + gap * i + room * taken / units;
		int32_t right = b->x + gap * i + room * (taken + mine) / units;
		int32_t middle = b->y + h / 2, half = px(b, 2);

		taken += mine;
		x = right;
		if (code[i] == '-')
			put_box(b,
					(struct ui_rect){left + gap / 2, middle - half,
							right - gap / 2, middle + half},
					half, b->palette.muted);
		else
			put_tile(b, (struct ui_rect){left, b->y, x, b->y + h}, code[i]);
	}
	b->y += h;
}

/* Dots and a word about what is waited for. */
void add_waiting(struct build *b, const char *text)
{
	struct type type = type_of(b, 16, false);
	int32_t middle = b->y + px(b, 12), x = b->x + px(b, 56);

	put_dots(b, b->x, middle, b->palette.accent);
	put_line(b, x, middle, type, b->x + b->w - x, b->palette.muted, text);
	b->y += px(b, 24);
}

void add_phase(struct build *b, const char *text)
{
	int32_t middle = b->y + px(b, 12), dots = px(b, 40);

	put_line(b, b->x, middle, type_of(b, 16, false), b->w - dots - px(b, 16), b->palette.text,
			text);
	if (b->model->is_busy)
		put_dots(b, b->x + b->w - dots, middle, b->palette.accent);
	b->y += px(b, 24);
}

void add_phone(struct build *b)
{
	struct type type = type_of(b, 24, true);
	int32_t side = px(b, 26), middle = b->y + px(b, 16), x = b->x + side + px(b, 12);

	put_icon(b, ICON_PHONE, b->x, middle - side / 2, side, b->palette.accent);
	put_line(b, x, middle, type, b->x + b->w - x, b->palette.text, b->model->helpdesk.phone);
	b->y += px(b, 32);
}

/* One bar per step; those that are done are full. */
void add_progress(struct build *b)
{
	enum { STEPS = WIRE_PHASE_SHOWING };
	int32_t gap = px(b, 8), h = px(b, 6), w = b->w - gap * (STEPS - 1);
	uint32_t phase = b->model->phase;

	if (phase < 1 || phase > STEPS)
		phase = 1;
	for (int32_t i = 0; i < STEPS; i++) {
		bool is_done = i < (int32_t)phase;
		int32_t x1 = b->x + gap * i + w * i / STEPS,
			x2 = b->x + gap * i + w * (i + 1) / STEPS;

		put_box(b, (struct ui_rect){x1, b->y, x2, b->y + h}, h / 2,
				is_done ? b->palette.accent : b->palette.quiet_pressed);
	}
	b->y += h;
}

static void put_desktop(struct build *b, struct ui_rect r, uint32_t i)
{
	const struct palette *p = &b->palette;
	enum ui_target target = (enum ui_target)(UI_TARGET_DESKTOP + i);
	bool is_hovered = b->model->hover == target, is_pressed = b->model->pressed == target;
	int32_t middle = (r.y1 + r.y2) / 2, pad = px(b, 18), icon = px(b, 26), arrow = px(b, 20);
	int32_t x = r.x1 + pad + icon + px(b, 16);

	put_focus(b, r, px(b, 12), target);
	put_box(b, r, px(b, 12),
			is_pressed   ? p->quiet_pressed
			: is_hovered ? p->quiet_hover
				     : p->quiet);
	put_area(b, r, target);
	put_icon(b, ICON_MONITOR, r.x1 + pad, middle - icon / 2, icon, p->accent);
	put_line(b, x, middle, type_of(b, 17, true), r.x2 - pad - arrow - px(b, 8) - x, p->text,
			b->model->desktop_names[i]);
	put_icon(b, ICON_CHEVRON, r.x2 - pad - arrow, middle - arrow / 2, arrow, p->muted);
}

void add_desktop_grid(struct build *b, uint32_t count)
{
	int32_t columns = count > 8 ? 3 : count > 4 ? 2 : 1;

	while (columns > 1 && b->w / columns < px(b, 260))
		columns--;
	int32_t gap = px(b, 12), h = px(b, count > 8 ? 60 : 68);
	int32_t w = (b->w - gap * (columns - 1)) / columns;

	for (uint32_t i = 0; i < count; i++) {
		int32_t x = b->x + (w + gap) * ((int32_t)i % columns);
		int32_t y = b->y + (h + gap) * ((int32_t)i / columns);

		put_desktop(b, (struct ui_rect){x, y, x + w, y + h}, i);
	}
	int32_t rows = ((int32_t)count + columns - 1) / columns;

	b->y += rows ? rows * (h + gap) - gap : 0;
}
