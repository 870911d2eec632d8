/* SPDX-License-Identifier: Apache-2.0 */
/* The kms back end over a card that exists only at link time. */
#include "test.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <xf86drmMode.h>

#include "base/log.h"
#include "fake/drm.h"
#include "kms/display.h"
#include "kms_reference.h"

enum { WIDTH = 64, HEIGHT = 70, CURSOR_PLANE = 1 };

struct seen {
	unsigned shown, outputs, lost;
	char why[128];
	struct display *destroy_when_shown;
};

struct stage {
	struct loop *loop;
	struct display *display;
	struct seen seen;
	int result;
	struct err err;
};

static void on_shown(void *data, struct display_output *output, int64_t time_us)
{
	struct seen *seen = data;

	(void)output;
	CHECK(time_us > 0);
	seen->shown++;
	display_destroy(seen->destroy_when_shown);
}

static void on_outputs(void *data)
{
	struct seen *seen = data;

	seen->outputs++;
}

static void on_lost(void *data, const char *why)
{
	struct seen *seen = data;

	seen->lost++;
	snprintf(seen->why, sizeof seen->why, "%s", why);
}

static void begin(struct stage *stage)
{
	struct display_handler handler = {on_outputs, on_shown, on_lost, &stage->seen};
	struct display_kms_options options = {.path = "card"};

	*stage = (struct stage){.loop = loop_create()};
	stage->result = display_create_kms(stage->loop, &options, &handler, &stage->display,
			&stage->err);
}

/* Nothing of the card is left behind by a display that ended. */
static void end(struct stage *stage)
{
	display_destroy(stage->display);
	loop_destroy(stage->loop);
	CHECK_INT(fake_drm()->framebuffers, 0);
	CHECK_INT(fake_drm()->dumbs, 0);
	CHECK_INT(fake_drm()->blobs, 0);
	CHECK_INT(fake_drm()->impossible, 0);
	CHECK_INT(fake_drm()->torn, 0);
	fake_drm_finish();
}

static void run(struct stage *stage, unsigned frames)
{
	for (unsigned i = 0; i < frames; i++) {
		fake_drm_vblank();
		loop_step(stage->loop, 0);
	}
}

static uint32_t desktop_pixels[WIDTH * HEIGHT], cursor_pixels[40 * 40];
static const struct display_picture desktop = {
		DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, WIDTH * 4, desktop_pixels};
static const struct display_picture cursor = {DRM_FORMAT_ARGB8888, 40, 40, 160, cursor_pixels};

static struct display_output *first(struct stage *stage)
{
	return display_output_at(stage->display, 0);
}

static void show_desktop(struct stage *stage, uint32_t colour)
{
	for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
		desktop_pixels[i] = colour;
	display_set_layer(first(stage), DISPLAY_DESKTOP, &desktop, 0, 0, NULL, 0);
	display_commit(first(stage));
}

static void show_cursor(struct stage *stage, int32_t x, int32_t y)
{
	for (unsigned i = 0; i < 40 * 40; i++)
		cursor_pixels[i] = 0xffc0ffee;
	display_set_layer(first(stage), DISPLAY_CURSOR, &cursor, x, y, NULL, 0);
	display_commit(first(stage));
}

/* --- what the card may be */

struct card_row {
	const char *name;
	void (*change)(struct fake_drm *drm);
	int expected;     /* of display_create_kms */
	unsigned outputs; /* when it succeeds */
	const char *text; /* that the error contains */
};

static void leave(struct fake_drm *drm)
{
	(void)drm;
}

static void no_card(struct fake_drm *drm)
{
	drm->open_result = -ENOENT;
}

static void not_allowed(struct fake_drm *drm)
{
	drm->master_result = EACCES;
}

static void no_atomic(struct fake_drm *drm)
{
	drm->has_no_atomic = true;
}

static void no_connector(struct fake_drm *drm)
{
	drm->connector_count = 0;
}

static void no_monitor(struct fake_drm *drm)
{
	drm->connectors[0].is_connected = drm->connectors[1].is_connected = false;
}

static void no_mode(struct fake_drm *drm)
{
	drm->connectors[0].width = 0;
}

static void only_writeback(struct fake_drm *drm)
{
	drm->connectors[0].is_writeback = true;
}

static void one_crtc(struct fake_drm *drm)
{
	drm->crtc_count = 1;
}

static void no_memory(struct fake_drm *drm)
{
	drm->dumb_result = -ENOMEM;
}

