/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the helpdesk ordered, above whatever is on the screen: to be read from two metres, so
 * all of it is set larger than the kiosk's own texts, and smaller only where it does not fit.
 */
#include <stdio.h>
#include <string.h>

#include "ui/build.h"
#include "ui/texts.h"

/* Where a text begins to be set smaller: letters. */
enum { LONG_TEXT = 240, LONGER_TEXT = 600 };

static double size_of(const char *text, double most)
{
	size_t length = strlen(text);

	return length < LONG_TEXT ? most : length < LONGER_TEXT ? most * 0.82 : most * 0.66;
}

/* Each line of `text` as a paragraph of its own, at most `lines` in all (0: any number). */
static void add_lines(struct build *b, double size, uint32_t colour, const char *text,
		uint8_t lines)
{
	struct type type = type_of(b, size, false);
	char line[UI_ORDER_TEXT_MAX];

	type.width = b->w;
	type.is_even = true;
	for (uint8_t i = 0; *text && (!lines || i < lines); i++) {
		size_t length = strcspn(text, "\n");

		memcpy(line, text, length);
		line[length] = '\0';
		type.lines = lines ? (uint8_t)(lines - i) : 0;
		if (length)
			b->y += put_text(b, b->x, b->y, &type, colour, line);
		else
			add_gap(b, size * 0.6);
		text += length + (text[length] == '\n');
		if (*text)
			add_gap(b, size * 0.3);
	}
}

/* --- the countdown's sentences */

static const char *countdown_text(enum ui_dialog dialog)
{
	switch (dialog) {
	case UI_DIALOG_RESTART:
		return N_("This device restarts in %u s");
	case UI_DIALOG_SIGN_OUT:
		return N_("You are signed out in %u s");
	default:
		return N_("Your desktop starts again in %u s");
	}
}

static void format_countdown(const struct build *b, enum ui_dialog dialog, char *text, size_t size)
{
	/* The translations are checked to have the same format. */
	snprintf(text, size, tr(b, countdown_text(dialog)), b->model->order.seconds);
}

/* --- the banner */

static void put_panel(struct build *b, struct ui_rect box, uint32_t colour)
{
	int32_t reach = px(b, 24);

	scene_add(b->scene, &(struct node){.kind = NODE_SHADOW,
					    .radius = px(b, 14),
					    .reach = reach,
					    .colour = b->palette.shadow,
					    .rect = {box.x1 - reach, box.y1 - reach, box.x2 + reach,
							    box.y2 + reach}});
	put_box(b, box, px(b, 14), colour);
}

/* The panel was put before its height was known. */
static void end_panel(struct build *b, uint32_t first, int32_t bottom)
{
	b->scene->nodes[first].rect.y2 = bottom + px(b, 24);
	b->scene->nodes[first + 1].rect.y2 = bottom;
}

void put_order_banner(struct build *b)
{
	const struct ui_order *order = &b->model->order;
	bool is_message = order->banner == UI_DIALOG_MESSAGE;
	int32_t pad = px(b, 20), icon = px(b, 30), side = px(b, 44), top = b->y;
	uint32_t first = b->scene->node_count, colour, tint;
	struct build text = *b;
	char countdown[256];
	enum icon sign;

	severity_look(b, is_message ? order->banner_severity : CONF_SEVERITY_WARNING, &sign,
			&colour, &tint);
	put_panel(b, (struct ui_rect){b->x, top, b->x + b->w, top + side}, tint);
	put_icon(b, is_message ? sign : ICON_CLOCK, b->x + pad, top + pad, icon, colour);
	text.x = b->x + pad * 2 + icon;
	text.w = b->w - pad * 3 - icon - (is_message ? side : 0);
	text.w = text.w < 1 ? 1 : text.w;
	text.y = top + pad - px(b, 2);
	if (!is_message)
		format_countdown(b, order->banner, countdown, sizeof(countdown));
	add_lines(&text, is_message ? size_of(order->banner_text, 25) : 25, b->palette.text,
			is_message ? order->banner_text : countdown, b->text_lines + 4);
	b->y = (text.y > top + pad + icon ? text.y : top + pad + icon) + pad;
	end_panel(b, first, b->y);
	if (is_message)
		put_close(b,
				(struct ui_rect){b->x + b->w - side - px(b, 8), top + px(b, 8),
						b->x + b->w - px(b, 8), top + px(b, 8) + side},
				UI_TARGET_BANNER_CLOSE);
	add_gap(b, 14);
}

