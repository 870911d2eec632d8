/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lengths are designed for 1280 x 720. Larger screens get somewhat larger lengths, because
 * they are larger things on the wall; what does not fit is set again a step smaller, with
 * less room for the messages, until it fits.
 */
#include "ui/layout.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "ui/build.h"

struct step {
	double factor;
	uint8_t message_lines, message_max, text_lines;
};

static const struct step steps[] = {
		{1.00, 6, 3, 4},
		{0.94, 4, 3, 4},
		{0.94, 3, 2, 3},
		{0.88, 3, 2, 3},
		{0.82, 2, 2, 2},
		{0.76, 2, 1, 2},
		{0.70, 2, 1, 2},
		{0.64, 1, 1, 1},
		{0.56, 1, 1, 1},
		{0.48, 1, 1, 1},
};

static double unit_of(struct ui_size size)
{
	double scale = size.scale_percent < 50    ? 1
	               : size.scale_percent > 400 ? 4
	                                          : size.scale_percent / 100.0;
	double longer = fmax(size.width, size.height), shorter = fmin(size.width, size.height);
	double fit = fmin(longer / scale / 1280.0, shorter / scale / 720.0);

	return scale * (fit > 1 ? sqrt(fit) : 1);
}

static void centre_column(struct build *b, double width)
{
	b->w = px(b, width);
	if (b->w > b->width - px(b, 56))
		b->w = b->width - px(b, 56);
	if (b->w < 1)
		b->w = 1;
	b->x = (b->width - b->w) / 2;
}

/* The card with the screen's column in it; moved to its place when its height is known. */
static int32_t put_card(struct build *b)
{
	int32_t reach = px(b, 40), pad = px(b, 40), drop = px(b, 10), radius = px(b, 20);
	uint32_t first = b->scene->node_count;

	centre_column(b, screen_width(b->model));
	struct ui_rect card = {b->x, 0, b->x + b->w, reach * 3};

	scene_add(b->scene, &(struct node){.kind = NODE_SHADOW,
					    .radius = radius,
					    .reach = reach + drop,
					    .colour = b->palette.shadow,
					    .rect = {card.x1 - reach, drop - reach, card.x2 + reach,
							    reach * 3}});
	put_box(b, card, radius, b->palette.card);
	b->x += pad;
	b->w -= pad * 2;
	b->w = b->w < 1 ? 1 : b->w;
	b->y = pad;
	add_screen(b);
	b->y += pad;
	b->scene->nodes[first].rect.y2 = b->y + drop + reach;
	b->scene->nodes[first + 1].rect.y2 = b->y;
	return b->y;
}

static int32_t put_bare(struct build *b)
{
	centre_column(b, screen_width(b->model));
	b->y = 0;
	add_screen(b);
	return b->y;
}

static bool put_screen(struct build *b)
{
	bool is_bare = b->model->screen == UI_STARTING || b->model->screen == UI_BLANK;
	int32_t top = 0, bottom = 0;

	put_frame(b, &top, &bottom);
	b->unit *= b->factor;
	b->y = top;
	if (!is_bare && b->model->order.banner) {
		centre_column(b, fmax(screen_width(b->model), 820));
		put_order_banner(b);
		top = b->y;
	}
	if (!is_bare && b->model->message_count) {
		centre_column(b, fmax(screen_width(b->model), 600));
		put_messages(b);
		top = b->y + px(b, 8);
	}
	uint32_t first = b->scene->node_count;
	int32_t height = is_bare ? put_bare(b) : put_card(b);
	int32_t middle = (b->height - height) * 47 / 100;

	if (middle + height > bottom)
		middle = bottom - height;
	scene_shift(b->scene, first, 0, middle > top ? middle : top);
	return top + height <= bottom;
}

static void put_session(struct build *b)
{
	scene_add(b->scene,
			&(struct node){.kind = NODE_CLEAR, .rect = {0, 0, b->width, b->height}});
	b->y = px(b, 16);
	if (b->model->order.banner) {
		centre_column(b, 820);
		put_order_banner(b);
	}
	if (b->model->message_count == 0)
		return;
	centre_column(b, 720);
	put_banner(b);
}

void layout_reset(struct layout *layout)
{
	scene_reset(&layout->scene);
	text_wipe(layout->fields, sizeof(layout->fields));
}

/* Lay out with one of `steps`; false when it does not fit. */
static bool make(struct build b, unsigned step)
{
	b.factor = steps[step].factor;
	b.message_lines = steps[step].message_lines;
	b.message_max = steps[step].message_max;
	b.text_lines = steps[step].text_lines;
	layout_reset(b.layout);
	struct build over = b;
	bool fits = true;

	if (b.model->screen == UI_SESSION)
		put_session(&b);
	else
		fits = put_screen(&b);
	put_orders(&over);
	return fits;
}

/* The first step nearly always fits; the others are searched by halves. */
void layout_make(struct typesetter *setter, const struct catalogue *catalogue,
		const struct ui_model *model, struct ui_size size, struct layout *ret)
{
	struct build b = {.setter = setter,
			.catalogue = catalogue,
			.model = model,
			.layout = ret,
			.scene = &ret->scene,
			.palette = palette_of(&model->branding),
			.width = (int32_t)size.width,
			.height = (int32_t)size.height,
			.unit = unit_of(size)};
	unsigned low = 1, high = sizeof(steps) / sizeof(steps[0]) - 1, made = 0;

	if (make(b, 0))
		return;
	while (low < high) {
		made = (low + high) / 2;
		if (make(b, made))
			high = made;
		else
			low = made + 1;
	}
	if (made != low)
		make(b, low);
}
