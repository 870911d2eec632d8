/* SPDX-License-Identifier: Apache-2.0 */
#include "session/surface.h"

#include <freerdp/gdi/gdi.h>
#include <freerdp/gdi/region.h>
#include <string.h>

#include "base/log.h"
#include "base/own.h"
#include "session/evor.h"

enum { MACROBLOCK = 16 };

struct video_surface *surface_create(const gdiGfxSurface *gdi, struct decode_stream *stream,
		uint32_t number)
{
	struct video_surface *surface = own_alloc(sizeof(*surface));

	surface->id = gdi->surfaceId;
	surface->number = number;
	surface->stream = stream;
	ownership_init(&surface->ownership, (int32_t)gdi->mappedWidth, (int32_t)gdi->mappedHeight);
	return surface;
}

void surface_destroy(struct video_surface *surface)
{
	if (!surface)
		return;
	decode_stream_close(surface->stream);
	video_frame_unref(surface->main);
	video_frame_unref(surface->auxiliary);
	free(surface);
}

void surface_region(const struct video_surface *surface, const RDPGFX_AVC420_BITMAP_STREAM *stream,
		struct region *ret)
{
	unsigned count = stream->meta.numRegionRects;
	OWNED(memory) struct wire_rect *rects = own_alloc_array(count + 1, sizeof(*rects));

	for (unsigned i = 0; i < count; i++) {
		const RECTANGLE_16 *from = &stream->meta.regionRects[i];

		rects[i] = (struct wire_rect){from->left, from->top, from->right, from->bottom};
	}
	ownership_region(&surface->ownership, rects, count, ret);
}

bool surface_is_moving(const struct video_surface *surface)
{
	return surface->ownership.recent[0].count > 0 || surface->ownership.recent[1].count > 0;
}

/* -- converting -- */

static struct wire_rect size_of(const struct yuv_picture *picture)
{
	return (struct wire_rect){0, 0, (int32_t)picture->width, (int32_t)picture->height};
}

struct canvas {
	struct video *video;
	gdiGfxSurface *gdi;
	const struct yuv_picture *main, *auxiliary; /* NULL: 4:2:0 */
	bool is_version2, is_drawn;
};

static uint64_t convert_rect(const struct canvas *canvas, struct wire_rect rect)
{
	gdiGfxSurface *gdi = canvas->gdi;
	struct wire_rect all = {0, 0, (int32_t)gdi->width, (int32_t)gdi->height};

	rect = region_rect_cut(region_rect_cut(rect, all), size_of(canvas->main));
	if (region_rect_is_empty(&rect))
		return 0;
	uint8_t *first = gdi->data + (size_t)rect.y1 * gdi->scanline + (size_t)rect.x1 * 4;
	struct yuv_rect part = {rect.x1, rect.y1, rect.x2, rect.y2};
	RECTANGLE_16 drawn = {(UINT16)rect.x1, (UINT16)rect.y1, (UINT16)rect.x2, (UINT16)rect.y2};

	if (canvas->auxiliary)
		yuv444_to_xrgb(canvas->main, canvas->auxiliary, canvas->is_version2, part,
				(uint32_t *)(void *)first, gdi->scanline);
	else
		yuv_to_xrgb(canvas->main, part, (uint32_t *)(void *)first, gdi->scanline);
	if (canvas->is_drawn) {
		if (!region16_union_rect(&gdi->invalidRegion, &gdi->invalidRegion, &drawn))
			log_debug("no memory for what is to be drawn");
		video_cover(canvas->video, gdi->surfaceId, rect);
	}
	return (uint64_t)region_rect_area(&rect) * 4;
}

static uint64_t convert_region(const struct canvas *canvas, const struct region *region)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < region->count; i++)
		bytes += convert_rect(canvas, region->rects[i]);
	return bytes;
}

/* AVC444 hides chroma behind the crop: the picture in whole macroblocks. */
static void uncrop(const struct video_frame *frame, struct yuv_picture *picture)
{
	const struct video_buffer *buffer = video_frame_buffer(frame);
	struct yuv_rect crop = video_frame_crop(frame);
	uint32_t width = (picture->width + MACROBLOCK - 1) / MACROBLOCK * MACROBLOCK;
	uint32_t height = (picture->height + MACROBLOCK - 1) / MACROBLOCK * MACROBLOCK;

	if (crop.x1 == 0 && crop.y1 == 0 && width <= buffer->width && height <= buffer->height) {
		picture->width = width;
		picture->height = height;
	}
}

static bool map_two(const struct video_surface *surface, struct yuv_picture *main,
		struct yuv_picture *auxiliary)
{
	struct err err;

	if (!surface->auxiliary || video_frame_map(surface->auxiliary, auxiliary, &err) < 0)
		return false;
	uncrop(surface->main, main);
	uncrop(surface->auxiliary, auxiliary);
	return main->width == auxiliary->width && main->height == auxiliary->height &&
	       main->width % MACROBLOCK == 0 && main->height % MACROBLOCK == 0;
}

void surface_convert(struct video *video, struct video_surface *surface,
		const struct ownership_work *work, bool is_drawn)
{
	gdiGfxSurface *gdi = video->gfx->GetSurfaceData(video->gfx, surface->id);
	struct yuv_picture main, whole, auxiliary;
	struct err err;

	if (!gdi || !surface->main || work->sharp.count + work->plain.count == 0)
		return;
	if (video_frame_map(surface->main, &main, &err) < 0) {
		log_warn("a picture cannot be read: %s", err.text);
		return;
	}
	whole = main;
	struct canvas canvas = {.video = video,
			.gdi = gdi,
			.main = &main,
			.is_version2 = surface->is_version2,
			.is_drawn = is_drawn};
	video->bytes_converted += convert_region(&canvas, &work->plain);
	if (work->sharp.count > 0 && map_two(surface, &whole, &auxiliary)) {
		canvas.main = &whole;
		canvas.auxiliary = &auxiliary;
	}
	video->bytes_converted += convert_region(&canvas, &work->sharp);
}

