/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/pointer.h"

#include <math.h>

static bool is_empty(struct display_rect rect)
{
	return rect.x1 >= rect.x2 || rect.y1 >= rect.y2;
}

/* Between two whole numbers, the second not included; what is no number becomes the first. */
static double clamp(double value, int32_t from, int32_t to)
{
	if (!(value > from))
		return from;
	return value < to - 1 ? value : to - 1;
}

static bool is_inside(struct display_rect rect, double x, double y)
{
	return x >= rect.x1 && x < rect.x2 && y >= rect.y1 && y < rect.y2;
}

/* The output nearest to a place; -1: there is none. */
static int find_nearest(const struct pointer_area *area, double x, double y)
{
	double least = INFINITY;
	int nearest = -1;

	for (unsigned i = 0; i < area->count; i++) {
		struct display_rect rect = area->rects[i];
		double dx, dy;

		if (is_empty(rect))
			continue;
		dx = x - clamp(x, rect.x1, rect.x2);
		dy = y - clamp(y, rect.y1, rect.y2);
		if (nearest < 0 || dx * dx + dy * dy < least) {
			least = dx * dx + dy * dy;
			nearest = (int)i;
		}
	}
	return nearest;
}

static void go(struct pointer *pointer, struct display_rect rect, double x, double y)
{
	/* Inside of the last pixel there are places too: a slow hand moves by parts of one. */
	pointer->x = is_inside(rect, x, y) ? x : clamp(x, rect.x1, rect.x2);
	pointer->y = is_inside(rect, x, y) ? y : clamp(y, rect.y1, rect.y2);
}

/* How far an output lies beyond the edge of another, straight on; < 0: not there. */
static double gap(struct display_rect from, struct display_rect to, double x, double y, double dx,
		double dy)
{
	bool is_level = y >= to.y1 && y < to.y2, is_above = x >= to.x1 && x < to.x2;

	if (fabs(dx) >= fabs(dy))
		return !is_level ? -1 : dx > 0 ? to.x1 - from.x2 : from.x1 - to.x2;
	return !is_above ? -1 : dy > 0 ? to.y1 - from.y2 : from.y1 - to.y2;
}

/* The output behind a gap in the direction of the hand, if it stands against that edge. */
static int find_beyond(const struct pointer_area *area, unsigned from,
		const struct pointer *pointer, double dx, double dy)
{
	double least = INFINITY;
	int found = -1;

	for (unsigned i = 0; i < area->count; i++) {
		double distance = i == from || is_empty(area->rects[i])
		                                  ? -1
		                                  : gap(area->rects[from], area->rects[i],
								    pointer->x, pointer->y, dx, dy);

		if (distance >= 0 && distance < least) {
			least = distance;
			found = (int)i;
		}
	}
	return found;
}

/* Whether the hand pushes over the edge that it moves to most. */
static bool is_pushing(struct display_rect rect, const struct pointer *pointer, double dx,
		double dy)
{
	double x = pointer->x + dx, y = pointer->y + dy;

	return fabs(dx) >= fabs(dy) ? x < rect.x1 || x >= rect.x2 : y < rect.y1 || y >= rect.y2;
}

void pointer_clamp(struct pointer *pointer, const struct pointer_area *area)
{
	int nearest = find_nearest(area, pointer->x, pointer->y);

	if (nearest >= 0)
		go(pointer, area->rects[nearest], pointer->x, pointer->y);
}

void pointer_move(struct pointer *pointer, const struct pointer_area *area, double dx, double dy)
{
	int from = find_nearest(area, pointer->x, pointer->y);
	int to = find_nearest(area, pointer->x + dx, pointer->y + dy);

	pointer->is_seen = true;
	if (from < 0)
		return;
	if (to == from && is_pushing(area->rects[from], pointer, dx, dy)) {
		int beyond = find_beyond(area, (unsigned)from, pointer, dx, dy);

		to = beyond >= 0 ? beyond : to;
	}
	go(pointer, area->rects[to], pointer->x + dx, pointer->y + dy);
}

void pointer_place(struct pointer *pointer, const struct pointer_area *area, double x, double y)
{
	struct display_rect box = {0, 0, 0, 0};

	for (unsigned i = 0; i < area->count; i++) {
		struct display_rect rect = area->rects[i];

		if (is_empty(rect))
			continue;
		if (is_empty(box))
			box = rect;
		box.x1 = rect.x1 < box.x1 ? rect.x1 : box.x1;
		box.y1 = rect.y1 < box.y1 ? rect.y1 : box.y1;
		box.x2 = rect.x2 > box.x2 ? rect.x2 : box.x2;
		box.y2 = rect.y2 > box.y2 ? rect.y2 : box.y2;
	}
	pointer->is_seen = true;
	pointer->x = box.x1 + x * (box.x2 - box.x1);
	pointer->y = box.y1 + y * (box.y2 - box.y1);
	pointer_clamp(pointer, area);
}

bool pointer_is_on(const struct pointer *pointer, struct display_rect rect, int32_t *ret_x,
		int32_t *ret_y)
{
	*ret_x = (int32_t)floor(pointer->x) - rect.x1;
	*ret_y = (int32_t)floor(pointer->y) - rect.y1;
	return is_inside(rect, pointer->x, pointer->y);
}
