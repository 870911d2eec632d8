/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>

#include "kms/compose.h"
#include "kms_reference.h"

enum { WIDTH = 64, HEIGHT = 70 };

static int place(void *data, enum display_layer layer, const struct display_picture *picture,
		const struct display_place *at, const struct display_rect *damage, unsigned count)
{
	return scene_place(data, layer, picture, at, damage, count);
}

static void move(void *data, enum display_layer layer, int32_t x, int32_t y)
{
	scene_move(data, layer, x, y);
}

static void all_damage(const struct scene *scene, pixman_region32_t *ret)
{
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		region_add(ret, &scene->damage[i]);
}

/* Pixels of a turned target, one by one. */
static unsigned turned_differs(const struct reference *of, const uint32_t *pixels,
		enum layout_rotation rotation)
{
	unsigned count = 0;

	for (int32_t y = 0; y < HEIGHT; y++)
		for (int32_t x = 0; x < WIDTH; x++) {
			int32_t at[] = {y * WIDTH + x, x * HEIGHT + (HEIGHT - 1 - y),
					(HEIGHT - 1 - y) * WIDTH + (WIDTH - 1 - x),
					(WIDTH - 1 - x) * HEIGHT + y};
			count += !reference_fits(reference_at(of, x, y), pixels[at[rotation]]);
		}
	return count;
}

/* Random changes, committed now and then; only damage is painted; returns the wrong pixels. */
static unsigned play(uint32_t *seed, bool is_device, enum layout_rotation rotation,
		unsigned commits)
{
	static struct reference reference;
	static struct reference_memory memory;
	static uint32_t pixels[HEIGHT * HEIGHT]; /* room for both ways */
	struct compose_scratch scratch = {0};
	uint32_t stride = rotation % 2 ? HEIGHT * 4 : WIDTH * 4;
	struct compose_target target = {pixels, stride, is_device, &scratch, rotation, 0};
	struct scene staged, latched;
	struct reference_calls calls = {place, move, NULL, &staged};
	unsigned wrong = 0;

	memset(&reference, 0, sizeof reference);
	memset(pixels, 0, sizeof pixels);
	scene_init(&staged, WIDTH, HEIGHT);
	scene_init(&latched, WIDTH, HEIGHT);
	while (commits > 0) {
		wrong += reference_step(&reference, &memory, seed, &calls) != 0;
		if (reference_below(seed, 2) == 0 && staged.is_changed) {
			REGION(damage);
			scene_latch(&latched, &staged);
			all_damage(&latched, &damage);
			compose(&latched, COMPOSE_ALL_LAYERS, &damage, &target);
			scene_forget_damage(&latched);
			wrong += turned_differs(&reference, pixels, rotation);
			commits--;
		}
	}
	scene_finish(&staged);
	scene_finish(&latched);
	compose_scratch_finish(&scratch);
	return wrong;
}

static void test_random(void)
{
	TEST("10,000 random commits show what a plain compositor shows") {
		uint32_t seed = 20261122;
		unsigned wrong = 0;
		for (unsigned i = 0; i < 200; i++)
			wrong += play(&seed, i % 2, (enum layout_rotation)(i / 2 % 4), 50);
		CHECK_INT(wrong, 0);
	}
}

