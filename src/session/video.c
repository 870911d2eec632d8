/* SPDX-License-Identifier: Apache-2.0 */
#include "session/video.h"

#include <errno.h>
#include <freerdp/gdi/gdi.h>
#include <freerdp/gdi/gfx.h>
#include <freerdp/gdi/region.h>
#include <string.h>

#include "base/log.h"
#include "base/own.h"
#include "session/evor.h"
#include "session/screen.h"
#include "session/surface.h"

static struct video_surface *find(struct video *video, UINT16 id)
{
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++)
		if (video->surfaces[i] && video->surfaces[i]->id == id)
			return video->surfaces[i];
	return NULL;
}

static bool is_in_frame(const struct video *video)
{
	return video->session->rdp->gdi->inGfxFrame;
}

static void place(struct video *video)
{
	struct wire_video where = {0};

	if (evor_present(video->session, &video->present))
		return;
	if (!video->shown || !surface_place(video->gfx, video->shown, &where)) {
		present_want_none(&video->present);
		return;
	}
	present_want(&video->present, video->shown->main, video->shown->number, &where);
}

/* Surfaces to the desktop's picture; each that changed ends in screen_send. */
static void output(struct video *video)
{
	place(video);
	if (is_in_frame(video))
		return;
	if (video->gfx->UpdateSurfaces(video->gfx) != CHANNEL_RC_OK)
		log_debug("the surfaces could not be drawn");
	screen_send(video->session);
}

/* Nobody else's turn while the one on the plane moves. */
static bool may_show(const struct video *video, const struct video_surface *surface)
{
	const struct video_surface *shown = video->shown;

	if (shown && shown != surface && surface_is_moving(shown))
		return false;
	return surface_fits_plane(video->gfx, surface);
}

static void leave(struct video *video, struct video_surface *surface)
{
	struct ownership_work work = {0};

	ownership_leave(&surface->ownership, &work);
	surface_convert(video, surface, &work, true);
	if (video->shown == surface)
		video->shown = NULL;
}

static void show(struct video *video, struct video_surface *surface)
{
	struct ownership_work work = {0};

	if (video->shown && video->shown != surface)
		leave(video, video->shown);
	video->shown = surface;
	ownership_simplify(&surface->ownership, WIRE_VISIBLE_MAX, &work);
	surface_convert(video, surface, &work, true);
	if (!surface_fits_plane(video->gfx, surface) || !surface_shape_fits(video->gfx, surface))
		leave(video, surface);
}

/* One picture takes the place of the one before it, but only where it was to. */
static bool put(struct video *video, struct video_surface *surface,
		const struct decode_picture *picture)
{
	struct ownership_work work = {0};
	struct video_frame **place = picture->is_auxiliary ? &surface->auxiliary : &surface->main;
	uint64_t *number =
			picture->is_auxiliary ? &surface->auxiliary_number : &surface->main_number;

	ownership_replace(&surface->ownership, picture->number, picture->is_auxiliary, &work);
	surface_convert(video, surface, &work, true);
	video_frame_unref(*place);
	*place = picture->frame;
	if (*number < picture->number)
		*number = picture->number;
	return picture->is_late;
}

static void decide(struct video *video, struct video_surface *surface, bool is_late)
{
	struct ownership_work work = {0};
	struct ownership_now now = {.main = surface->main_number,
			.auxiliary = surface->auxiliary_number,
			.ms = loop_now_ms(),
			.may_show = may_show(video, surface),
			.is_late = is_late};

	ownership_decoded(&surface->ownership, &now, &work);
	surface_convert(video, surface, &work, true);
	if (surface->ownership.plane.count > 0)
		show(video, surface);
	else if (video->shown == surface)
		video->shown = NULL;
}

/* What the decoder has for one surface. */
static void take(struct video *video, struct video_surface *surface)
{
	struct decode_picture picture;
	bool has_any = false;

	while (decode_take(surface->stream, &picture)) {
		bool is_late = put(video, surface, &picture);

		has_any = true;
		decide(video, surface, is_late);
	}
	if (!has_any && surface->ownership.waiting.count > 0)
		decide(video, surface, false);
}

