/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/scene.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>

void scene_init(struct scene *scene, uint32_t width, uint32_t height)
{
	*scene = (struct scene){.width = width, .height = height};
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		pixman_region32_init(&scene->damage[i]);
}

void scene_finish(struct scene *scene)
{
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		pixman_region32_fini(&scene->damage[i]);
}

static int32_t cut(int32_t value, int32_t min, int32_t max)
{
	return value < min ? min : value > max ? max : value;
}

bool scene_rect_is_empty(struct display_rect rect)
{
	return rect.x1 >= rect.x2 || rect.y1 >= rect.y2;
}

static struct display_rect cut_rect(struct display_rect rect, uint32_t width, uint32_t height)
{
	return (struct display_rect){
			.x1 = cut(rect.x1, 0, (int32_t)width),
			.y1 = cut(rect.y1, 0, (int32_t)height),
			.x2 = cut(rect.x2, 0, (int32_t)width),
			.y2 = cut(rect.y2, 0, (int32_t)height),
	};
}

static struct display_rect layer_rect(const struct scene *scene, const struct scene_layer *layer)
{
	const struct display_place *place = &layer->place;
	struct display_rect rect = {place->x, place->y, place->x + (int32_t)place->width,
			place->y + (int32_t)place->height};

	if (!layer->is_shown)
		return (struct display_rect){0};
	return cut_rect(rect, scene->width, scene->height);
}

struct display_rect scene_layer_rect(const struct scene *scene, enum display_layer layer)
{
	return layer_rect(scene, &scene->layers[layer]);
}

static void layer_region(const struct scene *scene, const struct scene_layer *layer,
		pixman_region32_t *ret)
{
	struct display_rect rect = layer_rect(scene, layer);
	REGION(seen);

	if (layer->place.visible_count == 0) {
		region_add_rect(ret, rect);
		return;
	}
	for (unsigned i = 0; i < layer->place.visible_count; i++)
		region_add_rect(&seen, layer->place.visible[i]);
	region_clip(&seen, rect);
	region_add(ret, &seen);
}

void scene_layer_region(const struct scene *scene, enum display_layer layer, pixman_region32_t *ret)
{
	layer_region(scene, &scene->layers[layer], ret);
}

bool scene_layer_is_unscaled(const struct scene_layer *layer)
{
	const struct display_place *place = &layer->place;

	return (uint32_t)(place->source.x2 - place->source.x1) == place->width &&
	       (uint32_t)(place->source.y2 - place->source.y1) == place->height;
}

bool scene_layer_is_whole(const struct scene *scene, enum display_layer layer)
{
	REGION(hidden);
	REGION(seen);

	region_add_rect(&hidden, scene_layer_rect(scene, layer));
	scene_layer_region(scene, layer, &seen);
	region_cut(&hidden, &seen);
	return region_is_empty(&hidden);
}

struct display_rect scene_rotate(struct display_rect rect, uint32_t width, uint32_t height,
		enum layout_rotation rotation)
{
	int32_t right = (int32_t)width, bottom = (int32_t)height;

	switch (rotation) {
	case LAYOUT_90:
		return (struct display_rect){bottom - rect.y2, rect.x1, bottom - rect.y1, rect.x2};
	case LAYOUT_180:
		return (struct display_rect){right - rect.x2, bottom - rect.y2, right - rect.x1,
				bottom - rect.y1};
	case LAYOUT_270:
		return (struct display_rect){rect.y1, right - rect.x2, rect.y2, right - rect.x1};
	default:
		return rect;
	}
}

/* Rows of `row` bytes, in units of `unit`. */
static bool is_plane(const void *pixels, uint32_t stride, uint32_t row, uint32_t unit)
{
	return stride >= row && stride % unit == 0 && stride <= 4 * 2 * SCENE_SIZE_MAX &&
	       (uintptr_t)pixels % unit == 0;
}

