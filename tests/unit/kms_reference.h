/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain compositor to compare with, pixel by pixel and without any region, and
 * a source of random pictures and places. Shared by the tests of composition. What
 * is neither scaled nor converted must be equal; the rest may be off by `slack`.
 */
#ifndef TESTS_UNIT_KMS_REFERENCE_H
#define TESTS_UNIT_KMS_REFERENCE_H

#include <drm_fourcc.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kms/display.h"

enum {
	REFERENCE_WIDTH = 64,
	REFERENCE_HEIGHT = 70,
	REFERENCE_SIDE_MAX = 80,
	REFERENCE_RETIRED_MAX = 64,
	REFERENCE_BUFFER = 64 * 1024
};

/* A layer with its pixels inside, so that a copy is a snapshot. */
struct reference_layer {
	bool is_shown, is_shared; /* in memory that hardware may read */
	uint32_t format, width, height;
	enum yuv_encoding encoding;
	enum yuv_range range;
	struct display_place place; /* complete */
	uint32_t pixels[REFERENCE_SIDE_MAX * REFERENCE_SIDE_MAX];
	uint8_t luma[REFERENCE_SIDE_MAX * REFERENCE_SIDE_MAX];
	uint8_t chroma[REFERENCE_SIDE_MAX / 2 * REFERENCE_SIDE_MAX];
};

struct reference {
	struct reference_layer layers[DISPLAY_LAYERS];
};

struct reference_pixel {
	uint32_t colour; /* 0xAARRGGBB */
	uint32_t slack;  /* a channel may be off by this */
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

static inline uint32_t reference_channel(double value)
{
	return value < 0 ? 0 : value > 255 ? 255 : (uint32_t)(value + 0.5);
}

/* ITU-T H.273 table 4, 8 bits. */
static inline uint32_t reference_yuv(double y, double u, double v, enum yuv_encoding encoding,
		enum yuv_range range)
{
	static const double weights[][2] = {
			[YUV_BT601] = {0.299, 0.114},
			[YUV_BT709] = {0.2126, 0.0722},
			[YUV_BT2020] = {0.2627, 0.0593},
	};
	double kr = weights[encoding][0], kb = weights[encoding][1];
	double light = range == YUV_FULL ? y : (y - 16) * 255 / 219;
	double cb = (u - 128) * (range == YUV_FULL ? 1 : 255.0 / 224);
	double cr = (v - 128) * (range == YUV_FULL ? 1 : 255.0 / 224);
	double red = light + 2 * (1 - kr) * cr, blue = light + 2 * (1 - kb) * cb;
	double green = light - (2 * (1 - kb) * kb * cb + 2 * (1 - kr) * kr * cr) / (1 - kr - kb);

