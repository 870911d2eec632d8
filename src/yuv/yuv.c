/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every path makes three lines of samples, one luma and two chroma per pixel, and one
 * loop mixes them; so colours cannot differ between the paths. Samples are signed with 8 bits behind
 * the point, luma less 128 as chroma is. Coefficients have 13 bits behind it: the high
 * half of a product has 5, and no sum leaves 16 bits. The loops are plain, on
 * 16 bits and without aliases, so that the compiler makes vectors of them (-O3 in
 * tools/rules.mk). Within 1/255 for all inputs (tests/unit/yuv_convert). swscale was less exact and
 * slower when it was tried; libyuv was faster, but would bring libstdc++ and libjpeg into every
 * process, and neither knows the layouts of AVC444.
 */
#include "yuv/yuv.h"

#include <assert.h>
#include <libdrm/drm_fourcc.h>

#include "yuv/lines.h"

bool yuv_is_format(uint32_t format)
{
	return format == DRM_FORMAT_NV12 || format == DRM_FORMAT_P010;
}

/* Kr and Kb of ITU-T H.273 table 4. */
static const double weights[][2] = {
		[YUV_BT601] = {0.299, 0.114},
		[YUV_BT709] = {0.2126, 0.0722},
		[YUV_BT2020] = {0.2627, 0.0593},
};

static int16_t fixed(double value)
{
	return (int16_t)(value * 8192 + (value < 0 ? -0.5 : 0.5));
}

struct yuv_matrix yuv_matrix_of(const struct yuv_picture *picture)
{
	bool is_limited = picture->range == YUV_LIMITED;
	double kr = weights[picture->encoding][0], kb = weights[picture->encoding][1];
	double kg = 1 - kr - kb;
	/* Ten bits of the full range end at 1023, not at 4 x 255. */
	double whole = picture->format == DRM_FORMAT_P010 ? 1020.0 / 1023 : 1;
	double luma = is_limited ? 255.0 / 219 : whole, chroma = is_limited ? 255.0 / 224 : whole;
	double black = is_limited ? 16 : 0;

	return (struct yuv_matrix){
			.luma = fixed(luma),
			/* Half a step for rounding, and what three cut products lose on average. */
			.offset = (int16_t)((128 - black) * luma * 32 + 0.5 + 16 + 1),
			.v_to_red = fixed(2 * (1 - kr) * chroma),
			.u_to_green = fixed(-2 * (1 - kb) * kb / kg * chroma),
			.v_to_green = fixed(-2 * (1 - kr) * kr / kg * chroma),
			.u_to_blue = fixed(2 * (1 - kb) * chroma),
	};
}

static int16_t times(int16_t a, int16_t b)
{
	return (int16_t)((a * b) >> 16);
}

static int16_t channel(int16_t value)
{
	int16_t whole = value >> 5;

	whole = whole < 0 ? 0 : whole;
	return whole > 255 ? 255 : whole;
}

void yuv_mix(const struct yuv_matrix *matrix, const struct yuv_line *line, unsigned count,
		uint32_t *restrict pixels)
{
	const struct yuv_matrix m = *matrix;
	const int16_t *restrict y = line->y, *restrict u = line->u, *restrict v = line->v;
	uint16_t *restrict halves = (uint16_t *)(void *)pixels;

	/* A pixel as two halves: nothing here is wider than 16 bits. */
	for (size_t i = 0; i < count; i++) {
		int16_t light = (int16_t)(times(y[i], m.luma) + m.offset);
		int16_t red = channel((int16_t)(light + times(v[i], m.v_to_red)));
		int16_t green = channel((int16_t)(light + times(u[i], m.u_to_green) +
						  times(v[i], m.v_to_green)));
		int16_t blue = channel((int16_t)(light + times(u[i], m.u_to_blue)));
		halves[2 * i] = (uint16_t)(blue | green << 8);
		halves[2 * i + 1] = (uint16_t)(red | 0xff00);
	}
}

static int16_t sample8(unsigned value)
{
	return (int16_t)((value << 8) - 0x8000);
}

static int16_t sample16(unsigned value)
{
	return (int16_t)(value - 0x8000);
}

void yuv_load_bytes(const uint8_t *restrict from, unsigned count, int16_t *restrict to)
{
	for (size_t i = 0; i < count; i++)
		to[i] = sample8(from[i]);
}

static void load_words(const uint16_t *restrict from, unsigned count, int16_t *restrict to)
{
	for (size_t i = 0; i < count; i++)
		to[i] = sample16(from[i]);
}

/* `count` pairs of U and V, each for two pixels. */
static void spread_bytes(const uint8_t *restrict from, unsigned count, int16_t *restrict u,
		int16_t *restrict v)
{
	for (size_t i = 0; i < count; i++) {
		u[2 * i] = u[2 * i + 1] = sample8(from[2 * i]);
		v[2 * i] = v[2 * i + 1] = sample8(from[2 * i + 1]);
	}
}

static void spread_words(const uint16_t *restrict from, unsigned count, int16_t *restrict u,
		int16_t *restrict v)
{
	for (size_t i = 0; i < count; i++) {
		u[2 * i] = u[2 * i + 1] = sample16(from[2 * i]);
		v[2 * i] = v[2 * i + 1] = sample16(from[2 * i + 1]);
	}
}

void yuv_load_luma(const struct yuv_picture *picture, uint32_t x, uint32_t y, unsigned count,
		int16_t *to)
{
	const uint8_t *row = picture->luma + (size_t)y * picture->luma_stride;

	if (picture->format == DRM_FORMAT_P010)
		load_words((const uint16_t *)(const void *)row + x, count, to);
	else
		yuv_load_bytes(row + x, count, to);
}

/* Chroma of the pixels from the even column x; one more may be written than asked for. */
static void load_chroma(const struct yuv_picture *picture, uint32_t x, uint32_t y, unsigned count,
		struct yuv_line *line)
{
	const uint8_t *row = picture->chroma + (size_t)(y / 2) * picture->chroma_stride;

	if (picture->format == DRM_FORMAT_P010)
		spread_words((const uint16_t *)(const void *)row + x, (count + 1) / 2, line->u,
				line->v);
	else
		spread_bytes(row + x, (count + 1) / 2, line->u, line->v);
}

static void check(const struct yuv_picture *picture, struct yuv_rect rect)
{
	assert(yuv_is_format(picture->format));
	assert(rect.x1 >= 0 && rect.y1 >= 0 && rect.x1 <= rect.x2 && rect.y1 <= rect.y2);
	assert((uint32_t)rect.x2 <= picture->width && (uint32_t)rect.y2 <= picture->height);
}

void yuv_to_xrgb(const struct yuv_picture *picture, struct yuv_rect rect, uint32_t *pixels,
		uint32_t stride)
{
	struct yuv_matrix matrix = yuv_matrix_of(picture);
	struct yuv_line line;
	uint32_t x2 = (uint32_t)rect.x2;

	check(picture, rect);
	for (uint32_t y = (uint32_t)rect.y1; y < (uint32_t)rect.y2; y++) {
		uint32_t *to = pixels;
		for (uint32_t x = (uint32_t)rect.x1, end; x < x2; x = end) {
			/* A first odd column alone; pairs behind it. */
			end = x % 2 ? x + 1 : x2 - x < YUV_LINE ? x2 : x + YUV_LINE;
			yuv_load_luma(picture, x, y, end - x, line.y);
			load_chroma(picture, x / 2 * 2, y, end - x, &line);
			yuv_mix(&matrix, &line, end - x, to);
			to += end - x;
		}
		pixels = (uint32_t *)(void *)((uint8_t *)pixels + stride);
	}
}
