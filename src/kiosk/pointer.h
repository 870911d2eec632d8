/* SPDX-License-Identifier: Apache-2.0 */
/* Where the mouse is on the plane that all outputs share. Pure. */
#ifndef KIOSK_POINTER_H
#define KIOSK_POINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "kms/display.h"

/* The outputs that it moves on. */
struct pointer_area {
	unsigned count;
	struct display_rect rects[DISPLAY_OUTPUTS_MAX];
};

struct pointer {
	double x, y;
	bool is_seen; /* somebody has moved it: before that there is no arrow */
};

/*
 * It stays on an output, at the place nearest to where it was moved. Over a gap it goes to the
 * output beyond: each one can be reached.
 */
void pointer_move(struct pointer *pointer, const struct pointer_area *area, double dx, double dy);
/* x, y in 0..1 of the whole area. */
void pointer_place(struct pointer *pointer, const struct pointer_area *area, double x, double y);
/* Keep it inside an area that has changed. */
void pointer_clamp(struct pointer *pointer, const struct pointer_area *area);

/* Whether it is on `rect`, and where there. */
bool pointer_is_on(const struct pointer *pointer, struct display_rect rect, int32_t *ret_x,
		int32_t *ret_y);

#endif
