/* SPDX-License-Identifier: Apache-2.0 */
/* What stands at the same place on every screen: title, clock, device, helpdesk; and messages. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "ui/build.h"

static const char *title_of(const struct ui_model *model)
{
	if (model->branding.title[0])
		return model->branding.title;
	return model->identity.organisation[0] ? model->identity.organisation : "tynd";
}

/* The first letter of the title, large, in a soft square: stands for a logo. */
void put_monogram(struct build *b, int32_t x, int32_t y, int32_t side)
{
	const char *title = title_of(b->model);
	char letter[8] = "";
	struct type type = {.size = side * 52 / 100, .is_bold = true, .align = TYPE_CENTRE};

	if (!g_utf8_validate(title, -1, NULL))
		return;
	letter[g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(title)), letter)] = 0;
	put_box(b, (struct ui_rect){x, y, x + side, y + side}, side * 28 / 100,
			b->palette.on_backdrop_tint);
	put_line(b, x, y + side / 2, type, side, b->palette.on_backdrop, letter);
}

static int32_t margin_of(const struct build *b)
{
	return px(b, b->width < b->height ? 36 : 44);
}

/* Both stand at the right end: return how much they took with the space before them. */
static int32_t put_clock(struct build *b, int32_t right, int32_t middle)
{
	struct type type = type_of(b, 20, true);
	int32_t w = 0, h = 0;

	if (!b->model->clock[0])
		return 0;
	type.is_code = true;
	type_measure(b->setter, &type, scene_text(b->scene, b->model->clock), &w, &h, NULL);
	put_text(b, right - w, middle - h / 2, &type, b->palette.on_backdrop, b->model->clock);
	return w + px(b, 28);
}

static int32_t put_offline(struct build *b, int32_t right, int32_t middle, int32_t room)
{
	struct type type = type_of(b, 14, false);
	int32_t pad = px(b, 14), side = px(b, 18), gap = px(b, 8), h = px(b, 36), w = 0, height = 0;
	const char *text = tr(b, "Offline: you can still sign in");

	if (!b->model->is_offline)
		return 0;
	type_measure(b->setter, &type, text, &w, &height, NULL);
	int32_t wide = w + side + gap + pad * 2;

	if (wide > room / 2)
		wide = room / 2;
	int32_t x = right - wide, top = middle - h / 2;

	put_box(b, (struct ui_rect){x, top, right, top + h}, h / 2, b->palette.on_backdrop_tint);
	put_icon(b, ICON_OFFLINE, x + pad, middle - side / 2, side, b->palette.on_backdrop);
	x += pad + side + gap;
	put_line(b, x, middle, type, right - pad - x + 1, b->palette.on_backdrop, text);
	return wide + px(b, 28);
}

static int32_t put_header(struct build *b)
{
	int32_t margin = margin_of(b), side = px(b, 38), middle = margin + side / 2;
	int32_t left = margin + side + px(b, 14), right = b->width - margin;

	right -= put_clock(b, right, middle);
	right -= put_offline(b, right, middle, right - left);
	put_monogram(b, margin, margin, side);
	put_line(b, left, middle, type_of(b, 20, true), right - left, b->palette.on_backdrop,
			title_of(b->model));
	return margin + side;
}

/* "SITE · ADDRESS · tynd VERSION", without what is not known. */
static void small_print(const struct ui_model *model, char *text, size_t size)
{
	const char *parts[] = {model->identity.site, model->address, model->server};
	size_t length = 0;

	text[0] = 0;
	for (unsigned i = 0; i < 3; i++)
		if (parts[i][0] && length < size)
			length += (size_t)snprintf(text + length, size - length, "%s%s",
					length ? "  ·  " : "", parts[i]);
	if (model->version[0] && length < size)
		snprintf(text + length, size - length, "%stynd %s", length ? "  ·  " : "",
				model->version);
}

