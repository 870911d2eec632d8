/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of one to four heads on the test kernel (tests/kms/test_heads): laid out by wishes,
 * pulled and plugged while pictures are shown. What the kernel really drives is asked of the
 * kernel, what stands on the screen is read back.
 */
#include "unit/test.h"

#include <stdlib.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "base/log.h"
#include "kms/kms.h"
#include "kms/vkms.h"
#include "kms/writeback.h"

enum { HEADS = 4, LIMIT_MS = 20000, RED = 0xff0000, BLUE = 0x0000ff };

struct stage {
	struct loop *loop;
	struct display *display;
	unsigned outputs, shown;
	char lost[128];
	char heads[HEADS][32]; /* connectors as the kernel calls them */
};

static void on_outputs(void *data)
{
	struct stage *stage = data;

	stage->outputs++;
}

static void on_shown(void *data, struct display_output *output, int64_t time_us)
{
	struct stage *stage = data;

	(void)output;
	(void)time_us;
	stage->shown++;
}

static void on_lost(void *data, const char *why)
{
	struct stage *stage = data;

	snprintf(stage->lost, sizeof stage->lost, "%s", why);
}

static void begin(struct stage *stage, const char *device, unsigned heads)
{
	struct display_handler handler = {on_outputs, on_shown, on_lost, stage};
	struct display_kms_options options = {.path = vkms_path(device)};
	struct err err = {""};

	*stage = (struct stage){.loop = loop_create()};
	CHECK(options.path != NULL);
	CHECK_INT(display_create_kms(stage->loop, &options, &handler, &stage->display, &err), 0);
	CHECK_TEXT(err.text, "");
	CHECK_INT(display_output_count(stage->display), heads);
	for (unsigned i = 0; i < display_output_count(stage->display); i++)
		snprintf(stage->heads[i], sizeof stage->heads[i], "%s",
				display_output_info(display_output_at(stage->display, i)).name);
}

static void end(struct stage *stage)
{
	display_destroy(stage->display);
	loop_destroy(stage->loop);
	CHECK_TEXT(stage->lost, "");
}

static bool wait_for(struct stage *stage, const unsigned *counter, unsigned wanted)
{
	int64_t limit = loop_now_ms() + LIMIT_MS;

	while (*counter < wanted && !stage->lost[0] && loop_now_ms() < limit)
		loop_step(stage->loop, 100);
	return *counter >= wanted;
}

static void configure(struct stage *stage, const struct layout_wishes *wishes)
{
	unsigned before = stage->outputs;

	display_configure(stage->display, wishes);
	CHECK(wait_for(stage, &stage->outputs, before + 1));
}

/* "0 1024x768+0+0*": head, size and place, primary. */
static const char *describe(struct stage *stage)
{
	static char text[512];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < display_output_count(stage->display); i++) {
		struct display_output_info info =
				display_output_info(display_output_at(stage->display, i));
		unsigned head = 0;
		while (head < HEADS && strcmp(stage->heads[head], info.name) != 0)
			head++;
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%u %ux%u+%d+%d%s",
				at ? " " : "", head, info.width, info.height, info.x, info.y,
				info.is_primary ? "*" : "");
	}
	return text;
}

static struct kms_output *output_at(struct stage *stage, unsigned index)
{
	return (struct kms_output *)display_output_at(stage->display, index);
}

/* What the kernel drives, each output by a crtc of its own: "1024x768 3840x2160". */
static const char *driven(struct stage *stage)
{
	static char text[256];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < display_output_count(stage->display); i++) {
		const struct kms_output *output = output_at(stage, i);
		drmModeCrtc *crtc = drmModeGetCrtc(output->kms->fd, output->crtc->id);
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%ux%u", at ? " " : "",
				crtc && crtc->mode_valid ? crtc->mode.hdisplay : 0,
				crtc && crtc->mode_valid ? crtc->mode.vdisplay : 0);
		drmModeFreeCrtc(crtc);
	}
	return text;
}

/* All red, the upper left quarter blue, as the person sees it. */
static void paint(struct display_output *output)
{
	struct display_output_info info = display_output_info(output);
	uint32_t *pixels = malloc((size_t)info.width * info.height * 4);
	struct display_picture picture = {.format = 0x34325258, /* XRGB8888 */
			.width = info.width,
			.height = info.height,
			.stride = info.width * 4,
			.pixels = pixels};

	for (uint32_t y = 0; y < info.height; y++)
		for (uint32_t x = 0; x < info.width; x++)
			pixels[(size_t)y * info.width + x] =
					x < info.width / 2 && y < info.height / 2 ? BLUE : RED;
	CHECK_INT(display_set_layer(output, DISPLAY_DESKTOP, &picture, 0, 0, NULL, 0), 0);
	display_commit(output);
	free(pixels); /* composed by now: nothing was under way */
}