	return 0xff000000 | reference_channel(red) << 16 | reference_channel(green) << 8 |
	       reference_channel(blue);
}

static inline bool reference_is_yuv(const struct reference_layer *layer)
{
	return layer->format == DRM_FORMAT_NV12;
}

static inline bool reference_is_scaled(const struct reference_layer *layer)
{
	const struct display_place *place = &layer->place;

	return place->width != (uint32_t)(place->source.x2 - place->source.x1) ||
	       place->height != (uint32_t)(place->source.y2 - place->source.y1);
}

/* Where samples lie: `step` bytes apart in a row of `stride`, within the bounds. */
struct reference_plane {
	const uint8_t *samples;
	uint32_t step, stride;
	int32_t x1, y1, x2, y2;
};

static inline double reference_sample(const struct reference_plane *of, double x, double y)
{
	int32_t column[2], row[2];
	double result = 0, part_x, part_y;

	x = x < of->x1 ? of->x1 : x > of->x2 - 1 ? of->x2 - 1 : x;
	y = y < of->y1 ? of->y1 : y > of->y2 - 1 ? of->y2 - 1 : y;
	column[0] = (int32_t)x;
	row[0] = (int32_t)y;
	column[1] = column[0] + 1 < of->x2 ? column[0] + 1 : column[0];
	row[1] = row[0] + 1 < of->y2 ? row[0] + 1 : row[0];
	part_x = x - column[0];
	part_y = y - row[0];
	for (unsigned i = 0; i < 4; i++)
		result += of->samples[(uint32_t)row[i / 2] * of->stride +
					  (uint32_t)column[i % 2] * of->step] *
		          (i % 2 ? part_x : 1 - part_x) * (i / 2 ? part_y : 1 - part_y);
	return result;
}

/* The colour of a layer at a place of its source, between the pixels. */
static inline uint32_t reference_colour(const struct reference_layer *layer, double x, double y)
{
	const struct display_rect *source = &layer->place.source;
	struct reference_plane plane = {
			NULL, 4, layer->width * 4, source->x1, source->y1, source->x2, source->y2};
	uint32_t result = 0;

	if (!reference_is_scaled(layer)) {
		uint32_t at = (uint32_t)y * layer->width + (uint32_t)x;
		const uint8_t *pair = layer->chroma +
		                      (uint32_t)y / 2 * ((layer->width + 1) / 2 * 2) +
		                      (uint32_t)x / 2 * 2;
		if (reference_is_yuv(layer))
			return reference_yuv(layer->luma[at], pair[0], pair[1], layer->encoding,
					layer->range);
		return layer->pixels[at] | (layer->format == DRM_FORMAT_XRGB8888 ? 0xff000000 : 0);
	}
	if (!reference_is_yuv(layer)) {
		for (unsigned i = 0; i < 4; i++) {
			plane.samples = (const uint8_t *)layer->pixels + i;
			result |= reference_channel(reference_sample(&plane, x, y)) << (8 * i);
		}
		return result | (layer->format == DRM_FORMAT_XRGB8888 ? 0xff000000 : 0);
	}
	struct reference_plane luma = plane, chroma = plane;

	luma.samples = layer->luma;
	luma.step = 1;
	luma.stride = layer->width;
	chroma.step = 2;
	chroma.stride = (layer->width + 1) / 2 * 2;
	chroma.x1 /= 2;
	chroma.y1 /= 2;
	chroma.x2 = (chroma.x2 + 1) / 2;
	chroma.y2 = (chroma.y2 + 1) / 2;
	chroma.samples = layer->chroma;
	double at_x = (x - 0.5) / 2, at_y = (y - 0.5) / 2;
	double u = reference_sample(&chroma, at_x, at_y);

	chroma.samples = layer->chroma + 1;
	return reference_yuv(reference_sample(&luma, x, y), u,
			reference_sample(&chroma, at_x, at_y), layer->encoding, layer->range);
}

static inline bool reference_is_visible(const struct reference_layer *layer, int32_t x, int32_t y)
{
	const struct display_place *place = &layer->place;
	bool is_seen = place->visible_count == 0;

	for (unsigned i = 0; i < place->visible_count; i++) {
		const struct display_rect *rect = &place->visible[i];
		is_seen |= x >= rect->x1 && x < rect->x2 && y >= rect->y1 && y < rect->y2;
	}
	return layer->is_shown && is_seen && x >= place->x && y >= place->y &&
	       x < place->x + (int32_t)place->width && y < place->y + (int32_t)place->height;
}

/* What the output must show at x, y. */
static inline struct reference_pixel reference_at(const struct reference *of, int32_t x, int32_t y)
{
	struct reference_pixel pixel = {0, 0};

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		const struct reference_layer *layer = &of->layers[i];
		const struct display_place *place = &layer->place;
		if (!reference_is_visible(layer, x, y))
			continue;
		bool is_scaled = reference_is_scaled(layer);
		double width = place->source.x2 - place->source.x1;
		double height = place->source.y2 - place->source.y1;
		uint32_t above = reference_colour(layer,
				place->source.x1 + (x - place->x + 0.5) * width / place->width -
						0.5,
				place->source.y1 + (y - place->y + 0.5) * height / place->height -
						0.5);
		uint32_t slack = (is_scaled ? 4u : 0) + (reference_is_yuv(layer) ? 2u : 0);
		if (layer->format != DRM_FORMAT_ARGB8888)
			pixel.slack = slack;
		else if (slack || pixel.slack)
			pixel.slack = (slack > pixel.slack ? slack : pixel.slack) + 2;
		pixel.colour = reference_over(pixel.colour, above);
	}
	return pixel;
}