/* --- the dialog */

static void add_head(struct build *b, enum icon icon, enum conf_severity severity,
		const char *heading)
{
	enum icon sign;
	uint32_t colour, tint;

	severity_look(b, severity, &sign, &colour, &tint);
	add_badge(b, icon == ICONS ? sign : icon, colour, tint);
	add_gap(b, 20);
	add_heading(b, heading);
	add_gap(b, 12);
}

static void add_message_dialog(struct build *b)
{
	const struct ui_order *order = &b->model->order;
	char more[128];

	add_head(b, ICONS, order->severity, tr(b, "Message from the helpdesk"));
	add_lines(b, size_of(order->text, 24), b->palette.text, order->text, 0);
	if (order->waiting) {
		snprintf(more, sizeof(more), tr(b, "and %u more"), order->waiting);
		add_gap(b, 10);
		add_small(b, more);
	}
	add_gap(b, 26);
	add_dialog_buttons(b, tr(b, "I have read it"), NULL);
}

static void add_countdown_dialog(struct build *b)
{
	const struct ui_order *order = &b->model->order;
	char heading[256];

	format_countdown(b, order->dialog, heading, sizeof(heading));
	add_head(b, ICON_CLOCK, CONF_SEVERITY_WARNING, heading);
	add_lines(b, 20, b->palette.text, tr(b, "Please save your work now."), 0);
	if (order->text[0]) {
		add_gap(b, 10);
		add_lines(b, size_of(order->text, 20), b->palette.text, order->text, 0);
	}
	add_gap(b, 26);
	add_dialog_buttons(b, tr(b, "OK"), order->has_secondary ? tr(b, "Later") : NULL);
}

static void add_screenshot_dialog(struct build *b)
{
	char left[128];

	add_head(b, ICON_EYE, CONF_SEVERITY_INFO, tr(b, "May the helpdesk look at this screen?"));
	add_lines(b, 20, b->palette.text,
			tr(b, "They get one picture of what you see now, without this question."),
			0);
	add_gap(b, 10);
	snprintf(left, sizeof(left), tr(b, "Without an answer it is no, in %u s."),
			b->model->order.seconds);
	add_paragraph(b, b->palette.muted, left, 2);
	add_gap(b, 26);
	add_dialog_buttons(b, tr(b, "Allow"), tr(b, "Do not allow"));
}

static void add_dialog(struct build *b)
{
	switch (b->model->order.dialog) {
	case UI_DIALOG_MESSAGE:
		add_message_dialog(b);
		break;
	case UI_DIALOG_SCREENSHOT:
		add_screenshot_dialog(b);
		break;
	default:
		add_countdown_dialog(b);
		break;
	}
}

/* Returns how high it is. */
static int32_t put_dialog(struct build *b)
{
	int32_t pad = px(b, 40), width = px(b, 640), most = b->width - px(b, 56);
	uint32_t first = b->scene->node_count;

	width = width < most ? width : most;
	b->x = (b->width - width) / 2;
	put_panel(b, (struct ui_rect){b->x, 0, b->x + width, pad * 3}, b->palette.card);
	b->x += pad;
	b->w = width - pad * 2 < 1 ? 1 : width - pad * 2;
	b->y = pad;
	add_dialog(b);
	b->y += pad;
	end_panel(b, first, b->y);
	scene_shift(b->scene, first, 0, (b->height - b->y) * 47 / 100);
	return b->y;
}

/* Set smaller until it fits. */
static void put_fitting_dialog(struct build *b)
{
	static const double factors[] = {1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.42};
	uint32_t first = b->scene->node_count, text = b->scene->text_size;

	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
		struct build smaller = *b;

		b->scene->node_count = first;
		b->scene->text_size = text;
		smaller.unit *= factors[i];
		put_box(b, (struct ui_rect){0, 0, b->width, b->height}, 0, 0x8c000000u);
		if (put_dialog(&smaller) <= b->height - px(b, 24))
			return;
	}
}

