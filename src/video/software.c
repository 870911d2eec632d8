/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libavcodec in software. Luma is decoded straight into the buffer that is shown. Chroma of
 * libavcodec's has two planes, the display's one: it is decoded beside the buffer and
 * interleaved once per shown frame, half as many bytes as luma has. Ten bits are decoded
 * beside it altogether, because P010 has them at the other end of the word.
 */
#include <errno.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libdrm/drm_fourcc.h>
#include <string.h>

#include "video/lavc.h"

enum {
	STRIDE_ALIGN = 64,
	PADDING = 128, /* behind a plane: vectors read on */
	LINES_BEHIND = 2,
};

struct software {
	const struct backend_setup *setup;
	AVCodecContext *context;
	AVFrame *frame;
	struct video_pool *pool;
	bool is_spoilt;
	struct err error; /* why there was no buffer */
	int result;
};

static enum AVPixelFormat choose_format(AVCodecContext *context, const enum AVPixelFormat *offered)
{
	static const enum AVPixelFormat known[] = {
			AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P10};
	struct software *software = context->opaque;

	for (; *offered != AV_PIX_FMT_NONE; offered++)
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (*offered == known[i])
				return known[i];
	software->result = err_set(&software->error, EBADMSG,
			"H.264: 4:2:0 with 8 or 10 bits was expected");
	return AV_PIX_FMT_NONE;
}

/* Planes beside the buffer; the first one only with ten bits. */
struct beside {
	size_t offsets[3], bytes;
	int strides[3];
};

static size_t align_to(size_t size, size_t step)
{
	return (size + step - 1) / step * step;
}

static struct beside lay_beside(size_t width, size_t height, bool is_ten)
{
	struct beside beside = {0};

	for (int i = is_ten ? 0 : 1; i < 3; i++) {
		size_t w = (i ? width / 2 : width) * (is_ten ? 2 : 1), h = i ? height / 2 : height;
		beside.offsets[i] = beside.bytes;
		beside.strides[i] = (int)align_to(w < 32 ? 32 : w, STRIDE_ALIGN);
		beside.bytes += align_to((size_t)beside.strides[i] * (h + LINES_BEHIND) + PADDING,
				STRIDE_ALIGN);
	}
	return beside;
}

static void end_buffer(void *opaque, uint8_t *data)
{
	(void)data;
	pool_buffer_unref(opaque);
}

static int give_buffer(AVCodecContext *context, AVFrame *frame, int flags)
{
	struct software *software = context->opaque;
	bool is_ten = frame->format == AV_PIX_FMT_YUV420P10;
	size_t width = align_to((size_t)frame->width, 16),
	       height = align_to((size_t)frame->height, 16);
	struct beside beside = lay_beside(width, height, is_ten);
	struct pool_shape shape = {.format = is_ten ? DRM_FORMAT_P010 : DRM_FORMAT_NV12,
			.width = (uint32_t)width,
			.height = (uint32_t)height,
			.private_bytes = beside.bytes};
	struct pool_buffer *buffer;

	(void)flags;
	lavc_colour(&software->setup->options, frame, &shape.encoding, &shape.range);
	backend_pool(software->setup, &shape, &software->pool);
	software->result = pool_take(software->pool, &buffer, &software->error);
	if (software->result < 0)
		return AVERROR(ENOMEM);
	for (int i = 0; i < 3; i++) {
		frame->data[i] = (uint8_t *)buffer->private + beside.offsets[i];
		frame->linesize[i] = beside.strides[i];
	}
	if (!is_ten) {
		frame->data[0] = buffer->map;
		frame->linesize[0] = (int)buffer->shown.strides[0];
	}
	frame->extended_data = frame->data;
	frame->buf[0] = av_buffer_create(buffer->map, buffer->size_bytes, end_buffer, buffer, 0);
	if (frame->buf[0])
		return 0;
	pool_buffer_unref(buffer);
	return AVERROR(ENOMEM);
}

static void interleave(const uint8_t *restrict u, const uint8_t *restrict v, size_t count,
		uint8_t *restrict to)
{
	for (size_t i = 0; i < count; i++) {
		to[2 * i] = u[i];
		to[2 * i + 1] = v[i];
	}
}

static void interleave_ten(const uint16_t *restrict u, const uint16_t *restrict v, size_t count,
		uint16_t *restrict to)
{
	for (size_t i = 0; i < count; i++) {
		to[2 * i] = (uint16_t)(u[i] << 6);
		to[2 * i + 1] = (uint16_t)(v[i] << 6);
	}
}

