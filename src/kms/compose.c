/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region is split by a walk from the top layer down. Where the uppermost
 * thing is an opaque picture that only needs copying, or nothing at all, rows are
 * copied (or blackened) straight into the target. Everything else - alpha, scaling,
 * luma and chroma, rotation, dimming - is drawn: layer by layer from the highest
 * opaque one that covers the whole box upwards, in boxes that fit the scratch
 * memory, from where rows go to the target. No pixel of the target is written
 * twice, and what a pixel becomes does not depend on how the region is cut.
 */
#include "kms/compose.h"

#include <drm_fourcc.h>
#include <string.h>

enum { SCRATCH_ROWS = 64 };

/* What one call of compose works with. */
struct pass {
	const struct scene *scene;
	const struct compose_target *target;
	unsigned layers;                           /* that are seen, a bit each */
	pixman_region32_t regions[DISPLAY_LAYERS]; /* of these */
	bool is_direct;                            /* rows go into the target as they are */
};

/* Where to draw: pixels with the corner of a box of the scene. */
struct canvas {
	pixman_image_t *image;
	uint32_t *pixels;
	uint32_t stride; /* bytes */
};

void compose_scratch_finish(struct compose_scratch *scratch)
{
	free(scratch->pixels);
	*scratch = (struct compose_scratch){0};
}

static bool is_opaque(const struct scene_layer *layer)
{
	return layer->picture.format != DRM_FORMAT_ARGB8888;
}

static bool is_copy(const struct scene_layer *layer)
{
	return layer->picture.format == DRM_FORMAT_XRGB8888 && scene_layer_is_unscaled(layer);
}

static uint32_t *at(uint32_t *pixels, uint32_t stride, int32_t x, int32_t y)
{
	return (uint32_t *)((uint8_t *)pixels + (size_t)y * stride) + x;
}

static uint32_t *target_at(const struct compose_target *target, int32_t x, int32_t y)
{
	return at(target->pixels, target->stride, x, y);
}

/* A pixel of an unscaled layer of RGB. */
static const uint32_t *picture_at(const struct scene_layer *layer, int32_t x, int32_t y)
{
	const struct display_place *place = &layer->place;

	return at((uint32_t *)layer->picture.pixels, layer->picture.stride,
			x - place->x + place->source.x1, y - place->y + place->source.y1);
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
			uint32_t *to = target_at(target, boxes[i].x1, y);
			if (layer)
				memcpy(to, picture_at(layer, boxes[i].x1, y), row);
			else
				memset(to, 0, row);
		}
		bytes += row * (size_t)(boxes[i].y2 - boxes[i].y1);
	}
	return bytes;
}

/* The lowest layer that matters in this box: the highest opaque one covering all of it, or -1. */
static int base_of(struct pass *pass, const pixman_box32_t *box)
{
	for (int i = DISPLAY_LAYERS - 1; i >= 0; i--)
		if (pass->layers & 1u << i && is_opaque(&pass->scene->layers[i]) &&
				pixman_region32_contains_rectangle(&pass->regions[i],
						(pixman_box32_t *)box) == PIXMAN_REGION_IN)
			return i;
	return -1;
}

/* The source as an image of its own, so that no pixel beside it is mixed in. */
static pixman_image_t *source_image(const struct scene_layer *layer)
{
	const struct display_place *place = &layer->place;
	const struct display_rect *source = &place->source;
	int width = source->x2 - source->x1, height = source->y2 - source->y1;
	pixman_image_t *image =
			pixman_image_create_bits_no_clear(is_opaque(layer) ? PIXMAN_x8r8g8b8
									   : PIXMAN_a8r8g8b8,
					width, height,
					at((uint32_t *)layer->picture.pixels, layer->picture.stride,
							source->x1, source->y1),
					(int)layer->picture.stride);

	if (!scene_layer_is_unscaled(layer)) {
		struct pixman_transform scale;
		pixman_transform_init_scale(&scale,
				(pixman_fixed_t)(((int64_t)width << 16) / place->width),
				(pixman_fixed_t)(((int64_t)height << 16) / place->height));
		pixman_image_set_transform(image, &scale);
		pixman_image_set_filter(image, PIXMAN_FILTER_BILINEAR, NULL, 0);
		pixman_image_set_repeat(image, PIXMAN_REPEAT_PAD);
	}
	return image;
}

static void draw_rgb(const struct scene_layer *layer, const pixman_box32_t *part,
		const pixman_box32_t *box, const struct canvas *canvas)
{
	pixman_image_t *image = source_image(layer);

	pixman_image_composite32(is_opaque(layer) ? PIXMAN_OP_SRC : PIXMAN_OP_OVER, image, NULL,
			canvas->image, part->x1 - layer->place.x, part->y1 - layer->place.y, 0, 0,
			part->x1 - box->x1, part->y1 - box->y1, part->x2 - part->x1,
			part->y2 - part->y1);
	pixman_image_unref(image);
}

