/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures and video buffers of a session: held as long as they are seen, then given back. */
#include "unit/test.h"

#include <drm/drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake/hostile.h"
#include "kiosk/frames.h"

enum { WIDTH = 64, HEIGHT = 32, BYTES = WIDTH * HEIGHT * 4 * WIRE_SLOTS, NONE = 99 };

struct bench {
	struct frames *frames;
	unsigned slots, buffers, refused, imports; /* given back, refused, alive */
	uint32_t slot, buffer;                     /* the last */
	bool can_import;
	struct session_frame frame;
};

static void on_release(void *data, uint32_t pool, uint32_t slot)
{
	struct bench *bench = data;

	(void)pool;
	bench->slots++;
	bench->slot = slot;
}

static void on_release_buffer(void *data, uint32_t pool, uint32_t number)
{
	struct bench *bench = data;

	(void)pool;
	bench->buffers++;
	bench->buffer = number;
}

static void on_refuse_buffer(void *data, uint32_t pool, uint32_t number)
{
	(void)pool, (void)number;
	((struct bench *)data)->refused++;
}

static int import(void *data, const struct display_buffer_info *info, struct display_buffer **ret)
{
	struct bench *bench = data;

	if (!bench->can_import || info->is_dmabuf || info->fds[1] >= 0)
		return -ENOTSUP;
	bench->imports++;
	*ret = (struct display_buffer *)&bench->imports;
	return 0;
}

static void forget(struct display_buffer *buffer)
{
	--*(unsigned *)(void *)buffer;
}

static void add_pool(struct bench *bench, uint32_t number)
{
	struct wire_session_pool pool = {.pool = number,
			.width = WIDTH,
			.height = HEIGHT,
			.stride = WIDTH * 4,
			.format = DRM_FORMAT_XRGB8888};
	int memory = hostile_memfd(BYTES, 1);

	CHECK_INT(frames_add_pool(bench->frames, &pool, memory), 0);
	close(memory);
}

static void add_buffer(struct bench *bench, uint32_t pool, uint32_t number, uint8_t luma)
{
	struct wire_session_buffer buffer = {.pool = pool,
			.number = number,
			.format = DRM_FORMAT_NV12,
			.width = WIDTH,
			.height = HEIGHT,
			.offsets = {0, WIDTH * HEIGHT},
			.strides = {WIDTH, WIDTH},
			.encoding = YUV_BT709};
	int memory = hostile_memfd((size_t)WIDTH * HEIGHT * 2, 1);

	CHECK_INT(pwrite(memory, &luma, 1, 0), 1);
	CHECK_INT(frames_add_buffer(bench->frames, &buffer, &memory, 1), 0);
	close(memory);
}

/* A frame with a slot (or NONE) and a buffer (or NONE) of video pool 1. */
static int add(struct bench *bench, uint32_t slot, uint32_t buffer)
{
	struct wire_session_frame frame = {.pool = 1,
			.slot = slot == NONE ? WIRE_SLOT_NONE : slot,
			.rect_count = slot != NONE,
			.rects = {{0, 0, 4, 4}}};

	if (buffer != NONE)
		frame.video = (struct wire_video){.pool = 1,
				.number = buffer,
				.is_new = 1,
				.source = {0, 0, 32, 32},
				.target = {-8, 8, 56, 24},
				.visible_count = 1,
				.visible = {{0, 8, 56, 24}}};
	return frames_add(bench->frames, &frame);
}

/* What the screen does: the frame that comes replaces the one before. */
static bool take(struct bench *bench)
{
	struct session_frame next;

	if (!frames_take(bench->frames, &next))
		return false;
	if (!next.desktop && bench->frame.desktop)
		next.desktop = picture_ref(bench->frame.desktop);
	session_frame_finish(&bench->frame);
	bench->frame = next;
	return true;
}

static void open_bench(struct bench *bench, bool can_import)
{
	struct frames_handler handler = {
			on_release, on_release_buffer, on_refuse_buffer, import, forget, bench};

	*bench = (struct bench){.can_import = can_import, .frames = frames_create(3, &handler)};
	add_pool(bench, 1);
	for (uint32_t i = 0; i < 3; i++)
		add_buffer(bench, 1, i, (uint8_t)(i + 1));
}

static void close_bench(struct bench *bench)
{
	frames_destroy(bench->frames);
	session_frame_finish(&bench->frame);
	CHECK_INT(bench->imports, 0);
}