static inline bool reference_fits(struct reference_pixel wanted, uint32_t seen)
{
	for (unsigned shift = 0; shift < 24; shift += 8)
		if (abs((int)(wanted.colour >> shift & 255) - (int)(seen >> shift & 255)) >
				(int)wanted.slack)
			return false;
	return true;
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
			count += !reference_fits(reference_at(of, (int32_t)x, (int32_t)y), row[x]);
	}
	return count;
}

static inline struct display_picture reference_picture(const struct reference_layer *layer)
{
	struct display_picture picture = {
			.format = layer->format,
			.width = layer->width,
			.height = layer->height,
			.stride = layer->width * 4,
			.pixels = layer->pixels,
			.encoding = layer->encoding,
			.range = layer->range,
	};

	if (reference_is_yuv(layer)) {
		picture.stride = layer->width;
		picture.pixels = layer->luma;
		picture.chroma = layer->chroma;
		picture.chroma_stride = (layer->width + 1) / 2 * 2;
	}
	return picture;
}

static inline void reference_place(struct reference_layer *layer, uint32_t *seed)
{
	struct display_place *place = &layer->place;
	int32_t width = (int32_t)layer->width, height = (int32_t)layer->height;

	*place = (struct display_place){
			.x = (int32_t)reference_below(seed, 120) - 50,
			.y = (int32_t)reference_below(seed, 100) - 40,
			.source = {0, 0, width, height},
	};
	if (reference_below(seed, 4) == 0) {
		place->source.x1 = (int32_t)reference_below(seed, layer->width);
		place->source.y1 = (int32_t)reference_below(seed, layer->height);
		place->source.x2 -= (int32_t)reference_below(seed,
				(uint32_t)(width - place->source.x1));
		place->source.y2 -= (int32_t)reference_below(seed,
				(uint32_t)(height - place->source.y1));
	}
	place->width = (uint32_t)(place->source.x2 - place->source.x1);
	place->height = (uint32_t)(place->source.y2 - place->source.y1);
	if (reference_below(seed, 4) == 0) {
		place->width = 1 + reference_below(seed, 100);
		place->height = 1 + reference_below(seed, 100);
	}
	if (reference_below(seed, 5) == 0)
		place->visible_count = 1 + reference_below(seed, 4);
	for (unsigned i = 0; i < place->visible_count; i++) {
		struct display_rect *rect = &place->visible[i];
		rect->x1 = (int32_t)reference_below(seed, 70) - 5;
		rect->y1 = (int32_t)reference_below(seed, 70) - 5;
		rect->x2 = rect->x1 + (int32_t)reference_below(seed, 50);
		rect->y2 = rect->y1 + (int32_t)reference_below(seed, 50);
	}
}

/* Neighbours in luma and chroma are alike, as in films: between them lies no cliff. */
static inline void reference_fill(struct reference_layer *layer, struct display_rect rect,
		uint32_t *seed)
{
	uint32_t pairs = (layer->width + 1) / 2 * 2, any = reference_random(seed);

	for (int32_t y = rect.y1; y < rect.y2; y++)
		for (int32_t x = rect.x1; x < rect.x2; x++) {
			uint32_t at = (uint32_t)y * layer->width + (uint32_t)x;
			uint8_t *pair = &layer->chroma[(uint32_t)y / 2 * pairs +
						       (uint32_t)x / 2 * 2];
			layer->pixels[at] =
					reference_pixel(seed, layer->format == DRM_FORMAT_ARGB8888);
			layer->luma[at] = (uint8_t)(reference_random(seed) >> 8);
			pair[0] = (uint8_t)(any + (uint32_t)x * 3);
			pair[1] = (uint8_t)((any >> 8) + (uint32_t)y * 3);
		}
}