/* Returns how wide it is. */
static int32_t put_helpdesk(struct build *b, int32_t top)
{
	const struct conf_helpdesk *help = &b->model->helpdesk;
	struct type small = type_of(b, 14, false), strong = type_of(b, 21, true);
	int32_t margin = margin_of(b), side = px(b, 44), icon = px(b, 22), gap = px(b, 12);
	int32_t w = 0, label_w = 0, h = 0, most = b->width / 2 - margin - side - gap;

	if (!help->phone[0])
		return 0;
	const char *phone = scene_text(b->scene, help->phone), *label = tr(b, "Helpdesk");

	type_measure(b->setter, &strong, phone, &w, &h, NULL);
	type_measure(b->setter, &small, label, &label_w, &h, NULL);
	w = w > label_w ? w : label_w;
	w = w > most ? most : w + 1;
	int32_t x = b->width - margin - w;

	put_line(b, x, top + px(b, 10), small, w, b->palette.on_backdrop_muted, label);
	put_line(b, x, top + px(b, 33), strong, w, b->palette.on_backdrop, phone);
	x -= side + gap;
	put_box(b, (struct ui_rect){x, top, x + side, top + side}, side / 2,
			b->palette.on_backdrop_tint);
	put_icon(b, ICON_PHONE, x + (side - icon) / 2, top + (side - icon) / 2, icon,
			b->palette.on_backdrop);
	return w + side + gap;
}

static int32_t put_footer(struct build *b)
{
	const struct ui_model *model = b->model;
	int32_t margin = margin_of(b), top = b->height - margin - px(b, 44);
	int32_t room = b->width - margin * 2 - put_helpdesk(b, top) - px(b, 32);
	char text[320];

	small_print(model, text, sizeof(text));
	put_line(b, margin, top + px(b, 10), type_of(b, 16, true), room, b->palette.on_backdrop,
			model->identity.device);
	put_line(b, margin, top + px(b, 33), type_of(b, 14, false), room,
			b->palette.on_backdrop_muted, text);
	return top;
}

void put_frame(struct build *b, int32_t *top, int32_t *bottom)
{
	scene_add(b->scene, &(struct node){.kind = NODE_BACKDROP,
					    .rect = {0, 0, b->width, b->height},
					    .colour = b->palette.backdrop_top,
					    .colour_end = b->palette.backdrop_bottom});
	*top = 0;
	*bottom = b->height;
	if (b->model->screen == UI_BLANK)
		return;
	*top = put_header(b) + px(b, 20);
	*bottom = put_footer(b) - px(b, 20);
}

static void add_centred(struct build *b, double size, bool is_bold, uint32_t colour,
		const char *text)
{
	struct type type = type_of(b, size, is_bold);

	type.width = b->w;
	type.lines = 2;
	type.align = TYPE_CENTRE;
	b->y += put_text(b, b->x, b->y, &type, colour, text);
}

/* A second monitor: whose it is, and nothing to do. */
void add_identity(struct build *b)
{
	int32_t side = px(b, 72);

	put_monogram(b, b->x + (b->w - side) / 2, b->y, side);
	b->y += side;
	add_gap(b, 24);
	add_centred(b, 26, true, b->palette.on_backdrop, title_of(b->model));
	add_gap(b, 6);
	add_centred(b, 16, false, b->palette.on_backdrop_muted, b->model->identity.device);
}

void severity_look(const struct build *b, enum conf_severity severity, enum icon *icon,
		uint32_t *colour, uint32_t *tint)
{
	const struct palette *p = &b->palette;

	*icon = severity == CONF_SEVERITY_INFO ? ICON_INFO : ICON_WARNING;
	*colour = severity == CONF_SEVERITY_INFO      ? p->info
	          : severity == CONF_SEVERITY_WARNING ? p->warning
	                                              : p->danger;
	*tint = severity == CONF_SEVERITY_INFO      ? p->info_tint
	        : severity == CONF_SEVERITY_WARNING ? p->warning_tint
	                                            : p->danger_tint;
}

