/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/scene.h"

#include <drm_fourcc.h>
#include <errno.h>

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

static struct display_rect layer_rect(const struct scene *scene, const struct scene_layer *layer)
{
	int32_t width = (int32_t)scene->width, height = (int32_t)scene->height;

	if (!layer->picture.pixels)
		return (struct display_rect){0};
	return (struct display_rect){
			.x1 = cut(layer->x, 0, width),
			.y1 = cut(layer->y, 0, height),
			.x2 = cut(layer->x + (int32_t)layer->picture.width, 0, width),
			.y2 = cut(layer->y + (int32_t)layer->picture.height, 0, height),
	};
}

struct display_rect scene_layer_rect(const struct scene *scene, enum display_layer layer)
{
	return layer_rect(scene, &scene->layers[layer]);
}

static bool is_valid(const struct display_picture *picture)
{
	return picture->pixels &&
	       (picture->format == DRM_FORMAT_XRGB8888 || picture->format == DRM_FORMAT_ARGB8888) &&
	       picture->width >= 1 && picture->width <= SCENE_SIZE_MAX && picture->height >= 1 &&
	       picture->height <= SCENE_SIZE_MAX && picture->stride / 4 >= picture->width &&
	       picture->stride % 4 == 0 && picture->stride <= 4 * 2 * SCENE_SIZE_MAX &&
	       (uintptr_t)picture->pixels % 4 == 0;
}

/* Only the pixels changed: same place, size and format. */
static bool is_update(const struct scene_layer *old, const struct scene_layer *new)
{
	return old->picture.pixels && new->picture.pixels &&
	       old->picture.format == new->picture.format &&
	       old->picture.width == new->picture.width &&
	       old->picture.height == new->picture.height && old->x == new->x && old->y == new->y;
}

static void damage_rects(struct scene *scene, enum display_layer layer,
		const struct display_rect *rects, unsigned count)
{
	const struct scene_layer *of = &scene->layers[layer];
	int32_t width = (int32_t)of->picture.width, height = (int32_t)of->picture.height;
	pixman_region32_t *damage = &scene->damage[layer];

	for (unsigned i = 0; i < count; i++) {
		struct display_rect rect = {
				.x1 = of->x + cut(rects[i].x1, 0, width),
				.y1 = of->y + cut(rects[i].y1, 0, height),
				.x2 = of->x + cut(rects[i].x2, 0, width),
				.y2 = of->y + cut(rects[i].y2, 0, height),
		};
		region_add_rect(damage, rect);
	}
	region_clip(damage,
			(struct display_rect){0, 0, (int32_t)scene->width, (int32_t)scene->height});
}

static void replace(struct scene *scene, enum display_layer layer, const struct scene_layer *new,
		const struct display_rect *rects, unsigned count)
{
	struct scene_layer old = scene->layers[layer];
	bool is_part = is_update(&old, new) && count > 0 && count <= DISPLAY_RECTS_MAX;

	scene->layers[layer] = *new;
	if (is_part) {
		damage_rects(scene, layer, rects, count);
	} else {
		region_add_rect(&scene->damage[layer], layer_rect(scene, &old));
		region_add_rect(&scene->damage[layer], layer_rect(scene, new));
	}
	/* A swapped picture without damage is a change too: its owner waits for the old one. */
	if (!region_is_empty(&scene->damage[layer]) || old.picture.pixels != new->picture.pixels)
		scene->is_changed = true;
}

int scene_set(struct scene *scene, enum display_layer layer, const struct display_picture *picture,
		int32_t x, int32_t y, const struct display_rect *damage, unsigned rect_count)
{
	struct scene_layer new = {
			.x = cut(x, -SCENE_POSITION_MAX, SCENE_POSITION_MAX),
			.y = cut(y, -SCENE_POSITION_MAX, SCENE_POSITION_MAX),
	};

	if ((unsigned)layer >= DISPLAY_LAYERS || (picture && !is_valid(picture)))
		return -EINVAL;
	if (picture)
		new.picture = *picture;
	new.serial = scene->layers[layer].serial + 1;
	replace(scene, layer, &new, damage, rect_count);
	return 0;
}

void scene_move(struct scene *scene, enum display_layer layer, int32_t x, int32_t y)
{
	if ((unsigned)layer >= DISPLAY_LAYERS)
		return;
	struct scene_layer new = scene->layers[layer];

	new.x = cut(x, -SCENE_POSITION_MAX, SCENE_POSITION_MAX);
	new.y = cut(y, -SCENE_POSITION_MAX, SCENE_POSITION_MAX);
	if (new.x != scene->layers[layer].x || new.y != scene->layers[layer].y)
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
