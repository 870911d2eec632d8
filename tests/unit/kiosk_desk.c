/* SPDX-License-Identifier: Apache-2.0 */
/* Which outputs a session uses, what it is told of them, and what part each one shows. */
#include "unit/test.h"

#include "kiosk/desk.h"

static struct desk_output at(int32_t x, int32_t y, uint32_t width, uint32_t height)
{
	return (struct desk_output){
			.x = x, .y = y, .width = width, .height = height, .scale_percent = 100};
}

/* A portrait one, the primary 4K one in the middle, a small one that stands lower. */
static struct desk three(void)
{
	struct desk desk = {.count = 3,
			.outputs = {at(0, 0, 1080, 1920), at(1080, 0, 3840, 2160),
					at(4920, 1000, 1280, 1024)}};

	desk.outputs[0].rotation = LAYOUT_90;
	desk.outputs[0].width_mm = 300;
	desk.outputs[1].is_primary = true;
	desk.outputs[1].scale_percent = 200;
	return desk;
}

static void check_rect(struct display_rect rect, int32_t x1, int32_t y1, int32_t x2, int32_t y2)
{
	CHECK(rect.x1 == x1 && rect.y1 == y1 && rect.x2 == x2 && rect.y2 == y2);
}

static void check_place(const struct display_place *place, int32_t x, int32_t y, uint32_t width,
		uint32_t height)
{
	CHECK_INT(place->x, x);
	CHECK_INT(place->y, y);
	CHECK_INT(place->width, width);
	CHECK_INT(place->height, height);
}

static void test_layout(void)
{
	struct desk desk = three();
	struct desk_layout layout;

	TEST("one desktop across all: its picture is the box around them") {
		desk_plan(&desk, CONF_MONITORS_ALL);
		desk_layout(&desk, &layout);
		CHECK_INT(layout.width, 6200);
		CHECK_INT(layout.height, 2160);
		CHECK_INT(layout.count, 3);
		CHECK_INT(layout.scale_percent, 200);
		CHECK_INT(layout.monitors[0].rotation_degrees, 90);
		CHECK_INT(layout.monitors[0].width_mm, 300);
		CHECK(layout.monitors[1].is_primary && layout.monitors[1].x == 1080);
		CHECK(!layout.monitors[2].is_primary && layout.monitors[2].y == 1000);
	}
	TEST("on the primary one alone") {
		desk_plan(&desk, CONF_MONITORS_PRIMARY);
		desk_layout(&desk, &layout);
		CHECK(layout.count == 1 && layout.width == 3840 && layout.height == 2160);
		CHECK(layout.monitors[0].x == 0 && layout.monitors[0].is_primary);
		CHECK(!desk.outputs[0].has_session && desk.lead == 1);
	}
	TEST("on the third from the left, with the messages of the kiosk") {
		desk_plan(&desk, CONF_MONITORS_FIRST + 2);
		desk_layout(&desk, &layout);
		CHECK(layout.width == 1280 && layout.monitors[0].y == 0);
		CHECK(desk.lead == 2 && desk.primary == 1);
		desk_plan(&desk, CONF_MONITORS_FIRST + 7);
		CHECK_INT(desk.lead, 1);
	}
	TEST("what does not fit into one picture is left out, not the primary one") {
		desk.outputs[2] = at(4920, 0, 3840, 2160);
		desk_plan(&desk, CONF_MONITORS_ALL);
		CHECK_INT(desk.left_out, 1);
		CHECK(desk.outputs[1].has_session && !desk.outputs[2].has_session);
		check_rect(desk.box, 0, 0, 4920, 2160);
	}
	TEST("without outputs a session has a picture of a usual size") {
		desk = (struct desk){0};
		desk_plan(&desk, CONF_MONITORS_ALL);
		desk_layout(&desk, &layout);
		CHECK(layout.width == 1280 && layout.height == 720 && layout.count == 0);
	}
}

static bool place(const struct desk *desk, unsigned index, struct display_rect target,
		struct display_place *ret)
{
	struct display_rect source = {0, 0, target.x2 - target.x1, target.y2 - target.y1};

	return desk_place(desk, index, source, target, NULL, 0, ret);
}

