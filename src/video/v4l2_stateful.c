/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoders that keep their own state, by the kernel's "Memory-to-Memory Stateful Video Decoder
 * Interface". The driver tells by an event when it knows the size of pictures, and again
 * when that changes. FFmpeg 7.1's h264_v4l2m2m would copy every picture; here they are dma-bufs.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <poll.h>

#include "video/v4l2.h"

enum {
	PACKET_BYTES = 4 << 20, /* asked for; a key frame of 4K at a high rate has one */
	SPARE_FOR_DRIVER = 2,
	/* After the bytes were taken: a decoder that gives the picture at once gives it by then. */
	GRACE_MS = 30,
};

struct stateful {
	const struct backend_setup *setup;
	struct v4l2_node *node;
	struct v4l2_bytes bytes;
	struct v4l2_pictures pictures;
	struct yuv_rect crop;
	bool is_draining;
};

static void destroy(void *state)
{
	struct stateful *stateful = state;

	v4l2_pictures_stop(&stateful->pictures);
	v4l2_bytes_stop(&stateful->bytes);
	v4l2_give_back(stateful->node);
	free(stateful);
}

static int begin_bytes(struct stateful *stateful, const struct h264_sps *sps, struct err *err)
{
	struct v4l2_event_subscription event = {.type = V4L2_EVENT_SOURCE_CHANGE};
	int r = v4l2_call(stateful->node->fd, VIDIOC_SUBSCRIBE_EVENT, &event);

	if (r < 0 && r != -EEXIST)
		return err_errno(err, -r, "%s: asking for changes of size", stateful->node->path);
	return v4l2_bytes_start(&stateful->bytes, stateful->node, V4L2_PIX_FMT_H264, sps->width,
			sps->height, PACKET_BYTES, err);
}

static int create(const struct backend_setup *setup, const struct h264_sps *sps, void **ret,
		struct err *err)
{
	struct v4l2_node *node = v4l2_lend(V4L2_PIX_FMT_H264);

	if (!node)
		return err_set(err, ENODEV, "no decoder for H.264 that keeps its own state");
	struct stateful *stateful = own_alloc(sizeof(*stateful));
	stateful->setup = setup;
	stateful->node = node;
	int r = begin_bytes(stateful, sps, err);
	if (r < 0) {
		destroy(stateful);
		return r;
	}
	*ret = stateful;
	return 0;
}

static struct yuv_rect visible(const struct stateful *stateful)
{
	const struct pool_shape *shape = pool_shape(stateful->pictures.pool);
	int32_t width = (int32_t)shape->width, height = (int32_t)shape->height;
	struct v4l2_selection selection = {
			.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .target = V4L2_SEL_TGT_COMPOSE};
	const struct v4l2_rect *r = &selection.r;

	if (v4l2_call(stateful->node->fd, VIDIOC_G_SELECTION, &selection) < 0 || r->left < 0 ||
			r->top < 0 || r->left > width || r->top > height || r->width == 0 ||
			r->height == 0 || r->width > (uint32_t)(width - r->left) ||
			r->height > (uint32_t)(height - r->top))
		return (struct yuv_rect){0, 0, width, height};
	return (struct yuv_rect){
			r->left, r->top, r->left + (int32_t)r->width, r->top + (int32_t)r->height};
}

/* The driver knows the size of pictures (again): buffers of that size. */
static int begin_pictures(struct stateful *stateful, struct err *err)
{
	struct v4l2_control minimum = {.id = V4L2_CID_MIN_BUFFERS_FOR_CAPTURE};

	v4l2_pictures_stop(&stateful->pictures);
	if (v4l2_call(stateful->node->fd, VIDIOC_G_CTRL, &minimum) < 0 || minimum.value < 1)
		minimum.value = H264_FRAMES_MAX + 1;
	int r = v4l2_pictures_start(&stateful->pictures, stateful->node, stateful->setup,
			(unsigned)minimum.value + stateful->setup->options.spare_buffers +
					SPARE_FOR_DRIVER,
			err);
	if (r == 0)
		stateful->crop = visible(stateful);
	return r;
}

