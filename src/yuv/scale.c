/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bilinear. Where a pixel takes its samples from depends on its place in the whole alone, so
 * parts fit together. Two lines are blended first (in vectors), then the columns of it.
 */
#include <assert.h>
#include <libdrm/drm_fourcc.h>

#include "yuv/lines.h"

enum { SPAN_MAX = 1024 }; /* samples of a line of the source that are blended at a time */

static const int64_t HALF = INT64_C(1) << 31;

/* Samples begin..end - 1 of an axis of the source, shown on `size` pixels; 32 bits of fraction. */
struct axis {
	int64_t begin, end, first, step;
};

/* Two neighbours and how much of the second one, 0..0x7fff. */
struct between {
	uint32_t low, high;
	int16_t part;
};

static struct axis luma_axis(int32_t begin, int32_t end, uint32_t size)
{
	int64_t step = ((int64_t)(end - begin) << 32) / size;

	return (struct axis){begin, end, ((int64_t)begin << 32) + step / 2 - HALF, step};
}

/* A sample of chroma lies amid its two pixels. */
static struct axis chroma_axis(struct axis luma)
{
	return (struct axis){
			luma.begin / 2, (luma.end + 1) / 2, (luma.first - HALF) / 2, luma.step / 2};
}

static struct between find(const struct axis *axis, uint32_t pixel)
{
	int64_t place = axis->first + axis->step * pixel;
	int64_t low = place >> 32, last = axis->end - 1;

	if (low < axis->begin)
		return (struct between){(uint32_t)axis->begin, (uint32_t)axis->begin, 0};
	if (low >= last)
		return (struct between){(uint32_t)last, (uint32_t)last, 0};
	return (struct between){
			(uint32_t)low, (uint32_t)low + 1, (int16_t)((place & UINT32_MAX) >> 17)};
}

static int16_t blend(int a, int b, int part)
{
	return (int16_t)(a + (((b - a) * part) >> 15));
}

/* The high half of a 16 bit product is what vectors have; samples here are 15 bits, not signed. */
static void blend_bytes(const uint8_t *restrict a, const uint8_t *restrict b, int16_t part,
		unsigned count, int16_t *restrict to)
{
	for (size_t i = 0; i < count; i++) {
		int16_t difference = (int16_t)((b[i] - a[i]) * 128);
		to[i] = (int16_t)(a[i] * 128 + ((difference * part) >> 16) * 2);
	}
}

static void blend_words(const uint16_t *restrict a, const uint16_t *restrict b, int16_t part,
		unsigned count, int16_t *restrict to)
{
	for (size_t i = 0; i < count; i++) {
		int16_t difference = (int16_t)((b[i] >> 1) - (a[i] >> 1));
		to[i] = (int16_t)((a[i] >> 1) + ((difference * part) >> 16) * 2);
	}
}

struct plane {
	const uint8_t *samples;
	uint32_t stride;
	bool is_words;
};

static void blend_rows(const struct plane *plane, struct between rows, uint32_t begin,
		unsigned count, int16_t *to)
{
	const uint8_t *a = plane->samples + (size_t)rows.low * plane->stride;
	const uint8_t *b = plane->samples + (size_t)rows.high * plane->stride;

	if (plane->is_words)
		blend_words((const uint16_t *)(const void *)a + begin,
				(const uint16_t *)(const void *)b + begin, rows.part, count, to);
	else
		blend_bytes(a + begin, b + begin, rows.part, count, to);
}

static int16_t to_sample(int16_t value)
{
	return (int16_t)(value * 2 - 0x8000);
}

struct scaler {
	struct plane luma, chroma;
	struct axis x, y, chroma_x, chroma_y;
};

/* Where the pixels of a line take their samples: between `low` and the next one of a row. */
struct columns {
	uint32_t begin, span; /* what of the source is blended into the row */
	uint16_t low[YUV_LINE];
	int16_t part[YUV_LINE];
};

/* What is being made: some columns of the part, all its rows. */
struct strip {
	struct columns luma, chroma;
	struct yuv_line line;
	int16_t row[2 * SPAN_MAX];
};

static void find_columns(const struct axis *axis, uint32_t x, unsigned count, struct columns *ret)
{
	ret->begin = find(axis, x).low;
	ret->span = find(axis, x + count - 1).high - ret->begin + 1;
	for (unsigned i = 0; i < count; i++) {
		struct between at = find(axis, x + i);
		ret->low[i] = (uint16_t)(at.low - ret->begin);
		ret->part[i] = at.part;
	}
}

