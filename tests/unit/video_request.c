/* SPDX-License-Identifier: Apache-2.0 */
/* V4L2 decoders that are asked by requests, when they fail; tests/kms/visl.c has the kernel's own. */
#include <errno.h>
#include <linux/videodev2.h>

#include "base/log.h"
#include "fake/v4l2.h"
#include "fuzz/video_reference.h"
#include "unit/test.h"
#include "unit/video_stream.h"
#include "video/backend.h"
#include "video/v4l2.h"

const struct backend *const backend_table[VIDEO_BACKENDS] = {
		[VIDEO_V4L2_REQUEST] = &backend_v4l2_request, [VIDEO_SOFTWARE] = &backend_software};

void backend_prepare(void)
{
}

static struct stream reference;

static struct video_decoder *start(struct fake_v4l2 fake)
{
	struct video_options options = {.limit_ms = 200};
	struct video_decoder *decoder = NULL;
	struct err err;

	fake.is_there = fake.is_stateless = true;
	fake_v4l2_reset(fake);
	CHECK(video_decoder_create(&options, &decoder, &err) == 0);
	return decoder;
}

/* r a frame by requests, s one of software, - none, ! an error. */
static char feed(struct video_decoder *decoder, unsigned unit, struct video_frame **frame)
{
	struct err err;
	size_t begin = reference.begin[unit];

	*frame = NULL;
	int r = video_decode(decoder, video_reference + begin, reference.begin[unit + 1] - begin,
			unit, frame, &err);
	if (r <= 0)
		return r < 0 ? '!' : '-';
	return video_decoder_backend(decoder) == VIDEO_SOFTWARE ? 's' : 'r';
}

static const struct {
	const char *name;
	struct fake_v4l2 fake;
	const char *outcome; /* of K12K12 */
} table[] = {
		{"all goes well", {0}, "rrrrrr"},
		{"a format that is not known",
				{.format = V4L2_PIX_FMT_YUV420, .has_only_format = true}, "ssssss"},
		{"no memory", {.request_result = -ENOMEM}, "ssssss"},
		{"a description that is refused", {.control_result = -EINVAL}, "ssssss"},
		{"pictures smaller than the stream", {.width = 32, .height = 32}, "ssssss"},
		{"a hang", {.hang_at = 2}, "r--sss"},
		{"a hang at the first picture", {.hang_at = 1}, "ssssss"},
		{"a broken picture", {.broken_at = 2}, "r!-rrr"},
		{"a fault", {.fail_at = 3}, "rr-sss"},
};

int main(void)
{
	struct video_frame *frames[64];

	log_set_level(LOG_LEVEL_ERROR);
	reference.bytes.data = (uint8_t *)(uintptr_t)video_reference;
	reference.bytes.size = sizeof(video_reference);
	stream_split(&reference);
	fake_v4l2_reset((struct fake_v4l2){.is_there = true, .is_stateless = true});
	v4l2_prepare();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		TEST(table[i].name) {
			struct video_decoder *decoder = start(table[i].fake);
			char outcome[7] = "";
			for (unsigned n = 0; n < 6; n++) {
				outcome[n] = feed(decoder, n % 3, &frames[0]);
				video_frame_unref(frames[0]);
			}
			CHECK_TEXT(outcome, table[i].outcome);
			video_decoder_destroy(decoder);
		}
	}
	TEST("pictures refer to those before them, a key frame to none") {
		struct video_decoder *decoder = start((struct fake_v4l2){0});
		for (unsigned n = 0; n < 6; n++) {
			CHECK_INT(feed(decoder, n % 3, &frames[0]), 'r');
			CHECK_INT(fake_v4l2.references, n % 3);
			video_frame_unref(frames[0]);
		}
		video_decoder_destroy(decoder);
	}
	TEST("who never lets go gets an error, and frames again afterwards") {
		struct video_decoder *decoder = start((struct fake_v4l2){0});
		unsigned count = 0;
		char last = 'r';
		while (last == 'r' && count < 64) {
			last = feed(decoder, count % 3, &frames[count]);
			count += last == 'r';
		}
		CHECK_INT(last, '!');
		CHECK(count >= 3 && count < 16);
		for (unsigned i = 0; i < count; i++)
			video_frame_unref(frames[i]);
		CHECK_INT(feed(decoder, 0, &frames[0]), 'r');
		video_frame_unref(frames[0]);
		video_decoder_destroy(decoder);
	}
	TEST_END();
}
