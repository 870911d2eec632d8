/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The video part of FRAME: which of a decoder's buffers the kiosk knows, which of them it holds, and
 * what shall be seen next. A buffer that the kiosk had to let go is not named again until
 * its RELEASE_BUFFER came, and only so many are with it at a time: then the newest picture waits, and
 * takes the place of the one that waited before it.
 */
#ifndef SESSION_PRESENT_H
#define SESSION_PRESENT_H

#include "video/video.h"
#include "wire/channel.h"
#include "wire/session.h"

enum { PRESENT_LENT_MAX = 3 };

struct present_lent {
	uint32_t pool, number; /* the wire's; pool 0: free */
	struct video_frame *frame;
};

struct present {
	uint32_t base;                 /* pools up to this one are of another pipeline, before */
	uint32_t pool;                 /* the wire's: one for each pool of each decoder */
	uint32_t stream, decoder_pool; /* that it stands for */
	uint32_t announced;            /* a bit per buffer of it */
	struct present_lent lent[PRESENT_LENT_MAX];
	/* Of older pools, which nobody releases: held until the new one was surely seen. */
	struct video_frame *retired[PRESENT_LENT_MAX];
	struct video_frame *wanted; /* NULL: no video */
	uint32_t wanted_stream;
	struct wire_video place;              /* of it: source, target, visible */
	struct wire_video sent;               /* in the last FRAME */
	uint64_t shown;                       /* pictures that the kiosk was told of */
	const struct video_frame *sent_frame; /* only to compare; the kiosk holds it */
};

/* Numbers of pools go on after `base`, the last one of this session so far; 0: none yet. */
void present_init(struct present *present, uint32_t base);
void present_finish(struct present *present);

/*
 * This shall be seen: `place` has source, target and visible. `stream` tells the decoders apart, whose
 * pools may have the same numbers. The frame is held.
 */
void present_want(struct present *present, struct video_frame *frame, uint32_t stream,
		const struct wire_video *place);
void present_want_none(struct present *present);

/* Something else than what the last FRAME said. */
bool present_is_new(const struct present *present);

/* What is wanted can be said now, and not only after a RELEASE_BUFFER. */
bool present_can_be_sent(const struct present *present);

/* Announce the buffer if need be and fill `*ret`, which then is in a FRAME. Only when it can be sent. */
int present_fill(struct present *present, struct wire_channel *channel, struct wire_video *ret);

/* -EPROTO: the kiosk does not have it. What is of an older pool is not looked at. */
int present_release(struct present *present, uint32_t pool, uint32_t number);

#endif
