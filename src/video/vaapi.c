/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VA-API by libavcodec. Each surface of the driver is exported once as a dma-buf; a frame keeps
 * its surface from being decoded into. All calls into the driver run under a watch.
 */
#include <errno.h>
#include <fcntl.h>
#include <libavutil/hwcontext.h>
#include <libavutil/hwcontext_drm.h>
#include <libdrm/drm_fourcc.h>
#include <stdio.h>

#include "video/lavc.h"
#include "video/vaapi.h"
#include "video/watch.h"

enum { NODE_FIRST = 128, NODES_MAX = 8 };

/* Made once, before the sandbox is sealed: the driver is loaded then. */
static struct {
	AVBufferRef *device;
	char path[32];
} prepared;

void vaapi_prepare(void)
{
	for (int i = 0; i < NODES_MAX && !prepared.device; i++) {
		snprintf(prepared.path, sizeof(prepared.path), "/dev/dri/renderD%d",
				NODE_FIRST + i);
		if (access(prepared.path, R_OK | W_OK) < 0)
			continue;
		if (av_hwdevice_ctx_create(&prepared.device, AV_HWDEVICE_TYPE_VAAPI, prepared.path,
				    NULL, 0) < 0)
			prepared.device = NULL;
	}
}

struct vaapi {
	const struct backend_setup *setup;
	struct watch *watch;
	/* From here on the watched thread's, while it works. */
	AVCodecContext *context;
	AVFrame *frame, *exported;
	struct array bytes; /* of the packet, which the caller may have left behind */
	struct backend_packet packet;
	bool is_refused; /* the driver has no decoder for this stream */
	struct err error;
	/* The caller's. */
	struct video_pool *pool;
	const void *frames; /* the driver's pool that `pool` stands for */
	struct pool_buffer *buffers[VIDEO_BUFFERS_MAX];
	uintptr_t surfaces[VIDEO_BUFFERS_MAX];
	unsigned count;
};

static enum AVPixelFormat choose_format(AVCodecContext *context, const enum AVPixelFormat *offered)
{
	struct vaapi *vaapi = context->opaque;

	for (; *offered != AV_PIX_FMT_NONE; offered++)
		if (*offered == AV_PIX_FMT_VAAPI)
			return AV_PIX_FMT_VAAPI;
	vaapi->is_refused = true;
	return AV_PIX_FMT_NONE;
}

/* In the watched thread: open. */
static int open_codec(void *data)
{
	struct vaapi *vaapi = data;
	int r = lavc_create(&vaapi->context, &vaapi->error);

	if (r < 0)
		return r;
	AVCodecContext *context = vaapi->context;
	context->opaque = vaapi;
	context->get_format = choose_format;
	context->hw_device_ctx = av_buffer_ref(prepared.device);
	context->extra_hw_frames = (int)vaapi->setup->options.spare_buffers + 1;
	/* Failures of the driver come out as errors only so. */
	context->err_recognition = AV_EF_EXPLODE;
	context->hwaccel_flags |= AV_HWACCEL_FLAG_ALLOW_PROFILE_MISMATCH;
	vaapi->frame = av_frame_alloc();
	vaapi->exported = av_frame_alloc();
	if (!context->hw_device_ctx || !vaapi->frame || !vaapi->exported)
		return err_set(&vaapi->error, ENOMEM, "no memory for a decoder");
	r = avcodec_open2(context, NULL, NULL);
	return r < 0 ? lavc_error(&vaapi->error, r, "libavcodec's H.264 decoder") : 0;
}

/* In the watched thread: decode, and export what came out; that waits for the hardware. */
static int decode_one(void *data)
{
	struct vaapi *vaapi = data;

	av_frame_unref(vaapi->exported);
	av_frame_unref(vaapi->frame);
	int r = lavc_decode(vaapi->context, &vaapi->packet, vaapi->frame, &vaapi->error);
	if (r < 0 && vaapi->is_refused)
		return err_set(&vaapi->error, ENOTSUP, "the driver of %s has no decoder for it",
				prepared.path);
	if (r <= 0)
		return r;
	if (vaapi->frame->format != AV_PIX_FMT_VAAPI || !vaapi->frame->hw_frames_ctx)
		return err_set(&vaapi->error, EIO, "a frame that is not of the driver");
	vaapi->exported->format = AV_PIX_FMT_DRM_PRIME;
	r = av_hwframe_map(vaapi->exported, vaapi->frame, AV_HWFRAME_MAP_READ);
	return r < 0 ? lavc_error(&vaapi->error, r == AVERROR_INVALIDDATA ? AVERROR(EIO) : r,
				       "exporting a surface")
	             : 1;
}

static int flush(void *data)
{
	struct vaapi *vaapi = data;

	avcodec_flush_buffers(vaapi->context);
	return 0;
}

