/* SPDX-License-Identifier: Apache-2.0 */
/* Where the mouse is on outputs that stand side by side, their tops level. Pure. */
#ifndef KIOSK_POINTER_H
#define KIOSK_POINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "kms/display.h"

struct pointer_area {
	unsigned count;
	int32_t widths[DISPLAY_OUTPUTS_MAX], heights[DISPLAY_OUTPUTS_MAX];
};

struct pointer {
	double x, y;
	bool is_seen; /* somebody has moved it: before that there is no arrow */
};

void pointer_move(struct pointer *pointer, const struct pointer_area *area, double dx, double dy);
/* x, y in 0..1 of the whole area. */
void pointer_place(struct pointer *pointer, const struct pointer_area *area, double x, double y);
/* Keep it inside an area that has changed. */
void pointer_clamp(struct pointer *pointer, const struct pointer_area *area);

/* Which output it is on, and where there. */
unsigned pointer_output(const struct pointer *pointer, const struct pointer_area *area,
		int32_t *ret_x, int32_t *ret_y);

#endif
