/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Acknowledging: rdpgfx itself does so when EndFrame returns, before anything is decoded. OnOpen takes
 * that over: a frame is acknowledged when the last of its packets came out of the decoder, in the
 * order of the frames. A server that waits for that never gets ahead; one that does not
 * is not read from while the decoder's queue is full.
 */
#include "session/graphics.h"

#include <freerdp/gdi/gdi.h>
#include <freerdp/gdi/gfx.h>

#include "base/log.h"
#include "base/own.h"
#include "session/connect.h"
#include "session/evor.h"
#include "session/screen.h"
#include "session/video.h"

enum { ACKS_MAX = 64 };

struct ack {
	UINT32 frame;
	uint64_t packet; /* that has to be decoded */
};

struct graphics {
	struct session *session;
	RdpgfxClientContext *gfx;
	struct video *video;       /* NULL: FreeRDP decodes, and acknowledges */
	RdpgfxClientContext below; /* its callbacks are those before ours */
	struct loop_timer *patience;
	bool is_in_frame;
	bool has_complained;
	unsigned first, count; /* of the ring */
	struct ack acks[ACKS_MAX];
	UINT32 acknowledged;
	unsigned surfaces;
	uint64_t pixels;
	uint64_t cached; /* bytes */
};

static struct graphics *graphics_of(RdpgfxClientContext *gfx)
{
	const rdpGdi *gdi = gfx->custom;

	return session_of(gdi->context)->graphics;
}

static struct wire_rect rect_of(const RECTANGLE_16 *rect)
{
	return (struct wire_rect){rect->left, rect->top, rect->right, rect->bottom};
}

/* -- acknowledging -- */

static void acknowledge_first(struct graphics *graphics)
{
	RDPGFX_FRAME_ACKNOWLEDGE_PDU ack = {.queueDepth = QUEUE_DEPTH_UNAVAILABLE,
			.frameId = graphics->acks[graphics->first].frame,
			.totalFramesDecoded = ++graphics->acknowledged};

	graphics->first = (graphics->first + 1) % ACKS_MAX;
	graphics->count--;
	if (graphics->gfx->FrameAcknowledge(graphics->gfx, &ack) != CHANNEL_RC_OK)
		log_debug("frame %u could not be acknowledged", ack.frameId);
}

static void acknowledge(struct graphics *graphics)
{
	uint64_t done = graphics->count > 0 ? decode_done(graphics->video->decode) : 0;

	while (graphics->count > 0 && graphics->acks[graphics->first].packet <= done)
		acknowledge_first(graphics);
}

static void on_decoded(void *data)
{
	struct graphics *graphics = data;

	acknowledge(graphics);
	connect_go_on(graphics->session);
}

bool graphics_is_full(struct session *session)
{
	const struct graphics *graphics = session->graphics;

	return graphics && graphics->video &&
	       (decode_is_full(graphics->video->decode) || graphics->count > ACKS_MAX / 2);
}

static UINT on_open(RdpgfxClientContext *gfx, BOOL *shall_advertise, BOOL *shall_acknowledge)
{
	(void)gfx;
	(void)shall_advertise;
	*shall_acknowledge = FALSE;
	return CHANNEL_RC_OK;
}

/* -- frames -- */

static UINT start_frame(RdpgfxClientContext *gfx, const RDPGFX_START_FRAME_PDU *start)
{
	struct graphics *graphics = graphics_of(gfx);

	if (!graphics->is_in_frame)
		loop_timer_set(graphics->patience, GRAPHICS_FRAME_MS);
	graphics->is_in_frame = true;
	return graphics->below.StartFrame(gfx, start);
}

static UINT end_frame(RdpgfxClientContext *gfx, const RDPGFX_END_FRAME_PDU *end)
{
	struct graphics *graphics = graphics_of(gfx);
	struct video *video = graphics->video;

	graphics->is_in_frame = false;
	loop_timer_set(graphics->patience, -1);
	if (video)
		video_check(video);
	UINT result = graphics->below.EndFrame(gfx, end);
	screen_send(graphics->session);
	if (!video)
		return result;
	if (graphics->count == ACKS_MAX)
		acknowledge_first(graphics);
	graphics->acks[(graphics->first + graphics->count++) % ACKS_MAX] =
			(struct ack){end->frameId, video->pushed};
	acknowledge(graphics);
	return result;
}

