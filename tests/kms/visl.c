/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests for pictures to a real driver: the kernel's visl takes stateless H.264 and checks how it
 * is asked, but paints a test picture with what it was told in place of decoding.
 */
#include "base/log.h"
#include "unit/test.h"
#include "unit/video_stream.h"
#include "video/video.h"

enum { PICTURES = 24, HELD = 4 };

static struct video_decoder *create(void)
{
	struct video_options options = {
			.backends = 1u << VIDEO_V4L2_REQUEST, .spare_buffers = HELD};
	struct video_decoder *decoder = NULL;
	struct err err;

	CHECK(video_decoder_create(&options, &decoder, &err) == 0);
	return decoder;
}

static int decode(struct video_decoder *decoder, const struct stream *stream, unsigned unit,
		struct video_frame **frame)
{
	struct err err = {""};

	*frame = NULL;
	int r = video_decode(decoder, stream->bytes.data + stream->begin[unit],
			stream->begin[unit + 1] - stream->begin[unit], 1000 + unit, frame, &err);
	if (r < 0)
		printf("picture %u: %s\n", unit, err.text);
	return r;
}

/* What visl painted, text and all: never the same, because the text counts. */
static uint64_t sum(struct video_frame *frame)
{
	struct yuv_picture picture;
	uint64_t value = 0;
	struct err err;

	CHECK(video_frame_map(frame, &picture, &err) == 0);
	for (uint32_t y = 0; y < picture.height; y++)
		for (uint32_t x = 0; x < picture.width; x++)
			value = value * 31 + picture.luma[y * picture.luma_stride + x];
	return value;
}

static void play(const struct stream *stream, uint32_t width, uint32_t height)
{
	struct video_decoder *decoder = create();
	struct video_frame *held[HELD] = {0};
	uint64_t last = 0;

	CHECK_INT(stream->count, PICTURES);
	for (unsigned i = 0; i < stream->count; i++) {
		video_frame_unref(held[i % HELD]);
		CHECK_INT(decode(decoder, stream, i, &held[i % HELD]), 1);
		if (!held[i % HELD])
			break;
		struct yuv_rect crop = video_frame_crop(held[i % HELD]);
		const struct video_buffer *buffer = video_frame_buffer(held[i % HELD]);
		CHECK_INT(crop.x2, width);
		CHECK_INT(crop.y2, height);
		CHECK_INT(video_frame_time_us(held[i % HELD]), 1000 + i);
		CHECK_INT(buffer->memory, VIDEO_DMABUF);
		CHECK(buffer->fds[0] >= 0);
		for (unsigned j = 0; j < HELD; j++)
			CHECK(j == i % HELD || !held[j] ||
					video_frame_buffer(held[j])->number != buffer->number);
		uint64_t new = sum(held[i % HELD]);
		CHECK(new != last);
		last = new;
	}
	CHECK_INT(video_decoder_backend(decoder), VIDEO_V4L2_REQUEST);
	CHECK_INT(video_decoder_stats(decoder).errors, 0);
	CHECK_INT(video_decoder_stats(decoder).bytes_copied, 0);
	video_decoder_destroy(decoder);
	for (unsigned i = 0; i < HELD; i++)
		video_frame_unref(held[i]);
}

int main(void)
{
	char arguments[512];
	static const char *const kinds[] = {"-profile:v baseline -x264-params ref=1",
			"-tune zerolatency -x264-params ref=4:slices=3",
			"-tune zerolatency -profile:v high -x264-params cqm=jvt:keyint=10"};
	struct video_frame *frame;

	video_prepare();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(arguments, sizeof(arguments),
				"-f lavfi -i testsrc2=s=366x188 -frames:v %d -c:v libx264 -bf 0 %s",
				PICTURES, kinds[i]);
		struct stream stream = stream_make(arguments);
		TEST(kinds[i]) {
			play(&stream, 366, 188);
		}
		array_finish(&stream.bytes);
	}
	TEST("B-frames are not for it") {
		struct stream stream =
				stream_make("-f lavfi -i testsrc2=s=320x240 -frames:v 6 -c:v "
					    "libx264 -bf 2");
		struct video_decoder *decoder = create();
		CHECK_INT(decode(decoder, &stream, 0, &frame), -19 /* ENODEV: nothing is left */);
		video_decoder_destroy(decoder);
		array_finish(&stream.bytes);
	}
	TEST_END();
}