static void draw_yuv(const struct scene_layer *layer, const pixman_box32_t *part,
		const pixman_box32_t *box, const struct canvas *canvas)
{
	const struct display_picture *from = &layer->picture;
	const struct display_place *place = &layer->place;
	struct yuv_picture picture = {
			.format = from->format,
			.width = from->width,
			.height = from->height,
			.luma = from->pixels,
			.chroma = from->chroma,
			.luma_stride = from->stride,
			.chroma_stride = from->chroma_stride,
			.encoding = from->encoding,
			.range = from->range,
	};
	struct yuv_rect source = {
			place->source.x1, place->source.y1, place->source.x2, place->source.y2};
	struct yuv_rect rect = {part->x1 - place->x, part->y1 - place->y, part->x2 - place->x,
			part->y2 - place->y};
	uint32_t *pixels =
			at(canvas->pixels, canvas->stride, part->x1 - box->x1, part->y1 - box->y1);

	if (!scene_layer_is_unscaled(layer)) {
		yuv_scale_to_xrgb(&picture, source, place->width, place->height, rect, pixels,
				canvas->stride);
		return;
	}
	rect.x1 += source.x1;
	rect.x2 += source.x1;
	rect.y1 += source.y1;
	rect.y2 += source.y1;
	yuv_to_xrgb(&picture, rect, pixels, canvas->stride);
}

static void draw_layer(struct pass *pass, unsigned index, const pixman_box32_t *box,
		const struct canvas *canvas)
{
	const struct scene_layer *layer = &pass->scene->layers[index];
	int count = 0;
	REGION(region);

	pixman_region32_intersect_rect(&region, &pass->regions[index], box->x1, box->y1,
			(unsigned)(box->x2 - box->x1), (unsigned)(box->y2 - box->y1));
	const pixman_box32_t *parts = pixman_region32_rectangles(&region, &count);

	for (int i = 0; i < count; i++) {
		if (yuv_is_format(layer->picture.format))
			draw_yuv(layer, &parts[i], box, canvas);
		else
			draw_rgb(layer, &parts[i], box, canvas);
	}
}

static void dim(const struct canvas *canvas, unsigned percent, const pixman_box32_t *all)
{
	pixman_color_t shade = {.alpha = (uint16_t)(0xffff * (100 - percent) / 100)};

	pixman_image_fill_boxes(PIXMAN_OP_OVER, canvas->image, &shade, 1, all);
}

/* Draw all layers of one box, its corner at the corner of the canvas. */
static void draw_box(struct pass *pass, const pixman_box32_t *box, const struct canvas *canvas)
{
	pixman_box32_t all = {0, 0, box->x2 - box->x1, box->y2 - box->y1};
	unsigned brightness = pass->target->brightness;
	int base = base_of(pass, box);

	if (base < 0) {
		pixman_color_t black = {0};
		pixman_image_fill_boxes(PIXMAN_OP_SRC, canvas->image, &black, 1, &all);
		base = 0;
	}
	for (unsigned i = (unsigned)base; i < DISPLAY_LAYERS; i++)
		if (pass->layers & 1u << i)
			draw_layer(pass, i, box, canvas);
	if (brightness > 0 && brightness < 100)
		dim(canvas, brightness, &all);
}

