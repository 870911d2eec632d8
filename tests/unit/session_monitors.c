/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

#include <errno.h>

#include "session/monitors.h"

/* "x y width height rotation scale", with "*" behind the primary one's. */
static unsigned read_list(const char *text, struct wire_monitor *list)
{
	unsigned count = 0;
	int used = 0;

	memset(list, 0, WIRE_MONITORS_MAX * sizeof(*list));
	for (; sscanf(text, " %d %d %u %u %u %u%n", &list[count].x, &list[count].y,
			       &list[count].width, &list[count].height,
			       &list[count].rotation_degrees, &list[count].scale_percent,
			       &used) == 6;
			count++) {
		text += used;
		list[count].is_primary = text[0] == '*';
		text += strspn(text, "*, ");
	}
	return count;
}

static void print(const struct monitors *monitors, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "%u x %u:", monitors->width, monitors->height);

	for (unsigned i = 0; i < monitors->count; i++) {
		const struct monitors_one *one = &monitors->list[i];

		used += (size_t)snprintf(text + used, size - used, " %ux%u%+d%+d/%u/%u/%u",
				one->width, one->height, one->left, one->top, one->orientation,
				one->desktop_scale, one->device_scale);
	}
}

static const struct {
	const char *what, *list;
	uint32_t count;
	uint64_t pixels;
	const char *told;
} plans[] = {
		{"one", "0 0 1920 1080 0 100*", 16, UINT64_MAX,
				"1920 x 1080: 1920x1080+0+0/0/100/100"},
		{"two of different size", "0 0 1920 1080 0 100*, 1920 0 1280 1024 0 100", 16,
				UINT64_MAX,
				"3200 x 1080: 1920x1080+0+0/0/100/100 1280x1024+1920+0/0/100/100"},
		{"what is left of the primary one and above it has negative places",
				"0 200 1280 1024 0 100, 1280 200 1920 1080 0 100*, 1280 0 800 200 "
				"0 100",
				16, UINT64_MAX,
				"3200 x 1280: 1920x1080+0+0/0/100/100 1280x1024-1280+0/0/100/100 "
				"800x200+0-200/0/100/100"},
		{"each has its scale and its rotation",
				"0 0 1080 1920 90 125, 1080 0 3840 2160 0 150*, 4920 0 1200 1920 "
				"270 200",
				16, UINT64_MAX,
				"6120 x 2160: 3840x2160+0+0/0/150/140 "
				"1080x1920-1080+0/90/125/100 1200x1920+3840+0/270/200/180"},
		{"odd widths become even and no gap comes between",
				"0 0 1365 768 0 100*, 1365 0 1367 768 0 100, 2732 0 1024 768 0 100",
				16, UINT64_MAX,
				"3756 x 768: 1364x768+0+0/0/100/100 1368x768+1364+0/0/100/100 "
				"1024x768+2732+0/0/100/100"},
		{"the primary one at an odd place", "0 0 1365 768 0 100, 1365 0 1024 768 0 100*",
				16, UINT64_MAX,
				"2388 x 768: 1024x768+0+0/0/100/100 1364x768-1364+0/0/100/100"},
		{"a server for one gets the primary one",
				"0 0 1920 1080 0 100, 1920 0 1280 1024 0 100*", 1, UINT64_MAX,
				"1280 x 1024: 1280x1024+0+0/0/100/100"},
		{"a server that says none as well", "0 0 1920 1080 0 100, 1920 0 1280 1024 0 100*",
				0, 0, "1280 x 1024: 1280x1024+0+0/0/100/100"},
		{"area for two of three",
				"0 0 1920 1080 0 100, 1920 0 1920 1080 0 100*, 3840 0 1920 1080 0 "
				"100",
				16, (uint64_t)2 * 1920 * 1080,
				"3840 x 1080: 1920x1080+0+0/0/100/100 "
				"1920x1080-1920+0/0/100/100"},
		{"the small one fits where the large one does not",
				"0 0 3840 2160 0 100, 3840 0 1920 1080 0 100*, 5760 0 1280 1024 0 "
				"100",
				16, (uint64_t)2 * 1920 * 1080,
				"3200 x 1080: 1920x1080+0+0/0/100/100 1280x1024+1920+0/0/100/100"},
		{"what stands apart is left out",
				"0 0 1280 1024 0 100*, 1400 0 1280 1024 0 100, 2680 0 1280 1024 0 "
				"100",
				16, UINT64_MAX, "1280 x 1024: 1280x1024+0+0/0/100/100"},
		{"a corner is a neighbour", "0 0 1280 1024 0 100*, 1280 1024 1280 1024 0 100", 16,
				UINT64_MAX,
				"2560 x 2048: 1280x1024+0+0/0/100/100 "
				"1280x1024+1280+1024/0/100/100"},
};