static inline void reference_make(struct reference_layer *layer, uint32_t *seed,
		enum display_layer index)
{
	static const uint32_t formats[] = {
			DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_NV12};

	layer->is_shown = true;
	layer->format = formats[index == DISPLAY_VIDEO && reference_below(seed, 4)
						? 2
						: reference_below(seed, 3)];
	layer->width = 1 + reference_below(seed, REFERENCE_SIDE_MAX);
	layer->height = 1 + reference_below(seed, REFERENCE_SIDE_MAX);
	layer->encoding = (enum yuv_encoding)reference_below(seed, 3);
	layer->range = (enum yuv_range)reference_below(seed, 2);
	layer->is_shared = reference_below(seed, 2);
	reference_place(layer, seed);
	if (index <= DISPLAY_VIDEO && reference_below(seed, 3) == 0) { /* all of a small screen */
		layer->width = REFERENCE_WIDTH;
		layer->height = REFERENCE_HEIGHT;
		layer->place = (struct display_place){.width = REFERENCE_WIDTH,
				.height = REFERENCE_HEIGHT,
				.source = {0, 0, REFERENCE_WIDTH, REFERENCE_HEIGHT}};
	}
	reference_fill(layer,
			(struct display_rect){0, 0, (int32_t)layer->width, (int32_t)layer->height},
			seed);
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
	reference_fill(layer, rect, seed);
	if (reference_below(seed, 4) == 0) {
		rect.x1 -= 3;
		rect.y2 += 1000;
	}
	return rect;
}

/* Memory that hardware may read, over a memfd. */
struct reference_buffer {
	uint8_t *memory;
	struct display_buffer *buffer;
};

/*
 * One random change of one layer: staged through display_place_layer-like calls by the
 * caller's functions and done to `of` alike. `memory` keeps the staged pixels alive: two
 * per layer, used in turn; shared ones until reference_release, when nothing of what was
 * replaced is on the screen any more.
 */
struct reference_memory {
	struct reference_layer copies[DISPLAY_LAYERS][2];
	unsigned turn[DISPLAY_LAYERS];
	struct reference_buffer shown[DISPLAY_LAYERS], retired[REFERENCE_RETIRED_MAX];
	unsigned retired_count;
};

struct reference_calls {
	int (*place)(void *data, enum display_layer layer, const struct display_picture *picture,
			const struct display_place *place, const struct display_rect *damage,
			unsigned count);
	void (*move)(void *data, enum display_layer layer, int32_t x, int32_t y);
	/* NULL: no memory is shared. What can't be imported is shown from memory. */
	int (*import)(void *data, const struct display_buffer_info *info,
			struct display_buffer **ret);
	void *data;
};

static inline void reference_end(struct reference_buffer *buffer)
{
	display_buffer_destroy(buffer->buffer);
	if (buffer->memory)
		munmap(buffer->memory, REFERENCE_BUFFER);
	*buffer = (struct reference_buffer){0};
}

static inline void reference_release(struct reference_memory *memory)
{
	for (unsigned i = 0; i < memory->retired_count; i++)
		reference_end(&memory->retired[i]);
	memory->retired_count = 0;
}

/* At the very end, when nothing is shown any more. */
static inline void reference_finish(struct reference_memory *memory)
{
	reference_release(memory);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		reference_end(&memory->shown[i]);
}

