/* SPDX-License-Identifier: Apache-2.0 */
/* The kms back end over a card that exists only at link time. */
#include "test.h"

#include "kms_stage.h"

static uint32_t desktop_pixels[WIDTH * HEIGHT], cursor_pixels[40 * 40];
static const struct display_picture desktop = {
		DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, WIDTH * 4, desktop_pixels};
static const struct display_picture cursor = {DRM_FORMAT_ARGB8888, 40, 40, 160, cursor_pixels};

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

static void no_universal_planes(struct fake_drm *drm)
{
	drm->has_no_universal_planes = true;
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
	drm->results[0] = drm->results[1] = -EINVAL; /* of both, and of the first by itself */
	drm->result_count = 2;
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
		{"no universal planes", no_universal_planes, -EINVAL, 0, "no universal planes"},
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

/* What happens before the light comes: nothing, a new picture, one that the card first refuses. */
static const struct {
	const char *name;
	bool is_new, is_early; /* the light comes before the last flip's event */
	int result;            /* of the commit that brings the light */
	unsigned commits;      /* with off and on */
	uint32_t first;
} wakes[] = {
		{"the picture that was there, if none is new", false, false, 0, 2, 0x111111},
		{"a new picture comes by the commit that switches on", true, false, 0, 2, 0x222222},
		{"also with a flip under way", true, true, 0, 2, 0x222222},
		{"also when the card was busy", true, false, -EBUSY, 2, 0x222222},
		{"also when it refuses the cursor's plane", true, false, -EINVAL, 2, 0x222222},
};

static void test_power(void)
{
	struct stage stage;

	for (unsigned i = 0; i < sizeof wakes / sizeof *wakes; i++)
		TEST(wakes[i].name) {
			fake_drm_init(1, WIDTH, HEIGHT);
			begin(&stage);
			show_desktop(&stage, 0x111111);
			show_cursor(&stage, 10, 10);
			run(&stage, wakes[i].is_early ? 1 : 3);
			unsigned commits = fake_drm()->commits;
			display_set_power(stage.display, false);
			CHECK(!fake_drm()->crtcs[0].is_active);
			fake_drm()->crtcs[0].first = 0;
			if (!wakes[i].is_early)
				CHECK_INT(fake_drm()->commits, commits + 1);
			if (wakes[i].is_new)
				show_desktop(&stage, 0x222222);
			fake_drm()->results[0] = wakes[i].result;
			fake_drm()->result_count = 1;
			display_set_power(stage.display, true);
			for (unsigned k = 0; k < 6; k++) {
				run(&stage, 1);
				loop_step(stage.loop, 12);
			}
			CHECK(fake_drm()->crtcs[0].is_active);
			CHECK_INT(fake_drm()->crtcs[0].first, wakes[i].first);
			CHECK_INT(fake_drm_at(0, 5, 5), wakes[i].first);
			CHECK_INT(fake_drm_at(0, 12, 12), 0xc0ffee);
			CHECK_INT(fake_drm()->commits, commits + wakes[i].commits);
			CHECK_INT(stage.seen.lost, 0);
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

int main(void)
{
	log_open("kms_device");
	log_set_level(LOG_LEVEL_ERROR); /* the refusals above are warned of */
	test_cards();
	test_results();
	test_cursor();
	test_cursor_plane();
	test_limits();
	test_power();
	test_hotplug();
	test_events();
	TEST_END();
}
