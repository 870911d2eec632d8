/* SPDX-License-Identifier: Apache-2.0 */
#include "video/lavc.h"

#include <errno.h>

enum { HD_LINES = 720 };

int lavc_error(struct err *err, int error, const char *what)
{
	char text[AV_ERROR_MAX_STRING_SIZE] = "";

	av_strerror(error, text, sizeof(text));
	/* FFERRTAG codes are far outside of errno's range. */
	int code = error == AVERROR_INVALIDDATA || error == AVERROR_PATCHWELCOME ? EBADMSG
	           : error < 0 && error > -4096                                  ? -error
	                                                                         : EIO;
	return err_set(err, code, "%s: %s", what, text);
}

int lavc_create(AVCodecContext **ret, struct err *err)
{
	const AVCodec *codec = avcodec_find_decoder_by_name("h264");

	if (!codec)
		return err_set(err, ENOSYS, "libavcodec without an H.264 decoder");
	AVCodecContext *context = avcodec_alloc_context3(codec);
	if (!context)
		return err_set(err, ENOMEM, "no memory for a decoder");
	context->thread_count = 1;
	context->flags |= AV_CODEC_FLAG_LOW_DELAY;
	/* Cropping is the display's; the rest of the macroblocks belongs to AVC444. */
	context->apply_cropping = 0;
	/* Broken pictures are never shown; this is how they are found (decode_error_flags). */
	context->error_concealment = FF_EC_DEBLOCK;
	context->pkt_timebase = (AVRational){1, 1000000};
	*ret = context;
	return 0;
}

static int receive(AVCodecContext *context, AVFrame *frame, struct err *err)
{
	int r = avcodec_receive_frame(context, frame);

	if (r == AVERROR(EAGAIN))
		return 0;
	if (r == AVERROR_EOF) {
		avcodec_flush_buffers(context);
		return 0;
	}
	if (r < 0)
		return lavc_error(err, r, "H.264");
	if (frame->decode_error_flags || (frame->flags & AV_FRAME_FLAG_CORRUPT)) {
		av_frame_unref(frame);
		return err_set(err, EBADMSG, "H.264: a broken picture");
	}
	return 1;
}

int lavc_decode(AVCodecContext *context, const struct backend_packet *from, AVFrame *frame,
		struct err *err)
{
	AVPacket *packet = av_packet_alloc();

	if (!packet)
		return err_set(err, ENOMEM, "no memory for a packet");
	/* Without a buffer of its own libavcodec copies it, with the padding it needs. */
	packet->data = (uint8_t *)(uintptr_t)from->bytes;
	packet->size = (int)from->size;
	packet->pts = from->time_us;
	int r = avcodec_send_packet(context, from->bytes ? packet : NULL);
	av_packet_free(&packet);
	if (r == AVERROR_EOF) /* draining already */
		r = 0;
	if (r < 0 && !from->sps) /* parameter sets alone: taken, and called "no frame" */
		r = 0;
	return r < 0 ? lavc_error(err, r, "H.264") : receive(context, frame, err);
}

struct yuv_rect lavc_crop(const AVFrame *frame)
{
	return (struct yuv_rect){(int32_t)frame->crop_left, (int32_t)frame->crop_top,
			frame->width - (int32_t)frame->crop_right,
			frame->height - (int32_t)frame->crop_bottom};
}

void lavc_colour(const struct video_options *options, const AVFrame *frame,
		enum yuv_encoding *encoding, enum yuv_range *range)
{
	if (options->has_colour) {
		*encoding = options->encoding;
		*range = options->range;
		return;
	}
	switch (frame->colorspace) {
	case AVCOL_SPC_BT709:
		*encoding = YUV_BT709;
		break;
	case AVCOL_SPC_BT2020_NCL:
	case AVCOL_SPC_BT2020_CL:
		*encoding = YUV_BT2020;
		break;
	case AVCOL_SPC_BT470BG:
	case AVCOL_SPC_SMPTE170M:
	case AVCOL_SPC_FCC:
		*encoding = YUV_BT601;
		break;
	default: /* as everybody guesses */
		*encoding = frame->height >= HD_LINES ? YUV_BT709 : YUV_BT601;
	}
	*range = frame->color_range == AVCOL_RANGE_JPEG ? YUV_FULL : YUV_LIMITED;
}
