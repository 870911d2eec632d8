/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <drm_fourcc.h>

#include "kms/plane.h"

enum { WIDTH = 100, HEIGHT = 80 };

/* What one row changes about a desktop, a video, an UI beside it and a cursor, all fit for planes. */
struct stage {
	struct display_picture pictures[DISPLAY_LAYERS];
	struct display_place places[DISPLAY_LAYERS];
	bool is_hidden[DISPLAY_LAYERS];
	struct plane_can planes[2];
	struct plane_case known;
};

struct row {
	const char *name;
	void (*change)(struct stage *stage);
	enum display_layer layer; /* that is looked at */
	enum plane_way way;
	const char *why;
};

static void as_is(struct stage *stage)
{
	(void)stage;
}

static void hidden_cursor(struct stage *stage)
{
	stage->is_hidden[DISPLAY_CURSOR] = true;
}

static void large_cursor(struct stage *stage)
{
	stage->pictures[DISPLAY_CURSOR].width = 65;
}

static void scaled_cursor(struct stage *stage)
{
	stage->places[DISPLAY_CURSOR].width = 20;
}

static void cursor_outside(struct stage *stage)
{
	stage->places[DISPLAY_CURSOR].x = 2 * WIDTH;
}

static void no_cursor_plane(struct stage *stage)
{
	stage->planes[0].kind = PLANE_OVERLAY;
}

static void no_alpha(struct stage *stage)
{
	stage->planes[0].formats[0] = stage->planes[1].formats[0] = DRM_FORMAT_RGB565;
}

static void dimmed(struct stage *stage)
{
	stage->known.is_dimmed = true;
}

static void refused(struct stage *stage)
{
	stage->known.refused = 1 << DISPLAY_CURSOR | 1 << DISPLAY_VIDEO;
}

static void readable(struct stage *stage)
{
	stage->known.readable = 1 << DISPLAY_VIDEO | 1 << DISPLAY_DESKTOP;
}

static void readable_and_turned(struct stage *stage)
{
	readable(stage);
	stage->known.rotation = LAYOUT_90;
}

static void turned(struct stage *stage)
{
	stage->known.rotation = LAYOUT_90;
}

static void small_desktop(struct stage *stage)
{
	readable(stage);
	stage->places[DISPLAY_DESKTOP].y = 1;
}

static void no_nv12(struct stage *stage)
{
	stage->planes[1].format_count = 1;
}

static void rgb_video(struct stage *stage)
{
	stage->pictures[DISPLAY_VIDEO].format = DRM_FORMAT_XRGB8888;
	stage->pictures[DISPLAY_VIDEO].stride = 400;
}

static void in_parts(struct stage *stage)
{
	struct display_place *place = &stage->places[DISPLAY_VIDEO];

	place->visible_count = 2;
	place->visible[0] = (struct display_rect){0, 0, 20, HEIGHT};
	place->visible[1] = (struct display_rect){21, 0, WIDTH, HEIGHT};
}

static void in_parts_whole(struct stage *stage)
{
	in_parts(stage);
	stage->places[DISPLAY_VIDEO].visible[1].x1 = 19;
}

static void ui_above(struct stage *stage)
{
	stage->places[DISPLAY_UI].x = 30;
}

static void scaled_ui_above(struct stage *stage)
{
	ui_above(stage);
	stage->places[DISPLAY_UI].height = 40;
}

static void ui_above_parts(struct stage *stage)
{
	ui_above(stage);
	in_parts(stage);
}

static void video_all_over(struct stage *stage)
{
	struct display_place *place = &stage->places[DISPLAY_VIDEO];

	*place = (struct display_place){.width = WIDTH, .height = HEIGHT};
}

