/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture on its way to the kiosk: a pool of slots in shared memory. Knows which slots
 * are ours and what each of them misses; draws nothing and sends nothing.
 */
#ifndef SESSION_PICTURE_H
#define SESSION_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "session/damage.h"

struct picture {
	uint32_t pool; /* its number; 0: there is none yet */
	int32_t width, height;
	uint32_t stride; /* bytes */
	int fd;          /* sealed memfd of WIRE_SLOTS times stride * height */
	bool is_lent[WIRE_SLOTS];
	struct damage missing[WIRE_SLOTS]; /* against the newest picture */
	struct damage unsent;              /* against the last frame sent */
	uint64_t bytes_copied;             /* into all pools so far */
};

void picture_init(struct picture *picture);
void picture_finish(struct picture *picture);

/* A new pool, all slots ours, everything changed. A failure leaves the old pool. */
int picture_resize(struct picture *picture, uint32_t width, uint32_t height, struct err *err);

/* Something changed at `rect` of the source. */
void picture_damage(struct picture *picture, struct wire_rect rect);

/* Something changed since the last frame. */
bool picture_is_new(const struct picture *picture);

/*
 * When something changed and a slot is free: bring the slot up to date from `source` (same
 * size, `source_stride` bytes a row), lend it, and fill `*frame` but its header. False: not
 * now; memory may be short, too.
 */
bool picture_take_frame(struct picture *picture, const uint8_t *source, uint32_t source_stride,
		struct wire_session_frame *frame);

/* The kiosk gave a slot back. -EPROTO: it never had it. One of an older pool is no error. */
int picture_release(struct picture *picture, uint32_t pool, uint32_t slot);

#endif