/* gdi shows nothing of a frame before its end. */
static void on_endless(void *data)
{
	struct graphics *graphics = data;

	if (!graphics->has_complained)
		log_warn("the server does not end its frames: they are shown as they are");
	graphics->has_complained = true;
	graphics->is_in_frame = false;
	graphics->session->rdp->gdi->inGfxFrame = FALSE;
	if (graphics->video)
		video_check(graphics->video);
	if (graphics->gfx->UpdateSurfaces(graphics->gfx) != CHANNEL_RC_OK)
		log_debug("the surfaces could not be drawn");
	screen_send(graphics->session);
}

/* -- limits -- */

static UINT refuse(struct graphics *graphics, const char *what, uint64_t asked, uint64_t most)
{
	log_error("the server asks for %s of %" PRIu64 ", at most %" PRIu64 " are served", what,
			asked, most);
	if (graphics->session->reason == REASON_NONE)
		graphics->session->reason = REASON_SESSION_PROTOCOL;
	return ERROR_INVALID_DATA;
}

static UINT check_sides(struct graphics *graphics, const char *what, UINT32 width, UINT32 height)
{
	UINT32 side = width > height ? width : height;

	if (side > WIRE_SIDE_MAX)
		return refuse(graphics, what, side, WIRE_SIDE_MAX);
	return CHANNEL_RC_OK;
}

static UINT reset_graphics(RdpgfxClientContext *gfx, const RDPGFX_RESET_GRAPHICS_PDU *reset)
{
	struct graphics *graphics = graphics_of(gfx);
	UINT result = check_sides(graphics, "a desktop with sides", reset->width, reset->height);

	if (result != CHANNEL_RC_OK)
		return result;
	if (graphics->video)
		video_forget(graphics->video);
	return graphics->below.ResetGraphics(gfx, reset);
}

static void count_surface(struct graphics *graphics, UINT16 id, int sign)
{
	const gdiGfxSurface *surface = graphics->gfx->GetSurfaceData(graphics->gfx, id);

	if (!surface)
		return;
	graphics->surfaces += (unsigned)sign;
	graphics->pixels += (uint64_t)sign * surface->width * surface->height;
}

static UINT create_surface(RdpgfxClientContext *gfx, const RDPGFX_CREATE_SURFACE_PDU *create)
{
	struct graphics *graphics = graphics_of(gfx);
	uint64_t pixels = graphics->pixels + (uint64_t)create->width * create->height;
	UINT result = check_sides(graphics, "a surface with sides", create->width, create->height);

	if (result == CHANNEL_RC_OK && graphics->surfaces >= GRAPHICS_SURFACES_MAX)
		result = refuse(graphics, "surfaces, a number", graphics->surfaces + 1,
				GRAPHICS_SURFACES_MAX);
	if (result == CHANNEL_RC_OK && pixels > GRAPHICS_PIXELS_MAX)
		result = refuse(graphics, "surfaces, pixels", pixels, GRAPHICS_PIXELS_MAX);
	if (result == CHANNEL_RC_OK)
		result = graphics->below.CreateSurface(gfx, create);
	if (result == CHANNEL_RC_OK)
		count_surface(graphics, create->surfaceId, 1);
	return result;
}

static UINT delete_surface(RdpgfxClientContext *gfx, const RDPGFX_DELETE_SURFACE_PDU *delete)
{
	struct graphics *graphics = graphics_of(gfx);

	if (graphics->video) {
		if (graphics->session->is_connected)
			video_leave(graphics->video, delete->surfaceId);
		video_remove(graphics->video, delete->surfaceId);
	}
	count_surface(graphics, delete->surfaceId, -1);
	return graphics->below.DeleteSurface(gfx, delete);
}

/* -- drawing -- */

/* These leave pixels of their rectangle as they were, or change only a part of each. */
static bool is_partial(UINT32 codec)
{
	return codec == RDPGFX_CODECID_CLEARCODEC || codec == RDPGFX_CODECID_ALPHA;
}

static UINT surface_command(RdpgfxClientContext *gfx, const RDPGFX_SURFACE_COMMAND *command)
{
	struct graphics *graphics = graphics_of(gfx);
	UINT16 id = (UINT16)command->surfaceId;
	UINT result;

	if (graphics->video && video_command(graphics->video, command, &result))
		return result;
	if (graphics->video && is_partial(command->codecId))
		video_before_read(graphics->video, id,
				(struct wire_rect){(int32_t)command->left, (int32_t)command->top,
						(int32_t)command->right, (int32_t)command->bottom});
	if (graphics->video)
		video_before_draw(graphics->video, id);
	return graphics->below.SurfaceCommand(gfx, command);
}

