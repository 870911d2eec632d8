/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layers of one output and what changed in them. Pure: no device, no loop.
 * Each layer keeps its own damage, because a layer that has a hardware plane of
 * its own costs the others nothing when it changes. All places are the person's:
 * rotation comes after composition.
 */
#ifndef KMS_SCENE_H
#define KMS_SCENE_H

#include "kms/region.h"

enum {
	SCENE_SIZE_MAX = 16384,       /* pixels of a picture or an output, either way */
	SCENE_POSITION_MAX = 1 << 20, /* places are cut to +- this */
};

struct scene_layer {
	bool is_shown;
	struct display_picture picture;
	struct display_place place; /* complete: its size and source are said */
	uint32_t serial;            /* grows with every picture set, not with moves; 0: none yet */
};

struct scene {
	uint32_t width, height;
	struct scene_layer layers[DISPLAY_LAYERS];
	pixman_region32_t damage[DISPLAY_LAYERS]; /* pixels of the output, cut to it */
	bool is_changed;
};

void scene_init(struct scene *scene, uint32_t width, uint32_t height);
void scene_finish(struct scene *scene);

/* display_place_layer; -EINVAL for a picture or place that can't be, and nothing changes then. */
int scene_place(struct scene *scene, enum display_layer layer,
		const struct display_picture *picture, const struct display_place *place,
		const struct display_rect *damage, unsigned rect_count);

/* display_set_layer */
int scene_set(struct scene *scene, enum display_layer layer, const struct display_picture *picture,
		int32_t x, int32_t y, const struct display_rect *damage, unsigned rect_count);
void scene_move(struct scene *scene, enum display_layer layer, int32_t x, int32_t y);

/* Bring `scene` to what `staged` says, damage added up; `staged` then counts as unchanged. */
void scene_latch(struct scene *scene, struct scene *staged);

/* The changes were shown. */
void scene_forget_damage(struct scene *scene);

/* Everything changed: the output is new or comes back. */
void scene_damage_all(struct scene *scene);

/* The part of the output that a layer's place covers; empty when hidden or outside. */
struct display_rect scene_layer_rect(const struct scene *scene, enum display_layer layer);

/* The same without what its `visible` leaves out; added to `ret`. */
void scene_layer_region(const struct scene *scene, enum display_layer layer,
		pixman_region32_t *ret);

bool scene_rect_is_empty(struct display_rect rect);

/* Each pixel of the layer's source fills one of the output. */
bool scene_layer_is_unscaled(const struct scene_layer *layer);

/* All of its place is to be seen, cut only by the edges of the output. */
bool scene_layer_is_whole(const struct scene *scene, enum display_layer layer);

/*
 * Where `rect` of a picture of width x height lies once the picture was turned clockwise by
 * `rotation`.
 */
struct display_rect scene_rotate(struct display_rect rect, uint32_t width, uint32_t height,
		enum layout_rotation rotation);

#endif
