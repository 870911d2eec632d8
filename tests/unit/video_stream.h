/* SPDX-License-Identifier: Apache-2.0 */
/* Streams that the ffmpeg program makes, and what it decodes them to. */
#ifndef TESTS_UNIT_VIDEO_STREAM_H
#define TESTS_UNIT_VIDEO_STREAM_H

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "fuzz/video_reference.h"
#include "video/h264.h"

enum { STREAM_UNITS_MAX = 256, STREAM_BYTES_MAX = 512 << 20 };

/* Access units: unit i is bytes begin[i]..begin[i + 1]. */
struct stream {
	struct array bytes;
	size_t begin[STREAM_UNITS_MAX + 1];
	unsigned count;
};

/* What a command writes to its standard output; empty when it fails. */
static inline struct array stream_output(const char *command)
{
	struct array output = {.max = STREAM_BYTES_MAX};
	static uint8_t block[1 << 16];
	FILE *pipe = popen(command, "r");
	size_t n;

	while (pipe && (n = fread(block, 1, sizeof(block), pipe)) > 0)
		if (array_append(&output, block, n) < 0)
			break;
	if (!pipe || pclose(pipe) != 0)
		array_finish(&output);
	return output;
}

/* 7.4.1.2.3, as far as encoders of today go: a unit begins where a slice was and no slice is. */
static inline void stream_split(struct stream *stream)
{
	struct h264_reader reader = {stream->bytes.data, stream->bytes.size, 0};
	struct h264_nal nal;
	bool has_slice = false;

	stream->count = 0;
	while (h264_next(&reader, &nal) && stream->count < STREAM_UNITS_MAX) {
		bool is_slice = nal.type == H264_SLICE || nal.type == H264_SLICE_IDR;
		bool is_first = is_slice && nal.size > 1 && nal.bytes[1] & 0x80;
		if (stream->count == 0 || (has_slice && (!is_slice || is_first))) {
			size_t at = (size_t)(nal.bytes - stream->bytes.data) - 3;
			stream->begin[stream->count++] =
					at > 0 && stream->bytes.data[at - 1] == 0 ? at - 1 : at;
			has_slice = false;
		}
		has_slice = has_slice || is_slice;
	}
	stream->begin[stream->count] = stream->bytes.size;
}

/* The three pictures of fuzz/video_reference.h; nothing to free. */
static inline void stream_reference(struct stream *stream)
{
	stream->bytes.data = (uint8_t *)(uintptr_t)video_reference;
	stream->bytes.size = sizeof(video_reference);
	stream_split(stream);
}

/* `arguments` of ffmpeg's, up to where the output goes. */
static inline struct stream stream_make(const char *arguments)
{
	char command[1024];
	struct stream stream = {0};

	snprintf(command, sizeof(command), "ffmpeg -v error -nostdin -threads 1 %s -f h264 -",
			arguments);
	stream.bytes = stream_output(command);
	stream_split(&stream);
	return stream;
}

/* All frames of it in raw NV12 or P010, one behind the other. */
static inline struct array stream_decoded(const struct stream *stream, const char *format)
{
	char name[] = "/tmp/tynd-stream-XXXXXX", command[1024];
	int fd = mkstemp(name);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
	struct array output = {0};

	if (!file)
		return output;
	fwrite(stream->bytes.data, 1, stream->bytes.size, file);
	fclose(file);
	snprintf(command, sizeof(command),
			"ffmpeg -v error -nostdin -flags bitexact -f h264 -i %s "
			"-fps_mode passthrough -f rawvideo -pix_fmt %s -",
			name, format);
	output = stream_output(command);
	unlink(name);
	return output;
}

#endif
