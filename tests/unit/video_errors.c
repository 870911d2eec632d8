/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing, broken, too large or held too long; frames that outlive what made them. */
#include <errno.h>
#include <fcntl.h>
#include <libdrm/drm_fourcc.h>
#include <pthread.h>
#include <unistd.h>

#include "base/log.h"
#include "unit/test.h"
#include "unit/video_sum.h"
#include "unit/video_writer.h"

enum { FRAMES_MAX = 64 };

static struct stream three; /* key frames at 0, 5 and 10; one reference; 15 pictures */
static uint64_t right[FRAMES_MAX];

static int decode(struct video_decoder *decoder, const struct stream *stream, unsigned unit,
		struct video_frame **frame, struct err *err)
{
	*frame = NULL;
	return video_decode(decoder, stream->bytes.data + stream->begin[unit],
			stream->begin[unit + 1] - stream->begin[unit], unit, frame, err);
}

/* -1 an error, 0 nothing, 1 the right frame, 2 a wrong one. */
static int outcome(struct video_decoder *decoder, unsigned unit)
{
	struct video_frame *frame;
	struct err err;
	int r = decode(decoder, &three, unit, &frame, &err);

	if (r <= 0)
		return r < 0 ? -1 : 0;
	r = sum_frame(frame) == right[unit] ? 1 : 2;
	video_frame_unref(frame);
	return r;
}

static void make_streams(void)
{
	three = stream_make(
			"-f lavfi -i testsrc2=s=160x96 -vf rotate=n/9 -frames:v 15 -c:v libx264 "
			"-tune zerolatency -x264-params keyint=5:scenecut=0:ref=1:slices=3");
	TEST("streams are there") {
		struct video_decoder *decoder = sum_decoder();
		CHECK_INT(three.count, 15);
		CHECK_INT(sum_stream(decoder, three.bytes.data, three.bytes.size, right,
					  FRAMES_MAX),
				15);
		video_decoder_destroy(decoder);
	}
}

static void test_holes(void)
{
	TEST("nothing comes before the first key frame") {
		struct video_decoder *decoder = sum_decoder();
		for (unsigned i = 2; i < 15; i++)
			CHECK_INT(outcome(decoder, i), i < 5 ? 0 : 1);
		CHECK_INT(video_decoder_stats(decoder).errors, 0);
		CHECK_INT(video_decoder_stats(decoder).key_frames, 2);
		video_decoder_destroy(decoder);
	}
	TEST("a lost picture is noticed, and the next key frame is right") {
		struct video_decoder *decoder = sum_decoder();
		for (unsigned i = 0; i < 15; i++)
			if (i != 2)
				CHECK_INT(outcome(decoder, i), i == 3 ? -1 : i == 4 ? 0 : 1);
		video_decoder_destroy(decoder);
	}
	TEST("a lost key frame costs until the next one") {
		struct video_decoder *decoder = sum_decoder();
		for (unsigned i = 0; i < 15; i++)
			if (i != 5)
				CHECK_INT(outcome(decoder, i), i < 5 || i >= 10 ? 1
							       : i == 6         ? -1
										: 0);
		video_decoder_destroy(decoder);
	}
	TEST("a reset waits for the next key frame") {
		struct video_decoder *decoder = sum_decoder();
		CHECK_INT(outcome(decoder, 0), 1);
		video_decoder_reset(decoder);
		CHECK_INT(outcome(decoder, 1), 0);
		CHECK_INT(outcome(decoder, 5), 1);
		CHECK_INT(outcome(decoder, 6), 1);
		video_decoder_destroy(decoder);
	}
}

/* Where the slices of a unit begin: at their start codes. */
static unsigned find_slices(const struct stream *stream, unsigned unit, size_t *at)
{
	struct h264_reader reader = {
			stream->bytes.data, stream->begin[unit + 1], stream->begin[unit]};
	struct h264_nal nal;
	unsigned count = 0;

	while (h264_next(&reader, &nal))
		if (nal.type == H264_SLICE || nal.type == H264_SLICE_IDR)
			at[count++] = (size_t)(nal.bytes - stream->bytes.data) - 3;
	return count;
}