static void keep_ticking(struct video *video)
{
	const struct video_surface *shown = video->shown;
	bool shall_tick = shown && (shown->ownership.is_avc444 || surface_is_moving(shown));

	if (shall_tick == video->is_ticking)
		return;
	video->is_ticking = shall_tick;
	loop_timer_set(video->tick, shall_tick ? OWNERSHIP_TICK_MS : -1);
}

/* Areas of these messages include their last pixels, [MS-RDPBCGR] 2.2.11.1. */
static void ask(struct video *video, enum refresh_way way)
{
	rdpContext *rdp = video->session->rdp;
	const rdpUpdate *update = rdp->update;
	RECTANGLE_16 all = {0, 0, (UINT16)(rdp->gdi->width - 1), (UINT16)(rdp->gdi->height - 1)};
	bool is_sent = way == REFRESH_RECT
	                               ? update->RefreshRect(rdp, 1, &all)
	                               : update->SuppressOutput(rdp, FALSE, NULL) &&
	                                                 update->SuppressOutput(rdp, TRUE, &all);

	if (is_sent)
		log_info("the server is asked for a fresh picture: a video stands still");
	else
		log_debug("the server could not be asked for a fresh picture");
}

static void heal(void *data)
{
	struct video *video = data;
	const rdpSettings *settings = video->session->rdp->settings;
	struct refresh_now now = {.ms = loop_now_ms(),
			.is_broken = decode_is_broken(video->decode),
			.has_rect = freerdp_settings_get_bool(settings, FreeRDP_RefreshRect),
			.has_output = freerdp_settings_get_bool(settings, FreeRDP_SuppressOutput)};
	int64_t wait_ms;
	enum refresh_way way = refresh_step(&video->refresh, &now, &wait_ms);

	if (way != REFRESH_NOT)
		ask(video, way);
	loop_timer_set(video->again, wait_ms);
}

void video_change(struct video *video)
{
	if (video->shown && !surface_fits_plane(video->gfx, video->shown))
		leave(video, video->shown);
	keep_ticking(video);
	output(video);
}

static void on_decoded(void *data)
{
	struct video *video = data;

	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++)
		if (video->surfaces[i])
			take(video, video->surfaces[i]);
	evor_take(video->session);
	video_change(video);
	heal(video);
	video->on_done(video->data);
}

static void on_tick(void *data)
{
	struct video *video = data;
	struct ownership_work work = {0};

	video->is_ticking = false;
	if (!video->shown)
		return;
	ownership_tick(&video->shown->ownership, &work);
	surface_convert(video, video->shown, &work, true);
	if (video->shown->ownership.plane.count == 0)
		video->shown = NULL;
	keep_ticking(video);
	output(video);
}

int video_open(struct session *session, RdpgfxClientContext *gfx, uint32_t backends,
		void (*on_done)(void *data), void *data, struct video **ret, struct err *err)
{
	OWNED(memory) struct video *video = own_alloc(sizeof(*video));

	video->session = session;
	video->gfx = gfx;
	video->on_done = on_done;
	video->data = data;
	int r = decode_create(session->loop, backends, on_decoded, video, &video->decode, err);
	if (r < 0)
		return r;
	present_init(&video->present, session->video_pool);
	video->tick = loop_add_timer(session->loop, on_tick, video);
	video->again = loop_add_timer(session->loop, heal, video);
	*ret = own_take(video);
	return 0;
}

static void log_figures(const struct video *video)
{
	struct decode_figures figures = decode_figures(video->decode);
	const char *backend = decode_backend(video->decode);

	if (figures.packets == 0)
		return;
	log_info("video: %s decoded %" PRIu64 " of %" PRIu64 " packets, %" PRIu64
		 " pictures were shown on a plane, %" PRIu64
		 " dropped for newer ones; copied bytes: "
		 "%" PRIu64 " of packets, %" PRIu64 " of pictures, %" PRIu64 " converted, "
		 "%" PRIu64 " of the desktop",
			backend ? backend : "nobody", figures.frames, figures.packets,
			video->present.shown, figures.dropped, figures.bytes_in,
			figures.bytes_copied, video->bytes_converted,
			video->session->picture->bytes_copied);
}

