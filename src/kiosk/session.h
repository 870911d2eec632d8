/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kiosk's end of the channel to one tynd-session (wire/session.h). The worker reads what
 * strangers send, so nothing it says is believed: each number is checked, its memory is
 * mapped read-only and sealed, and the first broken rule ends the channel.
 */
#ifndef KIOSK_SESSION_H
#define KIOSK_SESSION_H

#include "base/loop.h"
#include "input/input.h"
#include "kiosk/desk.h"
#include "kiosk/frames.h"
#include "kiosk/pixels.h"
#include "kms/display.h"
#include "wire/session.h"

struct session;

/* NULL pixels: hidden, or the kiosk's own arrow when `is_default`. */
struct session_cursor {
	struct pixels *pixels;
	struct display_picture picture;
	int32_t hot_x, hot_y;
	bool is_default;
};

struct session_handler {
	void (*on_phase)(void *data, uint32_t session, uint32_t phase);
	void (*on_frame)(void *data, uint32_t session);    /* ask session_take_frame */
	void (*on_cursor)(void *data);                     /* ask session_cursor */
	void (*on_warp)(void *data, int32_t x, int32_t y); /* pixels of the picture */
	void (*on_leds)(void *data, struct input_locks locks);
	void (*on_dial)(void *data, uint32_t id, const char *host, uint16_t port);
	void (*on_quality)(void *data, const struct wire_session_quality *quality); /* checked */
	void (*on_ended)(void *data, uint32_t session, enum reason reason, uint32_t detail);
	/* The worker is gone without ENDED (NULL), or broke a rule (why). Destroy allowed. */
	void (*on_gone)(void *data, uint32_t session, const char *why);
	/* display_import and display_buffer_destroy; NULL: the session's buffers are only read. */
	int (*import)(void *data, const struct display_buffer_info *info,
			struct display_buffer **ret);
	void (*forget)(struct display_buffer *buffer);
	void *data;
};

/* Takes `fd`, our end of the worker's descriptor 3. `number` names it in the calls. */
struct session *session_create(struct loop *loop, int fd, uint32_t number,
		const struct session_handler *handler);
void session_destroy(struct session *session); /* takes NULL */

uint32_t session_number(const struct session *session);
int session_start(struct session *session, struct wire_session_start *start);
void session_stop(struct session *session);

/* Answer to on_dial; `fd` (stays the caller's) is -1 when it failed. */
void session_dialed(struct session *session, uint32_t id, enum reason reason, int fd);

/* What is new on the screen, if something is; the caller then owns the frame's pictures. */
bool session_take_frame(struct session *session, struct session_frame *ret);

/* Borrowed, valid until the next on_cursor. */
const struct session_cursor *session_cursor(const struct session *session);

/* Keys as they come; a repeat or release of a key whose press was not sent is dropped. */
void session_key(struct session *session, const struct input_event *event);
/* Motion, buttons and wheel at x, y of the picture. A release without its press is dropped. */
void session_pointer(struct session *session, const struct input_event *event, int32_t x,
		int32_t y);
/* A button was pressed there and is still held: all that the mouse does is the session's. */
bool session_has_button(const struct session *session);
void session_locks(struct session *session, struct input_locks locks);
/* on_quality follows, if it ever does. */
void session_ask_quality(struct session *session);
void session_resize(struct session *session, const struct desk_layout *layout);

#endif
