/* SPDX-License-Identifier: Apache-2.0 */
/* Rectangles brought together so that none overlaps and each touches another. Pure. */
#ifndef KMS_LAYOUT_PLACE_H
#define KMS_LAYOUT_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct layout_item {
	int32_t width, height; /* 1..SCENE_SIZE_MAX */
	bool has_wish;         /* else as cabled: to the right of the ones before it */
	int32_t x, y;          /* wished; then where it stands */
	bool is_anchor;        /* the others come to this one */
	bool is_moved;         /* result: against its wish, in relation to the others */
};

/*
 * At most LAYOUT_OUTPUTS_MAX items, one of them the anchor. Afterwards the left and the upper
 * edge of all together are at 0, and no side is longer than LAYOUT_SIDE_MAX where that can be.
 */
void layout_put_together(struct layout_item *items, unsigned count);

#endif
