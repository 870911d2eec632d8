/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the auxiliary picture keeps the chroma of 4:4:4. Columns are taken in pairs of an
 * even and an odd one. W is the width in whole macroblocks.
 *
 *                      version 1 [MS-RDPEGFX] 3.3.8.3.2   version 2, 3.3.8.3.3
 *   odd row            luma: per 16 rows 8 of U, 8 of V   even columns: chroma, as bytes: W / 2
 *                      that stand for the 8 odd ones      of U, W / 2 of V; odd ones: luma, alike
 *   even row, odd x    chroma                             luma: W / 2 of U, W / 2 of V
 *   even row, even x   both: the main chroma is the mean of four, so 4 x mean less the other three
 *
 * The mean was rounded and everything went through a lossy codec, so the last is used only where
 * it is far (30) from the mean: noise is not made four times as loud in flat areas.
 */
#include <assert.h>
#include <libdrm/drm_fourcc.h>
#include <string.h>

#include "yuv/lines.h"

enum { PAIRS = YUV_LINE / 2, FAR = 30 };

/* Chroma of one row: columns 2k and 2k + 1. */
struct row {
	uint8_t u_even[PAIRS], u_odd[PAIRS], v_even[PAIRS], v_odd[PAIRS];
};

struct views {
	const struct yuv_picture *main, *auxiliary;
	bool is_version2;
	uint32_t half; /* W / 2 */
};

static void split(const uint8_t *restrict from, unsigned count, uint8_t *restrict a,
		uint8_t *restrict b)
{
	for (size_t i = 0; i < count; i++) {
		a[i] = from[2 * i];
		b[i] = from[2 * i + 1];
	}
}

/* The filter of 3.3.8.3.2, on even columns of even rows. */
static void undo_mean(uint8_t *restrict mean, const uint8_t *restrict right,
		const uint8_t *restrict below, const uint8_t *restrict below_right, unsigned count)
{
	for (size_t i = 0; i < count; i++) {
		int16_t old = mean[i];
		int16_t new = (int16_t)(4 * old - right[i] - below[i] - below_right[i]);
		new = new < 0 ? 0 : new > 255 ? 255 : new;
		int16_t distance = (int16_t)(new > old ? new - old : old - new);
		mean[i] = (uint8_t)(distance < FAR ? old : new);
	}
}

static const uint8_t *luma_row(const struct yuv_picture *picture, uint32_t y)
{
	return picture->luma + (size_t)y * picture->luma_stride;
}

static const uint8_t *chroma_row(const struct yuv_picture *picture, uint32_t y)
{
	return picture->chroma + (size_t)(y / 2) * picture->chroma_stride;
}

static void load_main(const struct views *views, uint32_t pair, uint32_t y, unsigned count,
		struct row *row)
{
	split(chroma_row(views->main, y) + 2 * (size_t)pair, count, row->u_even, row->v_even);
}

/* False: the auxiliary picture ends above what belongs to this row. */
static bool load_odd(const struct views *views, uint32_t pair, uint32_t y, unsigned count,
		struct row *row)
{
	const struct yuv_picture *from = views->auxiliary;

	if (views->is_version2) {
		const uint8_t *even = chroma_row(from, y) + pair, *odd = luma_row(from, y) + pair;
		memcpy(row->u_even, even, count);
		memcpy(row->v_even, even + views->half, count);
		memcpy(row->u_odd, odd, count);
		memcpy(row->v_odd, odd + views->half, count);
		return true;
	}
	uint32_t at = y / 16 * 16 + y % 16 / 2;
	if (at + 8 >= from->height)
		return false;
	split(luma_row(from, at) + 2 * (size_t)pair, count, row->u_even, row->u_odd);
	split(luma_row(from, at + 8) + 2 * (size_t)pair, count, row->v_even, row->v_odd);
	return true;
}

static void load_even(const struct views *views, uint32_t pair, uint32_t y, unsigned count,
		struct row *row)
{
	struct row below;

	load_main(views, pair, y, count, row);
	if (views->is_version2) {
		const uint8_t *odd = luma_row(views->auxiliary, y) + pair;
		memcpy(row->u_odd, odd, count);
		memcpy(row->v_odd, odd + views->half, count);
	} else {
		split(chroma_row(views->auxiliary, y) + 2 * (size_t)pair, count, row->u_odd,
				row->v_odd);
	}
	if (y + 1 >= views->main->height || !load_odd(views, pair, y + 1, count, &below))
		return;
	undo_mean(row->u_even, row->u_odd, below.u_even, below.u_odd, count);
	undo_mean(row->v_even, row->v_odd, below.v_even, below.v_odd, count);
}

static void join(const uint8_t *restrict even, const uint8_t *restrict odd, unsigned count,
		int16_t *restrict to)
{
	for (size_t i = 0; i < count; i++) {
		to[2 * i] = (int16_t)((even[i] << 8) - 0x8000);
		to[2 * i + 1] = (int16_t)((odd[i] << 8) - 0x8000);
	}
}

/* Chroma of the pixels of `count` pairs. */
static void load_pairs(const struct views *views, uint32_t pair, uint32_t y, unsigned count,
		struct yuv_line *line)
{
	struct row row;

	if (y % 2 == 0) {
		load_even(views, pair, y, count, &row);
	} else if (!load_odd(views, pair, y, count, &row)) {
		load_main(views, pair, y, count, &row);
		memcpy(row.u_odd, row.u_even, count);
		memcpy(row.v_odd, row.v_even, count);
	}
	join(row.u_even, row.u_odd, count, line->u);
	join(row.v_even, row.v_odd, count, line->v);
}

void yuv444_to_xrgb(const struct yuv_picture *main, const struct yuv_picture *auxiliary,
		bool is_version2, struct yuv_rect rect, uint32_t *pixels, uint32_t stride)
{
	struct yuv_matrix matrix = yuv_matrix_of(main);
	struct views views = {main, auxiliary, is_version2, main->width / 2};
	struct yuv_line line;
	uint32_t pixels_made[YUV_LINE], x2 = (uint32_t)rect.x2;

	assert(main->format == DRM_FORMAT_NV12 && auxiliary->format == DRM_FORMAT_NV12);
	assert(main->width == auxiliary->width && main->height == auxiliary->height);
	assert(main->width % 16 == 0 && main->height % 16 == 0);
	assert(rect.x1 >= 0 && rect.y1 >= 0 && rect.x1 <= rect.x2 && rect.y1 <= rect.y2);
	assert(x2 <= main->width && (uint32_t)rect.y2 <= main->height);
	for (uint32_t y = (uint32_t)rect.y1; y < (uint32_t)rect.y2; y++) {
		uint32_t *to = pixels;
		for (uint32_t x = (uint32_t)rect.x1, end; x < x2; x = end) {
			uint32_t even = x / 2 * 2;
			end = x2 - even < YUV_LINE ? x2 : even + YUV_LINE;
			unsigned count = (end - even + 1) / 2;
			load_pairs(&views, even / 2, y, count, &line);
			yuv_load_luma(main, even, y, 2 * count, line.y);
			yuv_mix(&matrix, &line, 2 * count, pixels_made);
			memcpy(to, pixels_made + (x - even), (end - x) * sizeof(*to));
			to += end - x;
		}
		pixels = (uint32_t *)(void *)((uint8_t *)pixels + stride);
	}
}