static void scale_luma(const struct scaler *s, uint32_t y, unsigned count, struct strip *strip)
{
	const struct columns *columns = &strip->luma;
	const int16_t *row = strip->row;

	blend_rows(&s->luma, find(&s->y, y), columns->begin, columns->span, strip->row);
	for (size_t i = 0; i < count; i++) {
		const int16_t *at = row + columns->low[i];
		strip->line.y[i] = to_sample(blend(at[0], at[1], columns->part[i]));
	}
}

static void scale_chroma(const struct scaler *s, uint32_t y, unsigned count, struct strip *strip)
{
	const struct columns *columns = &strip->chroma;
	const int16_t *row = strip->row;

	blend_rows(&s->chroma, find(&s->chroma_y, y), 2 * columns->begin, 2 * columns->span,
			strip->row);
	for (size_t i = 0; i < count; i++) {
		const int16_t *at = row + 2 * columns->low[i];
		strip->line.u[i] = to_sample(blend(at[0], at[2], columns->part[i]));
		strip->line.v[i] = to_sample(blend(at[1], at[3], columns->part[i]));
	}
}

static struct scaler make_scaler(const struct yuv_picture *picture, struct yuv_rect source,
		uint32_t width, uint32_t height)
{
	bool is_words = picture->format == DRM_FORMAT_P010;
	struct axis x = luma_axis(source.x1, source.x2, width);
	struct axis y = luma_axis(source.y1, source.y2, height);

	return (struct scaler){
			.luma = {picture->luma, picture->luma_stride, is_words},
			.chroma = {picture->chroma, picture->chroma_stride, is_words},
			.x = x,
			.y = y,
			.chroma_x = chroma_axis(x),
			.chroma_y = chroma_axis(y),
	};
}

/* How many pixels at a time, so that their samples fit into the row. */
static uint32_t pixels_at_once(const struct axis *axis)
{
	int64_t fit = ((int64_t)(SPAN_MAX - 4) << 32) / axis->step;

	return fit > YUV_LINE ? YUV_LINE : fit < 1 ? 1 : (uint32_t)fit;
}

void yuv_scale_to_xrgb(const struct yuv_picture *picture, struct yuv_rect source, uint32_t width,
		uint32_t height, struct yuv_rect part, uint32_t *pixels, uint32_t stride)
{
	assert(yuv_is_format(picture->format));
	assert(source.x1 >= 0 && source.y1 >= 0 && source.x1 < source.x2 && source.y1 < source.y2);
	assert((uint32_t)source.x2 <= picture->width && (uint32_t)source.y2 <= picture->height);
	assert(part.x1 >= 0 && part.y1 >= 0 && (uint32_t)part.x2 <= width &&
			(uint32_t)part.y2 <= height);
	if ((uint32_t)(source.x2 - source.x1) == width &&
			(uint32_t)(source.y2 - source.y1) == height) {
		struct yuv_rect same = {source.x1 + part.x1, source.y1 + part.y1,
				source.x1 + part.x2, source.y1 + part.y2};
		yuv_to_xrgb(picture, same, pixels, stride);
		return;
	}
	struct yuv_matrix matrix = yuv_matrix_of(picture);
	struct scaler scaler = make_scaler(picture, source, width, height);
	uint32_t most = pixels_at_once(&scaler.x), x2 = (uint32_t)part.x2;
	/* Pixels at an edge look one sample further, with no weight. */
	struct strip strip = {0};
	for (uint32_t x = (uint32_t)part.x1, end; x < x2; x = end) {
		uint32_t *to = pixels + (x - (uint32_t)part.x1);
		end = x2 - x < most ? x2 : x + most;
		find_columns(&scaler.x, x, end - x, &strip.luma);
		find_columns(&scaler.chroma_x, x, end - x, &strip.chroma);
		for (uint32_t y = (uint32_t)part.y1; y < (uint32_t)part.y2; y++) {
			scale_luma(&scaler, y, end - x, &strip);
			scale_chroma(&scaler, y, end - x, &strip);
			yuv_mix(&matrix, &strip.line, end - x, to);
			to = (uint32_t *)(void *)((uint8_t *)to + stride);
		}
	}
}
