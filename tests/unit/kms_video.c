/* SPDX-License-Identifier: Apache-2.0 */
/* Layers on planes of their own: which, and what that costs. */
#include "test.h"

#include "kms_stage.h"

struct video_row {
	const char *name;
	void (*change)(struct fake_drm *drm, struct reference_layer *video);
	bool is_direct;        /* the video is on an overlay plane */
	uint64_t bytes_copied; /* by a second picture of the video */
};

static void as_is(struct fake_drm *drm, struct reference_layer *video)
{
	(void)drm;
	(void)video;
}

static void from_memory(struct fake_drm *drm, struct reference_layer *video)
{
	(void)drm;
	video->is_shared = false;
}

static void no_udmabuf(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	drm->has_no_udmabuf = true;
}

static void no_import(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	drm->import_result = -EINVAL;
}

static void no_nv12(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	drm->planes[2].format_count = 2;
}

static void no_colours(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	drm->planes[2].has_colours = false;
}

static void scaled(struct fake_drm *drm, struct reference_layer *video)
{
	(void)drm;
	video->place.width += 8;
}

static void in_parts(struct fake_drm *drm, struct reference_layer *video)
{
	(void)drm;
	video->place.visible_count = 1;
	video->place.visible[0] = (struct display_rect){0, 0, 20, 20};
}

static void seen_whole(struct fake_drm *drm, struct reference_layer *video)
{
	(void)drm;
	video->place.visible_count = 1;
	video->place.visible[0] = (struct display_rect){-5, 0, WIDTH, HEIGHT};
}

static void refusing(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	drm->planes[2].refusal = -ENOSPC;
}

static void one_plane_only(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	drm->planes_max = 1;
}

static void below_the_primary(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	for (unsigned i = 0; i < 3; i++) {
		drm->planes[i].has_zpos = true;
		drm->planes[i].zpos = (uint64_t[]){1, 2, 0}[i];
	}
}

static void above_the_cursor(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	for (unsigned i = 0; i < 3; i++) {
		drm->planes[i].has_zpos = true;
		drm->planes[i].zpos = i;
	}
}

static void of_another_crtc(struct fake_drm *drm, struct reference_layer *video)
{
	(void)video;
	drm->planes[2].possible_crtcs = 2;
	drm->crtc_count = 2;
}

static void with_ui_above(struct fake_drm *drm, struct reference_layer *video)
{
	(void)drm;
	video->place.x = 20; /* below the test's UI */
}

static void with_plane_for_ui(struct fake_drm *drm, struct reference_layer *video)
{
	fake_drm_add_plane(DRM_PLANE_TYPE_OVERLAY, 1);
	for (unsigned i = 0; i < 4; i++) {
		drm->planes[i].has_zpos = true;
		drm->planes[i].zpos = (uint64_t[]){0, 3, 1, 2}[i];
	}
	with_ui_above(drm, video);
}

enum { NV12_BYTES = 32 * 24 * 3 / 2, COMPOSED_BYTES = 32 * 24 * 4 };

static const struct video_row videos[] = {
		{"a shared video is read by its plane", as_is, true, 0},
		{"a video in memory is copied as it is", from_memory, true, NV12_BYTES},
		{"so is one that can't be made a dma-buf", no_udmabuf, true, NV12_BYTES},
		{"so is one that the card does not import", no_import, true, NV12_BYTES},
		{"without a plane for its format it is composed", no_nv12, false, COMPOSED_BYTES},
		{"so on a plane with colours of its own mind", no_colours, false, COMPOSED_BYTES},
		{"a plane that can't scale", scaled, false, COMPOSED_BYTES + 8 * 24 * 4},
		{"a video that is seen in part", in_parts, false, 15 * 16 * 4},
		{"a video whose parts make the whole", seen_whole, true, 0},
		{"a plane that refuses", refusing, false, COMPOSED_BYTES},
		{"a card without the bandwidth", one_plane_only, false, COMPOSED_BYTES},
		{"a plane below the primary one", below_the_primary, false, COMPOSED_BYTES},
		{"a plane above the cursor", above_the_cursor, true, 0},
		{"a plane of another crtc", of_another_crtc, false, COMPOSED_BYTES},
		{"UI above a video where no plane is left", with_ui_above, false, COMPOSED_BYTES},
		{"UI above a video on a plane too", with_plane_for_ui, true, 0},
};

static struct reference_layer make_layer(uint32_t format, uint32_t width, uint32_t height,
		int32_t x, int32_t y)
{
	static struct reference_layer layer;
	uint32_t seed = 5;

	layer = (struct reference_layer){
			.is_shown = true,
			.is_shared = format == DRM_FORMAT_NV12,
			.format = format,
			.width = width,
			.height = height,
			.encoding = YUV_BT709,
			.range = YUV_FULL,
			.place = {.x = x,
					.y = y,
					.width = width,
					.height = height,
					.source = {0, 0, (int32_t)width, (int32_t)height}},
	};
	reference_fill(&layer, layer.place.source, &seed);
	return layer;
}

