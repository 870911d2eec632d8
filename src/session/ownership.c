/* SPDX-License-Identifier: Apache-2.0 */
#include "session/ownership.h"

#include <string.h>

void ownership_init(struct ownership *ownership, int32_t width, int32_t height)
{
	*ownership = (struct ownership){.area = {0, 0, width, height}};
	for (unsigned i = 0; i < OWNERSHIP_MOVING_UPDATES; i++)
		ownership->large_ms[i] = INT64_MIN / 2;
}

/* The whole around it, when a region becomes too ragged. */
static void add_or_surround(struct region *region, struct wire_rect rect)
{
	if (region_add(region, rect))
		return;
	struct wire_rect bounds = region_bounds(region);
	region->count = 0;
	region_add(region, bounds);
	struct region both = *region;
	if (region_add(&both, rect))
		*region = both;
}

static void add_all(struct region *region, const struct region *other)
{
	for (unsigned i = 0; i < other->count; i++)
		add_or_surround(region, other->rects[i]);
}

static void drop_pending(struct ownership *ownership, unsigned first, unsigned count)
{
	struct ownership_pending *pending = ownership->pending + first;

	ownership->pending_count -= count;
	memmove(pending, pending + count,
			(ownership->pending_count - first) * sizeof(ownership->pending[0]));
}

static bool is_auxiliary(const struct ownership_pending *pending)
{
	return pending->kind == OWNERSHIP_AUXILIARY;
}

/* The oldest goes into the next of its kind. */
static void merge_oldest(struct ownership *ownership)
{
	for (unsigned i = 1; i < ownership->pending_count; i++) {
		if (is_auxiliary(&ownership->pending[i]) != is_auxiliary(&ownership->pending[0]))
			continue;
		add_all(&ownership->pending[i].region, &ownership->pending[0].region);
		break;
	}
	drop_pending(ownership, 0, 1);
}

void ownership_region(const struct ownership *ownership, const struct wire_rect *rects,
		unsigned count, struct region *ret)
{
	ret->count = 0;
	for (unsigned i = 0; i < count; i++)
		add_or_surround(ret, region_rect_cut(rects[i], ownership->area));
}

bool ownership_covers(const struct ownership *ownership, enum ownership_kind kind,
		const struct region *region)
{
	const struct ownership_pending *before = NULL;

	for (unsigned i = 0; i < ownership->pending_count; i++)
		if (is_auxiliary(&ownership->pending[i]) == (kind == OWNERSHIP_AUXILIARY))
			before = &ownership->pending[i];
	for (unsigned i = 0; before && i < before->region.count; i++)
		if (!region_is_whole(region, before->region.rects[i]))
			return false;
	return true;
}

void ownership_queue(struct ownership *ownership, uint64_t number, enum ownership_kind kind,
		const struct region *region)
{
	if (ownership->pending_count == OWNERSHIP_PENDING_MAX)
		merge_oldest(ownership);
	ownership->pending[ownership->pending_count++] =
			(struct ownership_pending){.number = number,
					.kind = kind,
					.is_whole = region_is_whole(region, ownership->area),
					.region = *region};
	ownership->is_avc444 |= kind != OWNERSHIP_MAIN;
}

/* The rest of a region that cannot be had: all of it goes. */
static void take_away(struct region *region, struct wire_rect rect)
{
	if (!region_subtract(region, rect))
		region->count = 0;
}

static void take_all_away(struct region *region, const struct region *other)
{
	for (unsigned i = 0; i < other->count; i++)
		take_away(region, other->rects[i]);
}

void ownership_draw(struct ownership *ownership, struct wire_rect rect)
{
	rect = region_rect_cut(rect, ownership->area);
	take_away(&ownership->plane, rect);
	take_away(&ownership->waiting, rect);
	take_away(&ownership->placed, rect);
	for (unsigned i = 0; i < ownership->pending_count; i++)
		take_away(&ownership->pending[i].region, rect);
}

bool ownership_is_ragged(const struct ownership *ownership)
{
	enum { RAGGED = REGION_RECTS_MAX / 2 };
	bool is_ragged = ownership->waiting.count > RAGGED;

	for (unsigned i = 0; i < ownership->pending_count; i++)
		is_ragged |= ownership->pending[i].region.count > RAGGED;
	return is_ragged;
}

/* Out of `from`, with both pictures where the auxiliary one is as new. */
static void convert(const struct ownership *ownership, const struct region *from,
		struct ownership_work *work)
{
	struct region sharp;

	if (!region_common(from, &ownership->sharp, &sharp))
		sharp.count = 0;
	add_all(&work->sharp, &sharp);
	struct region plain = *from;
	take_all_away(&plain, &sharp);
	add_all(&work->plain, &plain);
}

/* What of the plane, and of what waits, a packet and those before it do not change. */
static void find_rest(const struct ownership *ownership, uint64_t number, bool of_auxiliary,
		struct region *ret)
{
	*ret = ownership->plane;
	if (!of_auxiliary)
		add_all(ret, &ownership->waiting);
	for (unsigned i = 0; i < ownership->pending_count; i++) {
		const struct ownership_pending *pending = &ownership->pending[i];

		if (pending->number <= number && is_auxiliary(pending) == of_auxiliary)
			take_all_away(ret, &pending->region);
	}
}

void ownership_replace(struct ownership *ownership, uint64_t number, bool of_auxiliary,
		struct ownership_work *work)
{
	struct region rest, sharp;

