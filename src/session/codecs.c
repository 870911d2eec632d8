/* SPDX-License-Identifier: Apache-2.0 */
#include "session/codecs.h"

#include <freerdp/codec/clear.h>
#include <freerdp/codec/h264.h>
#include <freerdp/codec/planar.h>
#include <freerdp/codec/progressive.h>
#include <freerdp/codecs.h>
#include <freerdp/gdi/gdi.h>
#include <freerdp/gdi/gfx.h>

enum { SMALL_SIDE = 64 }; /* pixels; what FreeRDP makes a planar decoder with at first */

bool codecs_want_planar(struct session *session)
{
	const rdpGdi *gdi = session->rdp->gdi;

	if (session->has_planar)
		return true;
	session->has_planar = freerdp_bitmap_planar_context_reset(session->rdp->codecs->planar,
			(UINT32)gdi->width, (UINT32)gdi->height);
	return session->has_planar;
}

/* A reset to a smaller size keeps the memory; a new decoder does not. */
static void shrink_planar(struct session *session)
{
	rdpCodecs *codecs = session->rdp->codecs;
	BITMAP_PLANAR_CONTEXT *small = freerdp_bitmap_planar_context_new(0, SMALL_SIDE, SMALL_SIDE);

	session->has_planar = !small;
	if (!small)
		return;
	freerdp_bitmap_planar_context_free(codecs->planar);
	codecs->planar = small;
}

/* Surfaces have H.264 decoders of their own: nobody uses the context's. */
void codecs_shrink(struct session *session)
{
	rdpCodecs *codecs = session->rdp->codecs;

	h264_context_free(codecs->h264);
	codecs->h264 = NULL;
	clear_context_free(codecs->clear);
	codecs->clear = NULL;
	progressive_context_free(codecs->progressive);
	codecs->progressive = NULL;
	shrink_planar(session);
}

/* The size comes with the first message of the pipeline, [MS-RDPEGFX] 2.2.2.14. */
static UINT reset_graphics(RdpgfxClientContext *gfx, const RDPGFX_RESET_GRAPHICS_PDU *reset)
{
	const rdpGdi *gdi = gfx->custom;
	struct session *session = session_of(gdi->context);
	rdpCodecs *codecs = session->rdp->codecs;
	BITMAP_PLANAR_CONTEXT *planar = codecs->planar;

	codecs->planar = NULL; /* hidden: it would be made large, twice */
	UINT result = session->pipeline.reset_graphics(gfx, reset);
	codecs->planar = planar;
	shrink_planar(session);
	return result;
}

/* The decoder of one command, made when the first such command comes. They keep their state. */
static bool want(struct session *session, UINT16 codec)
{
	rdpCodecs *codecs = session->rdp->codecs;

	switch (codec) {
	case RDPGFX_CODECID_PLANAR:
		return codecs_want_planar(session);
	case RDPGFX_CODECID_CLEARCODEC:
		if (!codecs->clear)
			codecs->clear = clear_context_new(FALSE);
		return codecs->clear;
	case RDPGFX_CODECID_CAPROGRESSIVE:
	case RDPGFX_CODECID_CAPROGRESSIVE_V2:
		if (!codecs->progressive)
			codecs->progressive =
					progressive_context_new_ex(FALSE, codecs->ThreadingFlags);
		return codecs->progressive;
	default:
		return true;
	}
}

static UINT surface_command(RdpgfxClientContext *gfx, const RDPGFX_SURFACE_COMMAND *command)
{
	const rdpGdi *gdi = gfx->custom;
	struct session *session = session_of(gdi->context);

	if (!want(session, (UINT16)command->codecId))
		return CHANNEL_RC_NO_MEMORY;
	return session->pipeline.surface_command(gfx, command);
}

static bool set_size(rdpSettings *settings, UINT32 width, UINT32 height)
{
	return freerdp_settings_set_uint32(settings, FreeRDP_DesktopWidth, width) &&
	       freerdp_settings_set_uint32(settings, FreeRDP_DesktopHeight, height);
}

/* Its own decoders are made for the smallest desktop, and then not used at all. */
bool codecs_open_pipeline(struct session *session, RdpgfxClientContext *gfx)
{
	rdpSettings *settings = session->rdp->settings;
	UINT32 width = freerdp_settings_get_uint32(settings, FreeRDP_DesktopWidth);
	UINT32 height = freerdp_settings_get_uint32(settings, FreeRDP_DesktopHeight);

	if (!set_size(settings, SMALL_SIDE, SMALL_SIDE))
		return false;
	bool is_open = gdi_graphics_pipeline_init(session->rdp->gdi, gfx);
	if (!set_size(settings, width, height) || !is_open)
		return false;
	freerdp_client_codecs_free(gfx->codecs);
	gfx->codecs = session->rdp->codecs;
	session->pipeline.reset_graphics = gfx->ResetGraphics;
	session->pipeline.surface_command = gfx->SurfaceCommand;
	gfx->ResetGraphics = reset_graphics;
	gfx->SurfaceCommand = surface_command;
	return true;
}

void codecs_close_pipeline(struct session *session, RdpgfxClientContext *gfx)
{
	gfx->codecs = NULL; /* the context's own */
	gdi_graphics_pipeline_uninit(session->rdp->gdi, gfx);
}
