/* SPDX-License-Identifier: Apache-2.0 */
/*
 * colours: one chart of luma and chroma in every encoding and range, shown by a plane,
 * composed, and converted in memory. The three agree, so that a picture does not change its
 * colours when it changes its path. And what a video costs on each way.
 */
#include "unit/test.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "base/log.h"
#include "kms/kms.h"
#include "kms/vkms.h"
#include "kms/writeback.h"
#include "unit/kms_reference.h"

enum { WIDTH = 640, HEIGHT = 480, CHART = 256, LIMIT_MS = 5000, NV12 = CHART * CHART * 3 / 2 };

struct stage {
	struct loop *loop;
	struct display *display;
	uint8_t *memory; /* the chart, shared */
	int memfd;
	struct display_buffer *buffer;
	struct display_picture picture;
};

enum way { BY_BUFFER, BY_COPY, COMPOSED, WAYS };

static const char *const way_names[WAYS] = {"its own memory", "a copy", "composition"};

/* Luma to the right, chroma in patches of 16 over all values. */
static void draw_chart(struct stage *stage)
{
	uint8_t *chroma = stage->memory + CHART * CHART;

	for (unsigned y = 0; y < CHART; y++)
		for (unsigned x = 0; x < CHART; x++)
			stage->memory[y * CHART + x] = (uint8_t)(x % 16 * 17);
	for (unsigned y = 0; y < CHART / 2; y++)
		for (unsigned x = 0; x < CHART / 2; x++) {
			chroma[y * CHART + 2 * x] = (uint8_t)(x / 8 * 17);
			chroma[y * CHART + 2 * x + 1] = (uint8_t)(y / 8 * 17);
		}
}

