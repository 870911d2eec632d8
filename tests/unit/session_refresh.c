/* SPDX-License-Identifier: Apache-2.0 */
/* When the server is asked for a fresh picture, and how. */
#include "unit/test.h"

#include "session/refresh.h"

struct row {
	int64_t ms;
	bool is_broken;
	enum refresh_way way;
	int64_t wait_ms;
};

static void run(bool has_rect, bool has_output, const struct row *rows, unsigned count)
{
	struct refresh refresh = {0};

	for (unsigned i = 0; i < count; i++) {
		struct refresh_now now = {rows[i].ms, rows[i].is_broken, has_rect, has_output};
		int64_t wait_ms = 77;

		CHECK_INT(refresh_step(&refresh, &now, &wait_ms), rows[i].way);
		CHECK_INT(wait_ms, rows[i].wait_ms);
	}
}

#define RUN(has_rect, has_output, ...) \
	run(has_rect, has_output, (const struct row[]){__VA_ARGS__}, \
			sizeof((const struct row[]){__VA_ARGS__}) / sizeof(struct row))

int main(void)
{
	TEST("at once, then after 2, 4, 8 ... 64 s, in turns")
		RUN(true, true, {500, false, REFRESH_NOT, -1}, {1000, true, REFRESH_RECT, 2000},
				{1500, true, REFRESH_NOT, 1500}, {3000, true, REFRESH_OUTPUT, 4000},
				{7000, true, REFRESH_RECT, 8000},
				{15000, true, REFRESH_OUTPUT, 16000},
				{31000, true, REFRESH_RECT, 32000},
				{63000, true, REFRESH_OUTPUT, 64000},
				{127000, true, REFRESH_RECT, 64000}, {190999, true, REFRESH_NOT, 1},
				{191000, true, REFRESH_OUTPUT, 64000});
	TEST("only by what the server understands") {
		RUN(true, false, {1000, true, REFRESH_RECT, 2000},
				{3000, true, REFRESH_RECT, 4000});
		RUN(false, true, {1000, true, REFRESH_OUTPUT, 2000},
				{3000, true, REFRESH_OUTPUT, 4000});
		RUN(false, false, {1000, true, REFRESH_NOT, -1}, {9000, true, REFRESH_NOT, -1});
	}
	TEST("one that breaks soon again has to wait")
		RUN(true, true, {1000, true, REFRESH_RECT, 2000}, {1100, false, REFRESH_NOT, -1},
				{1200, true, REFRESH_NOT, 1800}, {3000, true, REFRESH_OUTPUT, 4000},
				{3100, false, REFRESH_NOT, -1}, {6900, true, REFRESH_NOT, 100});
	TEST("one that was well for long does not")
		RUN(true, true, {1000, true, REFRESH_RECT, 2000},
				{3000, true, REFRESH_OUTPUT, 4000}, {3100, false, REFRESH_NOT, -1},
				{8000, false, REFRESH_NOT, -1}, {8001, true, REFRESH_RECT, 2000});
	TEST_END();
}