static UINT solid_fill(RdpgfxClientContext *gfx, const RDPGFX_SOLID_FILL_PDU *fill)
{
	struct graphics *graphics = graphics_of(gfx);

	if (graphics->video)
		video_before_draw(graphics->video, fill->surfaceId);
	return graphics->below.SolidFill(gfx, fill);
}

static UINT surface_to_surface(RdpgfxClientContext *gfx, const RDPGFX_SURFACE_TO_SURFACE_PDU *copy)
{
	struct graphics *graphics = graphics_of(gfx);

	if (graphics->video) {
		video_before_read(graphics->video, copy->surfaceIdSrc, rect_of(&copy->rectSrc));
		video_before_draw(graphics->video, copy->surfaceIdDest);
	}
	return graphics->below.SurfaceToSurface(gfx, copy);
}

static uint64_t slot_bytes(RdpgfxClientContext *gfx, UINT16 slot)
{
	const gdiGfxCacheEntry *entry = gfx->GetCacheSlotData(gfx, slot);

	return entry ? (uint64_t)entry->width * entry->height * 4 : 0;
}

/* gdi evicts what was in the slot, by the callback below. */
static UINT surface_to_cache(RdpgfxClientContext *gfx, const RDPGFX_SURFACE_TO_CACHE_PDU *copy)
{
	struct graphics *graphics = graphics_of(gfx);
	struct wire_rect rect = rect_of(&copy->rectSrc);
	uint64_t left = graphics->cached - slot_bytes(gfx, copy->cacheSlot);
	uint64_t bytes = rect.x2 > rect.x1 && rect.y2 > rect.y1
	                                 ? (uint64_t)(rect.x2 - rect.x1) *
	                                                   (uint64_t)(rect.y2 - rect.y1) * 4
	                                 : 0;

	if (left + bytes > GRAPHICS_CACHE_MAX)
		return refuse(graphics, "a cache, bytes", left + bytes, GRAPHICS_CACHE_MAX);
	if (graphics->video)
		video_before_read(graphics->video, copy->surfaceId, rect);
	UINT result = graphics->below.SurfaceToCache(gfx, copy);
	if (result == CHANNEL_RC_OK)
		graphics->cached += slot_bytes(gfx, copy->cacheSlot);
	return result;
}

static UINT evict(RdpgfxClientContext *gfx, const RDPGFX_EVICT_CACHE_ENTRY_PDU *entry)
{
	struct graphics *graphics = graphics_of(gfx);
	uint64_t bytes = slot_bytes(gfx, entry->cacheSlot);
	UINT result = graphics->below.EvictCacheEntry(gfx, entry);

	if (result == CHANNEL_RC_OK)
		graphics->cached -= bytes;
	return result;
}

static UINT cache_to_surface(RdpgfxClientContext *gfx, const RDPGFX_CACHE_TO_SURFACE_PDU *copy)
{
	struct graphics *graphics = graphics_of(gfx);

	if (graphics->video)
		video_before_draw(graphics->video, copy->surfaceId);
	return graphics->below.CacheToSurface(gfx, copy);
}

/* Every drawing of gdi ends here, with what it covered. */
static UINT drawn(RdpgfxClientContext *gfx, UINT16 id, UINT32 count, const RECTANGLE_16 *rects)
{
	struct graphics *graphics = graphics_of(gfx);

	for (UINT32 i = 0; graphics->video && i < count; i++)
		video_drawn(graphics->video, id, rect_of(&rects[i]));
	return CHANNEL_RC_OK;
}

/* -- mapping -- */

/* gdi leaves the pixels where they were seen before, and draws nothing at the new place. */
static UINT mapped(struct graphics *graphics, UINT16 id, bool was_mapped, UINT result)
{
	gdiGfxSurface *surface = graphics->gfx->GetSurfaceData(graphics->gfx, id);

	if (result != CHANNEL_RC_OK || !was_mapped || !surface || !surface->outputMapped)
		return result;
	RECTANGLE_16 all = {0, 0, (UINT16)surface->mappedWidth, (UINT16)surface->mappedHeight};
	if (!region16_union_rect(&surface->invalidRegion, &surface->invalidRegion, &all))
		return CHANNEL_RC_NO_MEMORY;
	return result;
}

static bool unmap(struct graphics *graphics, UINT16 id)
{
	const gdiGfxSurface *surface = graphics->gfx->GetSurfaceData(graphics->gfx, id);

	if (graphics->video)
		video_leave(graphics->video, id);
	return surface && surface->outputMapped;
}