static int handle_events(struct stateful *stateful, struct err *err)
{
	struct v4l2_event event = {0};

	while (v4l2_call(stateful->node->fd, VIDIOC_DQEVENT, &event) == 0) {
		if (event.type == V4L2_EVENT_SOURCE_CHANGE &&
				event.u.src_change.changes & V4L2_EVENT_SRC_CH_RESOLUTION) {
			int r = begin_pictures(stateful, err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int give(struct stateful *stateful, const struct v4l2_picture *picture, bool is_key,
		struct video_frame **ret)
{
	*ret = frame_create(picture->buffer, stateful->crop, picture->time_us, is_key);
	return 1;
}

/* 1 and a frame, 0: not yet, 2: the last one was before. */
static int look_for_picture(struct stateful *stateful, bool is_key, struct video_frame **ret,
		struct err *err)
{
	struct v4l2_picture picture;

	if (stateful->pictures.count == 0)
		return 0;
	int r = v4l2_pictures_take(&stateful->pictures, &picture);
	if (r == -EAGAIN)
		return 0;
	if (r == -EPIPE)
		return 2;
	if (r < 0)
		return err_errno(err, -r, "%s: a picture", stateful->node->path);
	if (picture.is_empty || picture.is_broken) {
		pool_buffer_unref(picture.buffer);
		if (picture.is_broken && !picture.is_empty)
			return err_set(err, EBADMSG, "H.264: a broken picture");
		return picture.is_last ? 2 : 0;
	}
	return give(stateful, &picture, is_key, ret);
}

/* Until a picture comes, or the decoder wants more bytes first. */
static int wait_for_picture(struct stateful *stateful, const struct backend_packet *packet,
		struct video_frame **ret, struct err *err)
{
	int limit = stateful->setup->options.limit_ms;

	for (;;) {
		int r = handle_events(stateful, err);
		if (r == 0 && stateful->pictures.count > 0)
			r = v4l2_pictures_queue(&stateful->pictures, VIDEO_BUFFERS_MAX);
		if (r < 0)
			return r;
		r = v4l2_bytes_collect(&stateful->bytes);
		if (r < 0)
			return err_errno(err, -r, "%s: bytes", stateful->node->path);
		bool is_taken = v4l2_bytes_queued(&stateful->bytes) == 0 && !stateful->is_draining;
		r = look_for_picture(stateful, packet->is_key, ret, err);
		if (r != 0)
			return r == 2 ? 0 : r;
		short events = POLLIN | POLLPRI | (is_taken ? 0 : POLLOUT);
		int came = v4l2_wait(stateful->node->fd, events,
				is_taken ? (limit < GRACE_MS ? limit : GRACE_MS) : limit);
		if (came & POLLERR && !(came & POLLPRI))
			return err_set(err, EIO, "%s: the decoder failed", stateful->node->path);
		if (came == 0 && is_taken)
			return 0;
		if (came == 0)
			return err_set(err, ETIMEDOUT, "%s does not answer", stateful->node->path);
	}
}

static int drain(struct stateful *stateful, struct video_frame **ret, struct err *err)
{
	struct v4l2_decoder_cmd command = {.cmd = V4L2_DEC_CMD_STOP};
	struct backend_packet none = {0};

	if (!stateful->is_draining &&
			v4l2_call(stateful->node->fd, VIDIOC_DECODER_CMD, &command) < 0)
		return 0;
	stateful->is_draining = true;
	return stateful->pictures.count > 0 ? wait_for_picture(stateful, &none, ret, err) : 0;
}

static int decode(void *state, const struct backend_packet *packet, struct video_frame **ret,
		struct err *err)
{
	struct stateful *stateful = state;

	if (!packet->bytes)
		return drain(stateful, ret, err);
	int r = v4l2_bytes_collect(&stateful->bytes);
	if (r < 0)
		return err_errno(err, -r, "%s: bytes", stateful->node->path);
	r = v4l2_bytes_put(&stateful->bytes, packet->bytes, packet->size, packet->time_us, -1, err);
	if (r == -EAGAIN)
		return err_set(err, ETIMEDOUT, "%s takes no more bytes", stateful->node->path);
	if (r < 0 || !packet->sps) /* parameter sets make no picture */
		return r;
	return wait_for_picture(stateful, packet, ret, err);
}

/* As for a seek: bytes and pictures that are on their way are dropped. */
static void reset(void *state)
{
	struct stateful *stateful = state;
	struct h264_sps sps = {.width = 16, .height = 16};
	struct err err;

	if (stateful->pictures.pool) {
		sps.width = pool_shape(stateful->pictures.pool)->width;
		sps.height = pool_shape(stateful->pictures.pool)->height;
	}
	v4l2_pictures_stop(&stateful->pictures);
	v4l2_bytes_stop(&stateful->bytes);
	stateful->is_draining = false;
	/* A failure shows at the next picture, which has no buffers then. */
	(void)begin_bytes(stateful, &sps, &err);
}

const struct backend backend_v4l2 = {create, decode, reset, destroy};