static void test_slices(void)
{
	TEST("a picture that misses a slice is never shown") {
		for (unsigned slice = 0; slice < 3; slice++) {
			struct video_decoder *decoder = sum_decoder();
			uint8_t bytes[65536];
			size_t at[8], begin = three.begin[1], end = three.begin[2];
			struct video_frame *frame = NULL;
			struct err err;
			CHECK_INT(find_slices(&three, 1, at), 3);
			at[3] = end;
			size_t before = at[slice] - begin, after = end - at[slice + 1];
			memcpy(bytes, three.bytes.data + begin, before);
			memcpy(bytes + before, three.bytes.data + at[slice + 1], after);
			CHECK_INT(outcome(decoder, 0), 1);
			CHECK_INT(video_decode(decoder, bytes, before + after, 1, &frame, &err),
					-EBADMSG);
			CHECK_INT(outcome(decoder, 2), 0);
			CHECK_INT(outcome(decoder, 5), 1);
			video_decoder_destroy(decoder);
		}
	}
	TEST("a picture that is cut is never shown") {
		struct video_decoder *decoder = sum_decoder();
		for (size_t cut = 1; cut < 60; cut += 7) {
			struct video_frame *frame = NULL;
			struct err err;
			size_t size = three.begin[6] - three.begin[5];
			CHECK_INT(outcome(decoder, 0), 1);
			CHECK(video_decode(decoder, three.bytes.data + three.begin[5],
					      size * cut / 60, 1, &frame, &err) <= 0);
			CHECK(!frame);
			CHECK_INT(outcome(decoder, 10), 1);
		}
		video_decoder_destroy(decoder);
	}
}

/* Reads pointers to frames from a pipe and lets them go. */
static void *let_go(void *data)
{
	struct video_frame *frame;
	const int *fd = data;

	while (read(*fd, &frame, sizeof(frame)) == sizeof(frame))
		video_frame_unref(frame);
	return NULL;
}

static void test_threads(void)
{
	TEST("frames are let go in another thread, and decoding goes on in their buffers") {
		struct video_decoder *decoder = sum_decoder();
		pthread_t thread;
		int pipes[2];
		CHECK(pipe(pipes) == 0);
		CHECK(pthread_create(&thread, NULL, let_go, &pipes[0]) == 0);
		for (unsigned i = 0; i < 150; i++) {
			struct video_frame *frame;
			struct err err;
			CHECK_INT(decode(decoder, &three, i % 15, &frame, &err), 1);
			CHECK_INT(sum_frame(frame), right[i % 15]);
			CHECK(write(pipes[1], &frame, sizeof(frame)) == sizeof(frame));
		}
		video_decoder_destroy(decoder);
		close(pipes[1]);
		pthread_join(thread, NULL);
		close(pipes[0]);
	}
}