static const struct row rows[] = {
		{"a cursor", as_is, DISPLAY_CURSOR, PLANE_COPY, NULL},
		{"a hidden cursor", hidden_cursor, DISPLAY_CURSOR, PLANE_HIDDEN, NULL},
		{"a cursor beyond the edge", cursor_outside, DISPLAY_CURSOR, PLANE_COPY, NULL},
		{"a cursor that is too large", large_cursor, DISPLAY_CURSOR, PLANE_COMPOSED,
				"larger than the plane"},
		{"a scaled cursor", scaled_cursor, DISPLAY_CURSOR, PLANE_COMPOSED, "scaled"},
		{"a cursor on an overlay plane", no_cursor_plane, DISPLAY_CURSOR, PLANE_COPY, NULL},
		{"a large one there", large_cursor, DISPLAY_CURSOR, PLANE_COMPOSED, "larger"},
		{"no plane with alpha", no_alpha, DISPLAY_CURSOR, PLANE_COMPOSED, "no plane"},
		{"a dimmed cursor", dimmed, DISPLAY_CURSOR, PLANE_COMPOSED, "dimmed"},
		{"a refused cursor", refused, DISPLAY_CURSOR, PLANE_COMPOSED, "refused"},
		{"a turned cursor", turned, DISPLAY_CURSOR, PLANE_COPY, NULL},
		{"a video in memory", as_is, DISPLAY_VIDEO, PLANE_COPY, NULL},
		{"a video the card reads", readable, DISPLAY_VIDEO, PLANE_BUFFER, NULL},
		{"the same turned", readable_and_turned, DISPLAY_VIDEO, PLANE_BUFFER, NULL},
		{"a video in memory turned", turned, DISPLAY_VIDEO, PLANE_COMPOSED, "turned"},
		{"a video without a plane", no_nv12, DISPLAY_VIDEO, PLANE_COMPOSED, "format"},
		{"a video in RGB", rgb_video, DISPLAY_VIDEO, PLANE_COMPOSED, "can't be read"},
		{"a dimmed video", dimmed, DISPLAY_VIDEO, PLANE_COMPOSED, "dimmed"},
		{"a video seen in parts", in_parts, DISPLAY_VIDEO, PLANE_COMPOSED, "parts"},
		{"parts that make the whole", in_parts_whole, DISPLAY_VIDEO, PLANE_COPY, NULL},
		{"a refused video", refused, DISPLAY_VIDEO, PLANE_COMPOSED, "refused"},
		{"UI beside the video", as_is, DISPLAY_UI, PLANE_COMPOSED, NULL},
		{"UI above the video", ui_above, DISPLAY_UI, PLANE_COPY, NULL},
		{"UI above a composed video", ui_above_parts, DISPLAY_UI, PLANE_COMPOSED, NULL},
		{"scaled UI above it", scaled_ui_above, DISPLAY_UI, PLANE_COMPOSED, "scaled"},
		{"a desktop in memory", as_is, DISPLAY_DESKTOP, PLANE_COMPOSED, NULL},
		{"a desktop the card reads", readable, DISPLAY_DESKTOP, PLANE_BUFFER, NULL},
		{"one that leaves an edge", small_desktop, DISPLAY_DESKTOP, PLANE_COMPOSED,
				"fill the screen"},
		{"a desktop below a video all over", video_all_over, DISPLAY_DESKTOP, PLANE_HIDDEN,
				NULL},
};

static struct stage make_stage(void)
{
	static uint32_t pixels[WIDTH * HEIGHT];

	return (struct stage){
			.pictures =
					{
							{DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, 400,
									pixels},
							{DRM_FORMAT_NV12, 40, 30, 400, pixels,
									pixels, 400},
							{DRM_FORMAT_ARGB8888, 20, 20, 400, pixels},
							{DRM_FORMAT_ARGB8888, 64, 10, 400, pixels},
					},
			.places = {[DISPLAY_UI] = {.x = 60}},
			.planes =
					{
							{PLANE_CURSOR, {DRM_FORMAT_ARGB8888}, 1, 64,
									64},
							{PLANE_OVERLAY,
									{DRM_FORMAT_ARGB8888,
											DRM_FORMAT_NV12},
									2},
					},
	};
}

static void test_wishes(void)
{
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		TEST(rows[i].name) {
			struct stage stage = make_stage();
			const struct plane_can *planes[] = {&stage.planes[0], &stage.planes[1]};
			struct plane_wish wishes[DISPLAY_LAYERS];
			struct scene scene;
			rows[i].change(&stage);
			stage.known.planes = planes;
			stage.known.plane_count = 2;
			scene_init(&scene, WIDTH, HEIGHT);
			for (unsigned k = 0; k < DISPLAY_LAYERS; k++)
				if (!stage.is_hidden[k])
					CHECK_INT(scene_place(&scene, (enum display_layer)k,
								  &stage.pictures[k],
								  &stage.places[k], NULL, 0),
							0);
			plane_wish(&scene, &stage.known, wishes);
			const struct plane_wish *wish = &wishes[rows[i].layer];
			CHECK_INT(wish->way, rows[i].way);
			CHECK_HAS(wish->why ? wish->why : "", rows[i].why ? rows[i].why : "");
			scene_finish(&scene);
		}
}

static void test_states(void)
{
	static const struct {
		const char *name;
		enum layout_rotation rotation;
		int32_t x, y, width, height;
	} turned[] = {
			{"as it is", LAYOUT_0, 10, 20, 30, 24},
			{"clockwise", LAYOUT_90, HEIGHT - 44, 10, 24, 30},
			{"upside down", LAYOUT_180, WIDTH - 40, HEIGHT - 44, 30, 24},
			{"the other way", LAYOUT_270, 20, WIDTH - 40, 24, 30},
	};

	for (unsigned i = 0; i < sizeof turned / sizeof *turned; i++)
		TEST(turned[i].name) {
			struct stage stage = make_stage();
			struct display_place place = {10, 20, 30, 24, {4, 2, 36, 20}, 0, {{0}}};
			struct scene scene;
			scene_init(&scene, WIDTH, HEIGHT);
			scene_place(&scene, DISPLAY_VIDEO, &stage.pictures[DISPLAY_VIDEO], &place,
					NULL, 0);
			struct plane_state state = plane_state_of_buffer(&scene, DISPLAY_VIDEO,
					turned[i].rotation, 7);
			CHECK_INT(state.framebuffer, 7);
			CHECK_INT(state.source_x, 4);
			CHECK_INT(state.source_height, 18);
			CHECK_INT(state.x, turned[i].x);
			CHECK_INT(state.y, turned[i].y);
			CHECK_INT(state.width, turned[i].width);
			CHECK_INT(state.height, turned[i].height);
			scene_finish(&scene);
		}
}

int main(void)
{
	test_wishes();
	test_states();
	TEST_END();
}