static void test_plans(void)
{
	struct wire_monitor list[WIRE_MONITORS_MAX];
	struct monitors monitors;
	struct err err;
	char text[1024];

	for (unsigned i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		TEST(plans[i].what) {
			const struct monitors_limits limits = {plans[i].count, plans[i].pixels};
			unsigned count = read_list(plans[i].list, list);
			uint32_t width = 0, height = 0;

			for (unsigned j = 0; j < count; j++) {
				uint32_t right = (uint32_t)list[j].x + list[j].width;
				uint32_t bottom = (uint32_t)list[j].y + list[j].height;

				width = right > width ? right : width;
				height = bottom > height ? bottom : height;
			}
			CHECK_INT(monitors_check(list, count, width, height, &err), 0);
			monitors_plan(list, count, width, height, 100, &limits, &monitors);
			print(&monitors, text, sizeof(text));
			CHECK_TEXT(text, plans[i].told);
		}
	TEST("no monitors at all: one of the whole size") {
		const struct monitors_limits limits = monitors_no_limits();

		monitors_plan(NULL, 0, 1367, 768, 175, &limits, &monitors);
		print(&monitors, text, sizeof(text));
		CHECK_TEXT(text, "1366 x 768: 1366x768+0+0/0/175/140");
	}
}

static void test_details(void)
{
	const struct monitors_limits limits = monitors_no_limits();
	struct wire_monitor one = {
			.width = 1920, .height = 1080, .scale_percent = 100, .is_primary = 1};
	struct monitors a, b;

	TEST("millimetres are told when they can be true, both or none") {
		static const uint32_t rows[][3] = {{520, 290, 1}, {0, 290, 0}, {520, 9, 0},
				{10001, 290, 0}, {10, 10000, 1}, {UINT32_MAX, 1, 0}};

		for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			one.width_mm = rows[i][0];
			one.height_mm = rows[i][1];
			monitors_plan(&one, 1, 1920, 1080, 100, &limits, &a);
			CHECK_INT(a.list[0].width_mm, rows[i][2] ? rows[i][0] : 0);
			CHECK_INT(a.list[0].height_mm, rows[i][2] ? rows[i][1] : 0);
		}
	}
	TEST("the same layout is known again, another scale is another layout") {
		monitors_plan(&one, 1, 1920, 1080, 100, &limits, &a);
		monitors_plan(&one, 1, 1920, 1080, 100, &limits, &b);
		CHECK(monitors_is_equal(&a, &b));
		one.scale_percent = 125;
		monitors_plan(&one, 1, 1920, 1080, 100, &limits, &b);
		CHECK(!monitors_is_equal(&a, &b));
	}
	TEST("limits of a server, nonsense included") {
		CHECK_INT(monitors_server_limits(16, 8192, 8192).count, 16);
		CHECK_INT(monitors_server_limits(4, 2048, 2048).pixels, 4 * 2048 * 2048);
		CHECK_INT(monitors_server_limits(UINT32_MAX, 1, 1).count, 16);
		CHECK(monitors_server_limits(UINT32_MAX, UINT32_MAX, UINT32_MAX).pixels ==
				UINT64_MAX);
		CHECK_INT(monitors_server_limits(0, 0, 0).count, 0);
	}
}

