/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <png.h>

#include "base/loop.h"
#include "kms/headless.h"
#include "kms_reference.h"

enum { WIDTH = 64, HEIGHT = 70 };

struct seen {
	unsigned shown, outputs, lost;
	struct display_output *last;
	int64_t time_us;
};

static void on_shown(void *data, struct display_output *output, int64_t time_us)
{
	struct seen *seen = data;

	seen->shown++;
	seen->last = output;
	seen->time_us = time_us;
}

static struct display *make(struct loop *loop, struct seen *seen, unsigned count)
{
	static const uint32_t sizes[3][2] = {{WIDTH, HEIGHT}, {32, 16}, {1, 1}};
	struct display_handler handler = {.on_shown = on_shown, .data = seen};
	struct display *display = NULL;
	struct err err;

	*seen = (struct seen){0};
	CHECK_INT(display_create_headless(loop, sizes, count, &handler, &display, &err), 0);
	return display;
}

static int place(void *data, enum display_layer layer, const struct display_picture *picture,
		const struct display_place *at, const struct display_rect *damage, unsigned count)
{
	return display_place_layer(data, layer, picture, at, damage, count);
}

static void move(void *data, enum display_layer layer, int32_t x, int32_t y)
{
	display_move_layer(data, layer, x, y);
}

static void test_random(struct loop *loop)
{
	static struct reference reference;
	static struct reference_memory memory;
	struct seen seen;

	TEST("whatever was committed last is shown once the loop ran") {
		struct display *display = make(loop, &seen, 1);
		struct display_output *output = display_output_at(display, 0);
		struct reference_calls calls = {place, move, NULL, output};
		uint32_t seed = 7;
		unsigned wrong = 0;
		for (unsigned i = 0; i < 500; i++) {
			for (unsigned k = reference_below(&seed, 4); k > 0; k--) {
				wrong += reference_step(&reference, &memory, &seed, &calls) != 0;
				display_commit(output);
			}
			while (seen.shown < display_stats(display).commits)
				loop_step(loop, 100);
			wrong += reference_differs(&reference, headless_pixels(output), WIDTH,
					HEIGHT, WIDTH * 4);
		}
		CHECK_INT(wrong, 0);
		display_destroy(display);
	}
}

static void test_commits(struct loop *loop)
{
	static uint32_t pixels[WIDTH * HEIGHT];
	struct display_picture picture = {DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, WIDTH * 4, pixels};
	struct seen seen;
	struct display *display = make(loop, &seen, 2);
	struct display_output *output = display_output_at(display, 0);

	TEST("a commit without a change is none") {
		display_commit(output);
		loop_step(loop, 0);
		CHECK_INT(display_stats(display).commits, 0);
		CHECK_INT(seen.shown, 0);
	}
	TEST("a commit is shown from the loop, not from the call") {
		display_set_layer(output, DISPLAY_DESKTOP, &picture, 0, 0, NULL, 0);
		display_commit(output);
		CHECK_INT(seen.shown, 0);
		loop_step(loop, 100);
		CHECK_INT(seen.shown, 1);
		CHECK(seen.last == output);
		CHECK(seen.time_us > 0 && seen.time_us <= loop_now_us());
		CHECK_INT(display_stats(display).bytes_copied, WIDTH * HEIGHT * 4);
	}
	TEST("commits behind one that is under way become one") {
		for (unsigned i = 0; i < 10; i++) {
			display_set_layer(output, DISPLAY_DESKTOP, &picture, 0, 0, NULL, 0);
			display_commit(output);
		}
		for (unsigned i = 0; i < 10; i++)
			loop_step(loop, 5);
		CHECK_INT(display_stats(display).commits, 3);
		CHECK_INT(seen.shown, 3);
	}
	TEST("an output without power shows the last commit when it comes back") {
		display_set_power(display, false);
		for (unsigned i = 0; i < 2; i++) {
			display_set_layer(output, DISPLAY_DESKTOP, &picture, 0, 0, NULL, 0);
			display_commit(output);
			loop_step(loop, 0);
		}
		CHECK_INT(display_stats(display).commits, 3);
		display_set_power(display, true);
		loop_step(loop, 100);
		CHECK_INT(display_stats(display).commits, 4);
		CHECK_INT(seen.shown, 4);
	}
	TEST("outputs are independent") {
		CHECK_INT(display_output_count(display), 2);
		struct display_output *second = display_output_at(display, 1);
		CHECK_TEXT(display_output_info(second).name, "headless-2");
		CHECK_INT(display_output_info(second).width, 32);
		CHECK(display_output_at(display, 2) == NULL);
	}
	display_destroy(display);
}

static void test_refused(struct loop *loop)
{
	static const uint32_t sizes[2][2] = {{640, 480}, {0, 480}};
	struct display_handler handler = {0};
	struct display *display = NULL;
	struct err err;

	TEST("an output without pixels is refused by name") {
		CHECK_INT(display_create_headless(loop, sizes, 2, &handler, &display, &err),
				-EINVAL);
		CHECK_TEXT(err.text, "headless output 2: 0x480 is not within 1..16384");
		CHECK(display == NULL);
	}
	TEST("no output at all is refused") {
		CHECK_INT(display_create_headless(loop, sizes, 0, &handler, &display, &err),
				-EINVAL);
	}
}

