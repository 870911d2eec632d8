/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layers of one output and what changed in them. Pure: no device, no loop.
 * Each layer keeps its own damage, because a layer that has a hardware plane of
 * its own costs the others nothing when it changes.
 */
#ifndef KMS_SCENE_H
#define KMS_SCENE_H

#include "kms/region.h"

enum {
	SCENE_SIZE_MAX = 16384,       /* pixels of a picture or an output, either way */
	SCENE_POSITION_MAX = 1 << 20, /* places are cut to +- this */
};

struct scene_layer {
	struct display_picture picture; /* pixels == NULL: hidden */
	int32_t x, y;
	uint32_t serial; /* grows with every picture set, not with moves; 0: none yet */
};

struct scene {
	uint32_t width, height;
	struct scene_layer layers[DISPLAY_LAYERS];
	pixman_region32_t damage[DISPLAY_LAYERS]; /* pixels of the output, cut to it */
	bool is_changed;
};

void scene_init(struct scene *scene, uint32_t width, uint32_t height);
void scene_finish(struct scene *scene);

/* display_set_layer; -EINVAL for a picture that can't be, and nothing changes then. */
int scene_set(struct scene *scene, enum display_layer layer, const struct display_picture *picture,
		int32_t x, int32_t y, const struct display_rect *damage, unsigned rect_count);
void scene_move(struct scene *scene, enum display_layer layer, int32_t x, int32_t y);

/* Bring `scene` to what `staged` says, damage added up; `staged` then counts as unchanged. */
void scene_latch(struct scene *scene, struct scene *staged);

/* The changes were shown. */
void scene_forget_damage(struct scene *scene);

/* Everything changed: the output is new or comes back. */
void scene_damage_all(struct scene *scene);

/* The part of the output that a layer covers; empty when hidden or outside. */
struct display_rect scene_layer_rect(const struct scene *scene, enum display_layer layer);
bool scene_rect_is_empty(struct display_rect rect);

#endif