static bool has_valid_planes(const struct display_picture *picture)
{
	uint32_t pairs = (picture->width + 1) / 2;
	uint32_t unit = picture->format == DRM_FORMAT_P010 ? 2 : 1;

	if (!picture->pixels) /* the buffer was looked at when it was imported */
		return yuv_is_format(picture->format) || picture->format == DRM_FORMAT_XRGB8888 ||
		       picture->format == DRM_FORMAT_ARGB8888;
	switch (picture->format) {
	case DRM_FORMAT_XRGB8888:
	case DRM_FORMAT_ARGB8888:
		return is_plane(picture->pixels, picture->stride, picture->width * 4, 4);
	case DRM_FORMAT_NV12:
	case DRM_FORMAT_P010:
		return picture->chroma &&
		       is_plane(picture->pixels, picture->stride, picture->width * unit, unit) &&
		       is_plane(picture->chroma, picture->chroma_stride, pairs * 2 * unit, unit);
	default:
		return false;
	}
}

static bool is_valid(const struct display_picture *picture)
{
	return (picture->pixels || picture->buffer) && picture->width >= 1 &&
	       picture->width <= SCENE_SIZE_MAX && picture->height >= 1 &&
	       picture->height <= SCENE_SIZE_MAX && has_valid_planes(picture);
}

/* Say what a place left open; false when it can't be. */
static bool complete(struct display_place *place, const struct display_picture *picture)
{
	struct display_rect all = {0, 0, (int32_t)picture->width, (int32_t)picture->height};

	if (place->visible_count > DISPLAY_RECTS_MAX || place->width > SCENE_SIZE_MAX ||
			place->height > SCENE_SIZE_MAX)
		return false;
	place->source = scene_rect_is_empty(place->source)
	                                ? all
	                                : cut_rect(place->source, picture->width, picture->height);
	if (scene_rect_is_empty(place->source))
		return false;
	if (place->width == 0)
		place->width = (uint32_t)(place->source.x2 - place->source.x1);
	if (place->height == 0)
		place->height = (uint32_t)(place->source.y2 - place->source.y1);
	place->x = cut(place->x, -SCENE_POSITION_MAX, SCENE_POSITION_MAX);
	place->y = cut(place->y, -SCENE_POSITION_MAX, SCENE_POSITION_MAX);
	return true;
}

/* Only pixels changed, or what of them is seen: same place, size and kind. */
static bool is_update(const struct scene_layer *old, const struct scene_layer *new)
{
	const struct display_picture *a = &old->picture, *b = &new->picture;

	return old->is_shown && new->is_shown && a->format == b->format && a->width == b->width &&
	       a->height == b->height && a->encoding == b->encoding && a->range == b->range &&
	       old->place.x == new->place.x && old->place.y == new->place.y &&
	       old->place.width == new->place.width &&
	       old->place.height ==
	                       new->place.height &&memcmp(&old->place.source, &new->place.source,
					       sizeof new->place.source) == 0;
}

/* Interpolation and shared chroma let a pixel reach this far around itself. */
static int32_t reach_of(const struct scene_layer *layer)
{
	return (scene_layer_is_unscaled(layer) ? 0 : 1) +
	       (yuv_is_format(layer->picture.format) ? 2 : 0);
}

static int32_t scale(int32_t value, uint32_t to, int32_t from, bool is_up)
{
	return (int32_t)(((int64_t)value * to + (is_up ? from - 1 : 0)) / from);
}

/* Where pixels of the picture lie on the output, with all that they reach. */
static struct display_rect on_output(const struct scene_layer *layer, struct display_rect rect)
{
	const struct display_place *place = &layer->place;
	int32_t reach = reach_of(layer);
	int32_t width = place->source.x2 - place->source.x1;
	int32_t height = place->source.y2 - place->source.y1;

	rect = cut_rect(rect, layer->picture.width, layer->picture.height);
	if (scene_rect_is_empty(rect))
		return rect;
	return (struct display_rect){
			.x1 = place->x + scale(cut(rect.x1 - place->source.x1 - reach, 0, width),
							 place->width, width, false),
			.y1 = place->y + scale(cut(rect.y1 - place->source.y1 - reach, 0, height),
							 place->height, height, false),
			.x2 = place->x + scale(cut(rect.x2 - place->source.x1 + reach, 0, width),
							 place->width, width, true),
			.y2 = place->y + scale(cut(rect.y2 - place->source.y1 + reach, 0, height),
							 place->height, height, true),
	};
}