/* -- where it is seen -- */

static struct wire_rect target_of(const gdiGfxSurface *gdi)
{
	int64_t right = (int64_t)gdi->outputOriginX + gdi->outputTargetWidth;
	int64_t bottom = (int64_t)gdi->outputOriginY + gdi->outputTargetHeight;

	if (right > INT32_MAX || bottom > INT32_MAX)
		return (struct wire_rect){0};
	return (struct wire_rect){(int32_t)gdi->outputOriginX, (int32_t)gdi->outputOriginY,
			(int32_t)right, (int32_t)bottom};
}

static bool is_scaled(const gdiGfxSurface *gdi)
{
	return gdi->outputTargetWidth != gdi->mappedWidth ||
	       gdi->outputTargetHeight != gdi->mappedHeight;
}

struct wire_rect surface_seen_at(const gdiGfxSurface *own, struct wire_rect rect)
{
	struct wire_rect target = target_of(own);

	if (!own->outputMapped)
		return (struct wire_rect){0};
	if (is_scaled(own))
		return target;
	rect = (struct wire_rect){rect.x1 + target.x1, rect.y1 + target.y1, rect.x2 + target.x1,
			rect.y2 + target.y1};
	return region_rect_cut(rect, target);
}

struct wire_rect surface_covered(const gdiGfxSurface *own, struct wire_rect seen)
{
	struct wire_rect target = target_of(own), both = region_rect_cut(seen, target);

	if (!own->outputMapped || region_rect_is_empty(&both))
		return (struct wire_rect){0};
	if (is_scaled(own))
		return (struct wire_rect){
				0, 0, (int32_t)own->mappedWidth, (int32_t)own->mappedHeight};
	return (struct wire_rect){both.x1 - target.x1, both.y1 - target.y1, both.x2 - target.x1,
			both.y2 - target.y1};
}

static struct wire_rect crop_of(const struct video_frame *frame)
{
	struct yuv_rect crop = video_frame_crop(frame);

	return (struct wire_rect){crop.x1, crop.y1, crop.x2, crop.y2};
}

static struct wire_rect desktop_of(const rdpGdi *gdi)
{
	return (struct wire_rect){0, 0, gdi->width, gdi->height};
}

bool surface_fits_plane(RdpgfxClientContext *gfx, const struct video_surface *surface)
{
	const gdiGfxSurface *own = gfx->GetSurfaceData(gfx, surface->id);
	const rdpGdi *gdi = gfx->custom;
	const struct session *session = session_of(gdi->context);

	if (session->has_no_plane || evor_is_shown(session) || !own || !own->outputMapped ||
			own->windowMapped || !surface->main)
		return false;
	struct wire_rect target = target_of(own), crop = crop_of(surface->main);
	struct wire_rect seen = region_rect_cut(target, desktop_of(gdi));
	if (is_scaled(own) && memcmp(&seen, &target, sizeof(seen)) != 0)
		return false;
	return !region_rect_is_empty(&seen) && crop.x2 - crop.x1 >= (int32_t)own->mappedWidth &&
	       crop.y2 - crop.y1 >= (int32_t)own->mappedHeight;
}

bool surface_is_cuttable(const gdiGfxSurface *own)
{
	return !is_scaled(own);
}

bool surface_shape_fits(RdpgfxClientContext *gfx, const struct video_surface *surface)
{
	const struct ownership *ownership = &surface->ownership;
	const gdiGfxSurface *own = gfx->GetSurfaceData(gfx, surface->id);

	return !is_scaled(own) || region_is_whole(&ownership->plane, ownership->area);
}

/* Scaled ones are seen as a whole; of the others what lies outside of the desktop is cut. */
bool surface_place(RdpgfxClientContext *gfx, const struct video_surface *surface,
		struct wire_video *ret)
{
	const struct region *plane = &surface->ownership.plane;
	const gdiGfxSurface *own = gfx->GetSurfaceData(gfx, surface->id);
	struct wire_rect crop = crop_of(surface->main), target = target_of(own);
	struct wire_rect seen = region_rect_cut(target, desktop_of(gfx->custom));

	ret->target = seen;
	ret->source.x1 = crop.x1 + seen.x1 - target.x1;
	ret->source.y1 = crop.y1 + seen.y1 - target.y1;
	ret->source.x2 = ret->source.x1 +
	                 (is_scaled(own) ? (int32_t)own->mappedWidth : seen.x2 - seen.x1);
	ret->source.y2 = ret->source.y1 +
	                 (is_scaled(own) ? (int32_t)own->mappedHeight : seen.y2 - seen.y1);
	ret->visible_count = 0;
	if (region_is_whole(plane, surface->ownership.area))
		return true;
	for (unsigned i = 0; i < plane->count && ret->visible_count < WIRE_VISIBLE_MAX; i++) {
		struct wire_rect rect = plane->rects[i];
		struct wire_rect moved = {rect.x1 + target.x1, rect.y1 + target.y1,
				rect.x2 + target.x1, rect.y2 + target.y1};

		moved = region_rect_cut(moved, seen);
		if (!region_rect_is_empty(&moved))
			ret->visible[ret->visible_count++] = moved;
	}
	return ret->visible_count > 0;
}
