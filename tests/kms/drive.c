/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives the display on vkms devices of its own making. Runs as root on the test
 * kernel (tests/kms/test_display); what the hardware puts out is read back and
 * compared, pixel by pixel, with the headless back end.
 */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <xf86drm.h>

#include "base/log.h"
#include "kms/headless.h"
#include "kms/kms.h"
#include "kms/vkms.h"
#include "kms/writeback.h"
#include "unit/kms_reference.h"

enum { WIDTH = 640, HEIGHT = 480, LIMIT_MS = 5000 };

struct seen {
	unsigned shown, outputs;
	char lost[128];
	int64_t time_us;
};

struct stage {
	struct loop *loop;
	struct seen seen, shadow_seen;
	struct display *display, *shadow; /* the device, and the same in memory */
	struct display_output *pair[2];   /* the outputs that set and move speak of */
};

static void on_shown(void *data, struct display_output *output, int64_t time_us)
{
	struct seen *seen = data;

	(void)output;
	seen->shown++;
	seen->time_us = time_us;
}

static void on_outputs(void *data)
{
	struct seen *seen = data;

	seen->outputs++;
}

static void on_lost(void *data, const char *why)
{
	struct seen *seen = data;

	snprintf(seen->lost, sizeof seen->lost, "%s", why);
}

static struct display_handler handler_of(struct seen *seen)
{
	return (struct display_handler){on_outputs, on_shown, on_lost, seen};
}

static bool begin(struct stage *stage, const char *device, unsigned heads)
{
	static const uint32_t sizes[2][2] = {{WIDTH, HEIGHT}, {WIDTH, HEIGHT}};
	struct display_kms_options options = {vkms_path(device), WIDTH, HEIGHT};
	struct err err = {""};

	*stage = (struct stage){.loop = loop_create()};
	struct display_handler handler = handler_of(&stage->seen);
	struct display_handler shadow = handler_of(&stage->shadow_seen);

	CHECK(options.path != NULL);
	CHECK_INT(display_create_kms(stage->loop, &options, &handler, &stage->display, &err), 0);
	CHECK_TEXT(err.text, "");
	CHECK_INT(display_create_headless(stage->loop, sizes, heads, &shadow, &stage->shadow, &err),
			0);
	return stage->display && display_output_count(stage->display) == heads;
}

static void end(struct stage *stage)
{
	display_destroy(stage->display);
	display_destroy(stage->shadow);
	loop_destroy(stage->loop);
}

/* Run the loop until the counter reaches what is wanted. */
static bool wait_for(struct stage *stage, const unsigned *counter, unsigned wanted)
{
	int64_t limit = loop_now_ms() + LIMIT_MS;

	while (*counter < wanted && loop_now_ms() < limit)
		loop_step(stage->loop, 100);
	return *counter >= wanted;
}

static struct kms_output *output_at(struct stage *stage, unsigned index)
{
	return (struct kms_output *)display_output_at(stage->display, index);
}

/* Wait until nothing is under way any more. */
static void settle(struct stage *stage)
{
	int64_t limit = loop_now_ms() + LIMIT_MS;
	bool is_busy = true;

	while (is_busy && loop_now_ms() < limit) {
		is_busy = stage->shadow_seen.shown < display_stats(stage->shadow).commits;
		for (unsigned i = 0; i < display_output_count(stage->display); i++)
			is_busy |= output_at(stage, i)->is_pending ||
			           output_at(stage, i)->base.latched.is_changed;
		if (is_busy)
			loop_step(stage->loop, 100);
	}
	CHECK(!is_busy);
}

static int take(struct stage *stage, unsigned index, uint32_t *pixels)
{
	const struct kms_output *output = output_at(stage, index);
	struct writeback_source source = {output->kms->fd, output->crtc->id,
			(unsigned)(output->crtc - output->kms->crtcs), WIDTH, HEIGHT};

	return writeback_take(&source, pixels);
}

/* How many pixels of the hardware's output are not those of the headless output. */
static unsigned differs(struct stage *stage, unsigned index)
{
	static uint32_t pixels[WIDTH * HEIGHT];
	const uint32_t *shadow = headless_pixels(display_output_at(stage->shadow, index));
	unsigned count = 0;

	CHECK_INT(take(stage, index, pixels), 0);
	for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
		count += (pixels[i] ^ shadow[i]) << 8 != 0;
	return count;
}

static void aim(struct stage *stage, unsigned index)
{
	stage->pair[0] = display_output_at(stage->display, index);
	stage->pair[1] = display_output_at(stage->shadow, index);
}

/* The same call on the device's output and on its shadow. */
static int set(void *data, enum display_layer layer, const struct display_picture *picture,
		int32_t x, int32_t y, const struct display_rect *damage, unsigned count)
{
	struct stage *stage = data;

	return display_set_layer(stage->pair[0], layer, picture, x, y, damage, count) |
	       display_set_layer(stage->pair[1], layer, picture, x, y, damage, count);
}