static void no_xrgb(struct fake_drm *drm)
{
	drm->planes[0].formats[0] = DRM_FORMAT_RGB565;
}

static void no_primary(struct fake_drm *drm)
{
	drm->planes[2].type = DRM_PLANE_TYPE_OVERLAY;
}

static void odd_plane(struct fake_drm *drm)
{
	drm->planes[1].missing_prop = "SRC_W";
}

static void no_mode_taken(struct fake_drm *drm)
{
	drm->results[0] = -EINVAL;
	drm->result_count = 1;
}

static void no_cursor_plane(struct fake_drm *drm)
{
	drm->planes[1].type = drm->planes[3].type = DRM_PLANE_TYPE_OVERLAY;
}

static const struct card_row cards[] = {
		{"two monitors", leave, 0, 2, ""},
		{"a card that isn't there", no_card, -ENOENT, 0, "card: No such file"},
		{"a screen that is taken", not_allowed, -EACCES, 0,
				"another program has the screen"},
		{"no atomic mode setting", no_atomic, -ENOTSUP, 0, "no atomic mode setting"},
		{"no connector", no_connector, -ENODEV, 0, "no connector"},
		{"no monitor yet", no_monitor, 0, 0, ""},
		{"a monitor without a mode", no_mode, 0, 1, ""},
		{"a writeback connector is no monitor", only_writeback, 0, 1, ""},
		{"more monitors than crtcs", one_crtc, 0, 1, ""},
		{"no memory for framebuffers", no_memory, 0, 0, ""},
		{"a primary plane without XRGB8888", no_xrgb, 0, 1, ""},
		{"a crtc without a primary plane", no_primary, 0, 1, ""},
		{"a plane without a needed property", odd_plane, -ENOTSUP, 0,
				"has no property SRC_W"},
		{"a monitor whose mode is refused", no_mode_taken, 0, 1, ""},
		{"no cursor plane", no_cursor_plane, 0, 2, ""},
};

static void test_cards(void)
{
	for (unsigned i = 0; i < sizeof cards / sizeof *cards; i++)
		TEST(cards[i].name) {
			struct stage stage;
			fake_drm_init(2, WIDTH, HEIGHT);
			cards[i].change(fake_drm());
			begin(&stage);
			CHECK_INT(stage.result, cards[i].expected);
			CHECK_HAS(stage.err.text, cards[i].text);
			CHECK((stage.display != NULL) == (cards[i].expected == 0));
			if (stage.display)
				CHECK_INT(display_output_count(stage.display), cards[i].outputs);
			end(&stage);
		}
}

/* --- what may happen to a commit */

struct result_row {
	const char *name;
	int results[3];      /* of the commits, in order */
	bool is_master_free; /* when it is asked for again */
	bool is_shown;
	const char *lost;
};

static const struct result_row results[] = {
		{"taken", {0}, true, true, ""},
		{"busy twice", {-EBUSY, -EBUSY}, true, true, ""},
		{"out of memory once", {-ENOMEM}, true, true, ""},
		{"interrupted", {-EINTR}, true, true, ""},
		{"not master for a moment", {-EACCES}, true, true, ""},
		{"another master", {-EACCES}, false, false, "another program has taken the screen"},
		{"device gone", {-ENODEV}, true, false, "the display device is gone"},
		{"device broken", {-EIO}, true, false, "the display device is gone"},
		{"refused", {-EINVAL}, true, false, "refuses the picture: Invalid argument"},
};

static void test_results(void)
{
	for (unsigned i = 0; i < sizeof results / sizeof *results; i++)
		TEST(results[i].name) {
			struct stage stage;
			fake_drm_init(1, WIDTH, HEIGHT);
			begin(&stage);
			memcpy(fake_drm()->results, results[i].results, sizeof results[i].results);
			fake_drm()->result_count = 3;
			fake_drm()->master_result = results[i].is_master_free ? 0 : EBUSY;
			show_desktop(&stage, 0x123456);
			CHECK_INT(stage.seen.lost, 0); /* never from inside the call */
			for (unsigned k = 0; k < 10; k++) {
				fake_drm_vblank();
				loop_step(stage.loop, 12);
			}
			CHECK_INT(stage.seen.shown, results[i].is_shown);
			CHECK_INT(fake_drm_at(0, 5, 5), results[i].is_shown ? 0x123456 : 0);
			CHECK_INT(stage.seen.lost, results[i].lost[0] != 0);
			CHECK_HAS(stage.seen.why, results[i].lost);
			show_desktop(&stage, 0x654321); /* a lost display does nothing any more */
			end(&stage);
		}
}

