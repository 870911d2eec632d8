/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of pixels: pixman's regions with ownership and the few shapes needed here. */
#ifndef KMS_REGION_H
#define KMS_REGION_H

#include <pixman.h>

#include "base/own.h"
#include "kms/display.h"

static inline void own_end_region(pixman_region32_t *region)
{
	pixman_region32_fini(region);
}

/* Declares an empty region that is freed at the end of the scope. */
#define REGION(name) \
	OWNED(region) pixman_region32_t name; \
	pixman_region32_init(&(name))

static inline void region_add(pixman_region32_t *region, const pixman_region32_t *other)
{
	pixman_region32_union(region, region, (pixman_region32_t *)other);
}

static inline void region_cut(pixman_region32_t *region, const pixman_region32_t *other)
{
	pixman_region32_subtract(region, region, (pixman_region32_t *)other);
}

/* An empty or inverted rectangle adds nothing. */
static inline void region_add_rect(pixman_region32_t *region, struct display_rect rect)
{
	if (rect.x1 < rect.x2 && rect.y1 < rect.y2)
		pixman_region32_union_rect(region, region, rect.x1, rect.y1,
				(unsigned)(rect.x2 - rect.x1), (unsigned)(rect.y2 - rect.y1));
}

static inline void region_clip(pixman_region32_t *region, struct display_rect rect)
{
	if (rect.x1 < rect.x2 && rect.y1 < rect.y2)
		pixman_region32_intersect_rect(region, region, rect.x1, rect.y1,
				(unsigned)(rect.x2 - rect.x1), (unsigned)(rect.y2 - rect.y1));
	else
		pixman_region32_clear(region);
}

static inline bool region_is_empty(const pixman_region32_t *region)
{
	return !pixman_region32_not_empty((pixman_region32_t *)region);
}

#endif