static void test_buffers(void)
{
	TEST("a new size in the stream is a new pool; old frames stay what they are") {
		struct stream other = stream_make("-f lavfi -i testsrc2=s=96x80 -frames:v 3 "
						  "-c:v libx264 -tune zerolatency");
		struct video_decoder *decoder = sum_decoder();
		struct video_frame *old, *new, *back;
		struct err err;
		CHECK_INT(decode(decoder, &three, 0, &old, &err), 1);
		CHECK_INT(decode(decoder, &other, 0, &new, &err), 1);
		CHECK_INT(decode(decoder, &three, 5, &back, &err), 1);
		CHECK(video_frame_buffer(new)->pool > video_frame_buffer(old)->pool);
		CHECK(video_frame_buffer(back)->pool > video_frame_buffer(new)->pool);
		CHECK_INT(video_frame_buffer(new)->width, 96);
		CHECK_INT(video_frame_buffer(new)->height, 80);
		CHECK_INT(sum_frame(back), right[5]);
		CHECK(video_frame_is_key(back));
		video_decoder_destroy(decoder);
		CHECK_INT(sum_frame(old), right[0]);
		video_frame_unref(video_frame_ref(old));
		video_frame_unref(old);
		video_frame_unref(new);
		video_frame_unref(back);
		array_finish(&other.bytes);
	}
	TEST("buffers are sealed, aligned, used again, and copied into once") {
		struct video_decoder *decoder = sum_decoder();
		uint32_t most = 0;
		for (unsigned i = 0; i < 15; i++) {
			struct video_frame *frame;
			struct err err;
			CHECK_INT(decode(decoder, &three, i, &frame, &err), 1);
			const struct video_buffer *b = video_frame_buffer(frame);
			CHECK_INT(b->memory, VIDEO_MEMORY);
			CHECK_INT(b->format, DRM_FORMAT_NV12);
			CHECK_INT(b->fds[1], -1);
			CHECK_INT(b->offsets[0] % 4096 + b->offsets[1] % 4096, 0);
			CHECK_INT(b->strides[0] % 256, 0);
			CHECK(ftruncate(b->fds[0], 0) < 0);
			CHECK((fcntl(b->fds[0], F_GET_SEALS) & F_SEAL_GROW) != 0);
			most = b->number > most ? b->number : most;
			video_frame_unref(frame);
		}
		CHECK(most <= 2);
		CHECK_INT(video_decoder_stats(decoder).bytes_copied, 15 * 160 * 96 / 2);
		CHECK_INT(video_decoder_stats(decoder).frames, 15);
		video_decoder_destroy(decoder);
	}
	TEST("who never lets go gets an error, and frames again afterwards") {
		struct stream many = stream_make("-f lavfi -i testsrc2=s=32x32 -frames:v 60 -c:v "
						 "libx264 -tune zerolatency -g 30");
		struct video_decoder *decoder = sum_decoder();
		struct video_frame *held[60];
		unsigned count = 0;
		struct err err = {""};
		int r = 1;
		while (r == 1 && count < 60) {
			r = decode(decoder, &many, count, &held[count], &err);
			count += r == 1;
		}
		CHECK(r < 0 && count >= VIDEO_BUFFERS_MAX - 4 && count <= VIDEO_BUFFERS_MAX);
		CHECK_HAS(err.text, "in use");
		for (unsigned i = 0; i < count; i++)
			video_frame_unref(held[i]);
		CHECK_INT(decode(decoder, &many, 30, &held[0], &err), 1);
		video_frame_unref(held[0]);
		video_decoder_destroy(decoder);
		array_finish(&many.bytes);
	}
}

/* A key frame that claims this many macroblocks. */
static struct writer claim(uint32_t width, uint32_t height, uint32_t refs)
{
	struct writer w = {0};

	put_start(&w, 0x67);
	put(&w, 66 << 16 | 51, 24);
	put_ue(&w, 0);
	put_ue(&w, 0);
	put_ue(&w, 2);
	put_ue(&w, refs);
	put(&w, 0, 1);
	put_ue(&w, width - 1);
	put_ue(&w, height - 1);
	put(&w, 12, 4); /* frames only, direct 8x8; no crop, no VUI */
	put_start(&w, 0x68);
	for (int i = 0; i < 2; i++)
		put_ue(&w, 0);
	put(&w, 0, 2);
	for (int i = 0; i < 3; i++)
		put_ue(&w, 0);
	put(&w, 0, 3);
	for (int i = 0; i < 3; i++)
		put_ue(&w, 0);
	put(&w, 0, 3);
	put_start(&w, 0x65);
	put_ue(&w, 0);
	put_ue(&w, 7);
	put_ue(&w, 0);
	put(&w, 0, 4);
	put_ue(&w, 0);
	put(&w, 0x80, 8);
	return w;
}

static int decode_claim(uint32_t width, uint32_t height, uint32_t refs, struct err *err)
{
	struct video_decoder *decoder = sum_decoder();
	struct writer w = claim(width, height, refs);
	struct video_frame *frame = NULL;
	int r = video_decode(decoder, w.bytes, w.at / 8, 0, &frame, err);

	CHECK(!frame);
	video_decoder_destroy(decoder);
	return r;
}

