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
	struct ownership ownership;
};

struct video_surface *surface_create(const gdiGfxSurface *gdi, struct decode_stream *stream,
		uint32_t number);
void surface_destroy(struct video_surface *surface); /* closes the stream; takes NULL */

void surface_queue(struct video_surface *surface, uint64_t number, enum ownership_kind kind,
		const RDPGFX_AVC420_BITMAP_STREAM *stream);

/* Newest pictures of the decoder; false: none ever came. `*now` gets their numbers. */
bool surface_take(struct video_surface *surface, struct ownership_now *now);

/* Into gdi's surface; `is_drawn`: and from there to the desktop's picture. */
void surface_convert(struct video *video, struct video_surface *surface,
		const struct ownership_work *work, bool is_drawn);

/* What is on the plane was renewed lately. */
bool surface_is_moving(const struct video_surface *surface);

/* All of the surface is on the desktop, no other one lies over it, its picture is large enough. */
bool surface_fits_plane(RdpgfxClientContext *gfx, const struct video_surface *surface);
/* A scaled one has to be on the plane as a whole. */
bool surface_shape_fits(RdpgfxClientContext *gfx, const struct video_surface *surface);

/* Source, target and visible of what is on the plane. False: nothing of it is on the desktop. */
bool surface_place(RdpgfxClientContext *gfx, const struct video_surface *surface,
		struct wire_video *ret);

#endif
