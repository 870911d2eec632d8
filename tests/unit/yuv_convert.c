/* SPDX-License-Identifier: Apache-2.0 */
/* Colours are exact, and parts are parts of the whole. */
#include <libdrm/drm_fourcc.h>

#include "unit/test.h"
#include "unit/yuv_reference.h"

#ifdef __SANITIZE_ADDRESS__
enum { U_STEP = 15 };
#else
enum { U_STEP = 1 };
#endif
enum { W = 700, H = 38 };

static uint8_t luma[2 * 512 * 512], chroma[2 * 512 * 512];
static uint32_t made[512 * 512], whole[1024 * 256];

static struct yuv_picture picture_of(uint32_t format, uint32_t width, uint32_t height)
{
	uint32_t bytes = format == DRM_FORMAT_P010 ? 2 : 1;

	return (struct yuv_picture){format, width, height, luma, chroma, width * bytes,
			(width + 1) / 2 * 2 * bytes, YUV_BT709, YUV_FULL};
}

static void fill_random(uint32_t seed)
{
	for (size_t i = 0; i < sizeof(luma); i++) {
		luma[i] = (uint8_t)(reference_random(&seed) >> 9);
		chroma[i] = (uint8_t)(reference_random(&seed) >> 9);
	}
}

/* Every Y in every column, every V in every second row. */
static double worst_of(enum yuv_encoding encoding, enum yuv_range range)
{
	struct yuv_picture picture = picture_of(DRM_FORMAT_NV12, 256, 512);
	struct reference reference = reference_of(encoding, range, 8);
	double worst = 0;

	picture.encoding = encoding;
	picture.range = range;
	for (size_t i = 0; i < (size_t)256 * 512; i++)
		luma[i] = (uint8_t)i;
	for (unsigned u = 0; u < 256; u += U_STEP) {
		for (size_t i = 0; i < (size_t)256 * 128; i++) {
			chroma[2 * i] = (uint8_t)u;
			chroma[2 * i + 1] = (uint8_t)(i / 128);
		}
		yuv_to_xrgb(&picture, (struct yuv_rect){0, 0, 256, 512}, made, 256 * 4);
		for (unsigned v = 0; v < 256; v++) {
			for (unsigned y = 0; y < 256; y++) {
				double far = reference_distance(&reference, y, u, v,
						made[2 * v * 256 + y]);
				worst = far > worst ? far : worst;
			}
		}
	}
	return worst;
}

static double worst_of_ten_bits(enum yuv_encoding encoding, enum yuv_range range)
{
	struct yuv_picture picture = picture_of(DRM_FORMAT_P010, 512, 512);
	struct reference reference = reference_of(encoding, range, 10);
	uint16_t *y = (uint16_t *)(void *)luma, *c = (uint16_t *)(void *)chroma;
	uint32_t seed = 77;
	double worst = 0;

	picture.encoding = encoding;
	picture.range = range;
	for (size_t i = 0; i < (size_t)512 * 512; i++) {
		y[i] = (uint16_t)(reference_random(&seed) & 0xffc0);
		c[i] = (uint16_t)(reference_random(&seed) & 0xffc0);
	}
	yuv_to_xrgb(&picture, (struct yuv_rect){0, 0, 512, 512}, made, 512 * 4);
	for (size_t i = 0; i < (size_t)512 * 512; i++) {
		size_t pair = i / 512 / 2 * 512 + i % 512 / 2 * 2;
		double far = reference_distance(&reference, y[i] >> 6, c[pair] >> 6,
				c[pair + 1] >> 6, made[i]);
		worst = far > worst ? far : worst;
	}
	return worst;
}

static void test_colours(void)
{
	static const char *const names[] = {"601 limited", "601 full", "709 limited", "709 full",
			"2020 limited", "2020 full"};

	for (int i = 0; i < 6; i++) {
		TEST(names[i]) {
			double worst = worst_of((enum yuv_encoding)(i / 2), i % 2);
			CHECK(worst <= 1.0);
			double worst10 = worst_of_ten_bits((enum yuv_encoding)(i / 2), i % 2);
			CHECK(worst10 <= 1.0);
			printf("%s: off by %.2f, in ten bits by %.2f\n", names[i], worst, worst10);
		}
	}
}

/* The rectangle of `part` of the picture whose `whole` pixels are there, W wide. */
static bool is_part(const uint32_t *part, struct yuv_rect r, uint32_t width)
{
	size_t n = (size_t)(r.x2 - r.x1);

	for (int32_t y = r.y1; y < r.y2; y++)
		if (memcmp(part + (size_t)(y - r.y1) * n, whole + (size_t)y * width + r.x1,
				    n * 4) != 0)
			return false;
	return true;
}

static struct yuv_rect random_rect(uint32_t *seed, uint32_t width, uint32_t height)
{
	int32_t x1 = (int32_t)(reference_random(seed) % width);
	int32_t y1 = (int32_t)(reference_random(seed) % height);

	return (struct yuv_rect){x1, y1,
			x1 + 1 + (int32_t)(reference_random(seed) % (width - (uint32_t)x1)),
			y1 + 1 + (int32_t)(reference_random(seed) % (height - (uint32_t)y1))};
}