static void damage_rects(struct scene *scene, enum display_layer index,
		const struct scene_layer *old, const struct display_rect *rects, unsigned count)
{
	const struct scene_layer *layer = &scene->layers[index];
	REGION(changed);
	REGION(before);
	REGION(now);

	layer_region(scene, old, &before);
	layer_region(scene, layer, &now);
	for (unsigned i = 0; i < count; i++)
		region_add_rect(&changed, on_output(layer, rects[i]));
	pixman_region32_intersect(&changed, &changed, &now);
	region_add(&scene->damage[index], &changed);
	/* What came into sight or went out of it. */
	pixman_region32_subtract(&changed, &before, &now);
	region_add(&scene->damage[index], &changed);
	pixman_region32_subtract(&changed, &now, &before);
	region_add(&scene->damage[index], &changed);
}

static void replace(struct scene *scene, enum display_layer layer, const struct scene_layer *new,
		const struct display_rect *rects, unsigned count)
{
	struct scene_layer old = scene->layers[layer];
	bool is_part = is_update(&old, new) && count > 0 && count <= DISPLAY_RECTS_MAX;

	scene->layers[layer] = *new;
	if (is_part) {
		damage_rects(scene, layer, &old, rects, count);
	} else {
		layer_region(scene, &old, &scene->damage[layer]);
		layer_region(scene, new, &scene->damage[layer]);
	}
	/* A swapped picture without damage is a change too: its owner waits for the old one. */
	if (!region_is_empty(&scene->damage[layer]) || old.picture.pixels != new->picture.pixels ||
			old.picture.buffer != new->picture.buffer)
		scene->is_changed = true;
}

int scene_place(struct scene *scene, enum display_layer layer,
		const struct display_picture *picture, const struct display_place *place,
		const struct display_rect *damage, unsigned rect_count)
{
	struct scene_layer new = {.is_shown = picture != NULL, .place = *place};

	if ((unsigned)layer >= DISPLAY_LAYERS)
		return -EINVAL;
	if (picture) {
		new.picture = *picture;
		if (!is_valid(picture) || !complete(&new.place, picture))
			return -EINVAL;
	}
	new.serial = scene->layers[layer].serial + 1;
	replace(scene, layer, &new, damage, rect_count);
	return 0;
}

int scene_set(struct scene *scene, enum display_layer layer, const struct display_picture *picture,
		int32_t x, int32_t y, const struct display_rect *damage, unsigned rect_count)
{
	struct display_place place = {.x = x, .y = y};

	return scene_place(scene, layer, picture, &place, damage, rect_count);
}

void scene_move(struct scene *scene, enum display_layer layer, int32_t x, int32_t y)
{
	if ((unsigned)layer >= DISPLAY_LAYERS)
		return;
	struct scene_layer new = scene->layers[layer];

	new.place.x = cut(x, -SCENE_POSITION_MAX, SCENE_POSITION_MAX);
	new.place.y = cut(y, -SCENE_POSITION_MAX, SCENE_POSITION_MAX);
	if (new.place.x != scene->layers[layer].place.x ||
			new.place.y != scene->layers[layer].place.y)
		replace(scene, layer, &new, NULL, 0);
}

void scene_latch(struct scene *scene, struct scene *staged)
{
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		scene->layers[i] = staged->layers[i];
		region_add(&scene->damage[i], &staged->damage[i]);
	}
	scene->is_changed |= staged->is_changed;
	scene_forget_damage(staged);
}

void scene_forget_damage(struct scene *scene)
{
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		pixman_region32_clear(&scene->damage[i]);
	scene->is_changed = false;
}

void scene_damage_all(struct scene *scene)
{
	struct display_rect all = {0, 0, (int32_t)scene->width, (int32_t)scene->height};

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		region_add_rect(&scene->damage[i], all);
	scene->is_changed = true;
}
