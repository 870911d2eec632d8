/* SPDX-License-Identifier: Apache-2.0 */
/* Frames by their sums, for tests that feed streams of any bytes. */
#ifndef TESTS_UNIT_VIDEO_SUM_H
#define TESTS_UNIT_VIDEO_SUM_H

#include <assert.h>
#include <string.h>

#include "unit/video_stream.h"
#include "video/video.h"

/* Every pixel of a frame counts; reading them all is part of the test. */
static inline uint64_t sum_frame(struct video_frame *frame)
{
	struct yuv_picture p;
	uint64_t value = 5381;
	struct err err;

	assert(video_frame_map(frame, &p, &err) == 0);
	assert(yuv_is_format(p.format) && p.width > 0 && p.height > 0);
	assert(p.width <= VIDEO_SIDE_MAX && p.height <= VIDEO_SIDE_MAX);
	for (uint32_t y = 0; y < p.height; y++) {
		const uint8_t *row = p.luma + (size_t)y * p.luma_stride;
		for (uint32_t x = 0; x < p.width; x++)
			value = value * 33 + row[x];
	}
	for (uint32_t y = 0; y < (p.height + 1) / 2; y++) {
		const uint8_t *row = p.chroma + (size_t)y * p.chroma_stride;
		for (uint32_t x = 0; x < (p.width + 1) / 2 * 2; x++)
			value = value * 33 + row[x];
	}
	return value;
}

/* The sums of the frames of a stream, `max` at most; errors are passed over. */
static inline unsigned sum_stream(struct video_decoder *decoder, const uint8_t *data, size_t size,
		uint64_t *sums, unsigned max)
{
	static struct stream stream;
	unsigned count = 0;

	stream.bytes.data = (uint8_t *)(uintptr_t)data;
	stream.bytes.size = size;
	stream_split(&stream);
	for (unsigned i = 0; i < stream.count; i++) {
		struct video_frame *frame = NULL;
		struct err err;
		int r = video_decode(decoder, data + stream.begin[i],
				stream.begin[i + 1] - stream.begin[i], i, &frame, &err);
		assert((r == 1) == (frame != NULL));
		if (frame && count < max)
			sums[count++] = sum_frame(frame);
		video_frame_unref(frame);
	}
	return count;
}

static inline struct video_decoder *sum_decoder(void)
{
	struct video_options options = {.backends = 1u << VIDEO_SOFTWARE};
	struct video_decoder *decoder = NULL;
	struct err err;

	assert(video_decoder_create(&options, &decoder, &err) == 0);
	return decoder;
}

#endif
