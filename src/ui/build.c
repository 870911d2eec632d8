/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int32_t px(const struct build *b, double length)
{
	int32_t pixels = (int32_t)lround(length * b->unit);

	return pixels < 1 && length > 0 ? 1 : pixels;
}

const char *tr(const struct build *b, const char *text)
{
	return catalogue_text(b->catalogue, text);
}

struct type type_of(const struct build *b, double size, bool is_bold)
{
	return (struct type){.size = px(b, size), .is_bold = is_bold};
}

static struct ui_rect rect_at(int32_t x, int32_t y, int32_t w, int32_t h)
{
	return (struct ui_rect){x, y, x + w, y + h};
}

int32_t put_text(struct build *b, int32_t x, int32_t y, const struct type *type, uint32_t colour,
		const char *text)
{
	struct node node = {.kind = NODE_TEXT,
			.type = *type,
			.colour = colour,
			.text_x = x,
			.text_y = y};
	int32_t width = 0, height = 0;
	struct ui_rect ink;

	node.text = scene_text(b->scene, text);
	if (!node.text[0])
		return 0;
	type_measure(b->setter, type, node.text, &width, &height, &ink);
	node.rect = (struct ui_rect){x + ink.x1, y + ink.y1, x + ink.x2, y + ink.y2};
	scene_add(b->scene, &node);
	return height;
}

int32_t put_line(struct build *b, int32_t x, int32_t middle_y, struct type type, int32_t width,
		uint32_t colour, const char *text)
{
	int32_t w = 0, h = 0;

	if (!text[0] || width < 1)
		return 0;
	text = scene_text(b->scene, text);
	type.width = width;
	type.lines = 1;
	type_measure(b->setter, &type, text, &w, &h, NULL);
	put_text(b, x, middle_y - h / 2, &type, colour, text);
	return w < width ? w : width;
}

void put_box(struct build *b, struct ui_rect rect, int32_t radius, uint32_t colour)
{
	scene_add(b->scene, &(struct node){.kind = NODE_BOX,
					    .rect = rect,
					    .radius = radius,
					    .colour = colour});
}

void put_ring(struct build *b, struct ui_rect rect, int32_t radius, int32_t stroke, uint32_t colour)
{
	scene_add(b->scene, &(struct node){.kind = NODE_BOX,
					    .rect = rect,
					    .radius = radius,
					    .stroke = stroke,
					    .colour = colour});
}

void put_icon(struct build *b, enum icon icon, int32_t x, int32_t y, int32_t side, uint32_t colour)
{
	scene_add(b->scene, &(struct node){.kind = NODE_ICON,
					    .rect = rect_at(x, y, side, side),
					    .icon = icon,
					    .colour = colour});
}

void put_area(struct build *b, struct ui_rect rect, enum ui_target target)
{
	scene_add(b->scene, &(struct node){.kind = NODE_AREA, .rect = rect, .target = target});
}

void put_focus(struct build *b, struct ui_rect r, int32_t radius, enum ui_target target)
{
	int32_t gap = px(b, 2), stroke = px(b, 3), out = gap + stroke;

	if (b->model->focus == target)
		put_ring(b, (struct ui_rect){r.x1 - out, r.y1 - out, r.x2 + out, r.y2 + out},
				radius + out, stroke, b->palette.accent);
}

void add_gap(struct build *b, double length)
{
	b->y += px(b, length);
}

void add_heading(struct build *b, const char *text)
{
	struct type type = type_of(b, 27, true);

	type.width = b->w;
	type.lines = 3;
	type.is_even = true;
	b->y += put_text(b, b->x, b->y, &type, b->palette.text, text);
}

void add_small(struct build *b, const char *text)
{
	struct type type = type_of(b, 15, false);

	type.width = b->w;
	type.lines = 1;
	b->y += put_text(b, b->x, b->y, &type, b->palette.muted, text);
}

void add_paragraph(struct build *b, uint32_t colour, const char *text, uint8_t lines)
{
	struct type type = type_of(b, 16, false);

	type.width = b->w;
	type.lines = lines;
	type.is_even = true;
	b->y += put_text(b, b->x, b->y, &type, colour, text);
}

/* Three dots, one of them lit: `tick` says which. */
void put_dots(struct build *b, int32_t x, int32_t middle_y, uint32_t colour)
{
	int32_t side = px(b, 8), step = px(b, 16);

	for (uint32_t i = 0; i < 3; i++) {
		bool is_lit = i == b->model->tick % 3;
		uint32_t faded = (colour & 0xffffff) | 0x52000000u;

		put_box(b, rect_at(x + (int32_t)i * step, middle_y - side / 2, side, side),
				side / 2, is_lit ? colour : faded);
	}
}

