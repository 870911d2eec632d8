/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The anchor stays where it is. Of the others the one that is nearest to those that stand
 * already comes next, one that fits as it is before all others: so a row that is right
 * stays a row, whatever the order of the sockets. An item that overlaps or touches nothing
 * goes to the nearest free place along the sides of those that stand.
 */
#include "kms/layout_place.h"

#include <stddef.h>

#include "kms/layout.h"

enum { LEFT_COST = 3, VERTICAL_COST = 4 };

struct box {
	int64_t x1, y1, x2, y2;
};

static struct box box_at(const struct layout_item *item, int64_t x, int64_t y)
{
	return (struct box){x, y, x + item->width, y + item->height};
}

static struct box box_of(const struct layout_item *item)
{
	return box_at(item, item->x, item->y);
}

/* Of two ranges: how far they are apart, 0 when they touch, negative when they overlap. */
static int64_t gap(int64_t a1, int64_t a2, int64_t b1, int64_t b2)
{
	return a1 >= b2 ? a1 - b2 : b1 >= a2 ? b1 - a2 : (a1 > b1 ? a1 : b1) - (a2 < b2 ? a2 : b2);
}

static bool overlaps(const struct box *a, const struct box *b)
{
	return gap(a->x1, a->x2, b->x1, b->x2) < 0 && gap(a->y1, a->y2, b->y1, b->y2) < 0;
}

/* Along a side: a pointer gets across. A common corner is not enough. */
static bool touches(const struct box *a, const struct box *b)
{
	int64_t x = gap(a->x1, a->x2, b->x1, b->x2), y = gap(a->y1, a->y2, b->y1, b->y2);

	return (x == 0 && y < 0) || (y == 0 && x < 0);
}

static int64_t distance(const struct box *a, const struct box *b)
{
	int64_t x = gap(a->x1, a->x2, b->x1, b->x2), y = gap(a->y1, a->y2, b->y1, b->y2);

	return (x > 0 ? x : 0) + (y > 0 ? y : 0);
}

/* Those that stand already. */
struct standing {
	struct layout_item *items[LAYOUT_OUTPUTS_MAX];
	unsigned count;
};

static bool is_free(const struct standing *standing, const struct box *box)
{
	for (unsigned i = 0; i < standing->count; i++) {
		struct box other = box_of(standing->items[i]);
		if (overlaps(&other, box))
			return false;
	}
	return true;
}

static bool is_beside(const struct standing *standing, const struct box *box)
{
	for (unsigned i = 0; i < standing->count; i++) {
		struct box other = box_of(standing->items[i]);
		if (touches(&other, box))
			return true;
	}
	return false;
}

/* Of all that stand and the box. */
static bool is_small_enough(const struct standing *standing, const struct box *box)
{
	struct box all = *box;

	for (unsigned i = 0; i < standing->count; i++) {
		struct box other = box_of(standing->items[i]);
		all.x1 = other.x1 < all.x1 ? other.x1 : all.x1;
		all.y1 = other.y1 < all.y1 ? other.y1 : all.y1;
		all.x2 = other.x2 > all.x2 ? other.x2 : all.x2;
		all.y2 = other.y2 > all.y2 ? other.y2 : all.y2;
	}
	return all.x2 - all.x1 <= LAYOUT_SIDE_MAX && all.y2 - all.y1 <= LAYOUT_SIDE_MAX;
}

static bool fits(const struct standing *standing, const struct box *box)
{
	return is_free(standing, box) && is_beside(standing, box) && is_small_enough(standing, box);
}

/* Monitors stand in rows mostly, counted from the left: to the right costs least. */
static int64_t cost_of(int64_t right, int64_t down)
{
	return (right < 0 ? -LEFT_COST * right : right) + VERTICAL_COST * (down < 0 ? -down : down);
}

static int64_t within(int64_t value, int64_t low, int64_t high)
{
	return value < low ? low : value > high ? high : value;
}

/* The free place nearest to the wish so far. */
struct search {
	const struct standing *standing;
	const struct layout_item *item;
	bool is_found;
	int64_t x, y, cost;
};

static void try_at(struct search *search, int64_t x, int64_t y)
{
	struct box box = box_at(search->item, x, y);
	int64_t cost = cost_of(x - search->item->x, y - search->item->y);

	if ((search->is_found && cost >= search->cost) || !fits(search->standing, &box))
		return;
	search->is_found = true;
	search->x = x;
	search->y = y;
	search->cost = cost;
}

