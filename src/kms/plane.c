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

static bool any_has_format(const struct plane_case *known, uint32_t format, bool with_cursor)
{
	for (unsigned i = 0; i < known->plane_count; i++)
		if ((with_cursor || known->planes[i]->kind != PLANE_CURSOR) &&
				plane_has_format(known->planes[i], format))
			return true;
	return false;
}

uint32_t plane_cursor_max(const struct plane_case *known)
{
	uint32_t max = 0;

	for (unsigned i = 0; i < known->plane_count; i++) {
		const struct plane_can *plane = known->planes[i];
		if (!plane_has_format(plane, DRM_FORMAT_ARGB8888))
			continue;
		if (plane->kind == PLANE_CURSOR)
			return plane->width_max < plane->height_max ? plane->width_max
			                                            : plane->height_max;
		max = PLANE_CURSOR_MAX;
	}
	return max;
}

static bool is_cropped(const struct scene_layer *layer)
{
	const struct display_rect *source = &layer->place.source;

	return source->x1 != 0 || source->y1 != 0 || source->x2 != (int32_t)layer->picture.width ||
	       source->y2 != (int32_t)layer->picture.height;
}

/* NULL when no plane is out of the question for this layer. */
static const char *why_no_plane(const struct scene *scene, const struct plane_case *known,
		enum display_layer layer)
{
	if (known->is_dimmed)
		return "the picture is dimmed";
	if (known->refused & 1u << layer)
		return "the driver refused it";
	if (!scene_layer_is_whole(scene, layer))
		return "parts of it are not to be seen";
	return NULL;
}

static struct plane_wish composed(const char *why)
{
	return (struct plane_wish){PLANE_COMPOSED, why};
}

static struct plane_wish wish_for_cursor(const struct scene *scene, const struct plane_case *known)
{
	const struct scene_layer *layer = &scene->layers[DISPLAY_CURSOR];
	uint32_t max = plane_cursor_max(known);
	const char *why = why_no_plane(scene, known, DISPLAY_CURSOR);

	if (why)
		return composed(why);
	if (max == 0)
		return composed("there is no plane for it");
	if (layer->picture.width > max || layer->picture.height > max)
		return composed("the picture is larger than the plane");
	if (!scene_layer_is_unscaled(layer) || is_cropped(layer))
		return composed("it is scaled or cropped");
	if (yuv_is_format(layer->picture.format) || !layer->picture.pixels)
		return composed("it is no picture for a cursor");
	return (struct plane_wish){PLANE_COPY, NULL};
}

static struct plane_wish wish_for_video(const struct scene *scene, const struct plane_case *known)
{
	const struct display_picture *picture = &scene->layers[DISPLAY_VIDEO].picture;
	const char *why = why_no_plane(scene, known, DISPLAY_VIDEO);

	if (why)
		return composed(why);
	if (known->readable & 1u << DISPLAY_VIDEO)
		return (struct plane_wish){PLANE_BUFFER, NULL};
	if (!yuv_is_format(picture->format))
		return composed("its memory can't be read by a plane");
	if (!any_has_format(known, picture->format, false))
		return composed("no plane takes this format");
	if (known->rotation != LAYOUT_0 || !picture->pixels)
		return composed("it has to be turned");
	return (struct plane_wish){PLANE_COPY, NULL};
}

static bool intersects(struct display_rect a, struct display_rect b)
{
	return a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;
}

/* Worth a plane only where it would otherwise force a video into composition. */
static struct plane_wish wish_for_ui(const struct scene *scene, const struct plane_case *known,
		const struct plane_wish *video)
{
	const struct scene_layer *layer = &scene->layers[DISPLAY_UI];
	struct display_rect rect = scene_layer_rect(scene, DISPLAY_UI);
	const char *why = why_no_plane(scene, known, DISPLAY_UI);

	if (video->way < PLANE_BUFFER || !intersects(rect, scene_layer_rect(scene, DISPLAY_VIDEO)))
		return composed(NULL);
	if (why)
		return composed(why);
	if (known->readable & 1u << DISPLAY_UI)
		return (struct plane_wish){PLANE_BUFFER, NULL};
	if (yuv_is_format(layer->picture.format) || !scene_layer_is_unscaled(layer) ||
			known->rotation != LAYOUT_0 || !layer->picture.pixels)
		return composed("it is scaled or turned");
	if (!any_has_format(known, DRM_FORMAT_ARGB8888, false))
		return composed("there is no plane for it");
	return (struct plane_wish){PLANE_COPY, NULL};
}