static void test_cursor(void)
{
	struct stage stage;

	TEST("a cursor that the driver refuses in a test is composed") {
		fake_drm_init(1, WIDTH, HEIGHT);
		fake_drm()->planes[CURSOR_PLANE].refusal = -EINVAL;
		begin(&stage);
		show_cursor(&stage, 10, 10);
		run(&stage, 3);
		CHECK_INT(fake_drm_at(0, 12, 12), 0xc0ffee);
		CHECK_INT(fake_drm()->planes[CURSOR_PLANE].crtc_id, 0);
		unsigned tests = fake_drm()->tests;
		CHECK(tests > 0);
		show_cursor(&stage, 20, 20);
		run(&stage, 3);
		CHECK_INT(fake_drm_at(0, 12, 12), 0);
		CHECK_INT(fake_drm()->tests, tests); /* asked once */
		end(&stage);
	}
	TEST("a cursor that is refused later, at an edge, is composed from then on") {
		fake_drm_init(1, WIDTH, HEIGHT);
		fake_drm()->planes[CURSOR_PLANE].refuses_edges = true;
		begin(&stage);
		show_cursor(&stage, 10, 10);
		run(&stage, 3);
		CHECK(fake_drm()->planes[CURSOR_PLANE].crtc_id != 0);
		display_move_layer(first(&stage), DISPLAY_CURSOR, -5, 10);
		display_commit(first(&stage));
		run(&stage, 3);
		CHECK_INT(fake_drm_at(0, 0, 12), 0xc0ffee);
		CHECK_INT(fake_drm_at(0, 40, 12), 0);
		CHECK_INT(fake_drm()->planes[CURSOR_PLANE].crtc_id, 0);
		CHECK_INT(stage.seen.lost, 0);
		end(&stage);
	}
}

static void test_cursor_plane(void)
{
	struct stage stage;

	TEST("a cursor larger than its plane is composed") {
		fake_drm_init(1, WIDTH, HEIGHT);
		fake_drm()->cursor_side = 32;
		begin(&stage);
		show_cursor(&stage, 10, 10);
		run(&stage, 3);
		CHECK_INT(fake_drm_at(0, 45, 45), 0xc0ffee);
		CHECK_INT(fake_drm()->planes[CURSOR_PLANE].crtc_id, 0);
		CHECK_INT(fake_drm()->tests, 0);
		end(&stage);
	}
	TEST("a cursor without a picture leaves its plane") {
		fake_drm_init(1, WIDTH, HEIGHT);
		begin(&stage);
		show_cursor(&stage, 10, 10);
		run(&stage, 3);
		display_set_layer(first(&stage), DISPLAY_CURSOR, NULL, 0, 0, NULL, 0);
		display_commit(first(&stage));
		run(&stage, 3);
		CHECK_INT(fake_drm()->planes[CURSOR_PLANE].crtc_id, 0);
		CHECK_INT(fake_drm_at(0, 12, 12), 0);
		CHECK_INT(stage.seen.shown, 2);
		end(&stage);
	}
}

static void test_limits(void)
{
	struct stage stage;

	TEST("a display that stays busy is given up") {
		fake_drm_init(1, WIDTH, HEIGHT);
		begin(&stage);
		for (unsigned i = 0; i < FAKE_RESULTS_MAX; i++)
			fake_drm()->results[i] = -EBUSY;
		fake_drm()->result_count = FAKE_RESULTS_MAX;
		show_desktop(&stage, 1);
		for (unsigned i = 0; i < 1000 && !stage.seen.lost; i++)
			loop_step(stage.loop, 20);
		CHECK_HAS(stage.seen.why, "stays busy");
		end(&stage);
	}
	TEST("a display destroyed while it tells of a commit ends in order") {
		fake_drm_init(2, WIDTH, HEIGHT);
		begin(&stage);
		stage.seen.destroy_when_shown = stage.display;
		show_desktop(&stage, 2);
		run(&stage, 2);
		CHECK_INT(stage.seen.shown, 1);
		stage.display = NULL;
		end(&stage);
	}
	TEST("an unchanged display commits nothing and asks nothing") {
		fake_drm_init(1, WIDTH, HEIGHT);
		begin(&stage);
		show_desktop(&stage, 3);
		run(&stage, 3);
		unsigned commits = fake_drm()->commits;
		for (unsigned i = 0; i < 10; i++)
			display_commit(first(&stage));
		run(&stage, 3);
		CHECK_INT(fake_drm()->commits, commits);
		CHECK_INT(fake_drm()->tests, 0);
		end(&stage);
	}
}