static bool begin(struct stage *stage)
{
	struct display_handler handler = {0};
	struct display_kms_options options = {NULL, WIDTH, HEIGHT};
	struct display_buffer_info info = {
			.fds = {memfd_create("chart", MFD_CLOEXEC | MFD_ALLOW_SEALING), -1},
			.format = DRM_FORMAT_NV12,
			.width = CHART,
			.height = CHART,
			.strides = {CHART, CHART},
			.offsets = {0, CHART * CHART},
	};
	struct err err = {""};

	*stage = (struct stage){.loop = loop_create(), .memfd = info.fds[0]};
	if (!vkms_create("colours", 1, true) || ftruncate(stage->memfd, NV12) < 0 ||
			fcntl(stage->memfd, F_ADD_SEALS, F_SEAL_SHRINK) < 0)
		return false;
	stage->memory = mmap(NULL, NV12, PROT_READ | PROT_WRITE, MAP_SHARED, stage->memfd, 0);
	draw_chart(stage);
	options.path = vkms_path("colours");
	if (display_create_kms(stage->loop, &options, &handler, &stage->display, &err) < 0 ||
			display_import(stage->display, &info, &stage->buffer, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	stage->picture = (struct display_picture){
			.format = DRM_FORMAT_NV12,
			.width = CHART,
			.height = CHART,
			.stride = CHART,
			.pixels = stage->memory,
			.chroma = stage->memory + CHART * CHART,
			.chroma_stride = CHART,
	};
	return true;
}

static void end(struct stage *stage)
{
	display_destroy(stage->display);
	display_buffer_destroy(stage->buffer);
	loop_destroy(stage->loop);
	munmap(stage->memory, NV12);
	close(stage->memfd);
	vkms_destroy("colours");
}

/* Show the chart anew in the wanted way and wait until it is there. */
static void show(struct stage *stage, enum way way)
{
	struct display_output *output = display_output_at(stage->display, 0);
	const struct kms_output *kms = (const struct kms_output *)output;
	struct display_place place = {.x = 8, .y = 8};
	struct display_picture picture = stage->picture;
	int64_t limit = loop_now_ms() + LIMIT_MS;

	if (way == BY_BUFFER)
		picture.buffer = stage->buffer;
	if (way == COMPOSED) { /* what is seen in part is composed */
		place.visible_count = 1;
		place.visible[0] = (struct display_rect){8, 8, 8 + CHART, 7 + CHART};
	}
	CHECK_INT(display_place_layer(output, DISPLAY_VIDEO, &picture, &place, NULL, 0), 0);
	display_commit(output);
	while (kms->is_pending && loop_now_ms() < limit)
		loop_step(stage->loop, 100);
	CHECK(!kms->is_pending);
	CHECK_INT(kms->plan.plane_of[DISPLAY_VIDEO] >= 0, way != COMPOSED);
}

static void take(struct stage *stage, uint32_t *pixels)
{
	const struct kms_output *output =
			(const struct kms_output *)display_output_at(stage->display, 0);
	struct writeback_source source = {output->kms->fd, output->crtc->id, 0, WIDTH, HEIGHT};

	CHECK_INT(writeback_take(&source, pixels), 0);
}

static unsigned worst_channel(uint32_t a, uint32_t b)
{
	unsigned worst = 0;

	for (unsigned shift = 0; shift < 24; shift += 8) {
		unsigned off = (unsigned)abs((int)(a >> shift & 255) - (int)(b >> shift & 255));
		worst = off > worst ? off : worst;
	}
	return worst;
}

/* The worst channel of the chart's pixels on the screen against those in memory. */
static unsigned worst_of(const uint32_t *screen, const uint32_t *wanted)
{
	unsigned worst = 0;

	for (unsigned y = 0; y < CHART - 1; y++)
		for (unsigned x = 0; x < CHART; x++) {
			unsigned off = worst_channel(screen[(y + 8) * WIDTH + x + 8],
					wanted[y * CHART + x]);
			worst = off > worst ? off : worst;
		}
	return worst;
}

static void convert(const struct stage *stage, uint32_t *pixels)
{
	const struct display_picture *from = &stage->picture;
	struct yuv_picture picture = {from->format, from->width, from->height, from->pixels,
			from->chroma, from->stride, from->chroma_stride, from->encoding,
			from->range};

	yuv_to_xrgb(&picture, (struct yuv_rect){0, 0, CHART, CHART}, pixels, CHART * 4);
}

static void test_colours(struct stage *stage)
{
	static uint32_t screen[WIDTH * HEIGHT], wanted[CHART * CHART];
	unsigned worst[WAYS] = {0};

	TEST("all paths show the same colours, within 2/255") {
		for (unsigned i = 0; i < 6; i++) {
			stage->picture.encoding = (enum yuv_encoding)(i / 2);
			stage->picture.range = (enum yuv_range)(i % 2);
			convert(stage, wanted);
			for (unsigned way = 0; way < WAYS; way++) {
				show(stage, (enum way)way);
				take(stage, screen);
				unsigned off = worst_of(screen, wanted);
				worst[way] = off > worst[way] ? off : worst[way];
			}
		}
		for (unsigned way = 0; way < WAYS; way++) {
			printf("by %s: %u/255 off at most\n", way_names[way], worst[way]);
			CHECK(worst[way] <= 2);
		}
	}
}

static void test_costs(struct stage *stage)
{
	static const uint64_t bytes[WAYS] = {0, NV12, CHART * (CHART - 1) * 4};

	for (unsigned way = 0; way < WAYS; way++)
		TEST(way_names[way]) {
			for (unsigned i = 0; i < 3; i++)
				show(stage, (enum way)way);
			struct display_stats before = display_stats(stage->display);
			for (unsigned i = 0; i < 10; i++)
				show(stage, (enum way)way);
			struct display_stats after = display_stats(stage->display);
			CHECK_INT(after.commits - before.commits, 10);
			CHECK_INT((after.bytes_copied - before.bytes_copied) / 10, bytes[way]);
			CHECK_INT(after.layers_direct - before.layers_direct,
					way == COMPOSED ? 0 : 10);
			printf("by %s: 1 commit, %llu bytes a picture (NV12 has %d)\n",
					way_names[way],
					(unsigned long long)(after.bytes_copied -
							     before.bytes_copied) /
							10,
					NV12);
		}
}

static void test_brightness(struct stage *stage)
{
	static uint32_t bright[WIDTH * HEIGHT], dimmed[WIDTH * HEIGHT];

	TEST("a dimmed display shows half of it, on a plane as well") {
		unsigned wrong = 0;
		show(stage, BY_BUFFER);
		take(stage, bright);
		display_set_brightness(stage->display, 50);
		show(stage, BY_BUFFER);
		take(stage, dimmed);
		for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
			wrong += worst_channel((bright[i] >> 1) & 0x7f7f7f, dimmed[i]) > 1;
		CHECK_INT(wrong, 0);
		display_set_brightness(stage->display, 100);
		show(stage, BY_BUFFER);
		take(stage, dimmed);
		CHECK(memcmp(bright, dimmed, sizeof bright) == 0);
	}
}

int main(void)
{
	struct stage stage;

	log_open("colours");
	CHECK(begin(&stage));
	test_colours(&stage);
	test_costs(&stage);
	test_brightness(&stage);
	end(&stage);
	TEST_END();
}