/* How many messages are not shown; returns the height. */
static int32_t put_more(struct build *b, int32_t x, int32_t y, uint32_t colour, uint32_t shown)
{
	uint32_t count = b->model->message_count;
	struct type type = type_of(b, 14, false);
	char more[64];

	count = count < CONF_MESSAGES_MAX ? count : CONF_MESSAGES_MAX;
	if (count <= shown)
		return 0;
	snprintf(more, sizeof(more), tr(b, "and %u more"), count - shown);
	return put_text(b, x, y + px(b, 4), &type, colour, more) + px(b, 4);
}

static void add_message(struct build *b, const struct conf_message *message)
{
	enum icon icon;
	uint32_t colour, tint;

	severity_look(b, message->severity, &icon, &colour, &tint);
	add_notice(b, icon, colour, tint, NULL, message->text, b->message_lines);
	add_gap(b, 10);
}

/* The most severe first: there may be no room for the others. */
void put_messages(struct build *b)
{
	const struct ui_model *model = b->model;
	uint32_t count = model->message_count, shown = 0;

	count = count < CONF_MESSAGES_MAX ? count : CONF_MESSAGES_MAX;
	for (int severity = CONF_SEVERITY_URGENT; severity >= CONF_SEVERITY_INFO; severity--)
		for (uint32_t i = 0; i < count && shown < b->message_max; i++)
			if ((int)model->messages[i].severity == severity) {
				add_message(b, &model->messages[i]);
				shown++;
			}
	b->y += put_more(b, b->x, b->y, b->palette.on_backdrop_muted, shown);
}

void put_close(struct build *b, struct ui_rect r, enum ui_target target)
{
	int32_t side = px(b, 18);
	bool is_hovered = b->model->hover == target;

	if (is_hovered || b->model->pressed == target)
		put_box(b, r, px(b, 10), 0x1e000000u);
	put_focus(b, r, px(b, 10), target);
	put_area(b, r, target);
	put_icon(b, ICON_CLOSE, (r.x1 + r.x2 - side) / 2, (r.y1 + r.y2 - side) / 2, side,
			b->palette.text);
}

void put_banner(struct build *b)
{
	const struct conf_message *message = &b->model->messages[0];
	int32_t reach = px(b, 24), side = px(b, 44), pad = px(b, 14), icon = px(b, 20);
	uint32_t first = b->scene->node_count, colour, tint;
	struct type type = type_of(b, 16, false);
	enum icon sign;
	struct ui_rect box = {b->x, b->y, b->x + b->w, b->y + side};

	severity_look(b, message->severity, &sign, &colour, &tint);
	type.width = b->w - pad * 3 - icon - side;
	type.lines = 5;
	if (type.width < 1)
		return;
	scene_add(b->scene, &(struct node){.kind = NODE_SHADOW,
					    .radius = px(b, 14),
					    .reach = reach,
					    .colour = b->palette.shadow,
					    .rect = {box.x1 - reach, box.y1 - reach, box.x2 + reach,
							    box.y2 + reach}});
	put_box(b, box, px(b, 14), tint);
	int32_t height = put_text(b, b->x + pad * 2 + icon, b->y + pad, &type, b->palette.text,
			message->text);

	height += put_more(b, b->x + pad * 2 + icon, b->y + pad + height, b->palette.muted, 1);
	box.y2 = box.y1 + (height > icon ? height : icon) + pad * 2;
	b->scene->nodes[first].rect.y2 = box.y2 + reach;
	b->scene->nodes[first + 1].rect.y2 = box.y2;
	put_icon(b, sign, b->x + pad, b->y + pad, icon, colour);
	put_close(b,
			(struct ui_rect){box.x2 - side - px(b, 4), box.y1 + px(b, 4),
					box.x2 - px(b, 4), box.y1 + px(b, 4) + side - px(b, 4)},
			UI_TARGET_MESSAGE_CLOSE);
}