static struct reference_buffer put(struct stage *stage, enum display_layer index,
		const struct reference_layer *layer)
{
	struct reference_calls calls = {NULL, NULL, import, stage};
	struct display_picture picture = reference_picture(layer);
	struct reference_buffer shared = {0};

	if (layer->is_shared)
		shared = reference_share(layer, &calls, &picture);
	CHECK_INT(display_place_layer(first(stage), index, &picture, &layer->place, NULL, 0), 0);
	display_commit(first(stage));
	run(stage, 3);
	return shared;
}

static void show_video(const struct video_row *row)
{
	static struct reference of;
	struct reference_buffer buffers[2];
	struct stage stage;

	fake_drm_init(1, WIDTH, HEIGHT);
	fake_drm_add_plane(DRM_PLANE_TYPE_OVERLAY, 1);
	memset(&of, 0, sizeof of);
	of.layers[DISPLAY_DESKTOP] = make_layer(DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, 0, 0);
	of.layers[DISPLAY_VIDEO] = make_layer(DRM_FORMAT_NV12, 32, 24, 5, 4);
	of.layers[DISPLAY_UI] = make_layer(DRM_FORMAT_ARGB8888, 10, 10, 40, 6);
	of.layers[DISPLAY_CURSOR] = make_layer(DRM_FORMAT_ARGB8888, 8, 8, 50, 50);
	row->change(fake_drm(), &of.layers[DISPLAY_VIDEO]);
	begin(&stage);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		if (i != DISPLAY_VIDEO)
			put(&stage, (enum display_layer)i, &of.layers[i]);
	buffers[0] = put(&stage, DISPLAY_VIDEO, &of.layers[DISPLAY_VIDEO]);
	CHECK_INT(wrong_pixels(&stage, &of), 0);
	struct display_stats before = display_stats(stage.display);
	unsigned tests = fake_drm()->tests;
	buffers[1] = put(&stage, DISPLAY_VIDEO, &of.layers[DISPLAY_VIDEO]);
	struct display_stats after = display_stats(stage.display);
	CHECK_INT(wrong_pixels(&stage, &of), 0);
	CHECK_INT(after.commits - before.commits, 1);
	CHECK_INT(fake_drm()->tests - tests, 0);
	/* The first frame of the pair may have missed the first picture. */
	if (row->is_direct)
		CHECK_INT(after.bytes_copied - before.bytes_copied, row->bytes_copied);
	else
		CHECK(after.bytes_copied - before.bytes_copied >= row->bytes_copied);
	CHECK_INT(fake_drm_format(2) == DRM_FORMAT_NV12, row->is_direct);
	CHECK_INT(stage.seen.lost, 0);
	display_place_layer(first(&stage), DISPLAY_VIDEO, NULL, &of.layers[DISPLAY_VIDEO].place,
			NULL, 0);
	display_commit(first(&stage));
	run(&stage, 3);
	for (unsigned i = 0; i < 2; i++)
		reference_end(&buffers[i]);
	end(&stage);
}

static void test_videos(void)
{
	for (unsigned i = 0; i < sizeof videos / sizeof *videos; i++)
		TEST(videos[i].name) {
			show_video(&videos[i]);
		}
}

/* --- what may happen to a video on its plane */

static void begin_with_video(struct stage *stage, struct reference_buffer *buffer)
{
	struct reference_layer desktop = make_layer(DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, 0, 0);

	fake_drm_add_plane(DRM_PLANE_TYPE_OVERLAY, 1);
	begin(stage);
	put(stage, DISPLAY_DESKTOP, &desktop);
	struct reference_layer video = make_layer(DRM_FORMAT_NV12, 32, 24, 5, 4);

	*buffer = put(stage, DISPLAY_VIDEO, &video);
	CHECK_INT(fake_drm_format(2), DRM_FORMAT_NV12);
}

static void end_with_video(struct stage *stage, struct reference_buffer *buffer)
{
	CHECK_INT(stage->seen.lost, 0);
	end(stage);
	reference_end(buffer);
	CHECK_INT(fake_drm()->handles, 0);
}

/* The least and the brightest of what white became. */
static uint32_t white_at(int32_t x, int32_t y)
{
	uint32_t white = fake_drm()->crtcs[0].white;

	return (fake_drm_at(0, x, y) & 255) * (white ? white : 0xffff) / 0xffff;
}