void video_close(struct video *video)
{
	if (!video)
		return;
	log_figures(video);
	loop_timer_remove(video->tick);
	loop_timer_remove(video->again);
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++)
		surface_destroy(video->surfaces[i]);
	decode_destroy(video->decode);
	video->session->video_pool = video->present.pool;
	present_finish(&video->present);
	free(video);
}

uint32_t video_number(struct video *video)
{
	return ++video->streams;
}

/* -- commands -- */

static struct video_surface *open_surface(struct video *video, const gdiGfxSurface *gdi)
{
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++) {
		if (video->surfaces[i])
			continue;
		struct decode_stream *stream = decode_stream_open(video->decode);
		if (!stream)
			break;
		video->surfaces[i] = surface_create(gdi, stream, video_number(video));
		return video->surfaces[i];
	}
	if (!video->has_complained)
		log_warn("more than %d surfaces with H.264: the others stay as they are",
				DECODE_STREAMS_MAX);
	video->has_complained = true;
	return NULL;
}

static void push(struct video *video, struct video_surface *surface,
		const RDPGFX_AVC420_BITMAP_STREAM *stream, enum ownership_kind kind)
{
	struct decode_packet packet = {.bytes = stream->data,
			.size = stream->length,
			.is_auxiliary = kind == OWNERSHIP_AUXILIARY};
	struct region region;
	uint64_t number;

	if (stream->length == 0)
		return;
	surface_region(surface, stream, &region);
	packet.covers = ownership_covers(&surface->ownership, kind, &region);
	int r = decode_push(surface->stream, &packet, &number);
	if (r < 0) {
		log_warn("a packet of video is lost: %s", strerror(-r));
		return;
	}
	video->pushed = number;
	surface->last_number = number;
	ownership_queue(&surface->ownership, number, kind, &region);
}

/* LC of [MS-RDPEGFX] 2.2.4.5: 0 both, 1 the main one, 2 the auxiliary one alone. */
static void push_two(struct video *video, struct video_surface *surface,
		const RDPGFX_AVC444_BITMAP_STREAM *streams)
{
	if (streams->LC == 2) {
		push(video, surface, &streams->bitstream[0], OWNERSHIP_AUXILIARY);
		return;
	}
	bool has_two = streams->LC == 0 && streams->bitstream[1].length > 0;
	push(video, surface, &streams->bitstream[0],
			has_two ? OWNERSHIP_MAIN_OF_TWO : OWNERSHIP_MAIN);
	surface->ownership.is_avc444 = true;
	if (has_two)
		push(video, surface, &streams->bitstream[1], OWNERSHIP_AUXILIARY);
}

bool video_command(struct video *video, const RDPGFX_SURFACE_COMMAND *command, UINT *ret)
{
	bool is_444 = command->codecId == RDPGFX_CODECID_AVC444 ||
	              command->codecId == RDPGFX_CODECID_AVC444v2;

	if (command->codecId != RDPGFX_CODECID_AVC420 && !is_444)
		return false;
	UINT16 id = (UINT16)command->surfaceId;
	const gdiGfxSurface *gdi = video->gfx->GetSurfaceData(video->gfx, id);
	*ret = CHANNEL_RC_OK;
	if (!gdi || !command->extra || command->right > gdi->width ||
			command->bottom > gdi->height) {
		*ret = ERROR_INVALID_DATA;
		return true;
	}
	struct video_surface *surface = find(video, id);
	if (!surface)
		surface = open_surface(video, gdi);
	if (!surface)
		return true;
	surface->is_version2 = command->codecId == RDPGFX_CODECID_AVC444v2;
	if (is_444)
		push_two(video, surface, command->extra);
	else
		push(video, surface, command->extra, OWNERSHIP_MAIN);
	return true;
}

/* -- what gdi does with the same surfaces -- */

static void settle(struct video *video, struct video_surface *surface)
{
	if (!decode_wait(video->decode, surface->last_number))
		log_warn("the decoder is too slow: older pixels are used");
	take(video, surface);
}

void video_before_read(struct video *video, UINT16 id, struct wire_rect rect)
{
	struct ownership_work work = {0};
	struct video_surface *surface = find(video, id);

	if (!surface)
		return;
	if (ownership_is_pending(&surface->ownership, rect))
		settle(video, surface);
	ownership_read(&surface->ownership, rect, &work);
	surface_convert(video, surface, &work, false);
}

