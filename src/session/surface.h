/* SPDX-License-Identifier: Apache-2.0 */
/* One surface of the graphics pipeline that gets H.264: its stream, newest pictures, who owns what. */
#ifndef SESSION_SURFACE_H
#define SESSION_SURFACE_H

#include <freerdp/gdi/gfx.h>

#include "session/video.h"

struct video_surface {
	UINT16 id;
	uint32_t number; /* of its stream */
	struct decode_stream *stream;
	uint64_t last_number; /* newest packet */
	bool is_version2;     /* AVC444v2 */
	struct video_frame *main, *auxiliary;
	uint64_t main_number, auxiliary_number; /* newest packets that came out */
	struct ownership ownership;
};

struct video_surface *surface_create(const gdiGfxSurface *gdi, struct decode_stream *stream,
		uint32_t number);
void surface_destroy(struct video_surface *surface); /* closes the stream; takes NULL */

void surface_region(const struct video_surface *surface, const RDPGFX_AVC420_BITMAP_STREAM *stream,
		struct region *ret);

/* Into gdi's surface; `is_drawn`: and from there to the desktop's picture. */
void surface_convert(struct video *video, struct video_surface *surface,
		const struct ownership_work *work, bool is_drawn);

/* What is on the plane was renewed lately. */
bool surface_is_moving(const struct video_surface *surface);

/* Pixels of the desktop where `rect` of a surface is seen; at least those, when it is scaled. */
struct wire_rect surface_seen_at(const gdiGfxSurface *own, struct wire_rect rect);
/* The other way: what of a surface is behind pixels of the desktop. */
struct wire_rect surface_covered(const gdiGfxSurface *own, struct wire_rect seen);

/* Some of the surface is on the desktop, a scaled one all, and its picture is large enough. */
bool surface_fits_plane(RdpgfxClientContext *gfx, const struct video_surface *surface);
/* A scaled one has to be on the plane as a whole. */
bool surface_is_cuttable(const gdiGfxSurface *own);
bool surface_shape_fits(RdpgfxClientContext *gfx, const struct video_surface *surface);

/* Source, target and visible of what is on the plane. False: nothing of it is on the desktop. */
bool surface_place(RdpgfxClientContext *gfx, const struct video_surface *surface,
		struct wire_video *ret);

#endif
