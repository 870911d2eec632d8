/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pictures that one session shows: its pool of desktop pictures, the buffers of its video,
 * and what of the newest FRAME was not taken yet (wire/session.h). The session is not
 * trusted: each number is checked here, and -EPROTO ends it.
 */
#ifndef KIOSK_FRAMES_H
#define KIOSK_FRAMES_H

#include "kiosk/picture.h"
#include "wire/session.h"

struct frames;

/* Where a video stands. */
struct frames_place {
	struct display_rect source; /* pixels of the buffer */
	struct display_rect target; /* pixels of the desktop's picture; may reach outside */
	unsigned visible_count;     /* 0: all of the target is seen */
	struct display_rect visible[WIRE_VISIBLE_MAX]; /* pixels of the desktop's picture */
};

/* What changed since the frame that was taken before. The pictures are references of the taker. */
struct session_frame {
	uint32_t session;
	struct picture *desktop; /* NULL: as before */
	unsigned rect_count;     /* 0: all of it changed */
	struct display_rect rects[DISPLAY_RECTS_MAX];
	struct picture *video; /* NULL: there is none now */
	bool is_video_new;     /* other pixels than before */
	struct frames_place place;
};

struct frames_handler {
	/* A slot left the screen; a buffer did; a buffer can't be shown. */
	void (*on_release)(void *data, uint32_t pool, uint32_t slot);
	void (*on_release_buffer)(void *data, uint32_t pool, uint32_t number);
	void (*on_refuse_buffer)(void *data, uint32_t pool, uint32_t number);
	/* Make a buffer known to the display (display_import); NULL: there is no way. */
	int (*import)(void *data, const struct display_buffer_info *info,
			struct display_buffer **ret);
	void (*forget)(struct display_buffer *buffer); /* display_buffer_destroy */
	void *data;
};

struct frames *frames_create(uint32_t session, const struct frames_handler *handler);
/* Pictures that were taken live on; nobody is told of their end. Takes NULL. */
void frames_destroy(struct frames *frames);

/* The messages; descriptors stay the caller's. */
int frames_add_pool(struct frames *frames, const struct wire_session_pool *pool, int fd);
int frames_add_buffer(struct frames *frames, const struct wire_session_buffer *buffer,
		const int *fds, unsigned fd_count);
int frames_add(struct frames *frames, const struct wire_session_frame *frame);

/* The newest picture, if there is one that was not taken. */
bool frames_take(struct frames *frames, struct session_frame *ret);

void session_frame_finish(struct session_frame *frame); /* lets go of its pictures */

#endif
