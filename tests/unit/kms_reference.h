/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain compositor to compare with, pixel by pixel and without any region, and
 * a source of random pictures. Shared by the tests of composition.
 */
#ifndef TESTS_UNIT_KMS_REFERENCE_H
#define TESTS_UNIT_KMS_REFERENCE_H

#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>

#include "kms/display.h"

enum { REFERENCE_SIDE_MAX = 80 };

/* A layer with its pixels inside, so that a copy is a snapshot. */
struct reference_layer {
	bool is_shown, has_alpha;
	uint32_t width, height;
	int32_t x, y;
	uint32_t pixels[REFERENCE_SIDE_MAX * REFERENCE_SIDE_MAX];
};

struct reference {
	struct reference_layer layers[DISPLAY_LAYERS];
};

static inline uint32_t reference_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static inline uint32_t reference_below(uint32_t *seed, uint32_t limit)
{
	return reference_random(seed) % limit;
}

/* Premultiplied: no colour above its alpha. */
static inline uint32_t reference_pixel(uint32_t *seed, bool has_alpha)
{
	uint32_t alpha = 255, any = reference_random(seed);

	if (has_alpha)
		alpha = any % 4 == 0 ? 0 : any % 4 == 1 ? 255 : reference_below(seed, 256);
	return alpha << 24 | reference_below(seed, alpha + 1) << 16 |
	       reference_below(seed, alpha + 1) << 8 | reference_below(seed, alpha + 1);
}

static inline uint32_t reference_over(uint32_t below, uint32_t above)
{
	uint32_t rest = 255 - (above >> 24), result = 0;

	for (unsigned shift = 0; shift < 24; shift += 8) {
		uint32_t product = (below >> shift & 255) * rest + 128;
		uint32_t sum = (above >> shift & 255) + ((product + (product >> 8)) >> 8);
		result |= (sum > 255 ? 255 : sum) << shift;
	}
	return result;
}

/* What the output must show at x, y: 0xRRGGBB. */
static inline uint32_t reference_at(const struct reference *of, int32_t x, int32_t y)
{
	uint32_t pixel = 0;

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		const struct reference_layer *layer = &of->layers[i];
		int32_t column = x - layer->x, row = y - layer->y;
		if (!layer->is_shown || column < 0 || row < 0 || column >= (int32_t)layer->width ||
				row >= (int32_t)layer->height)
			continue;
		uint32_t above = layer->pixels[(uint32_t)row * layer->width + (uint32_t)column];
		pixel = layer->has_alpha ? reference_over(pixel, above) : above & 0xffffff;
	}
	return pixel;
}

/* How many of width x height pixels (rows of `stride` bytes) differ from the reference. */
static inline unsigned reference_differs(const struct reference *of, const void *pixels,
		uint32_t width, uint32_t height, uint32_t stride)
{
	unsigned count = 0;

	for (uint32_t y = 0; y < height; y++) {
		const uint32_t *row =
				(const uint32_t *)((const uint8_t *)pixels + (size_t)y * stride);
		for (uint32_t x = 0; x < width; x++)
			count += (row[x] & 0xffffff) != reference_at(of, (int32_t)x, (int32_t)y);
	}
	return count;
}

static inline struct display_picture reference_picture(const struct reference_layer *layer)
{
	return (struct display_picture){
			.format = layer->has_alpha ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888,
			.width = layer->width,
			.height = layer->height,
			.stride = layer->width * 4,
			.pixels = layer->pixels,
	};
}

static inline void reference_make(struct reference_layer *layer, uint32_t *seed)
{
	layer->is_shown = true;
	layer->has_alpha = reference_below(seed, 2);
	layer->width = 1 + reference_below(seed, REFERENCE_SIDE_MAX);
	layer->height = 1 + reference_below(seed, REFERENCE_SIDE_MAX);
	layer->x = (int32_t)reference_below(seed, 120) - 50;
	layer->y = (int32_t)reference_below(seed, 100) - 40;
	for (uint32_t i = 0; i < layer->width * layer->height; i++)
		layer->pixels[i] = reference_pixel(seed, layer->has_alpha);
}

/* Change the pixels of one random rectangle, which is returned (with a margin outside now and
 * then). */
static inline struct display_rect reference_touch(struct reference_layer *layer, uint32_t *seed)
{
	struct display_rect rect = {
			.x1 = (int32_t)reference_below(seed, layer->width),
			.y1 = (int32_t)reference_below(seed, layer->height),
	};

	rect.x2 = rect.x1 + 1 + (int32_t)reference_below(seed, layer->width - (uint32_t)rect.x1);
	rect.y2 = rect.y1 + 1 + (int32_t)reference_below(seed, layer->height - (uint32_t)rect.y1);
	for (int32_t y = rect.y1; y < rect.y2; y++)
		for (int32_t x = rect.x1; x < rect.x2; x++)
			layer->pixels[(uint32_t)y * layer->width + (uint32_t)x] =
					reference_pixel(seed, layer->has_alpha);
	if (reference_below(seed, 4) == 0) {
		rect.x1 -= 3;
		rect.y2 += 1000;
	}
	return rect;
}

/*
 * One random change of one layer: staged through display_set_layer-like calls by the
 * caller's functions and done to `of` alike. `memory` keeps the staged pixels alive: two
 * per layer, used in turn.
 */
struct reference_memory {
	struct reference_layer copies[DISPLAY_LAYERS][2];
	unsigned turn[DISPLAY_LAYERS];
};

struct reference_calls {
	int (*set)(void *data, enum display_layer layer, const struct display_picture *picture,
			int32_t x, int32_t y, const struct display_rect *damage, unsigned count);
	void (*move)(void *data, enum display_layer layer, int32_t x, int32_t y);
	void *data;
};

static inline int reference_step(struct reference *of, struct reference_memory *memory,
		uint32_t *seed, const struct reference_calls *calls)
{
	enum display_layer index = (enum display_layer)reference_below(seed, DISPLAY_LAYERS);
	struct reference_layer *layer = &of->layers[index];
	struct display_rect rects[4];
	unsigned count = 0, kind = reference_below(seed, 10);

	if (kind == 0) {
		layer->is_shown = false;
		return calls->set(calls->data, index, NULL, 0, 0, NULL, 0);
	}
	if (kind <= 3 && layer->is_shown) {
		layer->x = (int32_t)reference_below(seed, 120) - 50;
		layer->y = (int32_t)reference_below(seed, 100) - 40;
		calls->move(calls->data, index, layer->x, layer->y);
		return 0;
	}
	if (kind <= 5 || !layer->is_shown)
		reference_make(layer, seed);
	else
		for (unsigned wanted = 1 + reference_below(seed, 4); count < wanted; count++)
			rects[count] = reference_touch(layer, seed);
	struct reference_layer *copy = &memory->copies[index][memory->turn[index]++ % 2];
	*copy = *layer;
	struct display_picture picture = reference_picture(copy);
	return calls->set(calls->data, index, &picture, layer->x, layer->y, rects, count);
}

#endif
