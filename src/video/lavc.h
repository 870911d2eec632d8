/* SPDX-License-Identifier: Apache-2.0 */
/* What the back ends on top of libavcodec share. */
#ifndef VIDEO_LAVC_H
#define VIDEO_LAVC_H

#include <libavcodec/avcodec.h>

#include "video/backend.h"

/* An H.264 decoder: one thread, no delay of its own, broken pictures marked. Not yet open. */
int lavc_create(AVCodecContext **ret, struct err *err);

/*
 * One packet in; `frame` is what came out. 1, 0 or an error as of struct backend; a frame with
 * errors is -EBADMSG. After errors the context is of no use any more.
 */
int lavc_decode(AVCodecContext *context, const struct backend_packet *packet, AVFrame *frame,
		struct err *err);

/* "what: text of libavcodec's error"; returns a negative errno value. */
int lavc_error(struct err *err, int error, const char *what);

struct yuv_rect lavc_crop(const AVFrame *frame);
void lavc_colour(const struct video_options *options, const AVFrame *frame,
		enum yuv_encoding *encoding, enum yuv_range *range);

#endif
