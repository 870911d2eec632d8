/* SPDX-License-Identifier: Apache-2.0 */
#include "session/damage.h"

/* Pixels that one rectangle more costs (a message entry, a loop, a plane's damage clip). */
enum { RECT_COST = 2048 };

static int64_t area(const struct wire_rect *rect)
{
	return (int64_t)(rect->x2 - rect->x1) * (rect->y2 - rect->y1);
}

static struct wire_rect around(const struct wire_rect *a, const struct wire_rect *b)
{
	return (struct wire_rect){
			.x1 = a->x1 < b->x1 ? a->x1 : b->x1,
			.y1 = a->y1 < b->y1 ? a->y1 : b->y1,
			.x2 = a->x2 > b->x2 ? a->x2 : b->x2,
			.y2 = a->y2 > b->y2 ? a->y2 : b->y2,
	};
}

/* Pixels that are copied for nothing (negative: saved) when both become one. */
static int64_t waste(const struct wire_rect *a, const struct wire_rect *b)
{
	struct wire_rect both = around(a, b);

	return area(&both) - area(a) - area(b);
}

/* The one that joins `rect` best; < 0 when there is none. */
static int best_partner(const struct damage *damage, const struct wire_rect *rect, int64_t *cost)
{
	int best = -1;

	for (unsigned i = 0; i < damage->count; i++) {
		int64_t lost = waste(&damage->rects[i], rect);

		if (best < 0 || lost < *cost) {
			best = (int)i;
			*cost = lost;
		}
	}
	return best;
}

/* Each round takes one rectangle out, so this ends. */
static void insert(struct damage *damage, struct wire_rect rect)
{
	for (;;) {
		int64_t cost = 0;
		int partner = best_partner(damage, &rect, &cost);

		if (partner < 0 || (cost > RECT_COST && damage->count < WIRE_RECTS_MAX))
			break;
		rect = around(&damage->rects[partner], &rect);
		damage->rects[partner] = damage->rects[--damage->count];
	}
	damage->rects[damage->count++] = rect;
}

void damage_add(struct damage *damage, struct wire_rect rect, int32_t width, int32_t height)
{
	rect.x1 = rect.x1 < 0 ? 0 : rect.x1;
	rect.y1 = rect.y1 < 0 ? 0 : rect.y1;
	rect.x2 = rect.x2 > width ? width : rect.x2;
	rect.y2 = rect.y2 > height ? height : rect.y2;
	if (rect.x1 < rect.x2 && rect.y1 < rect.y2)
		insert(damage, rect);
}
