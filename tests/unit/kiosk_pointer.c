/* SPDX-License-Identifier: Apache-2.0 */
/* Where the mouse is: on an output, always, and each one can be reached. */
#include "unit/test.h"

#include <math.h>

#include "kiosk/pointer.h"

static void check_at(const struct pointer *pointer, double x, double y)
{
	CHECK_INT((int)floor(pointer->x), (int)x);
	CHECK_INT((int)floor(pointer->y), (int)y);
}

static void test_edges(void)
{
	/* A large one, a lower one right of it, their tops level. */
	struct pointer_area area = {2, {{0, 0, 800, 600}, {800, 0, 1800, 500}}}, none = {0};
	struct pointer pointer = {0};

	TEST("the mouse stays on the outputs") {
		pointer_move(&pointer, &area, -5, -5);
		check_at(&pointer, 0, 0);
		CHECK(pointer.is_seen);
		pointer_move(&pointer, &area, 1e9, 1e9);
		check_at(&pointer, 1799, 499);
		pointer_move(&pointer, &area, -1000, 1e9);
		check_at(&pointer, 799, 599);
		pointer_move(&pointer, &area, 5, 0);
		check_at(&pointer, 799, 599);
		pointer_move(&pointer, &area, (double)NAN, 0);
		check_at(&pointer, 0, 599);
		pointer_move(&pointer, &area, INFINITY, -INFINITY);
		CHECK(isfinite(pointer.x) && isfinite(pointer.y));
	}
	TEST("a slow hand moves by parts of a pixel and crosses the edge") {
		pointer = (struct pointer){799, 100, true};
		for (int i = 0; i < 10; i++)
			pointer_move(&pointer, &area, 0.25, 0);
		check_at(&pointer, 801, 100);
	}
	TEST("an absolute place counts in the whole area") {
		pointer_place(&pointer, &area, 0.5, 0.5);
		check_at(&pointer, 900, 300);
		pointer_place(&pointer, &area, 1.0, 1.0);
		check_at(&pointer, 1799, 499);
	}
	TEST("without outputs there is no place to go") {
		pointer_move(&pointer, &none, 10, 10);
		pointer_clamp(&pointer, &none);
		pointer_place(&pointer, &none, 1, 1);
		CHECK(isfinite(pointer.x));
	}
	TEST("an output that is gone gives the mouse to the nearest") {
		pointer = (struct pointer){1500, 450, true};
		area.count = 1;
		pointer_clamp(&pointer, &area);
		check_at(&pointer, 799, 450);
	}
}

static void test_gaps(void)
{
	static const struct {
		const char *name;
		struct pointer_area area;
		double dx, dy;
	} rows[] = {
			{"right over a gap", {2, {{0, 0, 100, 100}, {150, 0, 250, 100}}}, 1, 0},
			{"left over a gap", {2, {{150, 0, 250, 100}, {0, 0, 100, 100}}}, -1, 0},
			{"down over a gap", {2, {{0, 0, 100, 100}, {0, 900, 100, 1000}}}, 0, 1},
			{"up over a gap", {2, {{0, 500, 100, 600}, {0, 0, 100, 100}}}, 0.1, -1},
			{"at a corner", {2, {{0, 0, 100, 100}, {100, 100, 200, 200}}}, 1, 1},
			{"at a corner, up", {2, {{0, 100, 100, 200}, {100, 0, 200, 100}}}, 1, -1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TEST(rows[i].name) {
			const struct pointer_area *area = &rows[i].area;
			struct pointer pointer = {(area->rects[0].x1 + area->rects[0].x2) / 2.0,
					(area->rects[0].y1 + area->rects[0].y2) / 2.0, true};
			int32_t x, y;

			for (int step = 0; step < 120; step++)
				pointer_move(&pointer, area, rows[i].dx, rows[i].dy);
			CHECK(pointer_is_on(&pointer, area->rects[1], &x, &y));
		}
	TEST("what lies elsewhere is not jumped to") {
		struct pointer_area area = {2, {{0, 0, 100, 100}, {0, 100, 100, 200}}};
		struct pointer pointer = {50, 50, true};

		for (int step = 0; step < 200; step++)
			pointer_move(&pointer, &area, 1, 0);
		check_at(&pointer, 99, 50);
	}
}

/* Any walk over any layout ends on an output. */
static void test_walks(void)
{
	static const struct pointer_area area = {
			4, {{0, 0, 64, 48}, {64, 20, 100, 90}, {0, 48, 30, 90}, {100, 0, 140, 30}}};
	struct pointer pointer = {0};
	unsigned seen = 0, seed = 7;

	TEST("a walk at random stays on the outputs and visits all") {
		for (int step = 0; step < 20000; step++) {
			bool is_on = false;
			int32_t x, y;

			seed = seed * 1103515245 + 12345;
			double dx = (int)(seed >> 16 & 63) - 31;
			seed = seed * 1103515245 + 12345;
			double dy = (int)(seed >> 16 & 63) - 31;
			pointer_move(&pointer, &area, dx / 4, dy / 4);
			for (unsigned i = 0; i < area.count; i++)
				if (pointer_is_on(&pointer, area.rects[i], &x, &y)) {
					is_on = true;
					seen |= 1u << i;
				}
			CHECK(is_on);
		}
		CHECK_INT(seen, 15);
	}
}

int main(void)
{
	test_edges();
	test_gaps();
	test_walks();
	TEST_END();
}
