/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region is split by a walk from the top layer down. Where the uppermost
 * thing is an opaque layer or nothing at all, rows are copied (or blackened)
 * straight into the target. Only where a layer with alpha lies on top are the
 * layers blended, from the highest opaque one that covers the whole box upwards,
 * in boxes that fit the scratch memory. No pixel of the target is written twice.
 */
#include "kms/compose.h"

#include <drm_fourcc.h>
#include <string.h>

enum { SCRATCH_ROWS = 64 };

void compose_scratch_finish(struct compose_scratch *scratch)
{
	free(scratch->pixels);
	*scratch = (struct compose_scratch){0};
}

static bool is_opaque(const struct scene_layer *layer)
{
	return layer->picture.format == DRM_FORMAT_XRGB8888;
}

static uint8_t *target_at(const struct compose_target *target, int32_t x, int32_t y)
{
	return (uint8_t *)target->pixels + (size_t)y * target->stride + (size_t)x * 4;
}

static const uint8_t *picture_at(const struct scene_layer *layer, int32_t x, int32_t y)
{
	return (const uint8_t *)layer->picture.pixels +
	       (size_t)(y - layer->y) * layer->picture.stride + (size_t)(x - layer->x) * 4;
}

/* Copy a layer's rows into the target, or black where `layer` is NULL. */
static uint64_t copy_region(const struct scene_layer *layer, pixman_region32_t *region,
		const struct compose_target *target)
{
	int count = 0;
	const pixman_box32_t *boxes = pixman_region32_rectangles(region, &count);
	uint64_t bytes = 0;

	for (int i = 0; i < count; i++) {
		size_t row = (size_t)(boxes[i].x2 - boxes[i].x1) * 4;
		for (int32_t y = boxes[i].y1; y < boxes[i].y2; y++) {
			uint8_t *to = target_at(target, boxes[i].x1, y);
			if (layer)
				memcpy(to, picture_at(layer, boxes[i].x1, y), row);
			else
				memset(to, 0, row);
		}
		bytes += row * (size_t)(boxes[i].y2 - boxes[i].y1);
	}
	return bytes;
}

static bool covers(struct display_rect rect, const pixman_box32_t *box)
{
	return rect.x1 <= box->x1 && rect.y1 <= box->y1 && rect.x2 >= box->x2 && rect.y2 >= box->y2;
}

/* The lowest layer that matters in this box: the highest opaque one covering all of it, or -1. */
static int base_of(const struct scene *scene, unsigned layers, const pixman_box32_t *box)
{
	for (int i = DISPLAY_LAYERS - 1; i >= 0; i--)
		if (layers & 1u << i && is_opaque(&scene->layers[i]) &&
				covers(scene_layer_rect(scene, (enum display_layer)i), box))
			return i;
	return -1;
}

static void blend_layer(const struct scene *scene, enum display_layer of, pixman_image_t *onto,
		const pixman_box32_t *box, int32_t x, int32_t y)
{
	const struct scene_layer *layer = &scene->layers[of];
	struct display_rect rect = scene_layer_rect(scene, of);
	int32_t x1 = rect.x1 > box->x1 ? rect.x1 : box->x1;
	int32_t y1 = rect.y1 > box->y1 ? rect.y1 : box->y1;
	int32_t x2 = rect.x2 < box->x2 ? rect.x2 : box->x2;
	int32_t y2 = rect.y2 < box->y2 ? rect.y2 : box->y2;

	if (x1 >= x2 || y1 >= y2)
		return;
	pixman_image_t *picture =
			pixman_image_create_bits_no_clear(is_opaque(layer) ? PIXMAN_x8r8g8b8
									   : PIXMAN_a8r8g8b8,
					(int)layer->picture.width, (int)layer->picture.height,
					(uint32_t *)layer->picture.pixels,
					(int)layer->picture.stride);
	pixman_image_composite32(is_opaque(layer) ? PIXMAN_OP_SRC : PIXMAN_OP_OVER, picture, NULL,
			onto, x1 - layer->x, y1 - layer->y, 0, 0, x1 - box->x1 + x,
			y1 - box->y1 + y, x2 - x1, y2 - y1);
	pixman_image_unref(picture);
}