static void test_hotplug(void)
{
	struct stage stage;

	TEST("a monitor that comes is lit, one that goes is forgotten") {
		fake_drm_init(2, WIDTH, HEIGHT);
		fake_drm()->connectors[1].is_connected = false;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 1);
		struct display_output *kept = first(&stage);
		fake_drm()->connectors[1].is_connected = true;
		for (unsigned i = 0; i < 5; i++) /* a plug makes several events */
			fake_drm_uevent("change");
		for (unsigned i = 0; i < 10; i++)
			loop_step(stage.loop, 20);
		CHECK_INT(display_output_count(stage.display), 2);
		CHECK_INT(stage.seen.outputs, 1);
		CHECK(first(&stage) == kept);
		fake_drm()->connectors[0].is_connected = false;
		fake_drm_uevent("change");
		for (unsigned i = 0; i < 10; i++)
			loop_step(stage.loop, 20);
		CHECK_INT(display_output_count(stage.display), 1);
		CHECK_TEXT(display_output_info(first(&stage)).name, "HDMI-A-2");
		CHECK(!fake_drm()->crtcs[0].is_active);
		end(&stage);
	}
}

static void test_events(void)
{
	struct stage stage;

	TEST("a monitor that refuses its mode at first is lit soon after") {
		fake_drm_init(1, WIDTH, HEIGHT);
		fake_drm()->results[0] = fake_drm()->results[1] = -EINVAL;
		fake_drm()->result_count = 2;
		begin(&stage);
		CHECK_INT(display_output_count(stage.display), 0);
		for (unsigned i = 0; i < 20 && !stage.seen.outputs; i++)
			loop_step(stage.loop, 100);
		CHECK_INT(display_output_count(stage.display), 1);
		CHECK(fake_drm()->crtcs[0].is_active);
		end(&stage);
	}
	TEST("an event without news changes nothing") {
		fake_drm_init(1, WIDTH, HEIGHT);
		begin(&stage);
		unsigned commits = fake_drm()->commits;
		fake_drm_uevent("change");
		for (unsigned i = 0; i < 5; i++)
			loop_step(stage.loop, 20);
		CHECK_INT(stage.seen.outputs, 0);
		CHECK_INT(fake_drm()->commits, commits);
		end(&stage);
	}
	TEST("a card that is removed is lost") {
		fake_drm_init(1, WIDTH, HEIGHT);
		begin(&stage);
		fake_drm_uevent("remove");
		for (unsigned i = 0; i < 5; i++)
			loop_step(stage.loop, 5);
		CHECK_HAS(stage.seen.why, "removed");
		end(&stage);
	}
}

/* --- layers on planes of their own */

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

static int import(void *data, const struct display_buffer_info *info, struct display_buffer **ret)
{
	struct stage *stage = data;
	struct err err;

	return display_import(stage->display, info, ret, &err);
}

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