static const struct {
	const char *list;
	uint32_t width, height;
	const char *says;
} wrongs[] = {
		{"0 0 199 1080 0 100*", 199, 1080, "monitors[0]: 199 x 1080"},
		{"0 0 8193 1080 0 100*", 8193, 1080, "monitors[0]: 8193 x 1080"},
		{"0 0 4294967295 4294967295 0 100*", 8192, 8192, "monitors[0]: 4294967295"},
		{"-1 0 1920 1080 0 100*", 1920, 1080, "monitors[0]: not inside"},
		{"0 -2147483648 1920 1080 0 100*", 1920, 1080, "monitors[0]: not inside"},
		{"2147483647 0 1920 1080 0 100*", 1920, 1080, "monitors[0]: not inside"},
		{"0 1 1920 1080 0 100*", 1920, 1080, "monitors[0]: not inside"},
		{"1000 0 1920 1080 0 100*", 1920, 1080, "monitors[0]: not inside"},
		{"0 0 1920 1080 0 99*", 1920, 1080, "monitors[0].scale_percent: 99"},
		{"0 0 1920 1080 0 501*", 1920, 1080, "monitors[0].scale_percent: 501"},
		{"0 0 1920 1080 45 100*", 1920, 1080, "monitors[0].rotation_degrees: 45"},
		{"0 0 1920 1080 360 100*", 1920, 1080, "monitors[0].rotation_degrees: 360"},
		{"0 0 1920 1080 0 100", 1920, 1080, "monitors: 0 are primary"},
		{"0 0 960 1080 0 100*, 960 0 960 1080 0 100*", 1920, 1080, "monitors: 2 are"},
		{"0 0 1920 1080 0 100*", 3840, 1080, "together 0, 0 to 1920, 1080, 0, 0 to 3840"},
		{"10 0 1910 1080 0 100*", 1920, 1080, "monitors: together 10, 0"},
		{"0 0 1920 1080 0 100*, 1919 1079 400 400 0 100", 2319, 1479,
				"monitors[1]: lies over monitors[0]"},
		{"0 0 1920 1080 0 100*, 0 0 1920 1080 0 100", 1920, 1080, "monitors[1]: lies over"},
};

static void test_wrongs(void)
{
	struct wire_monitor list[WIRE_MONITORS_MAX];
	struct err err = {""};

	TEST("what a kiosk must not say is refused by name") {
		for (unsigned i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
			unsigned count = read_list(wrongs[i].list, list);

			CHECK_INT(monitors_check(list, count, wrongs[i].width, wrongs[i].height,
						  &err),
					-EINVAL);
			CHECK_HAS(err.text, wrongs[i].says);
		}
		CHECK_INT(monitors_check(list, WIRE_MONITORS_MAX + 1, 1920, 1080, &err), -EINVAL);
		CHECK_HAS(err.text, "monitor_count: 17");
		read_list("0 0 1920 1080 0 100*", list);
		list[0].is_primary = 2;
		CHECK_INT(monitors_check(list, 1, 1920, 1080, &err), -EINVAL);
		CHECK_HAS(err.text, "is_primary: 2");
	}
}

/* Whatever passes the check: a plan that a server can take. */
static void test_random(void)
{
	struct wire_monitor list[WIRE_MONITORS_MAX];
	unsigned state = 11, taken = 0;
	struct monitors monitors;
	struct err err;

#define NEXT(below) (state = state * 1103515245 + 12345, (state >> 8) % (below))
	TEST("20,000 random layouts: even, primary first at 0, 0, within the limits") {
		for (unsigned round = 0; round < 20000; round++) {
			unsigned count = 1 + NEXT(5);
			int32_t x = 0;
			struct monitors_limits limits = {NEXT(6), (uint64_t)NEXT(20) << 20};
			uint32_t height = 0, primary = NEXT(count);

			for (unsigned i = 0; i < count; i++) {
				list[i] = (struct wire_monitor){.x = x,
						.y = (int32_t)NEXT(2) * (int32_t)NEXT(400),
						.width = 200 + NEXT(1400),
						.height = 200 + NEXT(1400),
						.rotation_degrees = NEXT(4) * 90,
						.scale_percent = 100 + NEXT(201),
						.is_primary = i == primary};
				x = list[i].x + (int32_t)list[i].width;
				uint32_t bottom = (uint32_t)list[i].y + list[i].height;
				height = bottom > height ? bottom : height;
			}
			if (monitors_check(list, count, (uint32_t)x, height, &err) < 0)
				continue;
			taken++;
			monitors_plan(list, count, (uint32_t)x, height, 100, &limits, &monitors);
			uint64_t pixels = 0;
			for (unsigned i = 0; i < monitors.count; i++) {
				pixels += (uint64_t)monitors.list[i].width *
				          monitors.list[i].height;
				CHECK(monitors.list[i].width % 2 == 0);
			}
			CHECK(monitors.count >= 1 && monitors.count <= count);
			CHECK(monitors.count <= (limits.count ? limits.count : 1));
			CHECK(monitors.list[0].left == 0 && monitors.list[0].top == 0);
			CHECK(monitors.count == 1 || pixels <= limits.pixels + 4 * 1600);
			CHECK(monitors.width <= (uint32_t)x && monitors.height <= height);
		}
		CHECK(taken > 1000);
	}
}

int main(void)
{
	test_plans();
	test_details();
	test_wrongs();
	test_random();
	TEST_END();
}
