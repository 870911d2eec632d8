/* SPDX-License-Identifier: Apache-2.0 */
/* Regions against a bitmap that knows each pixel. */
#include "unit/test.h"

#include "session/region.h"

enum { SIDE = 40, ROUNDS = 4000 };

static struct wire_rect rect(int32_t x1, int32_t y1, int32_t x2, int32_t y2)
{
	return (struct wire_rect){x1, y1, x2, y2};
}

static void paint(bool pixels[SIDE][SIDE], struct wire_rect where, bool value)
{
	for (int32_t y = where.y1; y < where.y2; y++)
		for (int32_t x = where.x1; x < where.x2; x++)
			pixels[y][x] = value;
}

/* Every pixel as in the bitmap, and in at most one rectangle. */
static bool is_same(const struct region *region, bool pixels[SIDE][SIDE])
{
	int seen[SIDE][SIDE] = {0};

	for (unsigned i = 0; i < region->count; i++)
		for (int32_t y = region->rects[i].y1; y < region->rects[i].y2; y++)
			for (int32_t x = region->rects[i].x1; x < region->rects[i].x2; x++)
				seen[y][x]++;
	for (int32_t y = 0; y < SIDE; y++)
		for (int32_t x = 0; x < SIDE; x++)
			if (seen[y][x] != (pixels[y][x] ? 1 : 0))
				return false;
	return true;
}

static int32_t random_below(uint32_t *state, int32_t limit)
{
	*state = *state * 1664525 + 1013904223;
	return (int32_t)(*state >> 8) % limit;
}

static struct wire_rect random_rect(uint32_t *state)
{
	int32_t x = random_below(state, SIDE), y = random_below(state, SIDE);

	return rect(x, y, x + random_below(state, SIDE - x + 1),
			y + random_below(state, SIDE - y + 1));
}

static void test_random(void)
{
	static bool pixels[SIDE][SIDE];
	static struct region region, other, both;
	uint32_t state = 1;
	unsigned wrong = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct wire_rect one = random_rect(&state);
		bool is_adding = random_below(&state, 2) == 0;

		CHECK(is_adding ? region_add(&region, one) : region_subtract(&region, one));
		paint(pixels, one, is_adding);
		wrong += !is_same(&region, pixels);
		if (i % 50 == 0) {
			bool common[SIDE][SIDE] = {0};
			struct wire_rect window = random_rect(&state);

			other = (struct region){0};
			CHECK(region_add(&other, window));
			CHECK(region_common(&region, &other, &both));
			for (int32_t y = window.y1; y < window.y2; y++)
				for (int32_t x = window.x1; x < window.x2; x++)
					common[y][x] = pixels[y][x];
			wrong += !is_same(&both, common);
			wrong += region_touches(&region, window) != (both.count > 0);
			other = region;
			region_cut(&other, window);
			wrong += !is_same(&other, common);
			wrong += region_is_whole(&region, window) !=
			         (region_area(&both) == region_rect_area(&window));
		}
	}
	CHECK_INT(wrong, 0);
}

int main(void)
{
	TEST("neighbours become one") {
		static struct region region;

		CHECK(region_add(&region, rect(0, 0, 10, 10)));
		CHECK(region_add(&region, rect(10, 0, 20, 10)));
		CHECK(region_add(&region, rect(0, 10, 20, 20)));
		CHECK_INT(region.count, 1);
		CHECK_INT(region_area(&region), 400);
		CHECK(region_is_whole(&region, rect(0, 0, 20, 20)));
		CHECK(!region_is_whole(&region, rect(0, 0, 20, 21)));
	}
	TEST("empty ones are nothing") {
		static struct region region;

		CHECK(region_add(&region, rect(5, 5, 5, 9)));
		CHECK(region_add(&region, rect(9, 5, 5, 9)));
		CHECK_INT(region.count, 0);
		CHECK_INT(region_bounds(&region).x2, 0);
	}
	TEST("like a bitmap after any steps")
		test_random();
	TEST("too many rectangles change nothing") {
		static struct region region;
		bool fits = true;

		for (int32_t i = 0; fits; i++) {
			struct region before = region;

			fits = region_add(&region, rect(i * 2, i * 2, i * 2 + 1, i * 2 + 1));
			if (!fits)
				CHECK_INT(memcmp(&before, &region, sizeof(region)), 0);
		}
		CHECK_INT(region.count, REGION_RECTS_MAX);
		CHECK(region_subtract(&region, rect(0, 0, 1000, 1000)));
		CHECK_INT(region.count, 0);
	}
	TEST("the largest ones are kept") {
		static struct region region, rest;

		CHECK(region_add(&region, rect(0, 0, 2, 2)));
		CHECK(region_add(&region, rect(10, 10, 30, 30)));
		CHECK(region_add(&region, rect(50, 50, 53, 53)));
		region_keep_largest(&region, 1, &rest);
		CHECK_INT(region.count, 1);
		CHECK_INT(region.rects[0].x1, 10);
		CHECK_INT(rest.count, 2);
		CHECK_INT(region_area(&rest), 13);
	}
	TEST_END();
}
