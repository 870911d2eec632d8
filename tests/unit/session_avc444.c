/* SPDX-License-Identifier: Apache-2.0 */
/* Two pictures of AVC444 become what FreeRDP makes of them. */
#include <freerdp/codec/color.h>
#include <freerdp/primitives.h>
#include <libdrm/drm_fourcc.h>

#include "unit/test.h"
#include "unit/yuv_reference.h"

enum { W = 592, H = 64 };

/* A picture of a codec: planes for FreeRDP, interleaved for us. */
struct view {
	uint8_t y[W * H], u[W * H / 4], v[W * H / 4], chroma[W * H / 2];
};

static struct view views[2];
static uint8_t y444[W * (H + 2)], u444[W * (H + 2)], v444[W * (H + 2)];
static uint32_t made[W * H], theirs[W * H], part[W * H];

static void fill(struct view *view, uint32_t seed, unsigned noise)
{
	for (size_t i = 0; i < W * H; i++)
		view->y[i] = (uint8_t)(100 + i % W / 8 + reference_random(&seed) % noise);
	for (size_t i = 0; i < W * H / 4; i++) {
		view->u[i] = (uint8_t)(100 + i / 50 % 50 + reference_random(&seed) % noise);
		view->v[i] = (uint8_t)(90 + i % 40 + reference_random(&seed) % noise);
		view->chroma[2 * i] = view->u[i];
		view->chroma[2 * i + 1] = view->v[i];
	}
}

static struct yuv_picture picture_of(const struct view *view)
{
	return (struct yuv_picture){
			DRM_FORMAT_NV12, W, H, view->y, view->chroma, W, W, YUV_BT709, YUV_FULL};
}

static bool combine(bool is_version2)
{
	/* The generic ones: those for SSE 4.1 put version 1's columns in the wrong places. */
	const primitives_t *primitives = primitives_get_generic();
	const uint32_t from_strides[3] = {W, W / 2, W / 2}, to_strides[3] = {W, W, W};
	const BYTE *from[2][3] = {
			{views[0].y, views[0].u, views[0].v}, {views[1].y, views[1].u, views[1].v}};
	BYTE *to[3] = {y444, u444, v444};
	const BYTE *planes[3] = {y444, u444, v444};
	const RECTANGLE_16 all = {0, 0, W, H};
	const prim_size_t size = {W, H};

	return primitives->YUV420CombineToYUV444(AVC444_LUMA, from[0], from_strides, W, H, to,
			       to_strides, &all) == PRIMITIVES_SUCCESS &&
	       primitives->YUV420CombineToYUV444(is_version2 ? AVC444_CHROMAv2 : AVC444_CHROMAv1,
			       from[1], from_strides, W, H, to, to_strides,
			       &all) == PRIMITIVES_SUCCESS &&
	       primitives->YUV444ToRGB_8u_P3AC4R(planes, to_strides, (BYTE *)theirs, W * 4,
			       PIXEL_FORMAT_BGRX32, &size) == PRIMITIVES_SUCCESS;
}

static int channels_apart(uint32_t a, uint32_t b)
{
	int most = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		int apart = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));
		most = apart > most ? apart : most;
	}
	return most;
}

static void test_version(bool is_version2, unsigned noise)
{
	struct yuv_picture main = picture_of(&views[0]), auxiliary = picture_of(&views[1]);
	int apart = 0;

	fill(&views[0], 4, noise);
	fill(&views[1], 5, noise);
	CHECK(combine(is_version2));
	yuv444_to_xrgb(&main, &auxiliary, is_version2, (struct yuv_rect){0, 0, W, H}, made, W * 4);
	for (size_t i = 0; i < W * H; i++) {
		int a = channels_apart(made[i], theirs[i]);
		apart = a > apart ? a : apart;
	}
	CHECK(apart <= 2);
	printf("version %d, noise %u: %d from FreeRDP\n", is_version2 ? 2 : 1, noise, apart);
}

static void test_parts(bool is_version2)
{
	struct yuv_picture main = picture_of(&views[0]), auxiliary = picture_of(&views[1]);
	uint32_t seed = 12;

	for (int i = 0; i < 200; i++) {
		int32_t x1 = (int32_t)(reference_random(&seed) % W);
		int32_t y1 = (int32_t)(reference_random(&seed) % H);
		struct yuv_rect r = {x1, y1,
				x1 + 1 + (int32_t)(reference_random(&seed) % (uint32_t)(W - x1)),
				y1 + 1 + (int32_t)(reference_random(&seed) % (uint32_t)(H - y1))};
		size_t n = (size_t)(r.x2 - r.x1);
		yuv444_to_xrgb(&main, &auxiliary, is_version2, r, part, (uint32_t)n * 4);
		for (int32_t y = r.y1; y < r.y2; y++)
			CHECK(memcmp(part + (size_t)(y - r.y1) * n, made + (size_t)y * W + r.x1,
					      n * 4) == 0);
	}
}

int main(void)
{
	for (int version = 1; version <= 2; version++) {
		TEST("noise: the filter works on nearly all") {
			test_version(version == 2, 130);
		}
		TEST("flat: the filter stays away from most") {
			test_version(version == 2, 9);
		}
		TEST("any part is what the whole gives") {
			test_parts(version == 2);
		}
	}
	TEST_END();
}
