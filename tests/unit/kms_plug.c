/* SPDX-License-Identifier: Apache-2.0 */
/* Monitors of the headless display: plugged, pulled and laid out by wishes. */
#include "test.h"

#include <errno.h>

#include "base/log.h"
#include "kms/headless.h"

struct stage {
	struct loop *loop;
	struct display *display;
	unsigned outputs;
	struct err err;
};

static void on_outputs(void *data)
{
	struct stage *stage = data;

	stage->outputs++;
}

static void begin(struct stage *stage)
{
	static const uint32_t sizes[2][2] = {{1920, 1080}, {1280, 1024}};
	struct display_handler handler = {.on_outputs = on_outputs, .data = stage};

	*stage = (struct stage){.loop = loop_create()};
	CHECK_INT(display_create_headless(stage->loop, sizes, 2, &handler, &stage->display,
				  &stage->err),
			0);
}

static void end(struct stage *stage)
{
	display_destroy(stage->display);
	loop_destroy(stage->loop);
}

static const char *describe(struct stage *stage)
{
	static char text[512];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < display_output_count(stage->display); i++) {
		struct display_output_info info =
				display_output_info(display_output_at(stage->display, i));
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s %ux%u+%d+%d%s",
				at ? " " : "", info.name, info.width, info.height, info.x, info.y,
				info.is_primary ? "*" : "");
	}
	return text;
}

static void step(struct stage *stage)
{
	for (unsigned i = 0; i < 3; i++)
		loop_step(stage->loop, 0);
}

static void test_plug(struct stage *stage)
{
	TEST("they stand side by side from the first moment") {
		CHECK_TEXT(describe(stage),
				"headless-1 1920x1080+0+0* headless-2 1280x1024+1920+0");
		CHECK_INT(stage->outputs, 0);
	}
	TEST("one that comes is told from the loop") {
		CHECK_INT(display_headless_plug(stage->display, "headless-3", 800, 600,
					  &stage->err),
				0);
		CHECK_INT(stage->outputs, 0);
		step(stage);
		CHECK_INT(stage->outputs, 1);
		CHECK_INT(display_output_count(stage->display), 3);
	}
	TEST("one that goes: the others stay the same objects") {
		struct display_output *kept = display_output_at(stage->display, 2);
		CHECK_INT(display_headless_unplug(stage->display, "headless-1", &stage->err), 0);
		step(stage);
		CHECK_TEXT(describe(stage), "headless-2 1280x1024+0+0* headless-3 800x600+1280+0");
		CHECK(display_output_at(stage->display, 1) == kept);
	}
	TEST("what can't be is refused with a reason") {
		CHECK_INT(display_headless_unplug(stage->display, "headless-1", &stage->err),
				-ENOENT);
		CHECK_HAS(stage->err.text, "headless-1: is not plugged in");
		CHECK_INT(display_headless_plug(stage->display, "headless-3", 8, 8, &stage->err),
				-EEXIST);
		CHECK_INT(display_headless_plug(stage->display, "wide", 99999, 8, &stage->err),
				-EINVAL);
		for (unsigned i = 0; i < 6; i++) {
			char name[2] = {(char)('a' + i), 0};
			CHECK_INT(display_headless_plug(stage->display, name, 8, 8, &stage->err),
					0);
		}
		CHECK_INT(display_headless_plug(stage->display, "z", 8, 8, &stage->err), -ENOSPC);
		step(stage);
		CHECK_INT(display_output_count(stage->display), 8);
	}
	TEST("without any monitor the display waits") {
		for (unsigned i = 0; i < 8; i++) {
			const char *name = display_layout(stage->display)->places[0].connector;
			display_headless_unplug(stage->display, name, &stage->err);
			step(stage);
		}
		CHECK_TEXT(describe(stage), "");
	}
}

static void test_configure(struct stage *stage)
{
	struct layout_wishes wishes = {.count = 1,
			.list = {{.identity = {"TYN", "headless", "headless-2"},
					.is_primary = true,
					.has_position = true,
					.rotation = LAYOUT_90}}};

	TEST("a wish moves, turns and chooses the primary one") {
		display_configure(stage->display, &wishes);
		step(stage);
		CHECK_INT(stage->outputs, 1);
		CHECK_TEXT(describe(stage),
				"headless-1 1920x1080+1024+0 headless-2 1024x1280+0+0*");
	}
	TEST("the same wishes change nothing") {
		display_configure(stage->display, &wishes);
		step(stage);
		CHECK_INT(stage->outputs, 1);
	}
	TEST("a monitor that returns has its place again") {
		display_headless_unplug(stage->display, "headless-2", &stage->err);
		step(stage);
		CHECK_TEXT(describe(stage), "headless-1 1920x1080+0+0*");
		display_headless_plug(stage->display, "headless-2", 1280, 1024, &stage->err);
		step(stage);
		CHECK_TEXT(describe(stage),
				"headless-1 1920x1080+1024+0 headless-2 1024x1280+0+0*");
	}
	TEST("mirrored ones stand at one place") {
		wishes = (struct layout_wishes){.arrangement = LAYOUT_MIRROR};
		display_configure(stage->display, &wishes);
		step(stage);
		CHECK_TEXT(describe(stage), "headless-1 1920x1080+0+0* headless-2 1280x1024+0+0");
		CHECK_HAS(display_layout(stage->display)->notes[0], "scaled to 1280x1024");
	}
	TEST("one only") {
		wishes.arrangement = LAYOUT_ONE;
		display_configure(stage->display, &wishes);
		step(stage);
		CHECK_TEXT(describe(stage), "headless-1 1920x1080+0+0*");
		CHECK_INT(display_layout(stage->display)->count, 2);
		CHECK(!display_layout(stage->display)->places[1].is_lit);
	}
}

int main(void)
{
	struct stage stage;

	log_open("kms_plug");
	log_set_level(LOG_LEVEL_ERROR);
	begin(&stage);
	test_plug(&stage);
	end(&stage);
	begin(&stage);
	test_configure(&stage);
	end(&stage);
	TEST_END();
}