static void end(void *data)
{
	struct vaapi *vaapi = data;

	avcodec_free_context(&vaapi->context);
	av_frame_free(&vaapi->exported);
	av_frame_free(&vaapi->frame);
	array_finish(&vaapi->bytes);
	free(vaapi);
}

static void destroy(void *state)
{
	struct vaapi *vaapi = state;

	pool_destroy(vaapi->pool);
	vaapi->pool = NULL;
	watch_destroy(vaapi->watch);
}

static int create(const struct backend_setup *setup, const struct h264_sps *sps, void **ret,
		struct err *err)
{
	if (!prepared.device)
		return err_set(err, ENODEV, "no render node with a driver for video");
	if (sps->chroma_format != 1 || sps->bit_depth_luma > 10)
		return err_set(err, ENOTSUP, "4:2:0 with 8 or 10 bits was expected");
	struct vaapi *vaapi = own_alloc(sizeof(*vaapi));
	vaapi->setup = setup;
	vaapi->bytes.max = VIDEO_PACKET_MAX;
	int r = watch_create(vaapi, end, &vaapi->watch, err);
	if (r < 0) {
		free(vaapi);
		return r;
	}
	r = watch_call(vaapi->watch, open_codec, setup->options.limit_ms);
	if (r < 0) {
		if (r == -ETIMEDOUT)
			err_set(err, ETIMEDOUT, "%s does not answer", prepared.path);
		else
			*err = vaapi->error;
		destroy(vaapi);
		return r;
	}
	*ret = vaapi;
	return 0;
}

static int keep(int fd, int *ret, struct err *err)
{
	*ret = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return *ret < 0 ? err_errno(err, errno, "keeping a surface's descriptor") : 0;
}

/* The planes of all layers, in their order: one layer of NV12, or one each of R8 and GR88. */
static int describe(const AVDRMFrameDescriptor *drm, struct video_buffer *ret, struct err *err)
{
	int planes = 0, objects[2] = {0, 0};

	for (int i = 0; i < drm->nb_layers && i < AV_DRM_MAX_PLANES; i++) {
		for (int j = 0; j < drm->layers[i].nb_planes && j < AV_DRM_MAX_PLANES; j++) {
			const AVDRMPlaneDescriptor *plane = &drm->layers[i].planes[j];
			if (planes == 2 || plane->offset < 0 || plane->pitch <= 0 ||
					plane->object_index < 0 ||
					plane->object_index >= drm->nb_objects)
				return err_set(err, EIO, "a surface with impossible planes");
			ret->offsets[planes] = (uint32_t)plane->offset;
			ret->strides[planes] = (uint32_t)plane->pitch;
			objects[planes++] = plane->object_index;
		}
	}
	if (planes != 2 || drm->nb_objects < 1 ||
			drm->objects[objects[0]].format_modifier !=
					drm->objects[objects[1]].format_modifier)
		return err_set(err, EIO, "a surface of %d planes, two alike were expected", planes);
	ret->modifier = drm->objects[objects[0]].format_modifier;
	int r = keep(drm->objects[objects[0]].fd, &ret->fds[0], err);
	if (r == 0 && objects[0] != objects[1])
		r = keep(drm->objects[objects[1]].fd, &ret->fds[1], err);
	return r;
}

static void forget_pool(struct vaapi *vaapi)
{
	pool_destroy(vaapi->pool);
	vaapi->pool = NULL;
	vaapi->count = 0;
}

static int renew_pool(struct vaapi *vaapi, const AVHWFramesContext *frames, struct err *err)
{
	struct pool_shape shape = {
			.width = (uint32_t)frames->width, .height = (uint32_t)frames->height};

	if (frames->sw_format != AV_PIX_FMT_NV12 && frames->sw_format != AV_PIX_FMT_P010)
		return err_set(err, ENOTSUP, "surfaces of the driver are neither NV12 nor P010");
	shape.format = frames->sw_format == AV_PIX_FMT_NV12 ? DRM_FORMAT_NV12 : DRM_FORMAT_P010;
	lavc_colour(&vaapi->setup->options, vaapi->frame, &shape.encoding, &shape.range);
	if (vaapi->frames != frames)
		forget_pool(vaapi);
	vaapi->frames = frames;
	const struct video_pool *had = vaapi->pool;
	backend_pool(vaapi->setup, &shape, &vaapi->pool);
	if (vaapi->pool != had)
		vaapi->count = 0;
	return 0;
}

