/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "kms/mode.h"

enum { PREFERRED = DRM_MODE_TYPE_PREFERRED, LINES = DRM_MODE_FLAG_INTERLACE };

#define MODE(w, h, hz, of_type, of_flags) \
	{.hdisplay = (w), .vdisplay = (h), .vrefresh = (hz), .type = (of_type), .flags = (of_flags)}

struct mode_row {
	const char *name;
	drmModeModeInfo modes[5];
	uint32_t width, height; /* wanted */
	int expected;
};

static const struct mode_row rows[] = {
		{"the preferred one",
				{MODE(1024, 768, 60, 0, 0), MODE(800, 600, 60, PREFERRED, 0),
						MODE(1920, 1080, 60, 0, 0)},
				0, 0, 1},
		{"the wanted size before the preferred one",
				{MODE(1024, 768, 60, 0, 0), MODE(800, 600, 60, PREFERRED, 0)}, 1024,
				768, 0},
		{"a wanted size that isn't there: the preferred one",
				{MODE(1024, 768, 60, 0, 0), MODE(800, 600, 60, PREFERRED, 0)}, 3840,
				2160, 1},
		{"the wanted size nearest to 60 Hz",
				{MODE(800, 600, 144, 0, 0), MODE(800, 600, 59, 0, 0),
						MODE(800, 600, 75, 0, 0)},
				800, 600, 1},
		{"the wanted size progressive",
				{MODE(1920, 1080, 60, PREFERRED, LINES),
						MODE(1920, 1080, 30, 0, 0)},
				1920, 1080, 1},
		{"none preferred: the largest",
				{MODE(640, 480, 60, 0, 0), MODE(1280, 720, 60, 0, 0),
						MODE(800, 600, 60, 0, 0)},
				0, 0, 1},
		{"none preferred: progressive before interlaced",
				{MODE(1920, 1080, 60, 0, LINES), MODE(1280, 720, 60, 0, 0)}, 0, 0,
				1},
		{"only interlaced", {MODE(1920, 1080, 60, 0, LINES)}, 0, 0, 0},
		{"absurd ones are passed over",
				{MODE(40000, 100, 60, PREFERRED, 0), MODE(0, 480, 60, 0, 0),
						MODE(640, 480, 60, 0, 0)},
				0, 0, 2},
		{"nothing that can be used", {MODE(40000, 40000, 60, PREFERRED, 0)}, 40000, 40000,
				-1},
		{"none at all", {MODE(0, 0, 0, 0, 0)}, 0, 0, -1},
};

static unsigned count_of(const drmModeModeInfo *modes)
{
	unsigned count = 0;

	while (count < 5 && modes[count].vrefresh)
		count++;
	return count;
}

static void test_modes(void)
{
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		TEST(rows[i].name) {
			CHECK_INT(mode_choose(rows[i].modes, count_of(rows[i].modes), rows[i].width,
						  rows[i].height),
					rows[i].expected);
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
		uint32_t possible[4];
		unsigned count;
		uint32_t free_crtcs;
		int expected[4];
	} crtcs[] = {
			{"each its own", {7, 7, 7}, 3, 7, {0, 1, 2}},
			{"the picky one first", {3, 1}, 2, 3, {1, 0}},
			{"one too many", {1, 1}, 2, 1, {0, -1}},
			{"only free ones", {7, 7}, 2, 4, {2, -1}},
			{"none possible", {0, 1}, 2, 3, {-1, 0}},
			{"the last bit", {1u << 31}, 1, 1u << 31, {31}},
			{"nobody", {0}, 0, 7, {0}},
	};

	for (unsigned i = 0; i < sizeof crtcs / sizeof *crtcs; i++)
		TEST(crtcs[i].name) {
			int chosen[4] = {0};
			mode_assign_crtcs(crtcs[i].possible, crtcs[i].count, crtcs[i].free_crtcs,
					chosen);
			for (unsigned k = 0; k < crtcs[i].count; k++)
				CHECK_INT(chosen[k], crtcs[i].expected[k]);
		}
}

int main(void)
{
	test_modes();
	test_refresh();
	test_crtcs();
	TEST_END();
}
