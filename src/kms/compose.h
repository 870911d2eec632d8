/* SPDX-License-Identifier: Apache-2.0 */
/* Layers into pixels, in software. Pure: memory in, memory out. */
#ifndef KMS_COMPOSE_H
#define KMS_COMPOSE_H

#include "kms/scene.h"

enum { COMPOSE_ALL_LAYERS = (1 << DISPLAY_LAYERS) - 1 };

/* XRGB8888 pixels of the size of the scene, after rotation. */
struct compose_target {
	uint32_t *pixels;
	uint32_t stride; /* bytes */
	/*
	 * Memory of a device, often write-combined: reading it back costs a hundred times
	 * a write, so blending happens in `scratch` and the result is copied once.
	 */
	bool is_device;
	struct compose_scratch *scratch; /* may be NULL for plain memory without rotation */
	enum layout_rotation rotation;   /* clockwise, of the picture */
	unsigned brightness;             /* percent; 0 is as 100 */
};

/* Cached memory for blending, made when first needed. All zero is an empty one. */
struct compose_scratch {
	uint32_t *pixels;
	uint32_t width, height;
};

void compose_scratch_finish(struct compose_scratch *scratch);

/*
 * Paint `region` (places of the scene) of the target with those layers whose bit is set in
 * `layers`, black below them. A layer without `pixels` is left out. Returns the bytes written
 * into the target.
 */
uint64_t compose(const struct scene *scene, unsigned layers, const pixman_region32_t *region,
		const struct compose_target *target);

#endif
