/* SPDX-License-Identifier: Apache-2.0 */
/* Which buffers the kiosk hears of and holds. Frames are plain structs here. */
#include "unit/test.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session/present.h"

struct video_frame {
	struct video_buffer buffer;
	int references;
};

struct video_frame *video_frame_ref(struct video_frame *frame)
{
	frame->references++;
	return frame;
}

void video_frame_unref(struct video_frame *frame)
{
	if (frame)
		frame->references--;
}

const struct video_buffer *video_frame_buffer(const struct video_frame *frame)
{
	return &frame->buffer;
}

struct stage {
	struct loop *loop;
	int fds[2];
	struct wire_channel *channel;
	struct present present;
	struct video_frame frames[6];
};

static void on_closed(void *data, const char *why)
{
	(void)data;
	(void)why;
}

static void open_stage(struct stage *stage, uint32_t base)
{
	*stage = (struct stage){.loop = loop_create()};
	CHECK_INT(wire_pair(stage->fds, NULL), 0);
	stage->channel = wire_channel_create(stage->loop, stage->fds[0], NULL, 0, on_closed, NULL);
	present_init(&stage->present, base);
	for (uint32_t i = 0; i < 6; i++)
		stage->frames[i].buffer = (struct video_buffer){
				.pool = 1, .number = i, .fds = {1, -1}, .width = 64, .height = 32};
}

static void close_stage(struct stage *stage)
{
	present_finish(&stage->present);
	for (unsigned i = 0; i < 6; i++)
		CHECK_INT(stage->frames[i].references, 0);
	wire_channel_destroy(stage->channel);
	close(stage->fds[1]);
	loop_destroy(stage->loop);
}

/* The number of the pool that was announced; 0: none was. */
static uint32_t announced(struct stage *stage)
{
	struct wire_session_buffer message;
	ssize_t size = recv(stage->fds[1], &message, sizeof(message), MSG_DONTWAIT);

	return size == (ssize_t)sizeof(message) && message.header.type == WIRE_SESSION_BUFFER
	                       ? message.pool
	                       : 0;
}

static struct wire_video say(struct stage *stage, unsigned frame, uint32_t stream)
{
	const struct wire_video place = {.source = {0, 0, 64, 32}, .target = {0, 0, 64, 32}};
	struct wire_video video = {0};

	present_want(&stage->present, &stage->frames[frame], stream, &place);
	CHECK(present_is_new(&stage->present));
	CHECK(present_can_be_sent(&stage->present));
	CHECK_INT(present_fill(&stage->present, stage->channel, &video), 0);
	CHECK(!present_is_new(&stage->present));
	return video;
}

static void test_life(struct stage *stage)
{
	struct wire_video video = say(stage, 0, 1);

	CHECK_INT(video.pool, 8);
	CHECK_INT(video.is_new, 1);
	CHECK_INT(announced(stage), 8);
	say(stage, 1, 1);
	CHECK_INT(announced(stage), 8);
	CHECK_INT(present_release(&stage->present, 8, 0), 0);
	CHECK_INT(present_release(&stage->present, 8, 0), -EPROTO);
	CHECK_INT(present_release(&stage->present, 8, 2), -EPROTO);
	CHECK_INT(present_release(&stage->present, 9, 1), -EPROTO);
	CHECK_INT(present_release(&stage->present, 3, 1), 0); /* of a pipeline before */
	say(stage, 0, 1);
	CHECK_INT(announced(stage), 0);
	stage->frames[2].buffer.pool = 2;
	CHECK_INT(say(stage, 2, 1).pool, 9);
	CHECK_INT(present_release(&stage->present, 8, 1), 0);
	CHECK_INT(say(stage, 3, 2).pool, 10);
}

/* Decoders that take turns, or sizes that change: nobody releases what was of the pool before. */
static void test_pools(struct stage *stage)
{
	for (uint32_t i = 0; i < 12; i++)
		CHECK_INT(say(stage, i % 6, 1 + i % 2).pool, i + 1);
	CHECK_INT(present_release(&stage->present, 11, 4), 0); /* late, and of no interest */
	CHECK_INT(stage->frames[4].references, 1);             /* may still be on the glass */
	say(stage, 1, 2);
	CHECK_INT(present_release(&stage->present, 12, 5), 0);
	CHECK_INT(stage->frames[4].references, 0);
	CHECK_INT(stage->frames[3].references, 0);
}

static void test_limit(struct stage *stage)
{
	const struct wire_video place = {.source = {0, 0, 64, 32}, .target = {0, 0, 64, 32}};

	for (unsigned i = 0; i < PRESENT_LENT_MAX; i++)
		say(stage, i, 1);
	present_want(&stage->present, &stage->frames[4], 1, &place);
	CHECK(!present_can_be_sent(&stage->present));
	present_want(&stage->present, &stage->frames[5], 1, &place); /* the newest waits */
	CHECK_INT(stage->frames[4].references, 0);
	CHECK_INT(present_release(&stage->present, 1, 0), 0);
	CHECK(present_can_be_sent(&stage->present));
	present_want(&stage->present, &stage->frames[1], 1, &place);
	CHECK(!present_can_be_sent(&stage->present)); /* the kiosk may let it go at any moment */
	present_want(&stage->present, &stage->frames[2], 1, &place);
	CHECK(present_can_be_sent(&stage->present)); /* it is what the kiosk shows */
}

static void test_places(struct stage *stage)
{
	struct wire_video place = {.source = {0, 0, 64, 32}, .target = {0, 0, 64, 32}}, video;

	say(stage, 0, 1);
	place.visible_count = 1;
	place.visible[0] = (struct wire_rect){0, 0, 8, 8};
	present_want(&stage->present, &stage->frames[0], 1, &place);
	CHECK(present_is_new(&stage->present));
	CHECK_INT(present_fill(&stage->present, stage->channel, &video), 0);
	CHECK_INT(video.is_new, 0);
	CHECK_INT(video.visible_count, 1);
	present_want_none(&stage->present);
	CHECK(present_is_new(&stage->present));
	CHECK_INT(present_fill(&stage->present, stage->channel, &video), 0);
	CHECK_INT(video.pool, 0);
	present_want(&stage->present, &stage->frames[0], 1, &place);
	CHECK(!present_can_be_sent(&stage->present)); /* not before its release */
}

int main(void)
{
	static struct stage stage;

	TEST("buffers are announced once, pools grow, and what was not lent is not given back") {
		open_stage(&stage, 7);
		test_life(&stage);
		close_stage(&stage);
	}
	TEST("pools that take turns never use up the places") {
		open_stage(&stage, 0);
		test_pools(&stage);
		close_stage(&stage);
	}
	TEST("only so many are with the kiosk, and the newest waits") {
		open_stage(&stage, 0);
		test_limit(&stage);
		close_stage(&stage);
	}
	TEST("another place of the same picture, and none at all") {
		open_stage(&stage, 0);
		test_places(&stage);
		close_stage(&stage);
	}
	TEST_END();
}
