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

static int32_t put_header(struct build *b)
{
	int32_t margin = margin_of(b), side = px(b, 38), middle = margin + side / 2;
	struct type strong = type_of(b, 20, true), clock = type_of(b, 20, true);
	int32_t room = b->width - margin * 2 - side - px(b, 14), w = 0, h = 0;

	if (b->model->clock[0]) {
		const char *text = scene_text(b->scene, b->model->clock);

		clock.is_code = true;
		type_measure(b->setter, &clock, text, &w, &h, NULL);
		put_text(b, b->width - margin - w, middle - h / 2, &clock, b->palette.on_backdrop, text);
		room -= w + px(b, 32);
	}
	put_monogram(b, margin, margin, side);
	put_line(b, margin + side + px(b, 14), middle, strong, room, b->palette.on_backdrop,
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
	scene_add(b->scene, &(struct node){.kind = NODE_BACKDROP, .rect = {0, 0, b->width, b->height},
			.colour = b->palette.backdrop_top, .colour_end = b->palette.backdrop_bottom});
	*top = put_header(b) + px(b, 20);
	*bottom = put_footer(b) - px(b, 20);
}

static void message_look(const struct build *b, enum conf_severity severity, enum icon *icon,
		uint32_t *colour, uint32_t *tint)
{
	const struct palette *p = &b->palette;

	*icon = severity == CONF_SEVERITY_INFO ? ICON_INFO : ICON_WARNING;
	*colour = severity == CONF_SEVERITY_INFO ? p->info
			: severity == CONF_SEVERITY_WARNING ? p->warning : p->danger;
	*tint = severity == CONF_SEVERITY_INFO ? p->info_tint
			: severity == CONF_SEVERITY_WARNING ? p->warning_tint : p->danger_tint;
}

void put_messages(struct build *b)
{
	uint32_t count = b->model->message_count;
	char more[64];

	if (count > CONF_MESSAGES_MAX)
		count = CONF_MESSAGES_MAX;
	for (uint32_t i = 0; i < count && i < b->message_max; i++) {
		enum icon icon;
		uint32_t colour, tint;

		message_look(b, b->model->messages[i].severity, &icon, &colour, &tint);
		add_notice(b, icon, colour, tint, b->model->messages[i].text, b->message_lines);
		add_gap(b, 10);
	}
	if (count <= b->message_max)
		return;
	snprintf(more, sizeof(more), tr(b, "%u more"), count - b->message_max);
	b->y += put_text(b, b->x, b->y, &(struct type){.size = px(b, 14)},
			b->palette.on_backdrop_muted, more);
	add_gap(b, 10);
}

static void put_close(struct build *b, struct ui_rect r)
{
	int32_t side = px(b, 18);
	bool is_hovered = b->model->hover == UI_TARGET_MESSAGE_CLOSE;

	if (is_hovered || b->model->pressed == UI_TARGET_MESSAGE_CLOSE)
		put_box(b, r, px(b, 10), 0x1e000000u);
	put_focus(b, r, px(b, 10), UI_TARGET_MESSAGE_CLOSE);
	put_area(b, r, UI_TARGET_MESSAGE_CLOSE);
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

	message_look(b, message->severity, &sign, &colour, &tint);
	type.width = b->w - pad * 3 - icon - side;
	type.lines = 5;
	if (type.width < 1)
		return;
	scene_add(b->scene, &(struct node){.kind = NODE_SHADOW, .radius = px(b, 14), .reach = reach,
			.colour = b->palette.shadow, .rect = {box.x1 - reach, box.y1 - reach,
			box.x2 + reach, box.y2 + reach}});
	put_box(b, box, px(b, 14), tint);
	int32_t height = put_text(b, b->x + pad * 2 + icon, b->y + pad, &type, b->palette.text,
			message->text);

	box.y2 = box.y1 + (height > icon ? height : icon) + pad * 2;
	b->scene->nodes[first].rect.y2 = box.y2 + reach;
	b->scene->nodes[first + 1].rect.y2 = box.y2;
	put_icon(b, sign, b->x + pad, b->y + pad, icon, colour);
	put_close(b, (struct ui_rect){box.x2 - side - px(b, 4), box.y1 + px(b, 4),
			box.x2 - px(b, 4), box.y1 + px(b, 4) + side - px(b, 4)});
}