static void test_refused(void)
{
	uint32_t pixel[4] = {0};
	struct display_picture good = {DRM_FORMAT_XRGB8888, 2, 2, 8, pixel};
	struct {
		const char *name;
		struct display_picture picture;
		int expected;
	} rows[] = {
			{"a good picture", good, 0},
			{"no pixels", {DRM_FORMAT_XRGB8888, 2, 2, 8, NULL}, -EINVAL},
			{"unknown format", {DRM_FORMAT_RGB565, 2, 2, 8, pixel}, -EINVAL},
			{"no width", {DRM_FORMAT_XRGB8888, 0, 2, 8, pixel}, -EINVAL},
			{"no height", {DRM_FORMAT_XRGB8888, 2, 0, 8, pixel}, -EINVAL},
			{"too wide", {DRM_FORMAT_XRGB8888, 16385, 2, 65540, pixel}, -EINVAL},
			{"too high", {DRM_FORMAT_XRGB8888, 2, 16385, 8, pixel}, -EINVAL},
			{"short rows", {DRM_FORMAT_XRGB8888, 2, 2, 4, pixel}, -EINVAL},
			{"odd rows", {DRM_FORMAT_XRGB8888, 2, 2, 9, pixel}, -EINVAL},
			{"endless rows", {DRM_FORMAT_XRGB8888, 2, 2, 0xfffffffc, pixel}, -EINVAL},
			{"crooked pixels", {DRM_FORMAT_XRGB8888, 1, 1, 8, (char *)pixel + 1},
					-EINVAL},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		TEST(rows[i].name) {
			struct scene scene;
			scene_init(&scene, 8, 8);
			CHECK_INT(scene_set(&scene, DISPLAY_UI, &rows[i].picture, 0, 0, NULL, 0),
					rows[i].expected);
			CHECK_INT(scene.is_changed, rows[i].expected == 0);
			scene_finish(&scene);
		}
}

static void test_damage(void)
{
	static uint32_t pixels[2][100 * 100];
	struct display_picture picture = {DRM_FORMAT_XRGB8888, 100, 100, 400, pixels[0]};
	struct scene scene;
	int count = 0;

	scene_init(&scene, 100, 100);
	TEST("a first picture damages all of its place") {
		scene_set(&scene, DISPLAY_DESKTOP, &picture, 0, 0, NULL, 0);
		pixman_box32_t *box = pixman_region32_extents(&scene.damage[DISPLAY_DESKTOP]);
		CHECK_INT(box->x2 * box->y2, 100 * 100);
	}
	TEST("damage outside the picture is nothing") {
		scene_forget_damage(&scene);
		struct display_rect outside = {-50, 200, -10, 300};
		scene_set(&scene, DISPLAY_DESKTOP, &picture, 0, 0, &outside, 1);
		CHECK(!scene.is_changed);
	}
	TEST("a swapped picture without damage is still a change") {
		struct display_rect nothing = {5, 5, 5, 5};
		picture.pixels = pixels[1];
		scene_set(&scene, DISPLAY_DESKTOP, &picture, 0, 0, &nothing, 1);
		CHECK(scene.is_changed);
		CHECK(region_is_empty(&scene.damage[DISPLAY_DESKTOP]));
	}
	TEST("more rectangles than the maximum count as all") {
		struct display_rect many[DISPLAY_RECTS_MAX + 1] = {{0, 0, 1, 1}};
		scene_forget_damage(&scene);
		scene_set(&scene, DISPLAY_DESKTOP, &picture, 0, 0, many, DISPLAY_RECTS_MAX + 1);
		pixman_region32_rectangles(&scene.damage[DISPLAY_DESKTOP], &count);
		CHECK_INT(count, 1);
		CHECK_INT(scene.damage[DISPLAY_DESKTOP].extents.x2, 100);
	}
	TEST("a move outside the output changes nothing more") {
		scene_set(&scene, DISPLAY_CURSOR, &picture, 500, 500, NULL, 0);
		scene_forget_damage(&scene);
		scene_move(&scene, DISPLAY_CURSOR, 600, INT32_MAX);
		CHECK(!scene.is_changed);
	}
	TEST("hiding what is hidden changes nothing") {
		scene_set(&scene, DISPLAY_UI, NULL, 0, 0, NULL, 0);
		CHECK(!scene.is_changed);
	}
	scene_finish(&scene);
}

static void test_brightness(void)
{
	static const uint32_t white = 0xffffff;
	struct display_picture picture = {DRM_FORMAT_XRGB8888, 1, 1, 4, &white};
	struct scene scene;
	REGION(damage);

	scene_init(&scene, 1, 1);
	scene_set(&scene, DISPLAY_DESKTOP, &picture, 0, 0, NULL, 0);
	region_add_rect(&damage, (struct display_rect){0, 0, 1, 1});
	TEST("a dimmed picture is as bright as its percents") {
		for (unsigned percent = 10; percent <= 100; percent += 10) {
			uint32_t pixel = 0;
			struct compose_target target = {&pixel, 4, .brightness = percent};
			compose(&scene, COMPOSE_ALL_LAYERS, &damage, &target);
			CHECK(abs((int)(pixel & 255) - (int)(255 * percent / 100)) <= 1);
		}
	}
	scene_finish(&scene);
}

static void test_bytes(void)
{
	static uint32_t pixels[64 * 64], screen[64 * 64];
	struct compose_scratch scratch = {0};
	struct compose_target target = {screen, 64 * 4, true, &scratch};
	struct display_picture desktop = {DRM_FORMAT_XRGB8888, 64, 64, 256, pixels};
	struct display_picture cursor = {DRM_FORMAT_ARGB8888, 8, 8, 256, pixels};
	struct scene scene;
	REGION(damage);

	scene_init(&scene, 64, 64);
	scene_set(&scene, DISPLAY_DESKTOP, &desktop, 0, 0, NULL, 0);
	scene_set(&scene, DISPLAY_CURSOR, &cursor, 10, 10, NULL, 0);
	region_add_rect(&damage, (struct display_rect){0, 0, 64, 64});
	TEST("no pixel is written twice") {
		CHECK_INT(compose(&scene, COMPOSE_ALL_LAYERS, &damage, &target), 64 * 64 * 4);
	}
	TEST("no scratch memory where nothing blends") {
		compose_scratch_finish(&scratch);
		compose(&scene, 1 << DISPLAY_DESKTOP, &damage, &target);
		CHECK(scratch.pixels == NULL);
	}
	TEST("only damage is written") {
		pixman_region32_clear(&damage);
		region_add_rect(&damage, (struct display_rect){60, 60, 70, 70});
		CHECK_INT(compose(&scene, COMPOSE_ALL_LAYERS, &damage, &target), 4 * 4 * 4);
	}
	compose_scratch_finish(&scratch);
	scene_finish(&scene);
}

int main(void)
{
	test_random();
	test_refused();
	test_damage();
	test_bytes();
	test_brightness();
	TEST_END();
}
