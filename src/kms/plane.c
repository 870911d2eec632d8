/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/plane.h"

#include <drm_fourcc.h>

bool plane_has_format(const struct plane_can *plane, uint32_t format)
{
	for (unsigned i = 0; i < plane->format_count; i++)
		if (plane->formats[i] == format)
			return true;
	return false;
}

static int find_kind(const struct plane_can *planes, unsigned count, enum plane_kind kind)
{
	for (unsigned i = 0; i < count; i++)
		if (planes[i].kind == kind)
			return (int)i;
	return -1;
}

/* NULL when the cursor plane takes the cursor, else the reason. */
static const char *why_not_cursor(const struct plane_can *plane, const struct scene_layer *layer)
{
	if (!plane_has_format(plane, DRM_FORMAT_ARGB8888))
		return "the plane has no ARGB8888";
	if (layer->picture.width > plane->width_max || layer->picture.height > plane->height_max)
		return "the picture is larger than the plane";
	if (!scene_layer_is_unscaled(layer) || layer->place.visible_count > 0)
		return "it is scaled or cut";
	if (layer->place.source.x1 != 0 || layer->place.source.y1 != 0)
		return "it is cropped";
	if (plane->refused & 1u << DISPLAY_CURSOR)
		return "the driver refused it";
	return NULL;
}

struct plane_plan plane_choose(const struct plane_can *planes, unsigned count,
		const struct scene *scene)
{
	struct plane_plan plan = {.composed = 0};
	int cursor = find_kind(planes, count, PLANE_CURSOR);

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		plan.plane_of[i] = PLANE_COMPOSED;
		if (!scene->layers[i].is_shown)
			continue;
		if (i == DISPLAY_CURSOR) {
			plan.why[i] = cursor < 0 ? "there is no cursor plane"
			                         : why_not_cursor(&planes[cursor],
								   &scene->layers[i]);
			plan.plane_of[i] = plan.why[i] ? PLANE_COMPOSED : cursor;
		}
		if (plan.plane_of[i] == PLANE_COMPOSED)
			plan.composed |= 1u << i;
	}
	return plan;
}
