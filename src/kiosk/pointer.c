/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/pointer.h"

#include <math.h>

static double clamp(double value, double most)
{
	if (!(value > 0)) /* also for what is no number */
		return 0;
	return value < most ? value : most;
}

static int32_t total_width(const struct pointer_area *area)
{
	int32_t width = 0;

	for (unsigned i = 0; i < area->count; i++)
		width += area->widths[i];
	return width;
}

static unsigned output_at(const struct pointer_area *area, double x, int32_t *ret_left)
{
	int32_t left = 0;
	unsigned i = 0;

	for (; i + 1 < area->count && x >= left + area->widths[i]; i++)
		left += area->widths[i];
	*ret_left = left;
	return i;
}

void pointer_clamp(struct pointer *pointer, const struct pointer_area *area)
{
	int32_t left;

	if (area->count == 0)
		return;
	pointer->x = clamp(pointer->x, total_width(area) - 1);
	pointer->y = clamp(pointer->y, area->heights[output_at(area, pointer->x, &left)] - 1);
}

void pointer_move(struct pointer *pointer, const struct pointer_area *area, double dx, double dy)
{
	pointer->is_seen = true;
	pointer->x += dx;
	pointer->y += dy;
	pointer_clamp(pointer, area);
}

void pointer_place(struct pointer *pointer, const struct pointer_area *area, double x, double y)
{
	int32_t height = 0;

	for (unsigned i = 0; i < area->count; i++)
		if (area->heights[i] > height)
			height = area->heights[i];
	pointer->is_seen = true;
	pointer->x = x * total_width(area);
	pointer->y = y * height;
	pointer_clamp(pointer, area);
}

unsigned pointer_output(const struct pointer *pointer, const struct pointer_area *area,
		int32_t *ret_x, int32_t *ret_y)
{
	int32_t left;
	unsigned index = output_at(area, pointer->x, &left);

	*ret_x = (int32_t)floor(pointer->x) - left;
	*ret_y = (int32_t)floor(pointer->y);
	return index;
}
