/* SPDX-License-Identifier: Apache-2.0 */
/* One way to decode. Used by src/video only. */
#ifndef VIDEO_BACKEND_H
#define VIDEO_BACKEND_H

#include "video/gate.h"
#include "video/pool.h"

/* What every back end is told at its beginning. Lives as long as the decoder. */
struct backend_setup {
	struct video_options options; /* limits filled in */
	struct video_stats *stats;
	uint32_t *pools; /* a counter for numbers of pools: grows over hand-overs */
};

struct backend_packet {
	const uint8_t *bytes; /* NULL: no more come, give what is held back */
	size_t size;
	int64_t time_us;
	const struct h264_sps *sps; /* NULL: parameter sets alone */
	bool is_key;
	const struct h264_sets *sets; /* all that came, for who must parse it itself */
};

struct backend {
	/* For streams like `sps`. Any error: the next back end is tried. */
	int (*create)(const struct backend_setup *setup, const struct h264_sps *sps, void **ret,
			struct err *err);
	/*
	 * 1 and a frame, 0 and none. -EBADMSG: the bytes are broken, the back end is not; it was
	 * reset. Any other error: the back end is of no use any more.
	 */
	int (*decode)(void *state, const struct backend_packet *packet, struct video_frame **ret,
			struct err *err);
	void (*reset)(void *state);
	void (*destroy)(void *state);
};

/* The buffers of a pool with this shape: `*pool` itself, or a new one in its place. */
void backend_pool(const struct backend_setup *setup, const struct pool_shape *shape,
		struct video_pool **pool);

/* In the order in which they are tried; NULL where there is none. */
extern const struct backend *const backend_table[VIDEO_BACKENDS];
extern const struct backend backend_vaapi, backend_software;

/* Opens what devices there are and loads their drivers. */
void backend_prepare(void);

#endif