static void test_parts(uint32_t format)
{
	static const uint32_t sizes[][2] = {{W, H}, {W - 1, H - 1}, {7, 5}, {1, 1}, {257, 3}};

	TEST("any part is what the whole gives, odd sizes and corners too") {
		fill_random(5);
		for (size_t s = 0; s < 5; s++) {
			uint32_t w = sizes[s][0], h = sizes[s][1], seed = 9;
			struct yuv_picture picture = picture_of(format, w, h);
			yuv_to_xrgb(&picture, (struct yuv_rect){0, 0, (int32_t)w, (int32_t)h},
					whole, w * 4);
			for (int i = 0; i < 100; i++) {
				struct yuv_rect r = random_rect(&seed, w, h);
				yuv_to_xrgb(&picture, r, made, (uint32_t)(r.x2 - r.x1) * 4);
				CHECK(is_part(made, r, w));
			}
		}
	}
	TEST("nothing is written beside the rectangle") {
		struct yuv_picture picture = picture_of(format, 31, 9);
		memset(made, 0x55, sizeof(made));
		yuv_to_xrgb(&picture, (struct yuv_rect){3, 1, 20, 4}, made + 50, 100);
		for (int i = 0; i < 300; i++)
			CHECK((made[i] == 0x55555555) ==
					!(i >= 50 && i < 125 && (i - 50) % 25 < 17));
	}
}

static void test_scaled_parts(uint32_t format)
{
	static const uint32_t sizes[][2] = {{1000, 50}, {333, 17}, {9, 3}, {1, 1}, {701, 39}};

	TEST("a part of the scaled picture is what the whole gives") {
		struct yuv_picture picture = picture_of(format, W, H);
		struct yuv_rect source = {3, 1, W - 2, H - 4};
		fill_random(6);
		for (size_t s = 0; s < 5; s++) {
			uint32_t w = sizes[s][0], h = sizes[s][1], seed = 3;
			yuv_scale_to_xrgb(&picture, source, w, h,
					(struct yuv_rect){0, 0, (int32_t)w, (int32_t)h}, whole,
					w * 4);
			for (int i = 0; i < 50; i++) {
				struct yuv_rect r = random_rect(&seed, w, h);
				yuv_scale_to_xrgb(&picture, source, w, h, r, made,
						(uint32_t)(r.x2 - r.x1) * 4);
				CHECK(is_part(made, r, w));
			}
		}
	}
	TEST("the same size is no scaling") {
		struct yuv_picture picture = picture_of(format, W, H);
		struct yuv_rect source = {3, 1, W - 2, H - 4};
		uint32_t w = W - 5, h = H - 5;
		yuv_to_xrgb(&picture, source, whole, w * 4);
		yuv_scale_to_xrgb(&picture, source, w, h,
				(struct yuv_rect){0, 0, (int32_t)w, (int32_t)h}, made, w * 4);
		CHECK(memcmp(made, whole, (size_t)w * h * 4) == 0);
	}
}

static double lerp(const uint8_t *plane, uint32_t stride, unsigned step, double x, double y,
		double x_last, double y_last)
{
	x = x < 0 ? 0 : x > x_last ? x_last : x;
	y = y < 0 ? 0 : y > y_last ? y_last : y;
	unsigned x1 = (unsigned)x, y1 = (unsigned)y;
	unsigned x2 = x1 + (x1 < x_last), y2 = y1 + (y1 < y_last);
	double top = plane[y1 * stride + x1 * step] * (1 - (x - x1)) +
	             plane[y1 * stride + x2 * step] * (x - x1);
	double low = plane[y2 * stride + x1 * step] * (1 - (x - x1)) +
	             plane[y2 * stride + x2 * step] * (x - x1);
	return top * (1 - (y - y1)) + low * (y - y1);
}

static void test_bilinear(void)
{
	TEST("scaling is bilinear, within 2/255") {
		static const uint32_t sizes[][2] = {{1000, 50}, {350, 19}, {90, 200}, {1023, 38}};
		struct yuv_picture picture = picture_of(DRM_FORMAT_NV12, W, H);
		struct reference reference = reference_of(YUV_BT709, YUV_FULL, 8);
		fill_random(8);
		for (size_t s = 0; s < 4; s++) {
			uint32_t w = sizes[s][0], h = sizes[s][1];
			double worst = 0, sx = (double)W / w, sy = (double)H / h;
			yuv_scale_to_xrgb(&picture, (struct yuv_rect){0, 0, W, H}, w, h,
					(struct yuv_rect){0, 0, (int32_t)w, (int32_t)h}, whole,
					w * 4);
			for (size_t i = 0; i < (size_t)w * h; i++) {
				double x = ((double)(i % w) + 0.5) * sx - 0.5;
				double y = ((double)(i / w) + 0.5) * sy - 0.5;
				double cx = (x - 0.5) / 2, cy = (y - 0.5) / 2;
				double far = reference_distance(&reference,
						lerp(luma, W, 1, x, y, W - 1, H - 1),
						lerp(chroma, W, 2, cx, cy, W / 2 - 1, H / 2 - 1),
						lerp(chroma + 1, W, 2, cx, cy, W / 2 - 1,
								H / 2 - 1),
						whole[i]);
				worst = far > worst ? far : worst;
			}
			CHECK(worst <= 2.0);
		}
	}
}

int main(void)
{
	test_colours();
	test_parts(DRM_FORMAT_NV12);
	test_parts(DRM_FORMAT_P010);
	test_scaled_parts(DRM_FORMAT_NV12);
	test_scaled_parts(DRM_FORMAT_P010);
	test_bilinear();
	TEST("what is a picture of luma and chroma") {
		CHECK(yuv_is_format(DRM_FORMAT_NV12) && yuv_is_format(DRM_FORMAT_P010));
		CHECK(!yuv_is_format(DRM_FORMAT_XRGB8888) && !yuv_is_format(0));
	}
	TEST_END();
}