static void test_png(struct loop *loop)
{
	static uint32_t pixels[WIDTH * HEIGHT];
	static uint8_t rgb[WIDTH * HEIGHT * 3];
	struct display_picture picture = {DRM_FORMAT_XRGB8888, WIDTH, HEIGHT, WIDTH * 4, pixels};
	struct seen seen;
	struct display *display = make(loop, &seen, 1);
	struct display_output *output = display_output_at(display, 0);
	struct err err = {""};

	for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
		pixels[i] = i * 12345;
	TEST("the PNG holds what is shown") {
		char path[] = "/tmp/kms_headless.XXXXXX";
		OWNED(fd) int fd = mkstemp(path);
		png_image image = {.version = PNG_IMAGE_VERSION};
		unsigned wrong = 0;
		display_set_layer(output, DISPLAY_UI, &picture, 0, 0, NULL, 0);
		display_commit(output);
		loop_step(loop, 0);
		CHECK_INT(display_save_png(output, path, &err), 0);
		CHECK(png_image_begin_read_from_file(&image, path));
		image.format = PNG_FORMAT_RGB;
		CHECK_INT(image.width * image.height, WIDTH * HEIGHT);
		CHECK(png_image_finish_read(&image, NULL, rgb, 0, NULL));
		for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
			wrong += (pixels[i] & 0xffffff) !=
			         (uint32_t)(rgb[3 * i] << 16 | rgb[3 * i + 1] << 8 |
						 rgb[3 * i + 2]);
		CHECK_INT(wrong, 0);
		unlink(path);
	}
	TEST("a pixel of it can be asked for") {
		CHECK_INT(display_pixel(output, 3, 2), pixels[2 * WIDTH + 3] & 0xffffff);
		CHECK_INT(display_pixel(output, -1, 2), 0);
		CHECK_INT(display_pixel(output, 3, HEIGHT), 0);
	}
	TEST("a PNG that can't be written says where") {
		CHECK(display_save_png(output, "/nowhere/at/all.png", &err) < 0);
		CHECK_HAS(err.text, "/nowhere/at/all.png");
	}
	display_destroy(display);
}

/* A video's buffer counts as read by a plane; what no plane shows is read where it lies. */
static void test_buffers(struct loop *loop)
{
	static const uint32_t colours[2] = {0x123456, 0x654321};
	struct display_buffer_info info = {
			.is_dmabuf = true,
			.fds = {memfd_create("buffer", MFD_CLOEXEC), -1},
			.format = DRM_FORMAT_XRGB8888,
			.width = 2,
			.height = 1,
			.strides = {8},
	};
	struct display_buffer *buffer = NULL;
	struct seen seen;
	struct err err;
	struct display *display = make(loop, &seen, 1);
	struct display_output *output = display_output_at(display, 0);

	TEST("a buffer without pixels is composed from its own memory") {
		CHECK_INT(pwrite(info.fds[0], colours, sizeof colours, 0), sizeof colours);
		CHECK_INT(display_import(display, &info, &buffer, &err), 0);
		struct display_picture picture = {info.format, 2, 1, .stride = 8, .buffer = buffer};
		CHECK_INT(display_set_layer(output, DISPLAY_DESKTOP, &picture, 0, 0, NULL, 0), 0);
		display_commit(output);
		loop_step(loop, 100);
		CHECK_INT(headless_pixels(output)[0], colours[0]);
		CHECK_INT(headless_pixels(output)[1], colours[1]);
		CHECK_INT(display_stats(display).layers_direct, 0);
	}
	TEST("a video's is left to the plane that hardware would have") {
		struct display_picture picture = {info.format, 2, 1, .stride = 8, .buffer = buffer};
		uint64_t bytes = display_stats(display).bytes_copied;
		CHECK_INT(display_set_layer(output, DISPLAY_VIDEO, &picture, 0, 1, NULL, 0), 0);
		display_commit(output);
		loop_step(loop, 100);
		CHECK_INT(display_stats(display).bytes_copied - bytes, 8); /* what it may uncover */
		CHECK_INT(display_stats(display).layers_direct, 1);
	}
	TEST("buffers that can't be are refused") {
		struct display_buffer *none = NULL;
		info.strides[0] = 7;
		CHECK_INT(display_import(display, &info, &none, &err), -EINVAL);
		info.strides[0] = 8;
		info.is_dmabuf = false;
		info.height = 2;
		CHECK_INT(display_import(display, &info, &none, &err), -EINVAL);
		info.format = 0;
		CHECK_INT(display_import(display, &info, &none, &err), -EINVAL);
		CHECK(none == NULL);
	}
	display_destroy(display);
	display_buffer_destroy(buffer); /* after its display: allowed */
	close(info.fds[0]);
}

int main(void)
{
	struct loop *loop = loop_create();

	test_random(loop);
	test_buffers(loop);
	test_commits(loop);
	test_refused(loop);
	test_png(loop);
	loop_destroy(loop);
	TEST_END();
}
