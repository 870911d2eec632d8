/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paints a scene. Each pixel depends on the scene alone, never on the part that is
 * painted: curved edges are masks made once and placed on whole pixels.
 */
#ifndef UI_PAINT_H
#define UI_PAINT_H

#include "ui/scene.h"

struct painter;

struct painter *painter_create(void);
void painter_destroy(struct painter *painter); /* takes NULL */

/* Paint the part `clip` of the scene into premultiplied ARGB pixels of width * height. */
void painter_paint(struct painter *painter, struct typesetter *setter, const struct scene *scene,
		const struct damage *clip, struct ui_size size, void *pixels, uint32_t stride);

/* The lines of an icon in a square of `side` pixels, with the source that is set. */
void icon_draw(cairo_t *cr, enum icon icon, double side);

#endif