	if (ownership->is_reordered)
		return;
	find_rest(ownership, number, of_auxiliary, &rest);
	if (of_auxiliary) {
		if (!region_common(&rest, &ownership->sharp, &sharp))
			return;
		rest = sharp;
	}
	convert(ownership, &rest, work);
	take_all_away(&ownership->plane, &rest);
	take_all_away(&ownership->waiting, &rest);
}

static bool is_large(const struct ownership *ownership, const struct region *region)
{
	int64_t part = region_rect_area(&ownership->area) / OWNERSHIP_LARGE_PART;

	return region_area(region) >= (part < OWNERSHIP_LARGE_AREA ? part : OWNERSHIP_LARGE_AREA);
}

static bool is_moving(struct ownership *ownership, int64_t now_ms)
{
	int64_t *large_ms = ownership->large_ms;

	memmove(large_ms + 1, large_ms, sizeof(*large_ms) * (OWNERSHIP_MOVING_UPDATES - 1));
	large_ms[0] = now_ms;
	return now_ms - large_ms[OWNERSHIP_MOVING_UPDATES - 1] <= OWNERSHIP_MOVING_MS;
}

/*
 * A decoded main picture: where the plane is it stays; what is new goes there when it is large and
 * moves, or when a stream without more chroma to come is the whole surface.
 */
static void place(struct ownership *ownership, const struct ownership_pending *pending,
		const struct ownership_now *now)
{
	const struct region *region = &pending->region;
	bool is_stream = !ownership->is_avc444 && pending->is_whole;
	bool moves = is_large(ownership, region) && is_moving(ownership, now->ms);
	struct region fresh = *region;

	take_all_away(&ownership->sharp, region);
	take_all_away(&ownership->waiting, region);
	take_all_away(&fresh, &ownership->plane);
	if (now->may_show && (is_stream || (moves && is_large(ownership, &fresh))) &&
			region_add_all(&ownership->plane, &fresh))
		fresh.count = 0;
	add_all(&ownership->waiting, &fresh);
	add_all(&ownership->recent[0], region);
}

/* Of a picture that comes late nobody knows any more what it was to change. */
static void place_again(struct ownership *ownership, const struct ownership_now *now)
{
	struct ownership_pending again = {.region = ownership->placed};

	ownership->is_reordered = true;
	place(ownership, &again, now);
}

static void remember(struct ownership *ownership, const struct region *region, bool is_first)
{
	if (is_first && !ownership->is_reordered)
		ownership->placed.count = 0;
	add_all(&ownership->placed, region);
}

static void refine(struct ownership *ownership, const struct region *region)
{
	struct region resting = *region;

	add_all(&ownership->sharp, region);
	take_all_away(&resting, &ownership->plane);
	add_all(&ownership->waiting, &resting);
}

/* The auxiliary picture of the newest main one is awaited once, so that nothing is converted twice. */
static bool shall_wait(struct ownership *ownership, bool has_more_to_come)
{
	bool waits = has_more_to_come && !ownership->has_waited;

	ownership->has_waited = waits;
	return waits;
}

void ownership_decoded(struct ownership *ownership, const struct ownership_now *now,
		struct ownership_work *work)
{
	uint64_t newest = now->main > now->auxiliary ? now->main : now->auxiliary;
	bool has_more_to_come = false;
	unsigned done = 0;

	for (; done < ownership->pending_count; done++) {
		const struct ownership_pending *pending = &ownership->pending[done];

		if (pending->number > newest)
			break;
		has_more_to_come = pending->kind == OWNERSHIP_MAIN_OF_TWO;
		if (pending->kind != OWNERSHIP_AUXILIARY) {
			if (pending->number > now->main)
				break;
			remember(ownership, &pending->region, done == 0);
			place(ownership, pending, now);
		} else if (pending->number <= now->auxiliary) {
			refine(ownership, &pending->region);
		}
	}
	drop_pending(ownership, 0, done);
	if (now->is_late)
		place_again(ownership, now);
	if (ownership->waiting.count == 0 || shall_wait(ownership, has_more_to_come))
		return;
	convert(ownership, &ownership->waiting, work);
	ownership->waiting.count = 0;
}

void ownership_tick(struct ownership *ownership, struct ownership_work *work)
{
	struct region resting = ownership->plane;

	for (unsigned i = 0; i < 2; i++)
		take_all_away(&resting, &ownership->recent[i]);
	ownership->recent[1] = ownership->recent[0];
	ownership->recent[0].count = 0;
	if (!ownership->is_avc444)
		return;
	convert(ownership, &resting, work);
	take_all_away(&ownership->plane, &resting);
}

void ownership_leave(struct ownership *ownership, struct ownership_work *work)
{
	convert(ownership, &ownership->plane, work);
	convert(ownership, &ownership->waiting, work);
	ownership->plane.count = 0;
	ownership->waiting.count = 0;
}

void ownership_read(const struct ownership *ownership, struct wire_rect rect,
		struct ownership_work *work)
{
	struct region inside = ownership->plane;

	add_all(&inside, &ownership->waiting);
	region_cut(&inside, rect);
	convert(ownership, &inside, work);
}

bool ownership_is_pending(const struct ownership *ownership, struct wire_rect rect)
{
	for (unsigned i = 0; i < ownership->pending_count; i++)
		if (region_touches(&ownership->pending[i].region, rect))
			return true;
	return false;
}

void ownership_simplify(struct ownership *ownership, unsigned count, struct ownership_work *work)
{
	struct region rest;

	if (ownership->plane.count <= count)
		return;
	region_keep_largest(&ownership->plane, count, &rest);
	convert(ownership, &rest, work);
}

void ownership_forget(struct ownership *ownership)
{
	ownership_init(ownership, ownership->area.x2, ownership->area.y2);
}
