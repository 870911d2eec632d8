/* SPDX-License-Identifier: Apache-2.0 */
/* What the view puts on a headless screen, and when it says that it stands there. */
#include "unit/test.h"

#include <drm/drm_fourcc.h>

#include "kiosk/view.h"
#include "kms/backend.h"
#include "kms/headless.h"

enum { WIDTH = 640, HEIGHT = 400 };

struct stage {
	struct loop *loop;
	struct display *display;
	struct ui *ui;
	struct view *view;
	unsigned outputs;
	bool has_film; /* there always is a newer frame */
	unsigned taken, released;
	uint32_t colour;
};

static void on_gone(void *data, const struct picture *picture)
{
	(void)picture;
	((struct stage *)data)->released++;
}

static bool take_frame(void *data, struct session_frame *ret)
{
	struct stage *stage = data;
	struct pixels *pixels;
	uint32_t width = WIDTH * stage->outputs;
	struct display_picture content = {DRM_FORMAT_XRGB8888, width, HEIGHT, width * 4};

	if (!stage->has_film)
		return false;
	pixels = pixels_create((size_t)width * HEIGHT * 4);
	content.pixels = pixels_data(pixels);
	for (uint32_t i = 0; i < width * HEIGHT; i++)
		((uint32_t *)pixels_data(pixels))[i] = stage->colour;
	*ret = (struct session_frame){
			.session = 1,
			.desktop = picture_create(&content, pixels),
	};
	ret->desktop->pool = 1;
	ret->desktop->number = stage->taken++ % 3;
	ret->desktop->on_gone = on_gone;
	ret->desktop->data = stage;
	pixels_unref(pixels);
	return true;
}

static void on_shown(void *data, struct display_output *output, int64_t time_us)
{
	struct stage *stage = data;

	(void)time_us;
	view_shown(stage->view, output);
	view_flush(stage->view);
}

static void open_stage_of(struct stage *stage, unsigned outputs)
{
	const uint32_t sizes[2][2] = {{WIDTH, HEIGHT}, {WIDTH, HEIGHT}};
	struct display_handler handler = {NULL, on_shown, NULL, stage};
	struct view_handler view = {take_frame, stage};
	struct err err;

	*stage = (struct stage){.loop = loop_create(), .outputs = outputs, .colour = 0x336699};
	CHECK_INT(display_create_headless(stage->loop, sizes, outputs, &handler, &stage->display,
				  &err),
			0);
	CHECK_INT(ui_create("/nowhere", &stage->ui, &err), 0);
	stage->view = view_create(stage->display, stage->ui, &view);
}

static void open_stage(struct stage *stage)
{
	open_stage_of(stage, 1);
}

static void close_stage(struct stage *stage)
{
	view_destroy(stage->view);
	display_destroy(stage->display);
	ui_destroy(stage->ui);
	loop_destroy(stage->loop);
}

static void show(struct stage *stage, enum ui_screen screen, const char *message)
{
	static struct ui_model model;

	memset(&model, 0, sizeof(model));
	model.screen = screen;
	strcpy(model.language, "en");
	if (message) {
		model.message_count = 1;
		strcpy(model.messages[0].text, message);
	}
	view_set_model(stage->view, &model);
	view_flush(stage->view);
}

static void wait_rounds(struct stage *stage, int count)
{
	for (int i = 0; i < count; i++)
		loop_step(stage->loop, 5);
}

static uint32_t last_pixel_of(struct stage *stage, unsigned output)
{
	const uint32_t *pixels = headless_pixels(display_output_at(stage->display, output));

	return pixels[WIDTH * HEIGHT - 1] & 0xffffff;
}

static uint32_t last_pixel(struct stage *stage)
{
	return last_pixel_of(stage, 0);
}

/* Outputs that the display rearranged by itself. */
static void on_outputs(void *data)
{
	struct stage *stage = data;

	view_outputs_changed(stage->view);
}