static struct canvas canvas_over(uint32_t *pixels, uint32_t width, uint32_t height, uint32_t stride)
{
	return (struct canvas){
			.image = pixman_image_create_bits_no_clear(PIXMAN_x8r8g8b8, (int)width,
					(int)height, pixels, (int)stride),
			.pixels = pixels,
			.stride = stride,
	};
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

/* Bring a strip from the scratch to its place in the target, turned if need be. */
static void deliver(const struct pass *pass, const pixman_box32_t *strip)
{
	const struct compose_target *target = pass->target;
	const struct compose_scratch *scratch = target->scratch;
	struct display_rect from = {strip->x1, strip->y1, strip->x2, strip->y2};
	struct display_rect to = scene_rotate(from, pass->scene->width, pass->scene->height,
			target->rotation);
	/* Steps through the scratch for a step right and a step down in the target. */
	ptrdiff_t row = (ptrdiff_t)scratch->width, right = 1, down = row, first = 0;
	ptrdiff_t last_x = strip->x2 - strip->x1 - 1, last_y = (strip->y2 - strip->y1 - 1) * row;

	if (target->rotation == LAYOUT_0) {
		for (int32_t y = to.y1; y < to.y2; y++)
			memcpy(target_at(target, to.x1, y), scratch->pixels + (y - to.y1) * row,
					(size_t)(to.x2 - to.x1) * 4);
		return;
	}
	if (target->rotation == LAYOUT_90)
		first = last_y, right = -row, down = 1;
	else if (target->rotation == LAYOUT_180)
		first = last_y + last_x, right = -1, down = -row;
	else
		first = last_x, right = row, down = -1;
	for (int32_t y = to.y1; y < to.y2; y++, first += down) {
		const uint32_t *pixel = scratch->pixels + first;
		uint32_t *onto = target_at(target, to.x1, y);
		for (int32_t x = to.x1; x < to.x2; x++, pixel += right)
			*onto++ = *pixel;
	}
}

static void draw_through_scratch(struct pass *pass, const pixman_box32_t *box)
{
	struct compose_scratch *scratch = pass->target->scratch;

	scratch_fit(scratch, pass->scene);
	struct canvas canvas = canvas_over(scratch->pixels, scratch->width, scratch->height,
			scratch->width * 4);

	for (int32_t y = box->y1; y < box->y2; y += (int32_t)scratch->height) {
		pixman_box32_t strip = {box->x1, y, box->x2, y + (int32_t)scratch->height};
		if (strip.y2 > box->y2)
			strip.y2 = box->y2;
		draw_box(pass, &strip, &canvas);
		deliver(pass, &strip);
	}
	pixman_image_unref(canvas.image);
}

static void draw_in_place(struct pass *pass, const pixman_box32_t *box)
{
	const struct compose_target *target = pass->target;
	struct canvas canvas = canvas_over(target_at(target, box->x1, box->y1),
			(uint32_t)(box->x2 - box->x1), (uint32_t)(box->y2 - box->y1),
			target->stride);

	draw_box(pass, box, &canvas);
	pixman_image_unref(canvas.image);
}

static uint64_t draw_region(struct pass *pass, pixman_region32_t *region)
{
	int count = 0;
	const pixman_box32_t *boxes = pixman_region32_rectangles(region, &count);
	uint64_t bytes = 0;

	for (int i = 0; i < count; i++) {
		if (pass->target->is_device || pass->target->rotation != LAYOUT_0)
			draw_through_scratch(pass, &boxes[i]);
		else
			draw_in_place(pass, &boxes[i]);
		bytes += (uint64_t)(boxes[i].x2 - boxes[i].x1) *
		         (uint64_t)(boxes[i].y2 - boxes[i].y1) * 4;
	}
	return bytes;
}

static void pass_init(struct pass *pass, const struct scene *scene, unsigned layers,
		const struct compose_target *target)
{
	*pass = (struct pass){
			.scene = scene,
			.target = target,
			.is_direct = target->rotation == LAYOUT_0 &&
	                             (target->brightness == 0 || target->brightness >= 100),
	};
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		pixman_region32_init(&pass->regions[i]);
		if (!(layers & 1u << i) || !scene->layers[i].picture.pixels)
			continue;
		scene_layer_region(scene, (enum display_layer)i, &pass->regions[i]);
		if (!region_is_empty(&pass->regions[i]))
			pass->layers |= 1u << i;
	}
}

static void pass_finish(struct pass *pass)
{
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		pixman_region32_fini(&pass->regions[i]);
}

/* Copy what only needs that; what has to be drawn is added to `drawn`. */
static uint64_t copy_from_top(struct pass *pass, pixman_region32_t *rest, pixman_region32_t *drawn)
{
	uint64_t bytes = 0;
	REGION(part);

	for (int i = DISPLAY_LAYERS - 1; i >= 0; i--) {
		const struct scene_layer *layer = &pass->scene->layers[i];
		if (!(pass->layers & 1u << i))
			continue;
		pixman_region32_intersect(&part, rest, &pass->regions[i]);
		if (is_opaque(layer))
			region_cut(rest, &part);
		if (is_copy(layer)) {
			region_cut(&part, drawn);
			bytes += copy_region(layer, &part, pass->target);
		} else {
			region_add(drawn, &part);
		}
	}
	region_cut(rest, drawn);
	return bytes + copy_region(NULL, rest, pass->target);
}

uint64_t compose(const struct scene *scene, unsigned layers, const pixman_region32_t *region,
		const struct compose_target *target)
{
	struct pass pass;
	uint64_t bytes = 0;
	REGION(rest);
	REGION(drawn);

	pass_init(&pass, scene, layers, target);
	region_add(&rest, region);
	region_clip(&rest,
			(struct display_rect){0, 0, (int32_t)scene->width, (int32_t)scene->height});
	if (pass.is_direct)
		bytes = copy_from_top(&pass, &rest, &drawn);
	else
		region_add(&drawn, &rest);
	bytes += draw_region(&pass, &drawn);
	pass_finish(&pass);
	return bytes;
}
