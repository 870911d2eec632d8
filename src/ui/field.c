/* SPDX-License-Identifier: Apache-2.0 */
/* A field to type into: label, box, text that scrolls, cursor, button to show a password. */
#include <glib.h>
#include <string.h>

#include "ui/build.h"
#include "ui/field.h"

static const enum ui_target targets[UI_FIELDS] = {
		[UI_FIELD_USER] = UI_TARGET_FIELD_USER,
		[UI_FIELD_PASSWORD] = UI_TARGET_FIELD_PASSWORD,
		[UI_FIELD_DOMAIN] = UI_TARGET_FIELD_DOMAIN,
		[UI_FIELD_SERVER] = UI_TARGET_FIELD_SERVER,
};

/* U+2022, three bytes of UTF-8 for each character. */
#define DOT "\xe2\x80\xa2"

static bool is_hidden(const struct ui_model *model, enum ui_field_kind kind)
{
	return kind == UI_FIELD_PASSWORD && !model->is_password_shown;
}

uint32_t field_shown_offset(const struct ui_model *model, enum ui_field_kind kind, uint32_t offset)
{
	const char *text = model->fields[kind].text;
	size_t length = strnlen(text, UI_FIELD_MAX);

	if (offset > length)
		offset = (uint32_t)length;
	if (!is_hidden(model, kind))
		return offset;
	return (uint32_t)(g_utf8_pointer_to_offset(text, text + offset) * (long)strlen(DOT));
}

uint32_t field_model_offset(const struct ui_model *model, enum ui_field_kind kind, uint32_t offset)
{
	const char *text = model->fields[kind].text;

	if (!is_hidden(model, kind))
		return offset;
	return (uint32_t)(g_utf8_offset_to_pointer(text, offset / (long)strlen(DOT)) - text);
}

/* The text as it is shown, into the layout: clicks ask for it later. */
static const char *shown_text(struct build *b, enum ui_field_kind kind)
{
	struct layout_field *field = &b->layout->fields[kind];
	const char *text = b->model->fields[kind].text;
	char *end = field->text;

	if (!memchr(text, 0, UI_FIELD_MAX) || !g_utf8_validate(text, -1, NULL))
		text = "";
	if (!is_hidden(b->model, kind)) {
		memcpy(field->text, text, strlen(text) + 1);
		return field->text;
	}
	for (long i = g_utf8_strlen(text, -1); i > 0; i--, end += strlen(DOT))
		memcpy(end, DOT, strlen(DOT));
	*end = 0;
	return field->text;
}

static void put_cursor(struct build *b, int32_t x, int32_t middle)
{
	int32_t half = px(b, 12), w = px(b, 2);

	put_box(b, (struct ui_rect){x, middle - half, x + w, middle + half}, 0, b->palette.accent);
}

/* Text longer than its place scrolls as far as the cursor needs. */
static void put_field_text(struct build *b, enum ui_field_kind kind, struct ui_rect inner)
{
	struct layout_field *field = &b->layout->fields[kind];
	struct type type = type_of(b,
			kind == UI_FIELD_PASSWORD && is_hidden(b->model, kind) ? 20 : 17, false);
	bool is_focused = b->model->focus == targets[kind];

	type.is_secret = kind == UI_FIELD_PASSWORD;
	const char *text = scene_text(b->scene, shown_text(b, kind));
	int32_t room = inner.x2 - inner.x1 - px(b, 2), w = 0, h = 0, scroll = 0;
	int32_t middle = (inner.y1 + inner.y2) / 2;
	int32_t cursor = type_index_to_x(b->setter, &type, text,
			field_shown_offset(b->model, kind, b->model->fields[kind].cursor));

	if (is_focused && cursor > room)
		scroll = cursor - room;
	type_measure(b->setter, &type, text, &w, &h, NULL);
	field->is_there = true;
	field->type = type;
	field->text_x = inner.x1 - scroll;
	scene_add(b->scene, &(struct node){.kind = text[0] ? NODE_TEXT : NODE_AREA,
					    .rect = inner,
					    .type = type,
					    .colour = b->palette.text,
					    .text = text,
					    .text_x = inner.x1 - scroll,
					    .text_y = middle - h / 2});
	if (is_focused)
		put_cursor(b, inner.x1 + cursor - scroll, middle);
}

/* Beside the label, so that nothing moves when the key is pressed. */
static void put_caps_warning(struct build *b, int32_t label_width)
{
	struct type type = type_of(b, 14, true);
	int32_t side = px(b, 18), w = 0, h = 0, room = b->w - label_width - side - px(b, 20);
	const char *text = tr(b, "Caps Lock is on");

	if (!b->model->is_caps_lock_on || room < side)
		return;
	type_measure(b->setter, &type, text, &w, &h, NULL);
	if (w > room)
		w = room;
	int32_t x = b->x + b->w - w, middle = b->y + px(b, 10);

	put_icon(b, ICON_CAPS_LOCK, x - side - px(b, 6), middle - side / 2, side,
			b->palette.warning);
	put_line(b, x, middle, type, w + 1, b->palette.warning, text);
}

static int32_t put_eye(struct build *b, struct ui_rect box)
{
	int32_t side = px(b, 22), h = box.y2 - box.y1, inset = px(b, 4);
	struct ui_rect place = {box.x2 - h + inset, box.y1 + inset, box.x2 - inset, box.y2 - inset};
	bool is_hovered = b->model->hover == UI_TARGET_SHOW_PASSWORD;

	if (is_hovered)
		put_box(b, place, px(b, 8), b->palette.quiet_pressed);
	put_area(b, place, UI_TARGET_SHOW_PASSWORD);
	put_icon(b, b->model->is_password_shown ? ICON_EYE_OFF : ICON_EYE,
			(place.x1 + place.x2 - side) / 2, (place.y1 + place.y2 - side) / 2, side,
			b->palette.muted);
	if (b->model->focus == UI_TARGET_SHOW_PASSWORD)
		put_ring(b, place, px(b, 8), px(b, 3), b->palette.accent);
	return h - inset;
}

void add_field(struct build *b, enum ui_field_kind kind, const char *label)
{
	const struct palette *p = &b->palette;
	enum ui_target target = targets[kind];
	bool is_focused = b->model->focus == target, is_hovered = b->model->hover == target;
	int32_t pad = px(b, 14), h = px(b, 50);

	int32_t label_width = put_line(b, b->x, b->y + px(b, 10), type_of(b, 15, true), b->w,
			p->text, label);

	if (kind == UI_FIELD_PASSWORD)
		put_caps_warning(b, label_width);
	b->y += px(b, 28);
	struct ui_rect box = {b->x, b->y, b->x + b->w, b->y + h};
	struct ui_rect inner = {box.x1 + pad, box.y1, box.x2 - pad, box.y2};

	put_box(b, box, px(b, 10), is_focused ? p->card : is_hovered ? p->field_hover : p->field);
	put_ring(b, box, px(b, 10), is_focused ? px(b, 2.4) : px(b, 1),
			is_focused ? p->accent : p->field_border);
	put_area(b, box, target);
	if (kind == UI_FIELD_PASSWORD && b->model->shows_password_button)
		inner.x2 -= put_eye(b, box) - pad / 2;
	put_field_text(b, kind, inner);
	b->y += h;
}
