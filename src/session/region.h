/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of pixels as rectangles that do not overlap. Pure: plain values, no allocation. */
#ifndef SESSION_REGION_H
#define SESSION_REGION_H

#include <stdbool.h>

#include "wire/session.h"

enum { REGION_RECTS_MAX = 256 };

/* All zero: nothing. */
struct region {
	unsigned count;
	struct wire_rect rects[REGION_RECTS_MAX];
};

struct wire_rect region_rect_cut(struct wire_rect a, struct wire_rect b); /* may be empty */
bool region_rect_is_empty(const struct wire_rect *rect);
int64_t region_rect_area(const struct wire_rect *rect);

/* False: it would take too many rectangles, and the region is as it was. */
bool region_add(struct region *region, struct wire_rect rect);
bool region_add_all(struct region *region, const struct region *other);
bool region_subtract(struct region *region, struct wire_rect rect);

/* Never too many: what lies inside of `rect`. */
void region_cut(struct region *region, struct wire_rect rect);

/* `*ret` (another one) is what both have. False: too many. */
bool region_common(const struct region *a, const struct region *b, struct region *ret);

bool region_touches(const struct region *region, struct wire_rect rect);
bool region_is_whole(const struct region *region, struct wire_rect rect); /* all of `rect` */
int64_t region_area(const struct region *region);
struct wire_rect region_bounds(const struct region *region);

/* The smallest rectangles first out of the region into `rest`, until at most `count` are left. */
void region_keep_largest(struct region *region, unsigned count, struct region *rest);

#endif
