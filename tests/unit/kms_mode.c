/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "kms/mode.h"

enum { PREFERRED = DRM_MODE_TYPE_PREFERRED, LINES = DRM_MODE_FLAG_INTERLACE };

static drmModeModeInfo mode_of(unsigned width, unsigned height, unsigned hz, uint32_t type,
		uint32_t flags)
{
	return (drmModeModeInfo){.hdisplay = (uint16_t)width,
			.vdisplay = (uint16_t)height,
			.vrefresh = hz,
			.type = type,
			.flags = flags};
}

static void test_select(void)
{
	drmModeModeInfo modes[200], ret[LAYOUT_MODES_MAX];

	TEST("none twice, preferred first") {
		modes[0] = mode_of(800, 600, 60, 0, 0);
		modes[1] = mode_of(1024, 768, 60, PREFERRED, 0);
		modes[2] = mode_of(800, 600, 60, 0, 0);
		modes[3] = mode_of(800, 600, 60, 0, LINES);
		modes[4] = mode_of(800, 600, 75, 0, 0);
		CHECK_INT(mode_select(modes, 5, ret), 4);
		CHECK_INT(ret[0].hdisplay, 1024);
		CHECK_INT(ret[1].hdisplay, 800);
		CHECK(ret[2].flags & LINES);
		CHECK_INT(ret[3].vrefresh, 75);
	}
	TEST("200 modes: as many as there is room for, the preferred one among them") {
		for (unsigned i = 0; i < 200; i++)
			modes[i] = mode_of(100 + i, 100, 60, i == 199 ? PREFERRED : 0, 0);
		CHECK_INT(mode_select(modes, 200, ret), LAYOUT_MODES_MAX);
		CHECK_INT(ret[0].hdisplay, 299);
	}
	TEST("no modes") {
		CHECK_INT(mode_select(modes, 0, ret), 0);
	}
	TEST("what the planner reads") {
		modes[0] = mode_of(1920, 1080, 50, PREFERRED, LINES);
		struct layout_mode mode = mode_describe(&modes[0]);
		CHECK_INT(mode.width, 1920);
		CHECK_INT(mode.height, 1080);
		CHECK_INT(mode.refresh_mhz, 50000);
		CHECK(mode.is_preferred && mode.is_interlaced && !mode.is_refused);
	}
}

static void test_refresh(void)
{
	static const struct {
		const char *name;
		drmModeModeInfo mode;
		uint32_t expected;
	} refresh[] = {
			{"1080p60", {.clock = 148500, .htotal = 2200, .vtotal = 1125}, 60000},
			{"59.94 Hz", {.clock = 148352, .htotal = 2200, .vtotal = 1125}, 59940},
			{"interlaced: fields count",
					{.clock = 74250,
							.htotal = 2200,
							.vtotal = 1125,
							.flags = LINES},
					60000},
			{"double scan",
					{.clock = 25200,
							.htotal = 800,
							.vtotal = 262,
							.flags = DRM_MODE_FLAG_DBLSCAN},
					60115},
			{"no timings", {.vrefresh = 75}, 75000},
			{"absurd timings", {.clock = 0xffffffff, .htotal = 1, .vtotal = 1},
					0xffffffff},
	};

	for (unsigned i = 0; i < sizeof refresh / sizeof *refresh; i++)
		TEST(refresh[i].name) {
			CHECK_INT(mode_refresh_mhz(&refresh[i].mode), refresh[i].expected);
		}
}

static void test_crtcs(void)
{
	static const struct {
		const char *name;
		uint32_t possible[8];
		unsigned count;
		uint32_t crtcs;
		int now[8], expected[8];
	} rows[] = {
			{"each its own", {7, 7, 7}, 3, 7, {-1, -1, -1}, {0, 1, 2}},
			{"the picky one gets what it needs", {3, 1}, 2, 3, {-1, -1}, {1, 0}},
			{"one too many", {1, 1}, 2, 1, {-1, -1}, {0, -1}},
			{"only free ones", {7, 7}, 2, 4, {-1, -1}, {2, -1}},
			{"none possible", {0, 1}, 2, 3, {-1, -1}, {-1, 0}},
			{"the last bit", {1u << 31}, 1, 1u << 31, {-1}, {31}},
			{"nobody", {0}, 0, 7, {0}, {0}},
			{"who has one keeps it", {7, 7}, 2, 7, {2, -1}, {2, 0}},
			{"who has one moves for another", {3, 1}, 2, 3, {0, -1}, {1, 0}},
			{"but not for nothing", {1, 1}, 2, 3, {0, -1}, {0, -1}},
			{"a chain of three moves", {3, 6, 12, 1}, 4, 15, {0, 1, 2, -1},
					{1, 2, 3, 0}},
			{"dead ends on the way", {3, 3, 6, 3}, 4, 7, {0, 1, 2, -1}, {0, 1, 2, -1}},
			{"one that it can't have is taken away", {2, 1}, 2, 3, {0, -1}, {1, 0}},
			{"a dock: three connectors, any of two crtcs, and the panel", {1, 6, 6, 6},
					4, 7, {-1, -1, -1, -1}, {0, 1, 2, -1}},
			{"eight", {255, 255, 255, 255, 255, 255, 255, 1}, 8, 255,
					{-1, -1, -1, -1, -1, -1, -1, -1}, {7, 1, 2, 3, 4, 5, 6, 0}},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		TEST(rows[i].name) {
			int chosen[8];
			memcpy(chosen, rows[i].now, sizeof chosen);
			mode_assign_crtcs(rows[i].possible, rows[i].count, rows[i].crtcs, chosen);
			for (unsigned k = 0; k < rows[i].count; k++)
				CHECK_INT(chosen[k], rows[i].expected[k]);
		}
}

int main(void)
{
	test_select();
	test_refresh();
	test_crtcs();
	TEST_END();
}
