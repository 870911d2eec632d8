/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder's thread beside the loop's: nothing is lost, broken streams are known, ends are clean. */
#include "unit/test.h"
#include "unit/video_stream.h"

#include "base/loop.h"
#include "session/decode.h"

enum { STREAMS = 3, HELD = 4, KEY_INTERVAL = 8 };

struct stage {
	struct loop *loop;
	struct decode *decode;
	struct decode_stream *streams[STREAMS];
	struct video_frame *held[HELD];
	uint64_t pushed;
	unsigned events, taken;
};

static void on_done(void *data)
{
	((struct stage *)data)->events++;
}

static void set_up(struct stage *stage)
{
	struct err err = {""};

	*stage = (struct stage){.loop = loop_create()};
	CHECK_INT(decode_create(stage->loop, 1U << VIDEO_SOFTWARE, on_done, stage, &stage->decode,
				  &err),
			0);
	for (unsigned i = 0; i < STREAMS; i++)
		stage->streams[i] = decode_stream_open(stage->decode);
}

static void tear_down(struct stage *stage)
{
	decode_destroy(stage->decode);
	for (unsigned i = 0; i < HELD; i++)
		video_frame_unref(stage->held[i]);
	loop_destroy(stage->loop);
}

/* As the kiosk does: the older ones of a few are given back. */
static void take(struct stage *stage, unsigned at)
{
	struct decode_picture picture;

	while (decode_take(stage->streams[at], &picture)) {
		struct video_frame **place = &stage->held[stage->taken++ % HELD];

		video_frame_unref(*place);
		*place = picture.frame;
	}
}

static int push(struct stage *stage, unsigned at, const struct stream *stream, unsigned unit,
		size_t part)
{
	struct decode_packet packet = {.bytes = stream->bytes.data + stream->begin[unit],
			.size = (stream->begin[unit + 1] - stream->begin[unit]) / part,
			.covers = true};

	return decode_push(stage->streams[at], &packet, &stage->pushed);
}

static void test_many(const struct stream *stream)
{
	struct stage stage;

	set_up(&stage);
	for (unsigned turn = 0; turn < 4 * stream->count; turn++) {
		for (unsigned i = 0; i < STREAMS; i++)
			CHECK_INT(push(&stage, i, stream, turn % stream->count, 1), 0);
		loop_step(stage.loop, 0);
		for (unsigned i = 0; i < STREAMS; i++)
			take(&stage, i);
		if (turn % stream->count == 0 && turn > 0) {
			decode_stream_close(stage.streams[0]);
			stage.streams[0] = decode_stream_open(stage.decode);
		}
		CHECK(decode_done(stage.decode) <= stage.pushed);
		decode_is_full(stage.decode);
		decode_is_broken(stage.decode);
	}
	CHECK(decode_wait(stage.decode, stage.pushed));
	CHECK_INT(decode_done(stage.decode), 4 * stream->count * STREAMS);
	CHECK_TEXT(decode_backend(stage.decode), "software");
	loop_step(stage.loop, 1000);
	CHECK(stage.events > 0 && stage.taken > 0);
	tear_down(&stage);
}

static void test_broken(const struct stream *stream)
{
	struct stage stage;

	set_up(&stage);
	CHECK(!decode_is_broken(stage.decode));
	for (unsigned i = 0; i < 2 * KEY_INTERVAL && i < stream->count; i++) {
		CHECK_INT(push(&stage, 1, stream, i, i == 3 ? 2 : 1), 0);
		CHECK(decode_wait(stage.decode, stage.pushed));
		CHECK_INT(decode_is_broken(stage.decode), i >= 3 && i < KEY_INTERVAL);
	}
	CHECK_INT(push(&stage, 1, stream, 3, 2), 0);
	CHECK(decode_wait(stage.decode, stage.pushed));
	CHECK(decode_is_broken(stage.decode));
	decode_stream_close(stage.streams[1]);
	CHECK(!decode_is_broken(stage.decode));
	tear_down(&stage);
}

static void test_end(const struct stream *stream)
{
	for (unsigned count = 0; count < DECODE_PACKETS_MAX; count++) {
		struct stage stage;

		set_up(&stage);
		for (unsigned i = 0; i < count; i++)
			CHECK_INT(push(&stage, i % STREAMS, stream, i / STREAMS, 1), 0);
		if (count % 2)
			take(&stage, 0);
		decode_stream_close(stage.streams[1]);
		tear_down(&stage);
	}
}

int main(void)
{
	struct stream stream = stream_make("-f lavfi -i testsrc2=s=320x240 -frames:v 16 -c:v "
					   "libx264 -tune zerolatency -g 8");

	video_prepare();
	TEST("a stream was made")
		CHECK_INT(stream.count, 16);
	TEST("three streams, one of which ends and begins again and again")
		test_many(&stream);
	TEST("a broken stream is known until its next key frame or its end")
		test_broken(&stream);
	TEST("an end with packets in the queue")
		test_end(&stream);
	array_finish(&stream.bytes);
	TEST_END();
}