static void move(void *data, enum display_layer layer, int32_t x, int32_t y)
{
	struct stage *stage = data;

	display_move_layer(stage->pair[0], layer, x, y);
	display_move_layer(stage->pair[1], layer, x, y);
}

static void show(struct stage *stage, unsigned index)
{
	aim(stage, index);
	display_commit(stage->pair[0]);
	display_commit(stage->pair[1]);
}

static struct display_picture desktop_picture(void)
{
	static uint32_t pixels[WIDTH * HEIGHT];

	for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
		pixels[i] = i * 2654435761u;
	return (struct display_picture){DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, WIDTH * 4, pixels};
}

static struct display_picture cursor_picture(void)
{
	static uint32_t pixels[32 * 32];
	uint32_t seed = 5;

	for (unsigned i = 0; i < 32 * 32; i++)
		pixels[i] = reference_pixel(&seed, true);
	return (struct display_picture){DRM_FORMAT_ARGB8888, 32, 32, 128, pixels};
}

static void put(struct stage *stage, unsigned index, enum display_layer layer,
		struct display_picture picture, int32_t x, int32_t y)
{
	aim(stage, index);
	CHECK_INT(set(stage, layer, &picture, x, y, NULL, 0), 0);
}

static void test_lit(struct stage *stage)
{
	TEST("an output is lit in the wanted mode, black") {
		static uint32_t pixels[WIDTH * HEIGHT];
		unsigned lit = 0;
		CHECK(begin(stage, "basics", 1));
		struct display_output_info info =
				display_output_info(display_output_at(stage->display, 0));
		CHECK_INT(info.width, WIDTH);
		CHECK_INT(info.height, HEIGHT);
		CHECK_HAS(info.name, "Virtual-");
		CHECK(info.refresh_mhz > 50000 && info.refresh_mhz < 80000);
		CHECK_INT(take(stage, 0, pixels), 0);
		for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
			lit += (pixels[i] & 0xffffff) != 0;
		CHECK_INT(lit, 0);
	}
	TEST("desktop and cursor are shown as in memory, the cursor by its plane") {
		put(stage, 0, DISPLAY_DESKTOP, desktop_picture(), 0, 0);
		put(stage, 0, DISPLAY_CURSOR, cursor_picture(), 100, 100);
		show(stage, 0);
		settle(stage);
		CHECK_INT(stage->seen.shown, 1);
		CHECK(stage->seen.time_us > 0 && stage->seen.time_us <= loop_now_us());
		CHECK_INT(differs(stage, 0), 0);
		CHECK_INT(output_at(stage, 0)->plan.composed & 1u << DISPLAY_CURSOR, 0);
	}
}

static void test_costs(struct stage *stage)
{
	TEST("a cursor that moves copies nothing, also over the edges") {
		static const int32_t places[][2] = {
				{300, 200}, {-20, -20}, {630, 470}, {2000, 10}, {0, 0}};
		struct display_stats before = display_stats(stage->display);
		for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
			move(stage, DISPLAY_CURSOR, places[i][0], places[i][1]);
			show(stage, 0);
			settle(stage);
			CHECK_INT(differs(stage, 0), 0);
		}
		struct display_stats after = display_stats(stage->display);
		CHECK_INT(after.commits - before.commits, sizeof places / sizeof *places);
		CHECK_INT(after.bytes_copied - before.bytes_copied, 0);
	}
	TEST("an idle display makes no commit and no event") {
		struct display_stats before = display_stats(stage->display);
		unsigned shown = stage->seen.shown;
		for (unsigned i = 0; i < 3; i++) {
			show(stage, 0);
			loop_step(stage->loop, 100);
		}
		CHECK_INT(display_stats(stage->display).commits - before.commits, 0);
		CHECK_INT(stage->seen.shown - shown, 0);
	}
}

static void test_damage(struct stage *stage)
{
	TEST("only damage is copied: once for each of the two frames") {
		struct display_picture picture = desktop_picture();
		struct display_rect spot = {10, 10, 20, 20};
		show(stage, 0);
		settle(stage);
		for (unsigned i = 0; i < 2; i++) { /* both frames full and equal */
			put(stage, 0, DISPLAY_DESKTOP, picture, 0, 0);
			show(stage, 0);
			settle(stage);
		}
		uint64_t before = display_stats(stage->display).bytes_copied;
		for (unsigned i = 0; i < 2; i++) {
			set(stage, DISPLAY_DESKTOP, &picture, 0, 0, &spot, 1);
			show(stage, 0);
			settle(stage);
		}
		/* The first commit paints what the frame missed before (all), the second the spot. */
		CHECK_INT(display_stats(stage->display).bytes_copied - before,
				WIDTH * HEIGHT * 4 + 10 * 10 * 4);
		CHECK_INT(differs(stage, 0), 0);
	}
	TEST("many commits at once become few") {
		uint64_t before = display_stats(stage->display).commits;
		for (unsigned i = 0; i < 100; i++) {
			put(stage, 0, DISPLAY_DESKTOP, desktop_picture(), 0, 0);
			show(stage, 0);
		}
		settle(stage);
		CHECK_INT(display_stats(stage->display).commits - before, 2);
	}
}

