/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/paint.h"

#include <math.h>
#include <string.h>

#include "base/own.h"

enum { MASKS = 128, MASK_CIRCLE = ICONS, DITHER_SIDE = 8 };

struct mask {
	cairo_surface_t *surface; /* A8; NULL: free */
	int32_t kind;             /* enum icon, or MASK_CIRCLE */
	int32_t side;
	int32_t stroke;
	uint32_t used;
};

struct painter {
	uint32_t uses;
	struct mask masks[MASKS];
};

struct canvas {
	struct painter *painter;
	struct typesetter *setter;
	cairo_surface_t *surface;
	cairo_t *cr;
	uint8_t *pixels;
	uint32_t stride;
	struct ui_rect clip;
};

struct painter *painter_create(void)
{
	return own_alloc(sizeof(struct painter));
}

void painter_destroy(struct painter *painter)
{
	if (!painter)
		return;
	for (unsigned i = 0; i < MASKS; i++)
		if (painter->masks[i].surface)
			cairo_surface_destroy(painter->masks[i].surface);
	free(painter);
}

static cairo_surface_t *make_mask(int32_t kind, int32_t side, int32_t stroke)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, side, side);
	cairo_t *cr = cairo_create(surface);

	if (kind != MASK_CIRCLE) {
		icon_draw(cr, (enum icon)kind, side);
	} else {
		cairo_arc(cr, side / 2.0, side / 2.0, side / 2.0, 0, 2 * M_PI);
		cairo_arc_negative(cr, side / 2.0, side / 2.0,
				stroke ? fmax(side / 2.0 - stroke, 0) : 0, 2 * M_PI, 0);
		cairo_fill(cr);
	}
	cairo_destroy(cr);
	return surface;
}

/* Borrowed until the next call. */
static cairo_surface_t *mask_of(struct painter *painter, int32_t kind, int32_t side, int32_t stroke)
{
	struct mask *oldest = &painter->masks[0];

	painter->uses++;
	for (unsigned i = 0; i < MASKS; i++) {
		struct mask *mask = &painter->masks[i];

		if (mask->surface && mask->kind == kind && mask->side == side &&
				mask->stroke == stroke) {
			mask->used = painter->uses;
			return mask->surface;
		}
		if (mask->used < oldest->used)
			oldest = mask;
	}
	if (oldest->surface)
		cairo_surface_destroy(oldest->surface);
	*oldest = (struct mask){.surface = make_mask(kind, side, stroke),
			.kind = kind,
			.side = side,
			.stroke = stroke,
			.used = painter->uses};
	return oldest->surface;
}

static void set_source(cairo_t *cr, uint32_t colour)
{
	cairo_set_source_rgba(cr, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0,
			(colour & 0xff) / 255.0, (colour >> 24) / 255.0);
}

/* The part x, y, w, h of the picture, of a mask whose corner lies at mx, my. */
static void put_mask(struct canvas *c, cairo_surface_t *mask, int32_t mx, int32_t my,
		struct ui_rect part)
{
	if (rect_is_empty(rect_meet(part, c->clip)))
		return;
	cairo_save(c->cr);
	cairo_rectangle(c->cr, part.x1, part.y1, part.x2 - part.x1, part.y2 - part.y1);
	cairo_clip(c->cr);
	cairo_mask_surface(c->cr, mask, mx, my);
	cairo_restore(c->cr);
}

static void put_bar(struct canvas *c, int32_t x1, int32_t y1, int32_t x2, int32_t y2)
{
	struct ui_rect bar = rect_meet((struct ui_rect){x1, y1, x2, y2}, c->clip);

	if (rect_is_empty(bar))
		return;
	cairo_rectangle(c->cr, bar.x1, bar.y1, bar.x2 - bar.x1, bar.y2 - bar.y1);
	cairo_fill(c->cr);
}

static void paint_corners(struct canvas *c, struct ui_rect r, int32_t radius, int32_t stroke)
{
	if (radius <= 0)
		return;
	cairo_surface_t *mask = mask_of(c->painter, MASK_CIRCLE, radius * 2, stroke);
	int32_t left = r.x1 + radius, right = r.x2 - radius;
	int32_t top = r.y1 + radius, bottom = r.y2 - radius;

	put_mask(c, mask, r.x1, r.y1, (struct ui_rect){r.x1, r.y1, left, top});
	put_mask(c, mask, right - radius, r.y1, (struct ui_rect){right, r.y1, r.x2, top});
	put_mask(c, mask, r.x1, bottom - radius, (struct ui_rect){r.x1, bottom, left, r.y2});
	put_mask(c, mask, right - radius, bottom - radius,
			(struct ui_rect){right, bottom, r.x2, r.y2});
}

static void paint_box(struct canvas *c, struct ui_rect r, int32_t radius, int32_t stroke)
{
	int32_t least = r.x2 - r.x1 < r.y2 - r.y1 ? r.x2 - r.x1 : r.y2 - r.y1;

	if (radius > least / 2)
		radius = least / 2;
	paint_corners(c, r, radius, stroke);
	if (!stroke || stroke * 2 >= least) {
		put_bar(c, r.x1 + radius, r.y1, r.x2 - radius, r.y2);
		put_bar(c, r.x1, r.y1 + radius, r.x1 + radius, r.y2 - radius);
		put_bar(c, r.x2 - radius, r.y1 + radius, r.x2, r.y2 - radius);
		return;
	}
	int32_t inset = radius > stroke ? radius : stroke;

	put_bar(c, r.x1 + radius, r.y1, r.x2 - radius, r.y1 + stroke);
	put_bar(c, r.x1 + radius, r.y2 - stroke, r.x2 - radius, r.y2);
	put_bar(c, r.x1, r.y1 + inset, r.x1 + stroke, r.y2 - inset);
	put_bar(c, r.x2 - stroke, r.y1 + inset, r.x2, r.y2 - inset);
}