static void test_video(void)
{
	struct bench bench;

	TEST("a buffer is held until a frame that does not name it is on the screen") {
		open_bench(&bench, false);
		CHECK_INT(add(&bench, 0, 0), 0);
		CHECK(take(&bench));
		CHECK_INT(*(const uint8_t *)bench.frame.video->content.pixels, 1);
		CHECK(bench.frame.is_video_new && !bench.frame.video->content.buffer);
		CHECK_INT(bench.frame.place.visible[0].x2, 56);
		CHECK_INT(add(&bench, NONE, 1), 0);
		CHECK_INT(bench.buffers, 0);
		CHECK(take(&bench));
		CHECK_INT(bench.buffers, 1);
		CHECK_INT(bench.buffer, 0);
		CHECK_INT(bench.slots, 0);
		CHECK(bench.frame.desktop && bench.frame.desktop->number == 0);
		CHECK_INT(add(&bench, 1, NONE), 0);
		CHECK(take(&bench));
		CHECK(!bench.frame.video);
		CHECK_INT(bench.buffers, 2);
		CHECK_INT(bench.slots, 1);
		close_bench(&bench);
	}
	TEST("one that two frames name in a row stays, and has not changed") {
		open_bench(&bench, false);
		CHECK_INT(add(&bench, 0, 2), 0);
		CHECK(take(&bench));
		struct wire_session_frame frame = {.pool = 1,
				.slot = 1,
				.rect_count = 1,
				.rects = {{0, 0, 1, 1}},
				.video = {.pool = 1,
						.number = 2,
						.source = {0, 0, 2, 2},
						.target = {0, 0, 2, 2}}};
		CHECK_INT(frames_add(bench.frames, &frame), 0);
		CHECK(take(&bench));
		CHECK(bench.frame.video && !bench.frame.is_video_new);
		CHECK_INT(bench.buffers, 0);
		close_bench(&bench);
	}
	TEST("a frame that nobody took hands on its desktop and gives back its video") {
		open_bench(&bench, false);
		CHECK_INT(add(&bench, 0, 0), 0);
		CHECK_INT(add(&bench, NONE, 1), 0);
		CHECK_INT(bench.buffers, 1);
		CHECK(take(&bench));
		CHECK(bench.frame.desktop && bench.frame.rect_count == 1);
		CHECK_INT(bench.frame.video->number, 1);
		CHECK_INT(add(&bench, NONE, NONE), 0);
		CHECK_INT(add(&bench, NONE, 2), 0);
		CHECK(take(&bench));
		CHECK(bench.frame.is_video_new);
		close_bench(&bench);
	}
}

static void test_rules(void)
{
	struct bench bench;

	TEST("a buffer that is still on the screen is not named again") {
		open_bench(&bench, false);
		CHECK_INT(add(&bench, 0, 0), 0);
		CHECK(take(&bench));
		CHECK_INT(add(&bench, NONE, 1), 0);
		CHECK_INT(add(&bench, NONE, 0), -EPROTO);
		close_bench(&bench);
	}
	TEST("a new pool's first frame has a desktop") {
		open_bench(&bench, false);
		CHECK_INT(add(&bench, NONE, 0), -EPROTO);
		CHECK_INT(add(&bench, 0, NONE), 0);
		CHECK_INT(add(&bench, NONE, 0), 0);
		close_bench(&bench);
	}
	TEST("a new pool of buffers leaves alone what is on the screen, and gives nothing back") {
		open_bench(&bench, true);
		CHECK_INT(bench.imports, 3);
		CHECK_INT(add(&bench, 0, 0), 0);
		CHECK(take(&bench));
		CHECK(bench.frame.video->content.buffer);
		add_buffer(&bench, 2, 0, 7);
		CHECK_INT(bench.imports, 2);
		CHECK_INT(*(const uint8_t *)bench.frame.video->content.pixels, 1);
		CHECK_INT(add(&bench, NONE, 0), -EPROTO);
		CHECK_INT(add(&bench, NONE, NONE), 0);
		CHECK(take(&bench));
		CHECK_INT(bench.buffers, 0);
		CHECK_INT(bench.imports, 1);
		close_bench(&bench);
	}
	TEST("pictures outlive their session") {
		open_bench(&bench, true);
		CHECK_INT(add(&bench, 0, 0), 0);
		CHECK(take(&bench));
		frames_destroy(own_take(bench.frames));
		CHECK_INT(*(const uint8_t *)bench.frame.video->content.pixels, 1);
		close_bench(&bench);
		CHECK_INT(bench.slots + bench.buffers, 0);
	}
}

int main(void)
{
	test_video();
	test_rules();
	TEST_END();
}