static void test_brightness(void)
{
	struct reference_buffer buffer;
	struct stage stage;

	for (unsigned has_gamma = 0; has_gamma < 2; has_gamma++)
		TEST(has_gamma ? "a table dims, planes stay" : "without a table all is composed") {
			fake_drm_init(1, WIDTH, HEIGHT);
			fake_drm()->has_gamma = has_gamma;
			begin_with_video(&stage, &buffer);
			uint64_t bytes = display_stats(stage.display).bytes_copied;
			uint32_t before = white_at(10, 10);
			display_set_brightness(stage.display, 50);
			run(&stage, 3);
			CHECK(abs((int)before / 2 - (int)white_at(10, 10)) <= 2);
			CHECK_INT(fake_drm_format(2) != 0, has_gamma);
			CHECK_INT(display_stats(stage.display).bytes_copied - bytes,
					has_gamma ? 0 : WIDTH * HEIGHT * 4);
			display_set_brightness(stage.display, 100);
			run(&stage, 3);
			CHECK_INT(white_at(10, 10), before);
			CHECK_INT(fake_drm_format(2), DRM_FORMAT_NV12);
			CHECK_INT(fake_drm()->crtcs[0].white, 0);
			end_with_video(&stage, &buffer);
		}
	TEST("a table that is refused is given up") {
		fake_drm_init(1, WIDTH, HEIGHT);
		fake_drm()->has_gamma = true;
		begin_with_video(&stage, &buffer);
		uint32_t before = white_at(10, 10);
		fake_drm()->results[0] = -EINVAL;
		fake_drm()->result_count = 1;
		display_set_brightness(stage.display, 50);
		run(&stage, 3);
		CHECK(abs((int)before / 2 - (int)white_at(10, 10)) <= 2);
		CHECK_INT(fake_drm()->crtcs[0].white, 0);
		end_with_video(&stage, &buffer);
	}
}

static void test_desktop(void)
{
	struct reference_buffer buffer, second;
	struct stage stage;

	TEST("a desktop in memory of its own is scanned out, no frame is painted") {
		fake_drm_init(1, WIDTH, HEIGHT);
		begin(&stage);
		struct reference_layer desktop =
				make_layer(DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, 0, 0);
		desktop.is_shared = true;
		buffer = put(&stage, DISPLAY_DESKTOP, &desktop);
		struct display_stats before = display_stats(stage.display);
		second = put(&stage, DISPLAY_DESKTOP, &desktop);
		struct display_stats after = display_stats(stage.display);
		CHECK_INT(after.bytes_copied - before.bytes_copied, 0);
		CHECK_INT(after.commits - before.commits, 1);
		CHECK_INT(fake_drm_at(0, 3, 3) & 0xffffff,
				desktop.pixels[3 * WIDTH + 3] & 0xffffff);
	}
	TEST("UI above it brings the frame back, whole") {
		struct reference_layer ui = make_layer(DRM_FORMAT_XRGB8888, 8, 8, 10, 10);
		put(&stage, DISPLAY_UI, &ui);
		CHECK_INT(fake_drm_at(0, 10, 10) & 0xffffff, ui.pixels[0] & 0xffffff);
		struct reference_layer desktop =
				make_layer(DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, 0, 0);
		CHECK_INT(fake_drm_at(0, WIDTH - 1, HEIGHT - 1) & 0xffffff,
				desktop.pixels[WIDTH * HEIGHT - 1] & 0xffffff);
	}
	TEST("what changed while no frame was needed is not seen when it comes back") {
		display_set_layer(first(&stage), DISPLAY_UI, NULL, 0, 0, NULL, 0);
		display_commit(first(&stage));
		run(&stage, 3);
		CHECK_INT(fake_drm_format(0), DRM_FORMAT_XRGB8888);
		display_set_layer(first(&stage), DISPLAY_DESKTOP, NULL, 0, 0, NULL, 0);
		display_commit(first(&stage));
		run(&stage, 3);
		CHECK_INT(fake_drm_at(0, 10, 10) & 0xffffff, 0);
		CHECK_INT(fake_drm_at(0, 40, 40) & 0xffffff, 0);
		reference_end(&buffer);
		end_with_video(&stage, &second);
	}
}

static const struct {
	const char *name;
	int result;
	bool stays; /* the video on its plane */
} results[] = {
		{"busy", -EBUSY, true},
		{"no memory", -ENOMEM, true},
		{"no master for a moment", -EACCES, true},
		{"refused", -EINVAL, false},
		{"no bandwidth", -ENOSPC, false},
};

static void test_results(void)
{
	struct reference_buffer first_one, second;
	struct stage stage;

	for (unsigned i = 0; i < sizeof results / sizeof *results; i++)
		TEST(results[i].name) {
			fake_drm_init(1, WIDTH, HEIGHT);
			begin_with_video(&stage, &first_one);
			fake_drm()->results[0] = results[i].result;
			fake_drm()->result_count = 1;
			struct reference_layer video = make_layer(DRM_FORMAT_NV12, 32, 24, 5, 4);
			second = put(&stage, DISPLAY_VIDEO, &video);
			for (unsigned k = 0; k < 3; k++) {
				loop_step(stage.loop, 20);
				run(&stage, 1);
			}
			CHECK_INT(fake_drm_format(2) == DRM_FORMAT_NV12, results[i].stays);
			struct reference_pixel wanted = {
					reference_yuv(video.luma[0], video.chroma[0],
							video.chroma[1], YUV_BT709, YUV_FULL),
					2};
			CHECK(reference_fits(wanted, fake_drm_at(0, 5, 4)));
			reference_end(&first_one);
			end_with_video(&stage, &second);
		}
}

int main(void)
{
	log_open("kms_video");
	log_set_level(LOG_LEVEL_ERROR); /* the refusals above are warned of */
	test_videos();
	test_brightness();
	test_desktop();
	test_results();
	TEST_END();
}
