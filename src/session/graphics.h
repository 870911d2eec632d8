/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The callbacks of the graphics pipeline [MS-RDPEGFX], between FreeRDP's channel and its gdi: H.264
 * goes to session/video.h, frames are acknowledged when they were decoded, and what no honest
 * server asks for ends the session.
 */
#ifndef SESSION_GRAPHICS_H
#define SESSION_GRAPHICS_H

#include "session/session.h"

struct graphics;
struct video;

enum {
	GRAPHICS_SURFACES_MAX = 1024,
	GRAPHICS_PIXELS_MAX = 2 * WIRE_SIDE_MAX * WIRE_SIDE_MAX, /* of all surfaces together */
	GRAPHICS_CACHE_MAX =
			16 << 20, /* bytes: GfxSmallCache is advertised, [MS-RDPEGFX] 3.3.1.4 */
	GRAPHICS_FRAME_MS = 1000, /* a frame without an end is shown as it is after this */
};

/* After codecs_open_pipeline, before the channel's OnOpen. */
bool graphics_open(struct session *session, RdpgfxClientContext *gfx);
void graphics_close(struct session *session);

/* The server has to wait: nothing is to be read from it until graphics_on_room. */
bool graphics_is_full(struct session *session);

/* The video part of FRAMEs; NULL: there is none. */
struct present *graphics_present(struct session *session);

struct video *graphics_video(struct session *session); /* NULL: FreeRDP decodes */

#endif