static void test_two(void)
{
	struct stage stage;
	struct err err;

	TEST("a frame on two outputs is given back when both have another one") {
		open_stage_of(&stage, 2);
		stage.has_film = true;
		show(&stage, UI_SESSION, NULL);
		wait_rounds(&stage, 9);
		CHECK_INT(last_pixel_of(&stage, 0), 0x336699);
		CHECK_INT(last_pixel_of(&stage, 1), 0x336699);
		CHECK(stage.taken > 5 && stage.taken - stage.released <= 4);
		stage.has_film = false;
		view_drop_frame(stage.view);
		show(&stage, UI_STARTING, NULL);
		wait_rounds(&stage, 5);
		CHECK_INT(stage.released, stage.taken);
		CHECK(last_pixel_of(&stage, 1) != 0x336699);
		close_stage(&stage);
	}
	TEST("a desktop on one output alone is gone from the other") {
		open_stage_of(&stage, 2);
		stage.has_film = true;
		CHECK(view_set_monitors(stage.view, CONF_MONITORS_FIRST + 1));
		CHECK(!view_set_monitors(stage.view, CONF_MONITORS_FIRST + 1));
		stage.outputs = 1;
		show(&stage, UI_SESSION, NULL);
		wait_rounds(&stage, 5);
		CHECK(last_pixel_of(&stage, 0) != 0x336699);
		CHECK_INT(last_pixel_of(&stage, 1), 0x336699);
		close_stage(&stage);
	}
	TEST("an output that comes with nothing to show is not waited for") {
		open_stage_of(&stage, 1);
		stage.display->handler.on_outputs = on_outputs;
		stage.has_film = true;
		show(&stage, UI_SESSION, NULL);
		wait_rounds(&stage, 3);
		stage.has_film = false;
		CHECK_INT(display_headless_plug(stage.display, "DP-1", WIDTH, HEIGHT, &err), 0);
		wait_rounds(&stage, 3);
		CHECK_INT(last_pixel_of(&stage, 1), 0);
		CHECK(view_flush(stage.view));
		stage.has_film = true;
		stage.outputs = 2;
		view_flush(stage.view);
		wait_rounds(&stage, 3);
		CHECK_INT(last_pixel_of(&stage, 1), 0x336699);
		close_stage(&stage);
	}
	TEST("outputs that change in the dark are right when there is light") {
		open_stage_of(&stage, 1);
		stage.display->handler.on_outputs = on_outputs;
		show(&stage, UI_STARTING, NULL);
		wait_rounds(&stage, 3);
		view_set_power(stage.view, false);
		CHECK_INT(display_headless_plug(stage.display, "DP-1", WIDTH, HEIGHT, &err), 0);
		wait_rounds(&stage, 3);
		view_set_power(stage.view, true);
		wait_rounds(&stage, 3);
		CHECK(view_flush(stage.view));
		CHECK(last_pixel_of(&stage, 0) && last_pixel_of(&stage, 1));
		close_stage(&stage);
	}
}

int main(void)
{
	struct stage stage;

	TEST("a model stands when it was shown, and not before") {
		open_stage(&stage);
		show(&stage, UI_STARTING, NULL);
		CHECK(!view_has_model(stage.view));
		wait_rounds(&stage, 3);
		CHECK(view_has_model(stage.view));
		CHECK(view_flush(stage.view));
		close_stage(&stage);
	}
	TEST("a model stands over a film that never rests") {
		open_stage(&stage);
		stage.has_film = true;
		show(&stage, UI_SESSION, NULL);
		wait_rounds(&stage, 5);
		CHECK(!view_flush(stage.view));
		CHECK(view_has_model(stage.view));
		show(&stage, UI_SESSION, "The switchboard is closed");
		CHECK(!view_has_model(stage.view));
		wait_rounds(&stage, 5);
		CHECK(!view_flush(stage.view));
		CHECK(view_has_model(stage.view));
		CHECK(stage.taken > 5 && stage.taken - stage.released <= 3);
		close_stage(&stage);
	}
	TEST("a dark screen takes a model and shows it with the light") {
		open_stage(&stage);
		show(&stage, UI_STARTING, NULL);
		wait_rounds(&stage, 3);
		uint32_t before = last_pixel(&stage);
		view_set_power(stage.view, false);
		stage.has_film = true;
		show(&stage, UI_SESSION, NULL);
		CHECK(view_has_model(stage.view));
		wait_rounds(&stage, 3);
		CHECK_INT(last_pixel(&stage), before);
		view_set_power(stage.view, true);
		view_flush(stage.view);
		wait_rounds(&stage, 3);
		CHECK_INT(last_pixel(&stage), 0x336699);
		close_stage(&stage);
	}
	TEST("what is left of a session on a dark screen is gone with its memory") {
		open_stage(&stage);
		stage.has_film = true;
		show(&stage, UI_SESSION, NULL);
		wait_rounds(&stage, 5);
		view_set_power(stage.view, false);
		view_outputs_changed(stage.view);
		stage.has_film = false;
		view_drop_frame(stage.view);
		show(&stage, UI_STARTING, NULL);
		view_set_power(stage.view, true);
		view_flush(stage.view);
		wait_rounds(&stage, 5);
		CHECK_INT(stage.released, stage.taken);
		show(&stage, UI_SESSION, NULL);
		wait_rounds(&stage, 3);
		CHECK_INT(last_pixel(&stage), 0);
		close_stage(&stage);
	}
	test_two();
	TEST_END();
}