static UINT map_to_output(RdpgfxClientContext *gfx, const RDPGFX_MAP_SURFACE_TO_OUTPUT_PDU *map)
{
	struct graphics *graphics = graphics_of(gfx);
	bool was_mapped = unmap(graphics, map->surfaceId);

	return mapped(graphics, map->surfaceId, was_mapped,
			graphics->below.MapSurfaceToOutput(gfx, map));
}

static UINT map_to_scaled(RdpgfxClientContext *gfx,
		const RDPGFX_MAP_SURFACE_TO_SCALED_OUTPUT_PDU *map)
{
	struct graphics *graphics = graphics_of(gfx);
	bool was_mapped = unmap(graphics, map->surfaceId);

	return mapped(graphics, map->surfaceId, was_mapped,
			graphics->below.MapSurfaceToScaledOutput(gfx, map));
}

static UINT map_to_window(RdpgfxClientContext *gfx, const RDPGFX_MAP_SURFACE_TO_WINDOW_PDU *map)
{
	struct graphics *graphics = graphics_of(gfx);

	unmap(graphics, map->surfaceId);
	return graphics->below.MapSurfaceToWindow(gfx, map);
}

static UINT map_to_scaled_window(RdpgfxClientContext *gfx,
		const RDPGFX_MAP_SURFACE_TO_SCALED_WINDOW_PDU *map)
{
	struct graphics *graphics = graphics_of(gfx);

	unmap(graphics, map->surfaceId);
	return graphics->below.MapSurfaceToScaledWindow(gfx, map);
}

/* -- life -- */

#define EACH_CALLBACK(do) \
	do \
	(ResetGraphics, reset_graphics) do(CreateSurface, create_surface) do(DeleteSurface, \
			delete_surface) do(StartFrame, start_frame) do(EndFrame, \
			end_frame) do(SurfaceCommand, surface_command) do(SolidFill, \
			solid_fill) do(SurfaceToSurface, surface_to_surface) do(SurfaceToCache, \
			surface_to_cache) do(CacheToSurface, cache_to_surface) do(EvictCacheEntry, \
			evict) do(UpdateSurfaceArea, drawn) do(MapSurfaceToOutput, \
			map_to_output) do(MapSurfaceToScaledOutput, \
			map_to_scaled) do(MapSurfaceToWindow, \
			map_to_window) do(MapSurfaceToScaledWindow, map_to_scaled_window)

#define INSTALL(name, function) \
	graphics->below.name = gfx->name; \
	gfx->name = (function);
#define RESTORE(name, function) gfx->name = graphics->below.name;

static void install(struct graphics *graphics, RdpgfxClientContext *gfx)
{
	EACH_CALLBACK(INSTALL)
	if (graphics->video)
		gfx->OnOpen = on_open;
}

/* The channel still removes its surfaces when we are gone. */
static void restore(const struct graphics *graphics, RdpgfxClientContext *gfx)
{
	EACH_CALLBACK(RESTORE)
	gfx->OnOpen = NULL;
}

static struct video *open_video(struct graphics *graphics)
{
	const struct wire_session_start *start = &graphics->session->start;
	uint32_t backends = start->decoder == WIRE_DECODER_SOFTWARE ? 1U << VIDEO_SOFTWARE : 0;
	struct video *video = NULL;
	struct err err;

	if (start->decoder == WIRE_DECODER_OFF)
		return NULL;
	if (video_open(graphics->session, graphics->gfx, backends, on_decoded, graphics, &video,
			    &err) < 0)
		log_warn("video is drawn into the desktop's picture: %s", err.text);
	return video;
}

bool graphics_open(struct session *session, RdpgfxClientContext *gfx)
{
	struct graphics *graphics = own_alloc(sizeof(*graphics));

	graphics->session = session;
	graphics->gfx = gfx;
	graphics->patience = loop_add_timer(session->loop, on_endless, graphics);
	graphics->video = open_video(graphics);
	session->graphics = graphics;
	install(graphics, gfx);
	return true;
}

void graphics_close(struct session *session)
{
	struct graphics *graphics = session->graphics;

	if (!graphics)
		return;
	restore(graphics, graphics->gfx);
	evor_end(session);
	session->graphics = NULL;
	loop_timer_remove(graphics->patience);
	video_close(graphics->video);
	free(graphics);
}

struct present *graphics_present(struct session *session)
{
	struct graphics *graphics = session->graphics;

	return graphics && graphics->video ? &graphics->video->present : NULL;
}

struct video *graphics_video(struct session *session)
{
	return session->graphics ? session->graphics->video : NULL;
}
