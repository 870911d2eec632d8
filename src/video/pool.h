/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers and the frames in them. A buffer is written again only when the decoder (which
 * needs it for reference) and all users of its frames let go. Letting go works in any thread.
 */
#ifndef VIDEO_POOL_H
#define VIDEO_POOL_H

#include <pthread.h>
#include <stdatomic.h>

#include "video/video.h"

enum { POOL_BYTES_MAX = 512 << 20 }; /* of one pool, with what is private to the decoder */

struct video_pool;

struct pool_buffer {
	struct video_buffer shown;
	struct video_pool *pool;
	unsigned users;
	uint8_t *map;        /* of VIDEO_MEMORY: all of it */
	size_t size_bytes;   /* of the map */
	void *private;       /* the decoder's, per buffer */
	size_t private_size; /* bytes */
};

/* What buffers of a pool have in common. */
struct pool_shape {
	uint32_t format, width, height; /* as coded */
	enum yuv_encoding encoding;
	enum yuv_range range;
	size_t private_bytes; /* of the decoder, beside each buffer; aligned to 64 */
};

/* `spare`: more than the decoder can ever hold are made for the user. */
struct video_pool *pool_create(const struct pool_shape *shape, uint32_t number);
void pool_destroy(struct video_pool *pool); /* buffers in use live on; takes NULL */
const struct pool_shape *pool_shape(const struct video_pool *pool);

/* A buffer of shared memory that nobody uses, for its first user. -EBUSY: all are in use. */
int pool_take(struct video_pool *pool, struct pool_buffer **ret, struct err *err);
/* A buffer of the hardware: `fds` become the pool's. */
int pool_import(struct video_pool *pool, const struct video_buffer *buffer,
		struct pool_buffer **ret, struct err *err);
struct pool_buffer *pool_buffer_ref(struct pool_buffer *buffer);
void pool_buffer_unref(struct pool_buffer *buffer);
bool pool_buffer_is_used(struct pool_buffer *buffer);

struct video_frame {
	atomic_uint references;
	struct pool_buffer *buffer;
	struct yuv_rect crop;
	int64_t time_us;
	bool is_key;
	void *private; /* of a hardware decoder: keeps the surface */
	int (*map)(struct video_frame *frame, struct yuv_picture *ret, struct err *err);
	void (*end)(struct video_frame *frame); /* NULL, or lets `private` go; in any thread */
	void *mapped;                           /* what map() made, memory of malloc */
};

/* Takes a use of the buffer over. */
struct video_frame *frame_create(struct pool_buffer *buffer, struct yuv_rect crop, int64_t time_us,
		bool is_key);

#endif
