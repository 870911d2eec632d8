/* SPDX-License-Identifier: Apache-2.0 */
/* What changed: a few rectangles that together cover it. */
#ifndef SESSION_DAMAGE_H
#define SESSION_DAMAGE_H

#include <stdbool.h>

#include "wire/session.h"

/* All zero: nothing changed. The rectangles lie inside the picture and may overlap. */
struct damage {
	unsigned count;
	struct wire_rect rects[WIRE_RECTS_MAX];
};

/*
 * Add `rect`, cut to a picture of width x height; empty ones add nothing. Rectangles that
 * are cheaper to copy as one become one.
 */
void damage_add(struct damage *damage, struct wire_rect rect, int32_t width, int32_t height);

#endif
