/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One remote desktop session. Everything runs in one thread: the loop holds the wire
 * channel and, once connected, FreeRDP's own descriptors. Only the connecting itself
 * blocks; session/guard.h ends it when it takes too long or the kiosk went away.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <freerdp/client/disp.h>
#include <freerdp/client/rdpgfx.h>
#include <freerdp/freerdp.h>

#include "base/loop.h"
#include "session/monitors.h"
#include "session/picture.h"
#include "wire/channel.h"
#include "wire/session.h"

/* States of the wire channel: which messages of the kiosk are allowed. */
enum session_state {
	SESSION_NEW = 1 << 0,     /* nothing but START */
	SESSION_STARTED = 1 << 1, /* connecting, connected */
};

enum { SESSION_DIALS_MAX = 5 }; /* the first and a few redirections */

struct session {
	struct loop *loop;
	struct wire_channel *channel;
	rdpContext *rdp;
	struct loop_watch *rdp_watch;
	int rdp_epoll;
	int rdp_fds[MAXIMUM_WAIT_OBJECTS]; /* as they are in rdp_epoll */
	unsigned rdp_fd_count;
	bool is_full; /* nothing is read from the server until the decoder got on */

	struct wire_session_start start; /* wiped of secrets once FreeRDP has them */
	bool is_started;
	bool is_connected;
	bool was_connected;
	bool is_ended;       /* nothing more goes to the kiosk */
	enum reason reason;  /* what we found out ourselves; wins over FreeRDP's opinion */
	uint32_t logon_type; /* of the last notification, [MS-RDPBCGR] 2.2.10.1.1.4.1.1 */
	uint32_t logon_data;
	uint32_t phase;

	uint32_t dial_id;
	unsigned dial_count;
	bool is_dialed;
	int dialed_fd;
	int socket; /* FreeRDP's, of the connection: only to ask about it; -1: none yet */

	uint32_t held_keys;              /* of keys_send */
	struct wire_session_locks locks; /* as the kiosk said last, for the moment of connecting */

	struct picture *picture;
	bool has_painted;            /* the server drew something: there is a picture to show */
	pBitmapUpdate update_bitmap; /* gdi's own, behind ours */
	RdpgfxClientContext *gfx;    /* NULL: the graphics pipeline is not up */
	struct {
		pcRdpgfxResetGraphics reset_graphics;
		pcRdpgfxSurfaceCommand surface_command;
	} pipeline;                /* gdi's own, behind ours */
	struct graphics *graphics; /* our callbacks of it, before gdi's; NULL: as gfx */
	struct evor *evor;         /* videos apart from the pipeline; NULL: not offered */
	uint32_t video_pool;       /* the newest that the kiosk heard of, of pipelines before */
	bool has_no_plane;         /* no screen reads what we decode into: it is drawn instead */
	bool has_planar;           /* the planar decoder has the desktop's size */
	DispClientContext *disp;
	bool is_disp_ready; /* the server said its limits */
	struct monitors_limits limits;
	struct monitors told;              /* what the server knows of our monitors */
	struct wire_session_resize wanted; /* not told yet; width 0: none */
	struct loop_timer *resize_timer;
};

/* FreeRDP allocates its context with this behind it. */
struct session_context {
	rdpContext context; /* first: FreeRDP casts */
	struct session *session;
};

static inline struct session *session_of(rdpContext *context)
{
	return ((struct session_context *)context)->session;
}

/* Tell the kiosk how far we are; the same phase is told once. */
void session_set_phase(struct session *session, enum wire_phase phase);

#endif