/* The buffer that stands for the frame's surface, with one more user. */
static int find_buffer(struct vaapi *vaapi, struct pool_buffer **ret, struct err *err)
{
	const AVHWFramesContext *frames = (const void *)vaapi->frame->hw_frames_ctx->data;
	uintptr_t surface = (uintptr_t)vaapi->frame->data[3];
	int r = renew_pool(vaapi, frames, err);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < vaapi->count; i++) {
		if (vaapi->surfaces[i] == surface) {
			*ret = pool_buffer_ref(vaapi->buffers[i]);
			return 0;
		}
	}
	struct video_buffer buffer = {.memory = VIDEO_DMABUF,
			.fds = {-1, -1},
			.format = pool_shape(vaapi->pool)->format,
			.width = (uint32_t)frames->width,
			.height = (uint32_t)frames->height};
	r = describe((const void *)vaapi->exported->data[0], &buffer, err);
	if (r == 0)
		r = pool_import(vaapi->pool, &buffer, ret, err);
	if (r < 0) {
		own_end_fd(&buffer.fds[0]);
		own_end_fd(&buffer.fds[1]);
		return r;
	}
	vaapi->surfaces[vaapi->count] = surface;
	vaapi->buffers[vaapi->count++] = *ret;
	return 0;
}

/* What a frame keeps: its surface, and a copy of it for the CPU if that was asked for. */
struct kept {
	AVFrame *surface, *copy;
};

static int map(struct video_frame *frame, struct yuv_picture *ret, struct err *err)
{
	struct kept *kept = frame->private;
	const struct video_buffer *shown = &frame->buffer->shown;
	uint32_t bytes = shown->format == DRM_FORMAT_P010 ? 2 : 1;
	uint32_t x = (uint32_t)frame->crop.x1, y = (uint32_t)frame->crop.y1;

	if (!kept->copy) {
		AVFrame *copy = av_frame_alloc();
		int r = copy ? av_hwframe_transfer_data(copy, kept->surface, 0) : AVERROR(ENOMEM);
		if (r < 0) {
			av_frame_free(&copy);
			return lavc_error(err, r, "reading a surface");
		}
		kept->copy = copy;
	}
	const AVFrame *copy = kept->copy;
	*ret = (struct yuv_picture){.format = shown->format,
			.width = (uint32_t)frame->crop.x2 - x,
			.height = (uint32_t)frame->crop.y2 - y,
			.luma = copy->data[0] + y * (size_t)copy->linesize[0] + (size_t)x * bytes,
			.chroma = copy->data[1] + y / 2 * (size_t)copy->linesize[1] +
	                          (size_t)(x / 2 * 2) * bytes,
			.luma_stride = (uint32_t)copy->linesize[0],
			.chroma_stride = (uint32_t)copy->linesize[1],
			.encoding = shown->encoding,
			.range = shown->range};
	return 0;
}

static void end_frame(struct video_frame *frame)
{
	struct kept *kept = frame->private;

	av_frame_free(&kept->copy);
	av_frame_free(&kept->surface);
	free(kept);
}

static int give_frame(struct vaapi *vaapi, struct video_frame **ret, struct err *err)
{
	struct pool_buffer *buffer;
	int r = find_buffer(vaapi, &buffer, err);

	if (r < 0)
		return r;
	struct kept *kept = own_alloc(sizeof(*kept));
	kept->surface = av_frame_clone(vaapi->frame);
	if (!kept->surface) {
		free(kept);
		pool_buffer_unref(buffer);
		return err_set(err, ENOMEM, "no memory for a frame");
	}
	struct video_frame *frame = frame_create(buffer, lavc_crop(vaapi->frame), vaapi->frame->pts,
			(vaapi->frame->flags & AV_FRAME_FLAG_KEY) != 0);
	frame->private = kept;
	frame->map = map;
	frame->end = end_frame;
	*ret = frame;
	return 1;
}

static int decode(void *state, const struct backend_packet *packet, struct video_frame **ret,
		struct err *err)
{
	struct vaapi *vaapi = state;

	vaapi->packet = *packet;
	vaapi->is_refused = false;
	if (packet->bytes) {
		vaapi->bytes.size = 0;
		int r = array_append(&vaapi->bytes, packet->bytes, packet->size);
		if (r < 0)
			return err_errno(err, -r, "a packet of %zu bytes", packet->size);
		vaapi->packet.bytes = vaapi->bytes.data;
	}
	int r = watch_call(vaapi->watch, decode_one, vaapi->setup->options.limit_ms);
	if (r == -ETIMEDOUT)
		return err_set(err, ETIMEDOUT, "%s does not answer", prepared.path);
	if (r < 0) {
		*err = vaapi->error;
		return r;
	}
	return r == 0 ? 0 : give_frame(vaapi, ret, err);
}

static void reset(void *state)
{
	struct vaapi *vaapi = state;

	/* A driver that hangs in it is found out by the next call: none is made to an abandoned watch. */
	(void)watch_call(vaapi->watch, flush, vaapi->setup->options.limit_ms);
}

const struct backend backend_vaapi = {create, decode, reset, destroy};
