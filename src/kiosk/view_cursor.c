/* SPDX-License-Identifier: Apache-2.0 */
/* The mouse on the outputs: the session's own picture over it, else the kiosk's arrow. */
#include <drm/drm_fourcc.h>
#include <math.h>
#include <string.h>

#include "base/own.h"
#include "kiosk/view_parts.h"

enum { ARROW_SIDE = 24 };

/* The output that the mouse is on. */
static const struct desk_output *output_below(const struct view *view)
{
	const struct desk *desk = &view->desk;
	int32_t x, y;

	for (unsigned i = 0; !desk->is_mirror && i < desk->count; i++) {
		const struct desk_output *output = &desk->outputs[i];
		struct display_rect rect = {output->x, output->y,
				output->x + (int32_t)output->width,
				output->y + (int32_t)output->height};

		if (pointer_is_on(&view->pointer, rect, &x, &y))
			return output;
	}
	return &desk->outputs[desk->primary];
}

static void make_arrow(struct view *view, uint32_t scale_percent)
{
	uint32_t side = ARROW_SIDE * scale_percent / 100, hot_x, hot_y;
	struct pixels *pixels;

	if (view->arrow.pixels && view->arrow_scale == scale_percent)
		return;
	pixels = pixels_create((size_t)side * side * 4);
	ui_draw_cursor(side, pixels_data(pixels), &hot_x, &hot_y);
	pixels_unref(view->arrow.pixels);
	view->arrow_scale = scale_percent;
	view->arrow = (struct session_cursor){
			.pixels = pixels,
			.picture = {.format = DRM_FORMAT_ARGB8888,
					.width = side,
					.height = side,
					.stride = side * 4,
					.pixels = pixels_data(pixels)},
			.hot_x = (int32_t)hot_x,
			.hot_y = (int32_t)hot_y,
	};
}

static const struct session_cursor *wanted(struct view *view)
{
	const struct desk_output *below = output_below(view);

	if (!view->pointer.is_seen)
		return NULL;
	if (view->has_cursor && view->model.screen == UI_SESSION && below->has_session)
		return view->cursor.pixels ? &view->cursor : NULL;
	make_arrow(view, below->scale_percent);
	return &view->arrow;
}

/* Over an edge it is on two outputs, a part on each. */
static bool place_cursor(const struct view *view, const struct session_cursor *cursor,
		unsigned index, struct display_place *ret)
{
	const struct desk *desk = &view->desk;
	const struct desk_output *output = &desk->outputs[index];
	struct display_rect all = {
			0, 0, (int32_t)cursor->picture.width, (int32_t)cursor->picture.height};
	int32_t x = (int32_t)floor(view->pointer.x) - cursor->hot_x;
	int32_t y = (int32_t)floor(view->pointer.y) - cursor->hot_y;

	/* Uncut, as long as it is not scaled: a plane of its own moves without being drawn anew. */
	memset(ret, 0, sizeof(*ret));
	if (desk->is_mirror && index != desk->primary)
		return desk_place(desk, index, all,
				(struct display_rect){x, y, x + all.x2, y + all.y2}, NULL, 0, ret);
	ret->x = x - output->x;
	ret->y = y - output->y;
	return ret->x < (int32_t)output->width && ret->x + all.x2 > 0 &&
	       ret->y < (int32_t)output->height && ret->y + all.y2 > 0;
}

static bool is_only_moved(const struct display_place *a, const struct display_place *b)
{
	return a->width == b->width && a->height == b->height && a->visible_count == 0 &&
	       b->visible_count == 0 && memcmp(&a->source, &b->source, sizeof(a->source)) == 0;
}

bool view_stage_cursor(struct view *view, unsigned index)
{
	struct screen *screen = &view->screens[index];
	struct display_place place = {0};
	const struct session_cursor *cursor = wanted(view);
	struct pixels *pixels;

	if (cursor && !place_cursor(view, cursor, index, &place)) {
		cursor = NULL;
		memset(&place, 0, sizeof(place));
	}
	pixels = cursor ? cursor->pixels : NULL;
	if (pixels == screen->cursor && !screen->is_fresh) {
		if (memcmp(&place, &screen->cursor_place, sizeof(place)) == 0)
			return false;
		if (is_only_moved(&place, &screen->cursor_place)) {
			display_move_layer(screen->output, DISPLAY_CURSOR, place.x, place.y);
			screen->cursor_place = place;
			return true;
		}
	}
	display_place_layer(screen->output, DISPLAY_CURSOR, cursor ? &cursor->picture : NULL,
			&place, NULL, 0);
	if (pixels)
		pixels_ref(pixels);
	view_retire(pixels_unref, screen->cursor, screen->old_cursor);
	screen->cursor = pixels;
	screen->cursor_place = place;
	return true;
}
