/* SPDX-License-Identifier: Apache-2.0 */
/* What the view puts on a headless screen, and when it says that it stands there. */
#include "unit/test.h"

#include <drm/drm_fourcc.h>

#include "kiosk/view.h"
#include "kms/headless.h"

enum { WIDTH = 640, HEIGHT = 400 };

struct stage {
	struct loop *loop;
	struct display *display;
	struct ui *ui;
	struct view *view;
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
	struct display_picture content = {DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, WIDTH * 4};

	if (!stage->has_film)
		return false;
	pixels = pixels_create((size_t)WIDTH * HEIGHT * 4);
	content.pixels = pixels_data(pixels);
	for (int i = 0; i < WIDTH * HEIGHT; i++)
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

static void open_stage(struct stage *stage)
{
	const uint32_t sizes[1][2] = {{WIDTH, HEIGHT}};
	struct display_handler handler = {NULL, on_shown, NULL, stage};
	struct view_handler view = {take_frame, stage};
	struct err err;

	*stage = (struct stage){.loop = loop_create(), .colour = 0x336699};
	CHECK_INT(display_create_headless(stage->loop, sizes, 1, &handler, &stage->display, &err),
			0);
	CHECK_INT(ui_create("/nowhere", &stage->ui, &err), 0);
	stage->view = view_create(stage->display, stage->ui, &view);
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

static uint32_t last_pixel(struct stage *stage)
{
	const uint32_t *pixels = headless_pixels(display_output_at(stage->display, 0));

	return pixels[WIDTH * HEIGHT - 1] & 0xffffff;
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
	TEST_END();
}