static void shift_ten(const uint16_t *restrict from, size_t count, uint16_t *restrict to)
{
	for (size_t i = 0; i < count; i++)
		to[i] = (uint16_t)(from[i] << 6);
}

static const uint16_t *words(const AVFrame *frame, int plane, size_t y)
{
	return (const uint16_t *)(const void *)(frame->data[plane] +
						y * (size_t)frame->linesize[plane]);
}

/* What libavcodec left beside the buffer goes into it. Returns the bytes written. */
static uint64_t complete(const AVFrame *frame, struct pool_buffer *buffer)
{
	const struct video_buffer *shown = &buffer->shown;
	size_t width = shown->width, height = shown->height;
	bool is_ten = shown->format == DRM_FORMAT_P010;

	for (size_t y = 0; y < height / 2; y++) {
		uint8_t *to = buffer->map + shown->offsets[1] + y * shown->strides[1];
		if (is_ten)
			interleave_ten(words(frame, 1, y), words(frame, 2, y), width / 2,
					(uint16_t *)(void *)to);
		else
			interleave(frame->data[1] + y * (size_t)frame->linesize[1],
					frame->data[2] + y * (size_t)frame->linesize[2], width / 2,
					to);
	}
	if (!is_ten)
		return width * height / 2;
	for (size_t y = 0; y < height; y++)
		shift_ten(words(frame, 0, y), width,
				(uint16_t *)(void *)(buffer->map + y * shown->strides[0]));
	return width * height * 3;
}

static int open_codec(struct software *software, struct err *err)
{
	avcodec_free_context(&software->context);
	int r = lavc_create(&software->context, err);
	if (r < 0)
		return r;
	software->context->opaque = software;
	software->context->get_format = choose_format;
	software->context->get_buffer2 = give_buffer;
	r = avcodec_open2(software->context, NULL, NULL);
	return r < 0 ? lavc_error(err, r, "libavcodec's H.264 decoder") : 0;
}

/*
 * Begin anew, in the same buffers. A flush is not enough when libavcodec holds pictures back (it
 * never forgets how many), or after a broken one: then the next key frame came out wrong
 * (7.1.5, found by tests/unit/video_mutations.c).
 */
static void reset(void *state)
{
	struct software *software = state;

	if (!software->context)
		return;
	if (software->is_spoilt || software->context->has_b_frames > 0)
		avcodec_free_context(&software->context);
	else
		avcodec_flush_buffers(software->context);
	software->is_spoilt = false;
}

static void destroy(void *state)
{
	struct software *software = state;

	avcodec_free_context(&software->context);
	av_frame_free(&software->frame);
	pool_destroy(software->pool);
	free(software);
}

static int create(const struct backend_setup *setup, const struct h264_sps *sps, void **ret,
		struct err *err)
{
	struct software *software = own_alloc(sizeof(*software));

	(void)sps;
	software->setup = setup;
	software->frame = av_frame_alloc();
	int r = open_codec(software, err);
	if (r == 0 && !software->frame)
		r = err_set(err, ENOMEM, "no memory for a frame");
	if (r < 0) {
		destroy(software);
		return r;
	}
	*ret = software;
	return 0;
}

/* A stream begins that lets pictures go sooner than the one before. */
static bool is_held_too_long(const struct software *software, const struct backend_packet *packet)
{
	return packet->is_key && packet->sps->has_reorder &&
	       software->context->has_b_frames > packet->sps->max_reorder;
}

static int decode(void *state, const struct backend_packet *packet, struct video_frame **ret,
		struct err *err)
{
	struct software *software = state;
	AVFrame *frame = software->frame;

	software->result = 0;
	if (software->context && is_held_too_long(software, packet))
		reset(software);
	int r = software->context ? 0 : open_codec(software, err);
	if (r == 0)
		r = lavc_decode(software->context, packet, frame, err);
	if (r < 0) {
		software->is_spoilt = true;
		reset(software);
		if (software->result < 0) { /* our own reason is the better one */
			*err = software->error;
			r = -EBADMSG;
		}
	}
	if (r <= 0)
		return r;
	struct pool_buffer *buffer = av_buffer_get_opaque(frame->buf[0]);
	software->setup->stats->bytes_copied += complete(frame, buffer);
	*ret = frame_create(pool_buffer_ref(buffer), lavc_crop(frame), frame->pts,
			(frame->flags & AV_FRAME_FLAG_KEY) != 0);
	av_frame_unref(frame);
	return 1;
}

const struct backend backend_software = {create, decode, reset, destroy};