static void test_basics(void)
{
	struct stage stage;

	vkms_create("basics", 1, true);
	test_lit(&stage);
	test_costs(&stage);
	test_damage(&stage);
	end(&stage);
	vkms_destroy("basics");
}

static void test_hotplug(void)
{
	struct stage stage;

	vkms_create("plugs", 2, true);
	TEST("a monitor that is pulled takes its output along") {
		CHECK(begin(&stage, "plugs", 2));
		CHECK(vkms_plug("plugs", 0, false));
		CHECK(wait_for(&stage, &stage.seen.outputs, 1));
		CHECK_INT(display_output_count(stage.display), 1);
	}
	TEST("the other one goes on") {
		struct display_picture picture = desktop_picture();
		struct display_output *output = display_output_at(stage.display, 0);
		CHECK_INT(display_set_layer(output, DISPLAY_UI, &picture, 0, 0, NULL, 0), 0);
		display_commit(output);
		settle(&stage);
		CHECK_INT(stage.seen.shown, 1);
	}
	TEST("a monitor that is plugged in is lit within the second") {
		CHECK(vkms_plug("plugs", 0, true));
		CHECK(wait_for(&stage, &stage.seen.outputs, 2));
		CHECK_INT(display_output_count(stage.display), 2);
		put(&stage, 0, DISPLAY_DESKTOP, desktop_picture(), 5,
				5); /* as cabled: first again */
		show(&stage, 0);
		settle(&stage);
		CHECK_INT(differs(&stage, 0), 0);
	}
	TEST("a display without any monitor waits for one") {
		vkms_plug("plugs", 0, false);
		vkms_plug("plugs", 1, false);
		CHECK(wait_for(&stage, &stage.seen.outputs, 3));
		CHECK_INT(display_output_count(stage.display), 0);
		vkms_plug("plugs", 1, true);
		CHECK(wait_for(&stage, &stage.seen.outputs, 4));
		CHECK_INT(display_output_count(stage.display), 1);
	}
	TEST("a device that vanishes is lost, with a reason") {
		CHECK_TEXT(stage.seen.lost, "");
		vkms_destroy("plugs");
		for (unsigned i = 0; i < 50 && !stage.seen.lost[0]; i++)
			loop_step(stage.loop, 100);
		CHECK_HAS(stage.seen.lost, "the display device");
		end(&stage);
	}
}

static void test_power(void)
{
	struct stage stage;

	vkms_create("power", 1, true);
	TEST("without power nothing is shown, with power the last commit is") {
		CHECK(begin(&stage, "power", 1));
		display_set_power(stage.display, false);
		put(&stage, 0, DISPLAY_DESKTOP, desktop_picture(), 0, 0);
		put(&stage, 0, DISPLAY_CURSOR, cursor_picture(), 50, 60);
		show(&stage, 0);
		for (unsigned i = 0; i < 3; i++)
			loop_step(stage.loop, 50);
		CHECK_INT(stage.seen.shown, 0);
		display_set_power(stage.display, true);
		settle(&stage);
		CHECK_INT(stage.seen.shown, 1);
		CHECK_INT(differs(&stage, 0), 0);
	}
	end(&stage);
	vkms_destroy("power");
}

static void test_master(void)
{
	struct stage stage;

	vkms_create("master", 1, true);
	TEST("a second display on the card is refused by name") {
		struct display_kms_options options = {vkms_path("master"), 0, 0};
		struct display_handler handler = {0};
		struct display *second = NULL;
		struct err err = {""};
		CHECK(begin(&stage, "master", 1));
		CHECK(display_create_kms(stage.loop, &options, &handler, &second, &err) < 0);
		CHECK_HAS(err.text, "another program has the screen");
	}
	TEST("a master that was lost and is free is taken back") {
		CHECK_INT(drmDropMaster(output_at(&stage, 0)->kms->fd), 0);
		put(&stage, 0, DISPLAY_DESKTOP, desktop_picture(), 0, 0);
		show(&stage, 0);
		settle(&stage);
		CHECK_INT(stage.seen.shown, 1);
		CHECK_INT(differs(&stage, 0), 0);
	}
	TEST("a master that another program took is lost, with a reason") {
		CHECK_INT(drmDropMaster(output_at(&stage, 0)->kms->fd), 0);
		OWNED(fd) int other = open(vkms_path("master"), O_RDWR | O_CLOEXEC);
		CHECK_INT(drmSetMaster(other), 0);
		put(&stage, 0, DISPLAY_DESKTOP, desktop_picture(), 0, 0);
		show(&stage, 0);
		for (unsigned i = 0; i < 20 && !stage.seen.lost[0]; i++)
			loop_step(stage.loop, 100);
		CHECK_HAS(stage.seen.lost, "another program has taken the screen");
	}
	end(&stage);
	vkms_destroy("master");
}

int main(void)
{
	log_open("drive");
	test_basics();
	test_hotplug();
	test_power();
	test_master();
	TEST_END();
}