/* Colours of the four corners of what the hardware puts out, as letters, row by row. */
static const char *corners(struct stage *stage, unsigned index)
{
	static char text[8];
	const struct kms_output *output = output_at(stage, index);
	uint32_t width = output->mode.hdisplay, height = output->mode.vdisplay;
	struct writeback_source source = {output->kms->fd, output->crtc->id,
			(unsigned)(output->crtc - output->kms->crtcs), width, height};
	uint32_t *pixels = malloc((size_t)width * height * 4);

	CHECK_INT(writeback_take(&source, pixels), 0);
	for (unsigned i = 0; i < 4; i++) {
		uint32_t x = i % 2 ? width - 9 : 8, y = i / 2 ? height - 9 : 8;
		uint32_t pixel = pixels[(size_t)y * width + x] & 0xffffff;
		text[i] = pixel == RED ? 'r' : pixel == BLUE ? 'b' : '?';
	}
	free(pixels);
	return text;
}

static void show(struct stage *stage, unsigned index)
{
	unsigned before = stage->shown;

	paint(display_output_at(stage->display, index));
	CHECK(wait_for(stage, &stage->shown, before + 1));
}

static struct layout_wish *wish_for(struct layout_wishes *wishes, struct stage *stage,
		unsigned head)
{
	struct layout_wish *wish = &wishes->list[wishes->count++];

	snprintf(wish->connector, sizeof wish->connector, "%s", stage->heads[head]);
	return wish;
}

static void test_counts(void)
{
	static const char *const names[] = {"one", "two", "three", "four"};
	static const char *const expected[] = {"0 1024x768+0+0*",
			"0 1024x768+0+0* 1 1024x768+1024+0",
			"0 1024x768+0+0* 1 1024x768+1024+0 2 1024x768+2048+0",
			"0 1024x768+0+0* 1 1024x768+1024+0 2 1024x768+2048+0 3 1024x768+3072+0"};

	for (unsigned heads = 1; heads <= HEADS; heads++)
		TEST(expected[heads - 1]) {
			struct stage stage;
			vkms_create(names[heads - 1], heads, true);
			begin(&stage, names[heads - 1], heads);
			CHECK_TEXT(describe(&stage), expected[heads - 1]);
			CHECK_INT(display_stats(stage.display).commits, 1);
			end(&stage);
			vkms_destroy(names[heads - 1]);
		}
}

static void test_extend(struct stage *stage)
{
	struct layout_wishes wishes = {.arrangement = LAYOUT_EXTEND};
	struct layout_wish *wish = wish_for(&wishes, stage, 0);

	wish->width = 4096;
	wish->height = 2160;
	wish->has_position = wish->is_primary = true;
	wish = wish_for(&wishes, stage, 1);
	wish->width = 1920;
	wish->height = 1080;
	wish->rotation = LAYOUT_90;
	wish->has_position = true;
	wish->x = -1080;
	wish = wish_for(&wishes, stage, 2);
	wish->width = 5120;
	wish->height = 1440;
	wish->has_position = true;
	wish->x = 40000;
	wish_for(&wishes, stage, 3)->is_off = true;
	TEST("4K, portrait to its left, 5120x1440 too far right, one off") {
		configure(stage, &wishes);
		CHECK_TEXT(describe(stage),
				"0 4096x2160+1080+0* 1 1080x1920+0+0 2 5120x1440+5176+0");
		CHECK_TEXT(driven(stage), "4096x2160 1920x1080 5120x1440");
	}
	TEST("what is shown there is upright for the person") {
		for (unsigned i = 0; i < 3; i++)
			show(stage, i);
		CHECK_TEXT(corners(stage, 0), "brrr");
		CHECK_TEXT(corners(stage, 1), "rbrr"); /* turned clockwise */
		CHECK_TEXT(corners(stage, 2), "brrr");
	}
	for (int rotation = LAYOUT_180; rotation <= LAYOUT_270; rotation++)
		TEST(rotation == LAYOUT_180 ? "upside down" : "portrait, the other way") {
			wishes.list[1].rotation = (enum layout_rotation)rotation;
			configure(stage, &wishes);
			show(stage, 1);
			CHECK_TEXT(corners(stage, 1), rotation == LAYOUT_180 ? "rrrb" : "rrbr");
			CHECK_TEXT(corners(stage, 0), "brrr"); /* goes on */
		}
}

