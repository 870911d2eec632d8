/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes in, frames out. One interface for every decoder: VA-API, V4L2 stateful, V4L2
 * stateless, libavcodec in software, tried in this order; the choice is logged with
 * the reason. A back end that fails hands over to the next one, which begins at
 * the next key frame. Frames are NV12 (or P010) in buffers that a display can show:
 * dma-buf of the hardware, or sealed shared memory that is written once.
 * One decoder belongs to one thread; frames may be let go from any thread.
 */
#ifndef VIDEO_VIDEO_H
#define VIDEO_VIDEO_H

#include "base/err.h"
#include "base/own.h"
#include "yuv/yuv.h"

enum {
	VIDEO_BUFFERS_MAX = 32, /* of one pool; H.264 keeps up to 16 for reference */
	VIDEO_SIDE_MAX = 8192,  /* pixels; larger streams are refused */
	VIDEO_PACKET_MAX = 32 << 20,
};

enum video_codec { VIDEO_H264 }; /* Annex B byte stream, ITU-T H.264 annex B */

enum video_backend { VIDEO_VAAPI, VIDEO_V4L2, VIDEO_V4L2_REQUEST, VIDEO_SOFTWARE, VIDEO_BACKENDS };

enum video_memory {
	VIDEO_MEMORY, /* memfd sealed against shrinking and growing */
	VIDEO_DMABUF,
};

/* Where frames lie: announced once, used again and again. `offset[0]` is a multiple of a page. */
struct video_buffer {
	uint32_t pool; /* grows when size or format change: buffers of older ones are used no more */
	uint32_t number; /* 0..VIDEO_BUFFERS_MAX - 1 in its pool */
	enum video_memory memory;
	int fds[2]; /* borrowed; fds[1] is -1 where both planes lie in one */
	uint32_t format;
	uint64_t modifier;               /* DRM_FORMAT_MOD_* */
	uint32_t width, height;          /* allocated, even */
	uint32_t offsets[2], strides[2]; /* of luma and chroma, bytes */
	enum yuv_encoding encoding;
	enum yuv_range range;
};

struct video_frame; /* counted; its buffer is not written while somebody holds it */

struct video_options {
	enum video_codec codec;
	uint32_t backends; /* a bit per enum video_backend that may be tried; 0: all */
	/*
	 * What the stream's own signalling is overruled with: RDP is BT.709 full range, whatever
	 * its VUI says [MS-RDPEGFX] 3.3.8.3.
	 */
	bool has_colour;
	enum yuv_encoding encoding;
	enum yuv_range range;
	unsigned spare_buffers; /* that the user may hold at the same time, 2..8 */
	int limit_ms;           /* a decoder that takes longer for a frame is given up; 0: 1000 */
};

struct video_stats {
	uint64_t packets, frames, key_frames, errors, hand_overs;
	uint64_t bytes_copied; /* by our own code, into buffers: decoding itself does not count */
};

struct video_decoder;

/*
 * Once per process, before a sandbox is sealed: opens what devices there are (render nodes,
 * decoders of V4L2) and loads their drivers. Never fails: without any there is software.
 */
void video_prepare(void);

int video_decoder_create(const struct video_options *options, struct video_decoder **ret,
		struct err *err);
void video_decoder_destroy(struct video_decoder *decoder); /* takes NULL; frames live on */
OWN_DEFINE(video_decoder, struct video_decoder, video_decoder_destroy);

/*
 * Decode one access unit. 1: `*ret` is a frame, which the caller owns; 0: none came out
 * of it; negative: the bytes are broken, or no back end is left (-ENODEV). After an error frames
 * come again from the next key frame on, never a broken one before it. `size` 0 is the end of
 * the stream: what is held back (B-frames) comes, one per call, and then 0.
 */
int video_decode(struct video_decoder *decoder, const void *bytes, size_t size, int64_t time_us,
		struct video_frame **ret, struct err *err);

/* Forget all references, as after a seek or a reset of the surface. */
void video_decoder_reset(struct video_decoder *decoder);

/* Nothing comes before the next key frame: at first, after errors, resets and hand-overs. */
bool video_decoder_is_waiting(const struct video_decoder *decoder);

enum video_backend video_decoder_backend(const struct video_decoder *decoder);
const char *video_backend_name(enum video_backend backend);
struct video_stats video_decoder_stats(const struct video_decoder *decoder);

struct video_frame *video_frame_ref(struct video_frame *frame);
void video_frame_unref(struct video_frame *frame); /* takes NULL */
OWN_DEFINE(video_frame, struct video_frame, video_frame_unref);

const struct video_buffer *video_frame_buffer(const struct video_frame *frame);
struct yuv_rect video_frame_crop(const struct video_frame *frame); /* what of it is picture */
int64_t video_frame_time_us(const struct video_frame *frame);
bool video_frame_is_key(const struct video_frame *frame);

/*
 * The pixels for reading by the CPU, cut to the crop; may have to map or copy with hardware
 * decoders. Valid while the frame is held.
 */
int video_frame_map(struct video_frame *frame, struct yuv_picture *ret, struct err *err);

#endif