void video_before_draw(struct video *video, UINT16 id)
{
	struct video_surface *surface = find(video, id);

	if (surface && ownership_is_ragged(&surface->ownership))
		settle(video, surface);
}

static void draw(struct video *video, struct video_surface *surface, struct wire_rect rect)
{
	ownership_draw(&surface->ownership, rect);
	if (video->shown != surface)
		return;
	if (surface->ownership.plane.count == 0)
		video->shown = NULL;
	else
		show(video, surface);
}

/* A scaled one goes whole, and what covers it is drawn above it: gdi itself knows no order. */
static void leave_below(struct video *video, struct video_surface *shown, gdiGfxSurface *other,
		struct wire_rect rect)
{
	RECTANGLE_16 again = {(UINT16)rect.x1, (UINT16)rect.y1, (UINT16)rect.x2, (UINT16)rect.y2};

	leave(video, shown);
	if (video->gfx->UpdateSurfaces(video->gfx) != CHANNEL_RC_OK ||
			!region16_union_rect(&other->invalidRegion, &other->invalidRegion, &again))
		log_debug("the surfaces could not be drawn");
}

/* Its memory keeps what it showed there: it may be read. */
void video_cover(struct video *video, UINT16 id, struct wire_rect rect)
{
	struct ownership_work work = {0};
	struct video_surface *shown = video->shown;

	if (!shown || shown->id == id)
		return;
	const gdiGfxSurface *own = video->gfx->GetSurfaceData(video->gfx, shown->id);
	gdiGfxSurface *other = video->gfx->GetSurfaceData(video->gfx, id);
	if (!own || !other)
		return;
	struct wire_rect covered = surface_covered(own, surface_seen_at(other, rect));
	if (region_rect_is_empty(&covered))
		return;
	if (!surface_is_cuttable(own)) {
		leave_below(video, shown, other, rect);
		return;
	}
	rect = covered;
	ownership_read(&shown->ownership, rect, &work);
	surface_convert(video, shown, &work, false);
	draw(video, shown, rect);
}

void video_drawn(struct video *video, UINT16 id, struct wire_rect rect)
{
	struct video_surface *surface = find(video, id);

	if (surface)
		draw(video, surface, rect);
	video_cover(video, id, rect);
}

void video_leave(struct video *video, UINT16 id)
{
	struct video_surface *surface = find(video, id);

	if (!surface)
		return;
	settle(video, surface);
	leave(video, surface);
	place(video);
	if (video->gfx->UpdateSurfaces(video->gfx) != CHANNEL_RC_OK)
		log_debug("the surfaces could not be drawn");
}

void video_remove(struct video *video, UINT16 id)
{
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++) {
		if (!video->surfaces[i] || video->surfaces[i]->id != id)
			continue;
		if (video->shown == video->surfaces[i])
			video->shown = NULL;
		surface_destroy(own_take(video->surfaces[i]));
	}
	place(video);
}

void video_forget(struct video *video)
{
	for (unsigned i = 0; i < DECODE_STREAMS_MAX; i++)
		if (video->surfaces[i])
			ownership_forget(&video->surfaces[i]->ownership);
	video->shown = NULL;
	place(video);
}

void video_check(struct video *video)
{
	if (video->shown && !surface_fits_plane(video->gfx, video->shown))
		leave(video, video->shown);
	place(video);
}

void video_quality(struct video *video, struct wire_session_quality *ret)
{
	static const struct {
		enum video_backend backend;
		enum wire_decoded decoder;
	} rows[] = {
			{VIDEO_VAAPI, WIRE_DECODED_VAAPI},
			{VIDEO_V4L2, WIRE_DECODED_V4L2},
			{VIDEO_V4L2_REQUEST, WIRE_DECODED_V4L2},
			{VIDEO_SOFTWARE, WIRE_DECODED_SOFTWARE},
	};
	struct decode_figures figures = decode_figures(video->decode);
	const char *backend = decode_backend(video->decode);

	ret->dropped = figures.dropped < UINT32_MAX ? (uint32_t)figures.dropped : UINT32_MAX;
	for (size_t i = 0; backend && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(backend, video_backend_name(rows[i].backend)) == 0)
			ret->decoder = rows[i].decoder;
}