/* --- the notice and the number */

static const char *notice_text(enum ui_notice notice)
{
	switch (notice) {
	case UI_NOTICE_SCREENSHOT:
		return N_("The helpdesk looked at this screen");
	case UI_NOTICE_SIGNED_OUT:
		return N_("The helpdesk signed you out");
	default:
		return N_("The helpdesk restarts your desktop");
	}
}

static void put_notice(struct build *b)
{
	struct type type = type_of(b, 20, true);
	const char *text = tr(b, notice_text(b->model->order.notice));
	int32_t pad = px(b, 22), icon = px(b, 26), h = px(b, 64), w = 0, height = 0;
	int32_t most = b->width - px(b, 56) - pad * 2 - icon - px(b, 14);

	type_measure(b->setter, &type, text, &w, &height, NULL);
	w = w < most ? w + 1 : most;
	int32_t wide = w + icon + px(b, 14) + pad * 2, x = (b->width - wide) / 2;
	int32_t top = b->height - h - px(b, 28);

	put_panel(b, (struct ui_rect){x, top, x + wide, top + h}, b->palette.card);
	put_icon(b, b->model->order.notice == UI_NOTICE_SCREENSHOT ? ICON_EYE : ICON_INFO, x + pad,
			top + (h - icon) / 2, icon, b->palette.info);
	put_line(b, x + pad + icon + px(b, 14), top + h / 2, type, w, b->palette.text, text);
}

/* As large as the screen allows, the device's name below: to be found in a room full of them. */
static void put_number(struct build *b)
{
	const char *number = b->model->order.number, *name = b->model->identity.device;
	struct type type = {.size = b->height * 6 / 10, .is_bold = true, .is_code = true};
	struct type small = {.size = b->height / 12, .is_bold = true};
	int32_t w = 0, h = 0, room = b->width * 88 / 100;

	scene_add(b->scene, &(struct node){.kind = NODE_BACKDROP,
					    .rect = {0, 0, b->width, b->height},
					    .colour = b->palette.backdrop_top,
					    .colour_end = b->palette.backdrop_bottom});
	type_measure(b->setter, &type, number, &w, &h, NULL);
	if (w > room) {
		type.size = (int32_t)((int64_t)type.size * room / w);
		type_measure(b->setter, &type, number, &w, &h, NULL);
	}
	put_text(b, (b->width - w) / 2, b->height * 43 / 100 - h / 2, &type, b->palette.on_backdrop,
			number);
	small.align = TYPE_CENTRE;
	put_line(b, (b->width - room) / 2, b->height * 86 / 100, small, room,
			b->palette.on_backdrop, name);
}

void put_orders(struct build *b)
{
	const struct ui_order *order = &b->model->order;

	if (order->dialog)
		put_fitting_dialog(b);
	if (order->notice)
		put_notice(b);
	if (order->number[0])
		put_number(b);
}

/* --- the locked device */

void add_locked(struct build *b)
{
	const struct ui_model *model = b->model;
	char text[CONF_NAME_MAX + 256];

	add_badge(b, ICON_LOCK, b->palette.danger, b->palette.danger_tint);
	add_gap(b, 22);
	add_heading(b, tr(b, "This device is locked"));
	add_gap(b, 12);
	if (model->identity.organisation[0]) {
		snprintf(text, sizeof(text), tr(b, "It belongs to %s."),
				model->identity.organisation);
		add_lines(b, 20, b->palette.text, text, 0);
		add_gap(b, 8);
	}
	add_lines(b, 20, b->palette.text,
			tr(b, "If you found it or need it, please call the helpdesk."), 0);
	if (model->order.text[0]) {
		add_gap(b, 14);
		add_lines(b, size_of(model->order.text, 20), b->palette.text, model->order.text,
				b->text_lines * 3);
	}
	if (model->helpdesk.phone[0]) {
		add_gap(b, 24);
		add_phone(b);
	}
}