/* What two sides have in common at least, so that a pointer finds the way across. */
static int64_t side(int64_t a, int64_t b)
{
	return ((a < b ? a : b) + 3) / 4;
}

/* Along the four sides of one that stands: as near to the wish as can be, and at both ends. */
static void try_around(struct search *search, const struct box *box)
{
	const struct layout_item *item = search->item;
	int64_t w = item->width, h = item->height;
	int64_t wide = side(w, box->x2 - box->x1), high = side(h, box->y2 - box->y1);
	int64_t xs[] = {within(item->x, box->x1 - w + wide, box->x2 - wide), box->x1, box->x2 - w};
	int64_t ys[] = {within(item->y, box->y1 - h + high, box->y2 - high), box->y1, box->y2 - h};

	for (unsigned i = 0; i < 3; i++) {
		try_at(search, box->x2, ys[i]);
		try_at(search, box->x1 - w, ys[i]);
		try_at(search, xs[i], box->y2);
		try_at(search, xs[i], box->y1 - h);
	}
}

/* Right of all: there nobody stands. */
static void go_last(const struct standing *standing, struct layout_item *item)
{
	const struct layout_item *last = standing->items[0];

	for (unsigned i = 1; i < standing->count; i++)
		if (standing->items[i]->x + standing->items[i]->width > last->x + last->width)
			last = standing->items[i];
	item->x = last->x + last->width;
	item->y = last->y;
}

static void put(struct standing *standing, struct layout_item *item)
{
	struct box box = box_of(item);
	struct search search = {.standing = standing, .item = item};

	if (standing->count > 0 && !fits(standing, &box)) {
		for (unsigned i = 0; i < standing->count; i++) {
			struct box other = box_of(standing->items[i]);
			try_around(&search, &other);
		}
		item->is_moved = item->has_wish;
		if (search.is_found) {
			item->x = (int32_t)search.x;
			item->y = (int32_t)search.y;
		} else {
			go_last(standing, item);
		}
	}
	standing->items[standing->count++] = item;
}

/* Of those with a wish that don't stand yet the one that comes next, or NULL. */
static struct layout_item *find_next(const struct standing *standing, struct layout_item *items,
		unsigned count, const bool *is_done)
{
	struct layout_item *next = NULL;
	int64_t nearest = 0;

	for (unsigned i = 0; i < count; i++) {
		struct box box = box_of(&items[i]);
		int64_t cost = INT64_MAX;

		if (is_done[i] || !items[i].has_wish)
			continue;
		for (unsigned k = 0; k < standing->count; k++) {
			struct box other = box_of(standing->items[k]);
			int64_t far = distance(&box, &other);
			cost = far < cost ? far : cost;
		}
		if (standing->count == 0)
			cost = !items[i].is_anchor;
		else if (fits(standing, &box))
			cost = -1;
		if (!next || cost < nearest) {
			next = &items[i];
			nearest = cost;
		}
	}
	return next;
}

static int32_t cut(int32_t position)
{
	return (int32_t)within(position, -LAYOUT_POSITION_MAX, LAYOUT_POSITION_MAX);
}

/* Absurd places come nearer first, so that no sum of them can overflow. */
static void cut_wishes(struct layout_item *items, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (!items[i].has_wish)
			items[i].x = items[i].y = 0;
		items[i].is_moved = items[i].x != cut(items[i].x) || items[i].y != cut(items[i].y);
		items[i].x = cut(items[i].x);
		items[i].y = cut(items[i].y);
	}
}

static void begin_at_zero(struct layout_item *items, unsigned count)
{
	int32_t x = INT32_MAX, y = INT32_MAX;

	for (unsigned i = 0; i < count; i++) {
		x = items[i].x < x ? items[i].x : x;
		y = items[i].y < y ? items[i].y : y;
	}
	for (unsigned i = 0; i < count; i++) {
		items[i].x -= x;
		items[i].y -= y;
	}
}

void layout_put_together(struct layout_item *items, unsigned count)
{
	struct standing standing = {.count = 0};
	bool is_done[LAYOUT_OUTPUTS_MAX] = {false};
	struct layout_item *next;

	cut_wishes(items, count);
	while ((next = find_next(&standing, items, count, is_done))) {
		is_done[next - items] = true;
		put(&standing, next);
	}
	for (unsigned i = 0; i < count; i++) {
		if (is_done[i])
			continue;
		if (standing.count > 0)
			go_last(&standing, &items[i]);
		put(&standing, &items[i]);
	}
	begin_at_zero(items, count);
}