static void test_arrangements(struct stage *stage)
{
	struct layout_wishes wishes = {.arrangement = LAYOUT_MIRROR};
	struct layout_wish *wish = wish_for(&wishes, stage, 2);

	wish->is_primary = true;
	wish->width = 1920;
	wish->height = 1080;
	TEST("mirror: all in the mode of the primary one") {
		configure(stage, &wishes);
		CHECK_TEXT(describe(stage), "0 1920x1080+0+0 1 1920x1080+0+0 2 1920x1080+0+0* 3 "
					    "1920x1080+0+0");
		CHECK_TEXT(driven(stage), "1920x1080 1920x1080 1920x1080 1920x1080");
	}
	TEST("one: the others are dark") {
		wishes.arrangement = LAYOUT_ONE;
		struct kms *kms = output_at(stage, 2)->kms;
		configure(stage, &wishes);
		CHECK_TEXT(describe(stage), "2 1920x1080+0+0*");
		unsigned lit = 0;
		for (unsigned i = 0; i < kms->crtc_count; i++) {
			drmModeCrtc *crtc = drmModeGetCrtc(kms->fd, kms->crtcs[i].id);
			lit += crtc && crtc->mode_valid;
			drmModeFreeCrtc(crtc);
		}
		CHECK_INT(lit, 1);
	}
	TEST("back to the beginning") {
		configure(stage, &(struct layout_wishes){.count = 0});
		CHECK_TEXT(describe(stage), "0 1024x768+0+0* 1 1024x768+1024+0 2 1024x768+2048+0 3 "
					    "1024x768+3072+0");
	}
}

static uint32_t below(uint32_t *seed, uint32_t limit)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % limit;
}

static void draw_all(struct stage *stage)
{
	static uint32_t pixels[64 * 64];
	static const struct display_picture picture = {0x34325258, 64, 64, 64 * 4, pixels};

	for (unsigned i = 0; i < display_output_count(stage->display); i++) {
		struct display_output *output = display_output_at(stage->display, i);
		display_set_layer(output, DISPLAY_UI, &picture, 5, 5, NULL, 0);
		display_commit(output);
	}
	loop_step(stage->loop, 10);
}

/* Until the outputs are those of the plugged heads. */
static bool draw_until(struct stage *stage, unsigned wanted)
{
	int64_t limit = loop_now_ms() + LIMIT_MS;

	do
		draw_all(stage);
	while (display_output_count(stage->display) != wanted && !stage->lost[0] &&
			loop_now_ms() < limit);
	return display_output_count(stage->display) == wanted;
}

static void test_plug(struct stage *stage, const char *device)
{
	TEST("pulled and plugged 14 times while all are drawn on; the first one goes on") {
		bool is_plugged[HEADS] = {true, true, true, true};
		struct display_output *first = display_output_at(stage->display, 0);
		unsigned wanted = HEADS;
		uint32_t seed = 7;
		int64_t worst_ms = 0;
		for (unsigned i = 0; i < 14; i++) {
			unsigned head = 1 + below(&seed, 3);
			is_plugged[head] ^= true;
			wanted = wanted + is_plugged[head] - !is_plugged[head];
			int64_t before = loop_now_ms();
			CHECK(vkms_plug(device, head, is_plugged[head]));
			CHECK(draw_until(stage, wanted));
			int64_t took = loop_now_ms() - before;
			worst_ms = took > worst_ms ? took : worst_ms;
			CHECK(display_output_at(stage->display, 0) == first);
		}
		printf("lit or dark again %lld ms after the plug at most\n", (long long)worst_ms);
		for (unsigned i = 1; i < HEADS; i++)
			if (!is_plugged[i])
				vkms_plug(device, i, true);
		CHECK(draw_until(stage, HEADS));
		CHECK_TEXT(describe(stage), "0 1024x768+0+0* 1 1024x768+1024+0 2 1024x768+2048+0 3 "
					    "1024x768+3072+0");
	}
	TEST("all at once, as a dock, out and in") {
		for (unsigned i = 1; i < HEADS; i++)
			vkms_plug(device, i, false);
		CHECK(draw_until(stage, 1));
		for (unsigned i = 1; i < HEADS; i++)
			vkms_plug(device, i, true);
		CHECK(draw_until(stage, HEADS));
		CHECK_TEXT(driven(stage), "1024x768 1024x768 1024x768 1024x768");
	}
	TEST("all out, and the layout comes back with the first") {
		for (unsigned i = 0; i < HEADS; i++)
			vkms_plug(device, i, false);
		CHECK(draw_until(stage, 0));
		vkms_plug(device, 2, true);
		CHECK(draw_until(stage, 1));
		CHECK_TEXT(describe(stage), "2 1024x768+0+0*");
	}
}

int main(void)
{
	struct stage stage;

	log_open("heads");
	log_set_level(LOG_LEVEL_ERROR);
	test_counts();
	vkms_create("desk", HEADS, true);
	begin(&stage, "desk", HEADS);
	test_extend(&stage);
	test_arrangements(&stage);
	test_plug(&stage, "desk");
	end(&stage);
	vkms_destroy("desk");
	TEST_END();
}