static void test_extended(void)
{
	struct desk desk = three();
	struct display_place shown;
	struct display_rect visible[2] = {{1000, 0, 1100, 10}, {1200, 0, 1300, 10}};
	int32_t x, y;

	desk_plan(&desk, CONF_MONITORS_ALL);
	TEST("each output shows its part of the picture") {
		desk_picture(&desk, 6200, 2160, &x, &y);
		CHECK(x == 0 && y == 0);
		CHECK(place(&desk, 0, (struct display_rect){0, 0, 6200, 2160}, &shown));
		check_place(&shown, 0, 0, 1080, 1920);
		check_rect(shown.source, 0, 0, 1080, 1920);
		CHECK(place(&desk, 2, (struct display_rect){0, 0, 6200, 2160}, &shown));
		check_place(&shown, 0, 0, 1280, 1024);
		check_rect(shown.source, 4920, 1000, 6200, 2024);
	}
	TEST("a picture for one is in the middle of the lead, a larger one is cut around it") {
		desk_picture(&desk, 1280, 720, &x, &y);
		CHECK(x == 1080 + 1280 && y == 720);
		CHECK(!place(&desk, 0, (struct display_rect){x, y, x + 1280, y + 720}, &shown));
		CHECK(place(&desk, 1, (struct display_rect){x, y, x + 1280, y + 720}, &shown));
		check_place(&shown, 1280, 720, 1280, 720);
		desk_picture(&desk, 8000, 2160, &x, &y);
		CHECK_INT(x, -900);
	}
	TEST("a video over an edge is on both, scaled as a whole") {
		struct display_rect source = {0, 0, 320, 180}, target = {760, 100, 1400, 460};

		CHECK(desk_place(&desk, 0, source, target, visible, 2, &shown));
		check_place(&shown, 760, 100, 640, 360);
		check_rect(shown.source, 0, 0, 320, 180);
		CHECK_INT(shown.visible_count, 1);
		check_rect(shown.visible[0], 1000, 0, 1080, 10);
		CHECK(desk_place(&desk, 1, source, target, visible, 2, &shown));
		check_place(&shown, -320, 100, 640, 360);
		CHECK_INT(shown.visible_count, 2);
		check_rect(shown.visible[0], 0, 0, 20, 10);
		CHECK(!desk_place(&desk, 2, source, target, visible, 2, &shown));
		CHECK(!desk_place(&desk, 0, source, target, visible + 1, 1, &shown));
	}
}

static void test_mirrored(void)
{
	struct desk desk = {.count = 3,
			.outputs = {at(0, 0, 1920, 1080), at(0, 0, 1280, 1024),
					at(0, 0, 3840, 1080)}};
	struct display_place shown;
	struct desk_layout layout;

	desk_plan(&desk, CONF_MONITORS_FIRST + 1);
	TEST("mirrors are one output for a session") {
		CHECK(desk.is_mirror && desk.lead == 0);
		desk_layout(&desk, &layout);
		CHECK(layout.count == 1 && layout.width == 1920 && layout.height == 1080);
		CHECK(desk.outputs[2].has_session && desk.left_out == 0);
	}
	TEST("a mirror shows all of it, scaled and in the middle") {
		CHECK(place(&desk, 1, (struct display_rect){0, 0, 1920, 1080}, &shown));
		check_place(&shown, 0, 152, 1280, 720);
		CHECK_INT(shown.visible_count, 0);
		CHECK(place(&desk, 2, (struct display_rect){0, 0, 1920, 1080}, &shown));
		check_place(&shown, 960, 0, 1920, 1080);
		CHECK(place(&desk, 0, (struct display_rect){0, 0, 1920, 1080}, &shown));
		check_place(&shown, 0, 0, 1920, 1080);
	}
	TEST("nothing of it lies beside the picture of a mirror") {
		struct display_rect source = {0, 0, 10, 10}, target = {1900, 1000, 2000, 1100};

		CHECK(desk_place(&desk, 1, source, target, NULL, 0, &shown));
		CHECK_INT(shown.visible_count, 1);
		check_rect(shown.visible[0], 1266, 818, 1280, 872);
	}
}

int main(void)
{
	test_layout();
	test_extended();
	test_mirrored();
	TEST_END();
}
