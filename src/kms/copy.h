/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer's pixels in framebuffers of ours, as they are: for a plane that shows them
 * when the card can't read the layer's own memory. Two take turns, so that what is on
 * the screen is never written.
 */
#ifndef KMS_COPY_H
#define KMS_COPY_H

#include "kms/dumb.h"
#include "kms/scene.h"

struct copy {
	struct dumb buffers[2];
	pixman_region32_t stale[2]; /* pixels of the picture that are older than the layer */
	unsigned front;             /* on the screen or on its way there */
	uint32_t serial;            /* of the picture in the front one */
	struct dumb old[2];         /* of another size, perhaps still on the screen */
};

void copy_init(struct copy *copy);
void copy_finish(int fd, struct copy *copy);

/* Make sure that the framebuffers are of this kind; others stay until copy_settle. */
int copy_fit(int fd, struct copy *copy, uint32_t width, uint32_t height, uint32_t format,
		struct err *err);

/* What was shown before is off the screen. */
void copy_settle(int fd, struct copy *copy);

/* What changed in the layer, pixels of its picture. */
void copy_damage(struct copy *copy, const pixman_region32_t *damage);

/*
 * Bring the back one up to date: a picture of luma and chroma, or an unscaled one of RGB whose
 * source begins at its corner. Returns the bytes written.
 */
uint64_t copy_paint(struct copy *copy, const struct scene_layer *layer);

/* The same for a cursor, turned; what it leaves free is transparent. */
uint64_t copy_paint_cursor(struct copy *copy, const struct display_picture *picture,
		enum layout_rotation rotation);

#endif
