/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of all kinds decode to what ffmpeg decodes them to, byte by byte. */
#include <libdrm/drm_fourcc.h>

#include "unit/test.h"
#include "unit/video_stream.h"
#include "video/video.h"

static const struct {
	const char *name, *arguments;
	uint32_t width, height;
	bool is_ten;
} table[] = {
		{"1280x720, baseline",
				"-f lavfi -i testsrc2=s=1280x720:r=30 -frames:v 6 -c:v libx264 "
				"-preset ultrafast -profile:v baseline",
				1280, 720, false},
		{"1366x768, cropped",
				"-f lavfi -i testsrc2=s=1366x768 -frames:v 4 -c:v libx264 "
				"-preset veryfast -tune zerolatency",
				1366, 768, false},
		{"854x482, cropped twice",
				"-f lavfi -i testsrc2=s=854x482 -frames:v 4 -c:v libx264 -preset "
				"ultrafast",
				854, 482, false},
		{"16x16", "-f lavfi -i testsrc2=s=16x16 -frames:v 3 -c:v libx264", 16, 16, false},
		{"B-frames",
				"-f lavfi -i testsrc2=s=320x180 -frames:v 20 -c:v libx264 -bf 3 -g "
				"9 "
				"-preset slow",
				320, 180, false},
		{"slices",
				"-f lavfi -i testsrc2=s=640x360 -frames:v 6 -c:v libx264 "
				"-x264-params "
				"slices=7 -tune zerolatency",
				640, 360, false},
		{"interlaced",
				"-f lavfi -i testsrc2=s=320x240 -frames:v 8 -c:v libx264 -flags "
				"+ildct+ilme -x264-params tff=1",
				320, 240, false},
		{"intra refresh",
				"-f lavfi -i testsrc2=s=320x240 -frames:v 20 -c:v libx264 "
				"-x264-params intra-refresh=1 -g 8",
				320, 240, false},
		{"ten bits",
				"-f lavfi -i testsrc2=s=426x240 -frames:v 4 -pix_fmt yuv420p10 "
				"-c:v "
				"libx264",
				426, 240, true},
		{"3840x2160",
				"-f lavfi -i testsrc2=s=3840x2160 -frames:v 2 -c:v libx264 -preset "
				"ultrafast",
				3840, 2160, false},
};

/* Compare rows, and go on in `expected`. */
static bool equals(const struct yuv_picture *p, const uint8_t **expected)
{
	uint32_t bytes = p->format == DRM_FORMAT_P010 ? 2 : 1;
	bool is_equal = true;

	for (uint32_t y = 0; y < p->height; y++, *expected += p->width * bytes)
		is_equal = is_equal && memcmp(p->luma + (size_t)y * p->luma_stride, *expected,
						       p->width * bytes) == 0;
	uint32_t row = (p->width + 1) / 2 * 2 * bytes;
	for (uint32_t y = 0; y < (p->height + 1) / 2; y++, *expected += row)
		is_equal = is_equal &&
		           memcmp(p->chroma + (size_t)y * p->chroma_stride, *expected, row) == 0;
	return is_equal;
}

static struct video_decoder *software(void)
{
	struct video_options options = {.backends = 1u << VIDEO_SOFTWARE};
	struct video_decoder *decoder = NULL;
	struct err err;

	CHECK(video_decoder_create(&options, &decoder, &err) == 0);
	return decoder;
}

/* 1 and a frame, for all of the stream and then what was held back. */
static int next_frame(struct video_decoder *decoder, const struct stream *stream, unsigned *unit,
		struct video_frame **ret)
{
	struct err err = {""};
	int r = 0;

	while (r == 0 && *unit < stream->count) {
		size_t begin = stream->begin[*unit];
		r = video_decode(decoder, stream->bytes.data + begin,
				stream->begin[*unit + 1] - begin, *unit * 40000, ret, &err);
		++*unit;
	}
	if (r == 0)
		r = video_decode(decoder, NULL, 0, 0, ret, &err);
	if (r < 0)
		printf("%s\n", err.text);
	return r;
}

static void test_one(size_t i)
{
	struct stream stream = stream_make(table[i].arguments);
	struct array expected = stream_decoded(&stream, table[i].is_ten ? "p010le" : "nv12");
	const uint8_t *at = expected.data, *end = at + expected.size;
	struct video_decoder *decoder = software();
	size_t size = (size_t)table[i].width * table[i].height * 3 / (table[i].is_ten ? 1 : 2);
	struct video_frame *frame = NULL;
	unsigned unit = 0, frames = 0, wrong = 0;

	CHECK(stream.count > 0 && expected.size > 0);
	while (next_frame(decoder, &stream, &unit, &frame) == 1) {
		struct yuv_picture picture;
		struct err err;
		CHECK(video_frame_map(frame, &picture, &err) == 0);
		CHECK_INT(picture.width, table[i].width);
		CHECK_INT(picture.height, table[i].height);
		wrong += at + size > end || !equals(&picture, &at);
		video_frame_unref(frame);
		frames++;
	}
	CHECK_INT(wrong, 0);
	CHECK(at == end);
	CHECK_INT(frames, expected.size / size);
	CHECK_INT(video_decoder_stats(decoder).errors, 0);
	video_decoder_destroy(decoder);
	array_finish(&expected);
	array_finish(&stream.bytes);
}

int main(void)
{
	video_prepare();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		TEST(table[i].name) {
			test_one(i);
		}
	TEST_END();
}