static unsigned wrong_pixels(const struct reference *of)
{
	unsigned wrong = 0;

	for (int32_t y = 0; y < HEIGHT; y++)
		for (int32_t x = 0; x < WIDTH; x++)
			wrong += !reference_fits(reference_at(of, x, y), fake_drm_at(0, x, y));
	return wrong;
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
	CHECK_INT(wrong_pixels(&of), 0);
	struct display_stats before = display_stats(stage.display);
	unsigned tests = fake_drm()->tests;
	buffers[1] = put(&stage, DISPLAY_VIDEO, &of.layers[DISPLAY_VIDEO]);
	struct display_stats after = display_stats(stage.display);
	CHECK_INT(wrong_pixels(&of), 0);
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

/* --- random */

static int place(void *data, enum display_layer layer, const struct display_picture *picture,
		const struct display_place *at, const struct display_rect *damage, unsigned count)
{
	return display_place_layer(first(data), layer, picture, at, damage, count);
}

static void move(void *data, enum display_layer layer, int32_t x, int32_t y)
{
	display_move_layer(first(data), layer, x, y);
}

/* The card turns nasty now and then, within what a display survives. */
static void annoy(struct stage *stage, uint32_t *seed)
{
	struct fake_drm *drm = fake_drm();

	switch (reference_below(seed, 12)) {
	case 0:
		drm->results[drm->result_count++] = -EBUSY;
		break;
	case 1:
		drm->is_master_lost = true;
		break;
	case 2:
		drm->planes[CURSOR_PLANE].refuses_edges = true;
		break;
	case 3:
		drm->connectors[1].is_connected ^= true;
		fake_drm_uevent("change");
		break;
	case 4:
		drm->planes[4].refusal = reference_below(seed, 2) ? -EINVAL : 0;
		break;
	case 5:
		drm->planes_max = reference_below(seed, 5);
		drm->planes_max +=
				drm->planes_max == 1; /* cursors count, and are asked about once */
		break;
	case 6:
		display_set_power(stage->display, false);
		run(stage, 2);
		display_set_power(stage->display, true);
		break;
	}
}

/* Until nothing happens any more; what of the card's refusals met no commit is forgotten. */
static void settle(struct stage *stage)
{
	struct fake_drm *drm = fake_drm();

	unsigned before = ~0u, refused = drm->refused;

	for (unsigned quiet = 0; quiet < 3; quiet++) {
		fake_drm_vblank();
		loop_step(stage->loop, 0);
		for (; refused != drm->refused; refused++)
			loop_step(stage->loop, 20); /* until the next attempt */
		if (before != drm->commits + drm->refused + stage->seen.shown)
			quiet = 0;
		before = drm->commits + drm->refused + stage->seen.shown;
	}
	drm->result_count = 0;
	drm->is_master_lost = false;
}

/* Up to two more planes for the first crtc, each with whims of its own. */
static void add_planes(uint32_t *seed)
{
	struct fake_drm *drm = fake_drm();

	for (unsigned count = reference_below(seed, 3); count > 0; count--) {
		struct fake_plane *plane =
				&drm->planes[fake_drm_add_plane(DRM_PLANE_TYPE_OVERLAY, 1)];
		plane->format_count = 2 + reference_below(seed, 2);
		plane->has_colours = reference_below(seed, 4) > 0;
	}
	drm->has_no_udmabuf = reference_below(seed, 4) == 0;
	bool has_zpos = reference_below(seed, 2);

	for (unsigned i = 0; i < drm->plane_count; i++) {
		drm->planes[i].has_zpos = has_zpos;
		drm->planes[i].zpos = i == 1 ? 7 : i > 3 ? i - 3 : 0;
	}
	if (has_zpos && reference_below(seed, 3) == 0)
		drm->planes[1].zpos = 1; /* the cursor among the others */
	if (reference_below(seed, 4) == 0)
		drm->planes[1].type = DRM_PLANE_TYPE_OVERLAY;
}

static unsigned play(uint32_t *seed, unsigned rounds, bool is_nasty)
{
	static struct reference reference;
	static struct reference_memory memory;
	struct stage stage;
	unsigned wrong = 0;

	memset(&reference, 0, sizeof reference);
	memset(&memory, 0, sizeof memory);
	fake_drm_init(2, WIDTH, HEIGHT);
	add_planes(seed);
	begin(&stage);
	struct reference_calls calls = {place, move, import, &stage};
	for (unsigned i = 0; i < rounds; i++) {
		for (unsigned k = 1 + reference_below(seed, 3); k > 0; k--) {
			wrong += reference_step(&reference, &memory, seed, &calls) != 0;
			display_commit(first(&stage));
		}
		if (is_nasty && i % 8 == 0)
			annoy(&stage, seed);
		settle(&stage);
		reference_release(&memory);
		wrong += wrong_pixels(&reference);
	}
	CHECK_TEXT(stage.seen.why, "");
	end(&stage);
	reference_finish(&memory);
	return wrong;
}

static void test_random(void)
{
	uint32_t seed = 4711;

	TEST("10,000 random rounds show what a plain compositor shows") {
		unsigned wrong = 0;
		for (unsigned i = 0; i < 100; i++)
			wrong += play(&seed, 100, false);
		CHECK_INT(wrong, 0);
	}
	TEST("the same with refusals, lost master, hot-plug and power") {
		unsigned wrong = 0;
		for (unsigned i = 0; i < 50; i++)
			wrong += play(&seed, 20, true);
		CHECK_INT(wrong, 0);
	}
}

int main(void)
{
	log_open("kms_device");
	log_set_level(LOG_LEVEL_ERROR); /* the refusals above are warned of */
	test_cards();
	test_results();
	test_cursor();
	test_cursor_plane();
	test_limits();
	test_hotplug();
	test_events();
	test_videos();
	test_random();
	TEST_END();
}
