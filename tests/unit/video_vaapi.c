/* SPDX-License-Identifier: Apache-2.0 */
/* VA-API over a driver of the test's own; that of no hardware ran here. */
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libdrm/drm_fourcc.h>

#include "base/log.h"
#include "fake/av.h"
#include "fuzz/video_reference.h"
#include "unit/test.h"
#include "unit/video_stream.h"
#include "video/backend.h"
#include "video/vaapi.h"

/* Software, but without the codec that the fake stands for. */
static int create(const struct backend_setup *setup, const struct h264_sps *sps, void **ret,
		struct err *err)
{
	(void)setup, (void)sps, (void)err;
	*ret = own_alloc(1);
	return 0;
}

static int decode(void *state, const struct backend_packet *packet, struct video_frame **ret,
		struct err *err)
{
	(void)state, (void)packet, (void)ret, (void)err;
	return 0;
}

static void reset(void *state)
{
	(void)state;
}

static const struct backend other = {create, decode, reset, free};
const struct backend *const backend_table[VIDEO_BACKENDS] = {
		[VIDEO_VAAPI] = &backend_vaapi, [VIDEO_SOFTWARE] = &other};

void backend_prepare(void)
{
}

static struct video_decoder *start(struct fake_av fake)
{
	struct video_options options = {.limit_ms = 200};
	struct video_decoder *decoder = NULL;
	struct err err;

	fake_av = fake;
	if (fake_av.surfaces == 0)
		fake_av.surfaces = 3;
	if (fake_av.format == 0)
		fake_av.format = AV_PIX_FMT_NV12;
	CHECK(video_decoder_create(&options, &decoder, &err) == 0);
	return decoder;
}

/* The n-th picture: K, 1 or 2 of the stream. Returns as video_decode. */
static int feed(struct video_decoder *decoder, unsigned unit, struct video_frame **frame)
{
	static struct stream stream;
	struct err err = {""};

	stream_reference(&stream);
	*frame = NULL;
	return video_decode(decoder, video_reference + stream.begin[unit],
			stream.begin[unit + 1] - stream.begin[unit], unit, frame, &err);
}

/* One key frame; who decodes afterwards? */
static enum video_backend choice(struct fake_av fake)
{
	struct video_decoder *decoder = start(fake);
	struct video_frame *frame;

	feed(decoder, 0, &frame);
	video_frame_unref(frame);
	enum video_backend backend = video_decoder_backend(decoder);
	video_decoder_destroy(decoder);
	return backend;
}

static void test_choice(void)
{
	TEST("without a driver there is software") {
		CHECK_INT(choice((struct fake_av){0}), VIDEO_SOFTWARE);
		fake_av.has_device = true;
		vaapi_prepare();
	}
	TEST("what the driver cannot do is handed over at once") {
		struct fake_av fake = {.has_device = true};
		CHECK_INT(choice(fake), VIDEO_VAAPI);
		fake.has_no_decoder = true;
		CHECK_INT(choice(fake), VIDEO_SOFTWARE);
		fake = (struct fake_av){.open_result = AVERROR(ENOMEM)};
		CHECK_INT(choice(fake), VIDEO_SOFTWARE);
		fake = (struct fake_av){.format = AV_PIX_FMT_YUYV422};
		CHECK_INT(choice(fake), VIDEO_SOFTWARE);
		fake = (struct fake_av){.is_odd = true};
		CHECK_INT(choice(fake), VIDEO_SOFTWARE);
		fake = (struct fake_av){.export_result = AVERROR(ENOSYS)};
		CHECK_INT(choice(fake), VIDEO_SOFTWARE);
		fake = (struct fake_av){.fail_at = 1, .fail_result = AVERROR(EIO)};
		CHECK_INT(choice(fake), VIDEO_SOFTWARE);
		fake = (struct fake_av){.fail_at = 1, .fail_result = AVERROR(ENOMEM)};
		CHECK_INT(choice(fake), VIDEO_SOFTWARE);
	}
	TEST("a driver that hangs is given up") {
		CHECK_INT(choice((struct fake_av){.hang_at = 1, .hang_ms = 1500}), VIDEO_SOFTWARE);
	}
}

static void test_frames(void)
{
	TEST("each surface is exported as one buffer, with its modifier") {
		struct video_decoder *decoder = start((struct fake_av){
				.modifier = I915_FORMAT_MOD_Y_TILED, .is_split = true});
		struct video_frame *frames[3], *again;
		for (unsigned i = 0; i < 3; i++)
			CHECK_INT(feed(decoder, i, &frames[i]), 1);
		for (unsigned i = 0; i < 3; i++) {
			const struct video_buffer *buffer = video_frame_buffer(frames[i]);
			CHECK_INT(buffer->number, i);
			CHECK_INT(buffer->memory, VIDEO_DMABUF);
			CHECK_INT(buffer->format, DRM_FORMAT_NV12);
			CHECK(buffer->modifier == I915_FORMAT_MOD_Y_TILED);
			CHECK(buffer->fds[0] >= 0 && buffer->fds[1] >= 0);
			CHECK_INT(video_frame_time_us(frames[i]), i);
		}
		CHECK_INT(feed(decoder, 0, &again), 1);
		CHECK(video_frame_buffer(again) == video_frame_buffer(frames[0]));
		video_decoder_destroy(decoder);
		CHECK_INT(video_frame_buffer(frames[2])->strides[1], 64);
		for (unsigned i = 0; i < 3; i++)
			video_frame_unref(frames[i]);
		video_frame_unref(again);
	}
	TEST("ten bits, planes of one object") {
		struct video_decoder *decoder = start((struct fake_av){.format = AV_PIX_FMT_P010});
		struct video_frame *frame;
		CHECK_INT(feed(decoder, 0, &frame), 1);
		CHECK_INT(video_frame_buffer(frame)->format, DRM_FORMAT_P010);
		CHECK_INT(video_frame_buffer(frame)->fds[1], -1);
		CHECK_INT(video_frame_buffer(frame)->offsets[1], 4096);
		video_frame_unref(frame);
		video_decoder_destroy(decoder);
	}
	TEST("a fault in the middle hands over at the next key frame") {
		struct video_decoder *decoder =
				start((struct fake_av){.fail_at = 2, .fail_result = AVERROR(EIO)});
		struct video_frame *frame;
		CHECK_INT(feed(decoder, 0, &frame), 1);
		video_frame_unref(frame);
		CHECK_INT(feed(decoder, 1, &frame), 0);
		CHECK_INT(feed(decoder, 2, &frame), 0);
		CHECK_INT(feed(decoder, 0, &frame), 0);
		CHECK_INT(video_decoder_backend(decoder), VIDEO_SOFTWARE);
		CHECK_INT(video_decoder_stats(decoder).hand_overs, 1);
		video_decoder_destroy(decoder);
	}
}

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	test_choice();
	test_frames();
	TEST_END();
}