static bool is_full(const struct scene *scene, struct display_rect rect)
{
	return rect.x1 == 0 && rect.y1 == 0 && rect.x2 == (int32_t)scene->width &&
	       rect.y2 == (int32_t)scene->height;
}

static struct plane_wish wish_for_desktop(const struct scene *scene, const struct plane_case *known)
{
	struct display_rect rect = scene_layer_rect(scene, DISPLAY_DESKTOP);
	const char *why = why_no_plane(scene, known, DISPLAY_DESKTOP);

	if (!(known->readable & 1u << DISPLAY_DESKTOP))
		return composed(NULL);
	if (!why && !is_full(scene, rect))
		why = "it does not fill the screen";
	return why ? composed(why) : (struct plane_wish){PLANE_BUFFER, NULL};
}

/* An opaque picture over all of the screen leaves nothing to show below it. */
static bool is_cover(const struct scene *scene, enum display_layer layer)
{
	struct display_rect rect = scene_layer_rect(scene, layer);

	return scene->layers[layer].is_shown &&
	       scene->layers[layer].picture.format != DRM_FORMAT_ARGB8888 && is_full(scene, rect) &&
	       scene_layer_is_whole(scene, layer);
}

void plane_wish(const struct scene *scene, const struct plane_case *known,
		struct plane_wish ret[DISPLAY_LAYERS])
{
	bool is_covered = false;
	struct plane_wish video = wish_for_video(scene, known);
	struct plane_wish wishes[DISPLAY_LAYERS] = {
			[DISPLAY_DESKTOP] = wish_for_desktop(scene, known),
			[DISPLAY_VIDEO] = video,
			[DISPLAY_UI] = wish_for_ui(scene, known, &video),
			[DISPLAY_CURSOR] = wish_for_cursor(scene, known),
	};

	for (unsigned i = DISPLAY_LAYERS; i-- > 0;) {
		enum display_layer layer = (enum display_layer)i;
		bool is_seen = scene->layers[i].is_shown && !is_covered;
		/* A cursor beyond the edge keeps its plane: it will be back. */
		if (layer != DISPLAY_CURSOR)
			is_seen &= !scene_rect_is_empty(scene_layer_rect(scene, layer));
		ret[i] = is_seen ? wishes[i] : (struct plane_wish){PLANE_HIDDEN, NULL};
		is_covered |= is_cover(scene, layer);
	}
}

struct plane_state plane_state_of_buffer(const struct scene *scene, enum display_layer layer,
		enum layout_rotation rotation, uint32_t framebuffer)
{
	const struct display_picture *picture = &scene->layers[layer].picture;
	const struct display_place *place = &scene->layers[layer].place;
	struct display_rect rect = {place->x, place->y, place->x + (int32_t)place->width,
			place->y + (int32_t)place->height};

	rect = scene_rotate(rect, scene->width, scene->height, rotation);
	return (struct plane_state){
			.framebuffer = framebuffer,
			.source_x = (uint32_t)place->source.x1,
			.source_y = (uint32_t)place->source.y1,
			.source_width = (uint32_t)(place->source.x2 - place->source.x1),
			.source_height = (uint32_t)(place->source.y2 - place->source.y1),
			.x = rect.x1,
			.y = rect.y1,
			.width = (uint32_t)(rect.x2 - rect.x1),
			.height = (uint32_t)(rect.y2 - rect.y1),
			.rotation = rotation,
			.is_yuv = yuv_is_format(picture->format),
			.encoding = picture->encoding,
			.range = picture->range,
	};
}