/* Blend all layers of one box into `onto`, the box's corner at x, y there. */
static void blend_box(const struct scene *scene, unsigned layers, const pixman_box32_t *box,
		pixman_image_t *onto, int32_t x, int32_t y)
{
	int base = base_of(scene, layers, box);

	if (base < 0) {
		pixman_box32_t all = {x, y, x + box->x2 - box->x1, y + box->y2 - box->y1};
		pixman_color_t black = {0};
		pixman_image_fill_boxes(PIXMAN_OP_SRC, onto, &black, 1, &all);
		base = 0;
	}
	for (unsigned i = (unsigned)base; i < DISPLAY_LAYERS; i++)
		if (layers & 1u << i && scene->layers[i].picture.pixels)
			blend_layer(scene, (enum display_layer)i, onto, box, x, y);
}

static void scratch_fit(struct compose_scratch *scratch, const struct scene *scene)
{
	uint32_t height = scene->height < SCRATCH_ROWS ? scene->height : SCRATCH_ROWS;

	if (scratch->pixels && scratch->width == scene->width && scratch->height == height)
		return;
	compose_scratch_finish(scratch);
	scratch->pixels = own_alloc_array((size_t)scene->width * height, sizeof *scratch->pixels);
	scratch->width = scene->width;
	scratch->height = height;
}

static void blend_through_scratch(const struct scene *scene, unsigned layers,
		const pixman_box32_t *box, const struct compose_target *target)
{
	struct compose_scratch *scratch = target->scratch;

	scratch_fit(scratch, scene);
	pixman_image_t *onto = pixman_image_create_bits_no_clear(PIXMAN_x8r8g8b8,
			(int)scratch->width, (int)scratch->height, scratch->pixels,
			(int)scratch->width * 4);
	for (int32_t y = box->y1; y < box->y2; y += (int32_t)scratch->height) {
		pixman_box32_t strip = {box->x1, y, box->x2, y + (int32_t)scratch->height};
		if (strip.y2 > box->y2)
			strip.y2 = box->y2;
		blend_box(scene, layers, &strip, onto, 0, 0);
		for (int32_t row = strip.y1; row < strip.y2; row++)
			memcpy(target_at(target, strip.x1, row),
					scratch->pixels + (size_t)(row - strip.y1) * scratch->width,
					(size_t)(strip.x2 - strip.x1) * 4);
	}
	pixman_image_unref(onto);
}

static uint64_t blend_region(const struct scene *scene, unsigned layers, pixman_region32_t *region,
		const struct compose_target *target)
{
	int count = 0;
	const pixman_box32_t *boxes = pixman_region32_rectangles(region, &count);
	uint64_t bytes = 0;

	if (count == 0)
		return 0;
	pixman_image_t *onto = pixman_image_create_bits_no_clear(PIXMAN_x8r8g8b8, (int)scene->width,
			(int)scene->height, target->pixels, (int)target->stride);
	for (int i = 0; i < count; i++) {
		if (target->is_device)
			blend_through_scratch(scene, layers, &boxes[i], target);
		else
			blend_box(scene, layers, &boxes[i], onto, boxes[i].x1, boxes[i].y1);
		bytes += (uint64_t)(boxes[i].x2 - boxes[i].x1) *
		         (uint64_t)(boxes[i].y2 - boxes[i].y1) * 4;
	}
	pixman_image_unref(onto);
	return bytes;
}

uint64_t compose(const struct scene *scene, unsigned layers, const pixman_region32_t *region,
		const struct compose_target *target)
{
	uint64_t bytes = 0;
	REGION(rest);
	REGION(blended);
	REGION(part);

	region_add(&rest, region);
	region_clip(&rest,
			(struct display_rect){0, 0, (int32_t)scene->width, (int32_t)scene->height});
	for (int i = DISPLAY_LAYERS - 1; i >= 0; i--) {
		struct display_rect rect = scene_layer_rect(scene, (enum display_layer)i);
		if (!(layers & 1u << i) || scene_rect_is_empty(rect))
			continue;
		pixman_region32_copy(&part, &rest);
		region_clip(&part, rect);
		if (is_opaque(&scene->layers[i])) {
			region_cut(&rest, &part);
			region_cut(&part, &blended);
			bytes += copy_region(&scene->layers[i], &part, target);
		} else {
			region_add(&blended, &part);
		}
	}
	region_cut(&rest, &blended);
	bytes += copy_region(NULL, &rest, target);
	return bytes + blend_region(scene, layers, &blended, target);
}