/* Rings around the shape, each fainter than the one inside of it. */
static void paint_shadow(struct canvas *c, const struct node *node)
{
	int32_t step = node->reach / 24 + 1;

	for (int32_t i = 0; i < node->reach; i += step) {
		double t = 1 - (i + step / 2.0) / node->reach;
		uint32_t alpha = (uint32_t)lround((node->colour >> 24) * t * t * t);
		struct ui_rect r = node->rect;
		int32_t in = node->reach - i - step;

		if (alpha == 0)
			break;
		in = in < 0 ? 0 : in;
		set_source(c->cr, (node->colour & 0xffffff) | alpha << 24);
		r = (struct ui_rect){r.x1 + in, r.y1 + in, r.x2 - in, r.y2 - in};
		paint_box(c, r, node->radius + i + step, step);
	}
	int32_t reach = node->reach;
	struct ui_rect r = node->rect;

	set_source(c->cr, node->colour);
	paint_box(c, (struct ui_rect){r.x1 + reach, r.y1 + reach, r.x2 - reach, r.y2 - reach},
			node->radius, 0);
}

/* Where a colour falls between two values, neighbours share it out: no bands to be seen. */
static uint32_t dithered(uint32_t top, uint32_t bottom, int64_t y, int64_t height, unsigned cell)
{
	uint32_t pixel = 0xff;

	for (unsigned shift = 16;; shift -= 8) {
		int64_t a = top >> shift & 0xff, b = bottom >> shift & 0xff;
		int64_t value = (a * 64 * height + (b - a) * 64 * y) / height + cell;

		pixel = pixel << 8 | (uint32_t)(value / 64 > 255 ? 255 : value / 64);
		if (shift == 0)
			return pixel;
	}
}

static unsigned bayer(unsigned x, unsigned y)
{
	unsigned value = 0;

	for (unsigned bit = 0; bit < 3; bit++)
		value = value << 2 | ((x >> bit & 1) ^ (y >> bit & 1)) << 1 | (y >> bit & 1);
	return value;
}

static void paint_backdrop(struct canvas *c, const struct node *node)
{
	int32_t height = node->rect.y2 - node->rect.y1;

	cairo_surface_flush(c->surface);
	for (int32_t y = c->clip.y1; y < c->clip.y2; y++) {
		uint32_t *row = (uint32_t *)(void *)(c->pixels + (size_t)y * c->stride);
		uint32_t pattern[DITHER_SIDE];

		for (unsigned x = 0; x < DITHER_SIDE; x++)
			pattern[x] = dithered(node->colour, node->colour_end, y, height,
					bayer(x, (unsigned)y % DITHER_SIDE));
		for (int32_t x = c->clip.x1; x < c->clip.x2; x++)
			row[x] = pattern[x % DITHER_SIDE];
	}
	cairo_surface_mark_dirty(c->surface);
}

static void paint_text(struct canvas *c, const struct node *node)
{
	struct ui_rect r = node->rect;

	cairo_save(c->cr);
	cairo_rectangle(c->cr, r.x1, r.y1, r.x2 - r.x1, r.y2 - r.y1);
	cairo_clip(c->cr);
	type_show(c->setter, c->cr, &node->type, node->text, node->text_x, node->text_y);
	cairo_restore(c->cr);
}

static void paint_clear(struct canvas *c)
{
	cairo_save(c->cr);
	cairo_set_operator(c->cr, CAIRO_OPERATOR_CLEAR);
	cairo_paint(c->cr);
	cairo_restore(c->cr);
}

static void paint_node(struct canvas *c, const struct node *node)
{
	set_source(c->cr, node->colour);
	switch (node->kind) {
	case NODE_CLEAR:
		paint_clear(c);
		break;
	case NODE_BACKDROP:
		paint_backdrop(c, node);
		break;
	case NODE_BOX:
		paint_box(c, node->rect, node->radius, node->stroke);
		break;
	case NODE_SHADOW:
		paint_shadow(c, node);
		break;
	case NODE_TEXT:
		paint_text(c, node);
		break;
	case NODE_ICON:
		put_mask(c,
				mask_of(c->painter, (int32_t)node->icon,
						node->rect.x2 - node->rect.x1, 0),
				node->rect.x1, node->rect.y1, node->rect);
		break;
	case NODE_AREA:
		break;
	}
}

void painter_paint(struct painter *painter, struct typesetter *setter, const struct scene *scene,
		const struct damage *clip, struct ui_size size, void *pixels, uint32_t stride)
{
	struct canvas c = {
			.painter = painter, .setter = setter, .pixels = pixels, .stride = stride};

	c.surface = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_ARGB32,
			(int)size.width, (int)size.height, (int)stride);
	c.cr = cairo_create(c.surface);
	for (uint32_t i = 0; i < clip->count; i++) {
		c.clip = clip->rects[i];
		cairo_save(c.cr);
		cairo_rectangle(c.cr, c.clip.x1, c.clip.y1, c.clip.x2 - c.clip.x1,
				c.clip.y2 - c.clip.y1);
		cairo_clip(c.cr);
		for (uint32_t n = 0; n < scene->node_count; n++)
			if (!rect_is_empty(rect_meet(scene->nodes[n].rect, c.clip)))
				paint_node(&c, &scene->nodes[n]);
		cairo_restore(c.cr);
	}
	cairo_destroy(c.cr);
	cairo_surface_flush(c.surface);
	cairo_surface_destroy(c.surface);
}
