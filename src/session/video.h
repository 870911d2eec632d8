/* SPDX-License-Identifier: Apache-2.0 */
/*
 * H.264 of the graphics pipeline: from its commands to the decoder's thread, and the pictures to a
 * display plane, or into gdi's surfaces where session/ownership.h says so. One surface at
 * a time is on the plane. All of it in the loop's thread.
 */
#ifndef SESSION_VIDEO_H
#define SESSION_VIDEO_H

#include <freerdp/client/rdpgfx.h>

#include "session/decode.h"
#include "session/ownership.h"
#include "session/present.h"
#include "session/refresh.h"
#include "session/session.h"

struct video_surface;

struct video {
	struct session *session;
	RdpgfxClientContext *gfx;
	struct decode *decode;
	struct loop_timer *tick;
	bool is_ticking;
	struct refresh refresh;
	struct loop_timer *again;    /* ask for a fresh picture */
	void (*on_done)(void *data); /* packets were decoded, and what came of it is drawn */
	void *data;
	struct present present;
	uint32_t streams;            /* that ever were: each has a number */
	struct video_surface *shown; /* on the plane; NULL: none */
	struct video_surface *surfaces[DECODE_STREAMS_MAX];
	uint64_t pushed;          /* newest packet */
	uint64_t bytes_converted; /* of XRGB, written by us */
	bool has_complained;
};

int video_open(struct session *session, RdpgfxClientContext *gfx, uint32_t backends,
		void (*on_done)(void *data), void *data, struct video **ret, struct err *err);
void video_close(struct video *video); /* takes NULL */

/* A stream has a number of its own (present_want). */
uint32_t video_number(struct video *video);
/* session/evor.h shows something else now, or nothing any more: what is seen is said again. */
void video_change(struct video *video);

/* AVC420, AVC444, AVC444v2: true when the command is one of them, with its result in `*ret`. */
bool video_command(struct video *video, const RDPGFX_SURFACE_COMMAND *command, UINT *ret);

/* gdi is about to read `rect` of a surface, or to draw into it without covering all of it. */
void video_before_read(struct video *video, UINT16 id, struct wire_rect rect);
/* gdi is about to draw somewhere into it. */
void video_before_draw(struct video *video, UINT16 id);
/* gdi drew all of `rect`. */
void video_drawn(struct video *video, UINT16 id, struct wire_rect rect);
/* Pixels of a surface go to the desktop: where another one's are on the plane, these are newer. */
void video_cover(struct video *video, UINT16 id, struct wire_rect rect);

/* The surface goes, or will be seen somewhere else: what it shows is drawn where it is seen now. */
void video_leave(struct video *video, UINT16 id);
void video_remove(struct video *video, UINT16 id);
/* All surfaces are empty again. */
void video_forget(struct video *video);

/* Say what shall be seen now, after drawing and mapping; the FRAME is screen_send's. */
void video_check(struct video *video);

/* For the kiosk's report: who decodes, and what was never shown. */
void video_quality(struct video *video, struct wire_session_quality *ret);

#endif
