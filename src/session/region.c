/* SPDX-License-Identifier: Apache-2.0 */
#include "session/region.h"

#include <string.h>

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

struct wire_rect region_rect_cut(struct wire_rect a, struct wire_rect b)
{
	return (struct wire_rect){larger(a.x1, b.x1), larger(a.y1, b.y1), smaller(a.x2, b.x2),
			smaller(a.y2, b.y2)};
}

bool region_rect_is_empty(const struct wire_rect *rect)
{
	return rect->x1 >= rect->x2 || rect->y1 >= rect->y2;
}

int64_t region_rect_area(const struct wire_rect *rect)
{
	if (region_rect_is_empty(rect))
		return 0;
	return (int64_t)(rect->x2 - rect->x1) * (rect->y2 - rect->y1);
}

/* Two that lie side by side, with one whole edge in common, are one. */
static bool join(struct wire_rect *a, const struct wire_rect *b)
{
	if (a->y1 == b->y1 && a->y2 == b->y2 && (a->x2 == b->x1 || b->x2 == a->x1)) {
		a->x1 = smaller(a->x1, b->x1);
		a->x2 = larger(a->x2, b->x2);
		return true;
	}
	if (a->x1 == b->x1 && a->x2 == b->x2 && (a->y2 == b->y1 || b->y2 == a->y1)) {
		a->y1 = smaller(a->y1, b->y1);
		a->y2 = larger(a->y2, b->y2);
		return true;
	}
	return false;
}

/* Each round takes one out, so this ends. */
static bool append(struct region *region, struct wire_rect rect)
{
	if (region_rect_is_empty(&rect))
		return true;
	for (unsigned i = 0; i < region->count; i++) {
		if (!join(&rect, &region->rects[i]))
			continue;
		region->rects[i] = region->rects[--region->count];
		i = UINT32_MAX; /* from the beginning: it is larger now */
	}
	if (region->count == REGION_RECTS_MAX)
		return false;
	region->rects[region->count++] = rect;
	return true;
}

/* What of `whole` is outside of `hole`, which lies inside it: above, below, left, right. */
static bool append_frame(struct region *region, struct wire_rect whole, struct wire_rect hole)
{
	return append(region, (struct wire_rect){whole.x1, whole.y1, whole.x2, hole.y1}) &&
	       append(region, (struct wire_rect){whole.x1, hole.y2, whole.x2, whole.y2}) &&
	       append(region, (struct wire_rect){whole.x1, hole.y1, hole.x1, hole.y2}) &&
	       append(region, (struct wire_rect){hole.x2, hole.y1, whole.x2, hole.y2});
}

bool region_subtract(struct region *region, struct wire_rect rect)
{
	struct region result = {0};

	if (!region_touches(region, rect))
		return true;
	for (unsigned i = 0; i < region->count; i++) {
		struct wire_rect hole = region_rect_cut(region->rects[i], rect);
		bool is_apart = region_rect_is_empty(&hole);

		if (!(is_apart ? append(&result, region->rects[i])
			       : append_frame(&result, region->rects[i], hole)))
			return false;
	}
	*region = result;
	return true;
}

bool region_add(struct region *region, struct wire_rect rect)
{
	struct region before;

	if (region_rect_is_empty(&rect) || region_is_whole(region, rect))
		return true;
	before = *region;
	if (region_subtract(region, rect) && append(region, rect))
		return true;
	*region = before;
	return false;
}

bool region_add_all(struct region *region, const struct region *other)
{
	struct region before = *region;

	for (unsigned i = 0; i < other->count; i++) {
		if (region_add(region, other->rects[i]))
			continue;
		*region = before;
		return false;
	}
	return true;
}

void region_cut(struct region *region, struct wire_rect rect)
{
	unsigned count = 0;

	for (unsigned i = 0; i < region->count; i++) {
		struct wire_rect inside = region_rect_cut(region->rects[i], rect);

		if (!region_rect_is_empty(&inside))
			region->rects[count++] = inside;
	}
	region->count = count;
}

bool region_common(const struct region *a, const struct region *b, struct region *ret)
{
	ret->count = 0;
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned j = 0; j < b->count; j++)
			if (!append(ret, region_rect_cut(a->rects[i], b->rects[j])))
				return false;
	return true;
}

bool region_touches(const struct region *region, struct wire_rect rect)
{
	for (unsigned i = 0; i < region->count; i++) {
		struct wire_rect both = region_rect_cut(region->rects[i], rect);

		if (!region_rect_is_empty(&both))
			return true;
	}
	return false;
}

/* They do not overlap: what they have of `rect` adds up. */
bool region_is_whole(const struct region *region, struct wire_rect rect)
{
	int64_t covered = 0;

	for (unsigned i = 0; i < region->count; i++) {
		struct wire_rect both = region_rect_cut(region->rects[i], rect);

		covered += region_rect_area(&both);
	}
	return covered == region_rect_area(&rect);
}

int64_t region_area(const struct region *region)
{
	int64_t area = 0;

	for (unsigned i = 0; i < region->count; i++)
		area += region_rect_area(&region->rects[i]);
	return area;
}

struct wire_rect region_bounds(const struct region *region)
{
	if (region->count == 0)
		return (struct wire_rect){0};
	struct wire_rect bounds = region->rects[0];
	for (unsigned i = 1; i < region->count; i++) {
		const struct wire_rect *rect = &region->rects[i];

		bounds.x1 = smaller(bounds.x1, rect->x1);
		bounds.y1 = smaller(bounds.y1, rect->y1);
		bounds.x2 = larger(bounds.x2, rect->x2);
		bounds.y2 = larger(bounds.y2, rect->y2);
	}
	return bounds;
}

void region_keep_largest(struct region *region, unsigned count, struct region *rest)
{
	rest->count = 0;
	while (region->count > count) {
		unsigned least = 0;

		for (unsigned i = 1; i < region->count; i++)
			if (region_rect_area(&region->rects[i]) <
					region_rect_area(&region->rects[least]))
				least = i;
		rest->rects[rest->count++] = region->rects[least];
		region->rects[least] = region->rects[--region->count];
	}
}