static void test_limits(void)
{
	TEST("streams that are too large are refused with their size") {
		struct err err;
		CHECK_INT(decode_claim(513, 4, 1, &err), -E2BIG);
		CHECK_HAS(err.text, "8208 x 64");
		CHECK_INT(decode_claim(4, 1024, 1, &err), -E2BIG);
		CHECK_INT(decode_claim(4, 5000, 1, &err), -EBADMSG);
		CHECK_INT(decode_claim(4, 4, 17, &err), -EBADMSG);
		CHECK_INT(decode_claim(512, 512, 16, &err), -EBADMSG); /* no picture in it */
	}
	TEST("packets that are too large are refused") {
		struct video_decoder *decoder = sum_decoder();
		struct video_frame *frame = NULL;
		struct err err;
		CHECK_INT(video_decode(decoder, three.bytes.data, VIDEO_PACKET_MAX + 1, 0, &frame,
					  &err),
				-EMSGSIZE);
		CHECK_INT(outcome(decoder, 0), 1);
		video_decoder_destroy(decoder);
	}
	TEST("what cannot be is not created") {
		struct video_decoder *decoder = NULL;
		struct err err;
		struct video_options options = {.codec = (enum video_codec)7};
		CHECK_INT(video_decoder_create(&options, &decoder, &err), -ENOSYS);
		options = (struct video_options){.backends = 1u << 20};
		CHECK_INT(video_decoder_create(&options, &decoder, &err), -EINVAL);
		options = (struct video_options){.spare_buffers = 9};
		CHECK_INT(video_decoder_create(&options, &decoder, &err), -EINVAL);
		CHECK(!decoder);
	}
	TEST("other kinds of chroma are refused") {
		struct stream full =
				stream_make("-f lavfi -i testsrc2=s=32x32 -frames:v 2 -pix_fmt "
					    "yuv444p -c:v libx264");
		struct video_decoder *decoder = sum_decoder();
		struct video_frame *frame;
		struct err err;
		CHECK_INT(decode(decoder, &full, 0, &frame, &err), -EBADMSG);
		CHECK_HAS(err.text, "4:2:0");
		CHECK_INT(outcome(decoder, 0), 1);
		video_decoder_destroy(decoder);
		array_finish(&full.bytes);
	}
}

static void test_colour(void)
{
	TEST("the stream's colours, unless they are overruled") {
		static const char arguments[] = "-f lavfi -i testsrc2=s=32x32 -frames:v 1 -c:v "
						"libx264 -tune zerolatency -color_range pc "
						"-x264-params colormatrix=bt2020nc:fullrange=on";
		struct stream stream = stream_make(arguments);
		struct video_options options = {.backends = 1u << VIDEO_SOFTWARE};
		for (int i = 0; i < 2; i++) {
			struct video_decoder *decoder = NULL;
			struct video_frame *frame = NULL;
			struct err err;
			options.has_colour = i == 1;
			options.encoding = YUV_BT709;
			CHECK(video_decoder_create(&options, &decoder, &err) == 0);
			CHECK_INT(decode(decoder, &stream, 0, &frame, &err), 1);
			CHECK_INT(video_frame_buffer(frame)->encoding, i ? YUV_BT709 : YUV_BT2020);
			CHECK_INT(video_frame_buffer(frame)->range, i ? YUV_LIMITED : YUV_FULL);
			video_frame_unref(frame);
			video_decoder_destroy(decoder);
		}
		array_finish(&stream.bytes);
	}
}

int main(void)
{
	video_prepare();
	log_set_level(LOG_LEVEL_ERROR);
	setvbuf(stdout, NULL, _IOLBF, 0);
	make_streams();
	test_holes();
	test_slices();
	test_threads();
	test_buffers();
	test_limits();
	test_colour();
	array_finish(&three.bytes);
	TEST_END();
}
