/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory-to-memory decoders of V4L2: nodes that were opened before the sandbox was sealed, a queue
 * of bytes and a queue of pictures, which are dma-bufs. Used by src/video only.
 */
#ifndef VIDEO_V4L2_H
#define VIDEO_V4L2_H

#include "video/backend.h"

enum { V4L2_OUTPUTS = 4, V4L2_LOANS = 2 };

struct v4l2_node {
	char path[32];
	int fd, media_fd; /* media_fd: -1, or of the request API */
	bool is_mplane, is_lent;
	char card[32];
};

void v4l2_prepare(void);

/* A node that takes this format (V4L2_PIX_FMT_H264 or _H264_SLICE); NULL when there is none. */
struct v4l2_node *v4l2_lend(uint32_t format);
void v4l2_give_back(struct v4l2_node *node); /* with all queues empty again */

/* 0 or a negative errno value. */
int v4l2_call(int fd, unsigned long request, void *argument);

/* Bytes on their way to the decoder. */
struct v4l2_bytes {
	struct v4l2_node *node;
	unsigned count;
	uint8_t *maps[V4L2_OUTPUTS];
	size_t size; /* of each */
	bool is_queued[V4L2_OUTPUTS];
};

int v4l2_bytes_start(struct v4l2_bytes *bytes, struct v4l2_node *node, uint32_t format,
		uint32_t width, uint32_t height, size_t size, struct err *err);
void v4l2_bytes_stop(struct v4l2_bytes *bytes);

/* A copy goes into the queue. `request_fd`: -1, or what it is part of. -EAGAIN: all are in use. */
int v4l2_bytes_put(struct v4l2_bytes *bytes, const void *data, size_t size, int64_t time_us,
		int request_fd, struct err *err);
int v4l2_bytes_collect(struct v4l2_bytes *bytes); /* what was decoded is free again */
unsigned v4l2_bytes_queued(const struct v4l2_bytes *bytes);

/* Pictures on their way back. */
struct v4l2_pictures {
	struct v4l2_node *node;
	struct video_pool *pool;
	unsigned count;
	struct pool_buffer *buffers[VIDEO_BUFFERS_MAX];
	bool is_queued[VIDEO_BUFFERS_MAX];
};

struct v4l2_picture {
	struct pool_buffer *buffer; /* has a use, the caller's */
	int64_t time_us;
	bool is_broken, is_last, is_empty;
};

/* NV12 or P010 in `count` buffers; none of them is queued yet. */
int v4l2_pictures_start(struct v4l2_pictures *pictures, struct v4l2_node *node,
		const struct backend_setup *setup, unsigned count, struct err *err);
void v4l2_pictures_stop(struct v4l2_pictures *pictures); /* frames live on */
int v4l2_pictures_queue(struct v4l2_pictures *pictures,
		unsigned most); /* those nobody uses; how many */
int v4l2_pictures_take(struct v4l2_pictures *pictures, struct v4l2_picture *ret); /* -EAGAIN */

/* Wait for `events` of the node; returns those that came, 0 when it took too long. */
int v4l2_wait(int fd, short events, int limit_ms);

extern const struct backend backend_v4l2, backend_v4l2_request;

#endif