/* Put the layer's pixels into memory of its own and make that known. */
static inline struct reference_buffer reference_share(const struct reference_layer *layer,
		const struct reference_calls *calls, struct display_picture *picture)
{
	uint32_t pairs = (layer->width + 1) / 2 * 2, stride = (pairs + 63) / 64 * 64;
	struct reference_buffer shared = {0};
	bool is_yuv = reference_is_yuv(layer);
	struct display_buffer_info info = {
			.fds = {memfd_create("reference", MFD_CLOEXEC | MFD_ALLOW_SEALING), -1},
			.format = layer->format,
			.width = layer->width,
			.height = layer->height,
			.strides = {is_yuv ? stride : 4 * stride, stride},
			.offsets = {0, stride * layer->height},
	};

	if (info.fds[0] < 0 || ftruncate(info.fds[0], REFERENCE_BUFFER) < 0 ||
			fcntl(info.fds[0], F_ADD_SEALS, F_SEAL_SHRINK) < 0)
		abort();
	shared.memory = mmap(NULL, REFERENCE_BUFFER, PROT_READ | PROT_WRITE, MAP_SHARED,
			info.fds[0], 0);
	for (uint32_t y = 0; y < layer->height; y++)
		memcpy(shared.memory + y * info.strides[0],
				is_yuv ? (const void *)(layer->luma + y * layer->width)
				       : layer->pixels + y * layer->width,
				layer->width * (is_yuv ? 1 : 4));
	for (uint32_t y = 0; is_yuv && y < (layer->height + 1) / 2; y++)
		memcpy(shared.memory + info.offsets[1] + y * stride, layer->chroma + y * pairs,
				pairs);
	if (calls->import(calls->data, &info, &shared.buffer) < 0)
		shared.buffer = NULL;
	close(info.fds[0]);
	picture->pixels = shared.memory;
	picture->stride = info.strides[0];
	if (is_yuv) {
		picture->chroma = shared.memory + info.offsets[1];
		picture->chroma_stride = stride;
	}
	picture->buffer = shared.buffer;
	return shared;
}

/* Stage a layer as it is now. */
static inline int reference_stage(struct reference *of, struct reference_memory *memory,
		unsigned index, const struct reference_calls *calls,
		const struct display_rect *rects, unsigned count)
{
	struct reference_layer *layer = &of->layers[index];
	struct reference_layer *copy = &memory->copies[index][memory->turn[index]++ % 2];
	struct display_picture picture;

	if (memory->shown[index].memory) {
		memory->retired[memory->retired_count++] = memory->shown[index];
		memory->shown[index] = (struct reference_buffer){0};
	}
	*copy = *layer;
	picture = reference_picture(copy);
	if (layer->is_shown && layer->is_shared && calls->import)
		memory->shown[index] = reference_share(layer, calls, &picture);
	return calls->place(calls->data, (enum display_layer)index,
			layer->is_shown ? &picture : NULL, &layer->place, rects, count);
}

/* The output is a new one: stage all layers. */
static inline void reference_restage(struct reference *of, struct reference_memory *memory,
		const struct reference_calls *calls)
{
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		reference_stage(of, memory, i, calls, NULL, 0);
}

static inline int reference_step(struct reference *of, struct reference_memory *memory,
		uint32_t *seed, const struct reference_calls *calls)
{
	enum display_layer index = (enum display_layer)reference_below(seed, DISPLAY_LAYERS);
	struct reference_layer *layer = &of->layers[index];
	struct display_rect rects[4];
	unsigned count = 0, kind = reference_below(seed, 12);

	if (kind == 0) {
		layer->is_shown = false;
		return reference_stage(of, memory, index, calls, NULL, 0);
	}
	if (kind <= 3 && layer->is_shown) {
		layer->place.x = (int32_t)reference_below(seed, 120) - 50;
		layer->place.y = (int32_t)reference_below(seed, 100) - 40;
		calls->move(calls->data, index, layer->place.x, layer->place.y);
		return 0;
	}
	if (kind <= 5 || !layer->is_shown)
		reference_make(layer, seed, index);
	else if (kind == 6)
		reference_place(layer, seed);
	else
		for (unsigned wanted = 1 + reference_below(seed, 4); count < wanted; count++)
			rects[count] = reference_touch(layer, seed);
	return reference_stage(of, memory, index, calls, rects, count);
}

#endif