void put_button(struct build *b, struct ui_rect r, enum ui_target target, const char *label)
{
	const struct palette *p = &b->palette;
	bool is_primary = target == UI_TARGET_PRIMARY || target == UI_TARGET_DIALOG_PRIMARY;
	bool is_pressed = b->model->pressed == target, is_hovered = b->model->hover == target;
	uint32_t colour = is_primary ? p->accent : p->card;
	uint32_t on = is_primary ? p->on_accent : p->text;
	int32_t middle = (r.y1 + r.y2) / 2, pad = px(b, 16);
	struct type type = type_of(b, 17, true);

	if (is_pressed)
		colour = is_primary ? p->accent_pressed : p->quiet_pressed;
	else if (is_hovered)
		colour = is_primary ? p->accent_hover : p->quiet;
	put_focus(b, r, px(b, 10), target);
	put_box(b, r, px(b, 10), colour);
	if (!is_primary && b->model->focus != target)
		put_ring(b, r, px(b, 10), px(b, 1), p->field_border);
	put_area(b, r, target);
	type.align = TYPE_CENTRE;
	if (target == UI_TARGET_PRIMARY && b->model->is_busy)
		put_dots(b, (r.x1 + r.x2) / 2 - px(b, 20), middle, on);
	else
		put_line(b, r.x1 + pad, middle, type, r.x2 - r.x1 - pad * 2, on, label);
}

void add_button(struct build *b, enum ui_target target, const char *label)
{
	put_button(b, rect_at(b->x, b->y, b->w, px(b, 52)), target, label);
	b->y += px(b, 52);
}

static void add_pair(struct build *b, enum ui_target first, const char *primary,
		enum ui_target second, const char *secondary)
{
	int32_t gap = px(b, 12), w = (b->w - gap) / 2, h = px(b, 52);

	put_button(b, rect_at(b->x, b->y, w, h), first, primary);
	put_button(b, rect_at(b->x + b->w - w, b->y, w, h), second, secondary);
	b->y += h;
}

void add_buttons(struct build *b, const char *primary, const char *secondary)
{
	add_pair(b, UI_TARGET_PRIMARY, primary, UI_TARGET_SECONDARY, secondary);
}

void add_dialog_buttons(struct build *b, const char *primary, const char *secondary)
{
	if (secondary)
		add_pair(b, UI_TARGET_DIALOG_PRIMARY, primary, UI_TARGET_DIALOG_SECONDARY,
				secondary);
	else
		add_button(b, UI_TARGET_DIALOG_PRIMARY, primary);
}

void add_notice(struct build *b, enum icon icon, uint32_t colour, uint32_t tint, const char *title,
		const char *text, uint8_t lines)
{
	uint32_t box = b->scene->node_count;
	int32_t pad = px(b, 14), side = px(b, 20), top = b->y;
	struct type type = type_of(b, 15, false), strong = type_of(b, 15, true);
	int32_t x = b->x + pad * 2 + side, height = 0;

	strong.width = type.width = b->w - pad * 3 - side;
	strong.lines = 2;
	type.lines = lines;
	type.is_even = strong.is_even = true;
	if (type.width < 1)
		return;
	put_box(b, rect_at(b->x, top, b->w, 1), px(b, 12), tint);
	put_icon(b, icon, b->x + pad, top + pad, side, colour);
	if (title)
		height = put_text(b, x, top + pad, &strong, b->palette.text, title) + px(b, 3);
	height += put_text(b, x, top + pad + height, &type, b->palette.text, text);
	height = (height > side ? height : side) + pad * 2;
	b->scene->nodes[box].rect.y2 = top + height;
	b->y += height;
}

/* Icon in a tinted circle: tells at a glance what kind of screen it is. */
void add_badge(struct build *b, enum icon icon, uint32_t colour, uint32_t tint)
{
	int32_t side = px(b, 56), inner = px(b, 28), off = (side - inner) / 2;

	put_box(b, rect_at(b->x, b->y, side, side), side / 2, tint);
	put_icon(b, icon, b->x + off, b->y + off, inner, colour);
	b->y += side;
}

/* Small grey box with a word and a value that is read aloud, e.g. a code. */
void add_chip(struct build *b, const char *word, const char *value)
{
	struct type small = type_of(b, 14, false), strong = type_of(b, 16, true);
	int32_t pad = px(b, 14), h = px(b, 38), box = (int32_t)b->scene->node_count, x = b->x + pad;

	strong.is_code = true;
	put_box(b, rect_at(b->x, b->y, 1, h), px(b, 10), b->palette.quiet);
	x += put_line(b, x, b->y + h / 2, small, b->w / 2, b->palette.muted, word) + px(b, 8);
	x += put_line(b, x, b->y + h / 2, strong, b->x + b->w - pad - x, b->palette.text, value);
	b->scene->nodes[box].rect.x2 = x + pad;
	b->y += h;
}
