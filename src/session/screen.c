/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gdi draws everything, ordinary orders and all codecs of the graphics pipeline, into one
 * private XRGB buffer; what it marks as invalid goes into the pool's slots. H.264 goes past it
 * (session/graphics.h); where it is on a plane, FRAME says so together with the picture below it.
 */
#include "session/screen.h"

#include <drm/drm_fourcc.h>
#include <freerdp/gdi/gdi.h>

#include "base/log.h"
#include "session/codecs.h"
#include "session/cursor.h"
#include "session/graphics.h"
#include "session/present.h"

static bool send_pool(struct session *session, uint32_t width, uint32_t height)
{
	struct wire_session_pool message = {.format = DRM_FORMAT_XRGB8888};
	struct picture *picture = session->picture;
	struct err err;

	if (picture_resize(picture, width, height, &err) < 0) {
		log_error("%s", err.text);
		session->reason = REASON_SESSION_PROTOCOL;
		return false;
	}
	wire_init(&message, WIRE_SESSION_POOL);
	message.pool = picture->pool;
	message.width = width;
	message.height = height;
	message.stride = picture->stride;
	return wire_send(session->channel, &message, &picture->fd, 1) == 0;
}

/*
 * The desktop's picture and the video's change together: while one of them must wait for the
 * kiosk, so does the other. False: not now, or nothing is new.
 */
static bool take_frame(struct session *session, const rdpGdi *gdi, struct wire_session_frame *frame)
{
	struct present *present = graphics_present(session);

	frame->slot = WIRE_SLOT_NONE;
	if (present && !present_can_be_sent(present))
		return false;
	if (picture_is_new(session->picture)) {
		if (!picture_take_frame(session->picture, gdi->primary_buffer, gdi->stride, frame))
			return false;
	} else if (!present || !present_is_new(present)) {
		return false;
	}
	frame->pool = session->picture->pool;
	if (present && present_fill(present, session->channel, &frame->video) < 0)
		log_warn("a picture of the video cannot be shown");
	return true;
}

void screen_send(struct session *session)
{
	const rdpGdi *gdi = session->rdp->gdi;
	const struct present *present = graphics_present(session);
	struct wire_session_frame frame = {0};

	session->has_painted |= present && present->wanted;
	if (!gdi || session->is_ended || !session->has_painted ||
			gdi->width != session->picture->width ||
			gdi->height != session->picture->height)
		return;
	if (!take_frame(session, gdi, &frame))
		return;
	wire_init(&frame, WIRE_SESSION_FRAME);
	session_set_phase(session, WIRE_PHASE_SHOWING);
	wire_send(session->channel, &frame, NULL, 0);
}

static BOOL begin_paint(rdpContext *context)
{
	struct session *session = session_of(context);
	HGDI_WND window = context->gdi->primary->hdc->hwnd;

	window->invalid->null = TRUE;
	window->ninvalid = 0;
	return session->gfx || codecs_want_planar(session);
}

/* A server may mix both worlds. */
static BOOL update_bitmap(rdpContext *context, const BITMAP_UPDATE *update)
{
	struct session *session = session_of(context);

	return codecs_want_planar(session) && session->update_bitmap(context, update);
}

static BOOL end_paint(rdpContext *context)
{
	struct session *session = session_of(context);
	HGDI_WND window = context->gdi->primary->hdc->hwnd;

	for (INT32 i = 0; i < window->ninvalid; i++) {
		const GDI_RGN *one = &window->cinvalid[i];

		picture_damage(session->picture, (struct wire_rect){one->x, one->y, one->x + one->w,
								 one->y + one->h});
	}
	session->has_painted |= window->ninvalid > 0;
	window->invalid->null = TRUE;
	window->ninvalid = 0;
	screen_send(session);
	return TRUE;
}

static BOOL desktop_resize(rdpContext *context)
{
	UINT32 width = freerdp_settings_get_uint32(context->settings, FreeRDP_DesktopWidth);
	UINT32 height = freerdp_settings_get_uint32(context->settings, FreeRDP_DesktopHeight);
	struct session *session = session_of(context);

	log_debug("the desktop is now %u x %u", width, height);
	if (!gdi_resize(context->gdi, width, height))
		return FALSE;
	if (session->picture->width == (int32_t)width &&
			session->picture->height == (int32_t)height)
		return TRUE;
	return send_pool(session, width, height);
}

static BOOL set_leds(rdpContext *context, UINT16 flags)
{
	struct session *session = session_of(context);
	struct wire_session_leds message = {
			.caps = (flags & KBD_SYNC_CAPS_LOCK) != 0,
			.num = (flags & KBD_SYNC_NUM_LOCK) != 0,
			.scroll = (flags & KBD_SYNC_SCROLL_LOCK) != 0,
	};

	wire_init(&message, WIRE_SESSION_LEDS);
	if (!session->is_ended)
		wire_send(session->channel, &message, NULL, 0);
	return TRUE;
}

bool screen_open(rdpContext *context)
{
	if (!gdi_init(context->instance, PIXEL_FORMAT_BGRX32))
		return false;
	cursor_register(context);
	codecs_shrink(session_of(context));
	session_of(context)->update_bitmap = context->update->BitmapUpdate;
	context->update->BitmapUpdate = update_bitmap;
	context->update->BeginPaint = begin_paint;
	context->update->EndPaint = end_paint;
	context->update->DesktopResize = desktop_resize;
	context->update->SetKeyboardIndicators = set_leds;
	return send_pool(session_of(context), (uint32_t)context->gdi->width,
			(uint32_t)context->gdi->height);
}

void screen_set_pipeline(struct session *session, RdpgfxClientContext *gfx)
{
	if (!codecs_open_pipeline(session, gfx)) {
		log_warn("the graphics pipeline could not be started");
		return;
	}
	session->gfx = gfx;
	graphics_open(session, gfx);
}

void screen_drop_pipeline(struct session *session, RdpgfxClientContext *gfx)
{
	graphics_close(session);
	codecs_close_pipeline(session, gfx);
	session->gfx = NULL;
}
