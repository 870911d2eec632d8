/* SPDX-License-Identifier: Apache-2.0 */
/* V4L2 decoders that keep their own state, over one of the test's own; that of no hardware ran here. */
#include <errno.h>
#include <libdrm/drm_fourcc.h>
#include <linux/videodev2.h>

#include "base/log.h"
#include "fake/v4l2.h"
#include "fuzz/video_reference.h"
#include "unit/test.h"
#include "unit/video_stream.h"
#include "video/backend.h"
#include "video/v4l2.h"

const struct backend *const backend_table[VIDEO_BACKENDS] = {
		[VIDEO_V4L2] = &backend_v4l2, [VIDEO_SOFTWARE] = &backend_software};

void backend_prepare(void)
{
}

static struct video_decoder *start(struct fake_v4l2 fake)
{
	struct video_options options = {.limit_ms = 200};
	struct video_decoder *decoder = NULL;
	struct err err;

	fake_v4l2_reset(fake);
	CHECK(video_decoder_create(&options, &decoder, &err) == 0);
	return decoder;
}

/* Key frame, P, P, and so on: v a frame of V4L2, s one of software, - none, ! an error. */
static const char *play(struct video_decoder *decoder, const char *pictures)
{
	static char outcome[64];
	static struct stream stream;
	size_t n = 0;

	stream_reference(&stream);
	for (; pictures[n]; n++) {
		unsigned unit = pictures[n] < '1' || pictures[n] == 'K'
		                                ? 0
		                                : (unsigned)(pictures[n] - '0');
		size_t begin = stream.begin[unit], size = stream.begin[unit + 1] - begin;
		struct video_frame *frame = NULL;
		struct err err;
		int r = pictures[n] == '.' ? video_decode(decoder, NULL, 0, 0, &frame, &err)
		                           : video_decode(decoder, video_reference + begin, size,
							     (int64_t)n, &frame, &err);
		outcome[n] = r < 0                                              ? '!'
		             : r == 0                                           ? '-'
		             : video_decoder_backend(decoder) == VIDEO_SOFTWARE ? 's'
		                                                                : 'v';
		video_frame_unref(frame);
	}
	outcome[n] = 0;
	return outcome;
}

static const struct {
	const char *name;
	struct fake_v4l2 fake;
	const char *pictures, *outcome;
} table[] = {
		{"all goes well", {0}, "K12K12K12K12", "vvvvvvvvvvvv"},
		{"a decoder that holds pictures back", {.delay = 2}, "K12K..", "--vvvv"},
		{"a format that must be asked for", {.format = V4L2_PIX_FMT_YUV420}, "K12", "vvv"},
		{"a format that is not known",
				{.format = V4L2_PIX_FMT_YUV420, .has_only_format = true}, "K12",
				"sss"},
		{"no memory", {.request_result = -ENOMEM}, "K12", "sss"},
		{"a hang", {.hang_at = 2}, "K12K12", "v--sss"},
		{"a hang at the first picture", {.hang_at = 1}, "K12K12", "ssssss"},
		{"a broken picture", {.broken_at = 2}, "K12K12", "v!-vvv"},
		{"a fault", {.fail_at = 2}, "K12K12", "v--sss"},
		{"a new size", {.resize_at = 4}, "K12K12", "vvvvvv"},
		{"an impossible size", {.width = 9000, .height = 16}, "K12", "sss"},
		{"buffers that are too small", {.width = 512, .height = 512}, "K12", "sss"},
};

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	TEST("without a device there is software") {
		struct video_decoder *decoder = start((struct fake_v4l2){0});
		v4l2_prepare();
		CHECK_TEXT(play(decoder, "K12"), "sss");
		video_decoder_destroy(decoder);
		fake_v4l2.is_there = true;
		v4l2_prepare();
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		TEST(table[i].name) {
			struct video_decoder *decoder = start(table[i].fake);
			CHECK_TEXT(play(decoder, table[i].pictures), table[i].outcome);
			video_decoder_destroy(decoder);
		}
	}
	TEST("queues of one plane, and a second stream beside the first") {
		struct v4l2_node *other = v4l2_lend(V4L2_PIX_FMT_H264);
		struct video_decoder *decoder = start((struct fake_v4l2){0});
		CHECK(other && other->is_mplane);
		CHECK_TEXT(play(decoder, "K12K12"), "vvvvvv");
		CHECK(!v4l2_lend(V4L2_PIX_FMT_H264));
		video_decoder_destroy(decoder);
		v4l2_give_back(other);
	}
	TEST("frames are dma-bufs, exported once, and outlive the decoder") {
		struct video_decoder *decoder = start((struct fake_v4l2){0});
		struct video_frame *frame = NULL;
		struct yuv_picture picture;
		struct err err;
		size_t size = 0;
		struct stream stream = {.bytes = {.data = (uint8_t *)(uintptr_t)video_reference,
							.size = sizeof(video_reference)}};
		CHECK_TEXT(play(decoder, "K12K12"), "vvvvvv");
		int exports = fake_v4l2.exports;
		CHECK(exports > 2 && exports < 10);
		stream_split(&stream);
		size = stream.begin[1];
		CHECK_INT(video_decode(decoder, video_reference, size, 77, &frame, &err), 1);
		CHECK_INT(fake_v4l2.exports, exports);
		CHECK_INT(video_frame_time_us(frame), 77);
		CHECK_INT(video_frame_buffer(frame)->memory, VIDEO_DMABUF);
		CHECK_INT(video_frame_buffer(frame)->offsets[1], 48 * 32);
		CHECK_INT(video_frame_crop(frame).x2, 46);
		video_decoder_destroy(decoder);
		CHECK(video_frame_map(frame, &picture, &err) == 0);
		CHECK_INT(picture.width, 46);
		CHECK_INT(picture.luma[0] + picture.chroma[47 * 15], 0);
		video_frame_unref(frame);
	}
	TEST_END();
}
