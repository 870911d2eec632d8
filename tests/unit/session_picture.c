/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "session/picture.h"

enum { WIDTH = 100, HEIGHT = 60 };

static struct wire_rect rect(int32_t x1, int32_t y1, int32_t x2, int32_t y2)
{
	return (struct wire_rect){x1, y1, x2, y2};
}

static bool covers(const struct damage *damage, int32_t x, int32_t y)
{
	for (unsigned i = 0; i < damage->count; i++) {
		const struct wire_rect *r = &damage->rects[i];

		if (x >= r->x1 && x < r->x2 && y >= r->y1 && y < r->y2)
			return true;
	}
	return false;
}

/* A source whose pixels tell their number of change. */
static void paint(uint32_t *source, struct wire_rect where, uint32_t value)
{
	for (int32_t y = where.y1; y < where.y2; y++)
		for (int32_t x = where.x1; x < where.x2; x++)
			source[y * WIDTH + x] = value;
}

static bool slot_is(const struct picture *picture, uint32_t slot, const uint32_t *source)
{
	uint8_t row[WIDTH * 4];

	for (size_t y = 0; y < HEIGHT; y++) {
		off_t offset = (off_t)(picture->stride * (HEIGHT * slot + y));

		if (pread(picture->fd, row, sizeof(row), offset) != (ssize_t)sizeof(row) ||
				memcmp(row, source + y * WIDTH, sizeof(row)) != 0)
			return false;
	}
	return true;
}

static void test_damage(void)
{
	TEST("damage is cut to the picture and empty ones are none") {
		struct damage damage = {0};

		damage_add(&damage, rect(-5, -5, 3, 4), WIDTH, HEIGHT);
		CHECK_INT(damage.count, 1);
		CHECK_INT(damage.rects[0].x1, 0);
		CHECK_INT(damage.rects[0].y2, 4);
		damage_add(&damage, rect(200, 0, 300, 10), WIDTH, HEIGHT);
		damage_add(&damage, rect(10, 10, 10, 20), WIDTH, HEIGHT);
		damage_add(&damage, rect(20, 20, 10, 10), WIDTH, HEIGHT);
		damage_add(&damage, rect(INT32_MIN, INT32_MIN, INT32_MIN, INT32_MAX), WIDTH,
				HEIGHT);
		CHECK_INT(damage.count, 1);
	}
	TEST("neighbours become one, far ones stay apart") {
		struct damage damage = {0};

		damage_add(&damage, rect(0, 0, 10, 10), 4000, 4000);
		damage_add(&damage, rect(10, 0, 20, 10), 4000, 4000);
		CHECK_INT(damage.count, 1);
		damage_add(&damage, rect(3000, 3000, 3010, 3010), 4000, 4000);
		CHECK_INT(damage.count, 2);
	}
	TEST("any number of rectangles stays covered by at most 32") {
		struct damage damage = {0};
		unsigned state = 7;

		for (int i = 0; i < 2000; i++) {
			state = state * 1103515245 + 12345;
			int32_t x = (int32_t)(state >> 8 & 4095), y = (int32_t)(state >> 20 & 2047);

			damage_add(&damage, rect(x, y, x + 3, y + 3), 8192, 8192);
			CHECK(damage.count >= 1 && damage.count <= WIRE_RECTS_MAX);
			CHECK(covers(&damage, x, y) && covers(&damage, x + 2, y + 2));
		}
		damage_add(&damage, rect(0, 0, 8192, 8192), 8192, 8192);
		CHECK_INT(damage.count, 1);
	}
}

static void test_lending(struct picture *picture, uint32_t *source)
{
	struct wire_session_frame frame;

	TEST("three frames at most, each whole, each in a slot of its own") {
		bool is_used[WIRE_SLOTS] = {false};

		for (uint32_t i = 1; i <= WIRE_SLOTS; i++) {
			paint(source, rect(0, 0, (int32_t)i * 20, 20), i);
			picture_damage(picture, rect(0, 0, (int32_t)i * 20, 20));
			CHECK(picture_take_frame(picture, (uint8_t *)source, WIDTH * 4, &frame));
			CHECK(frame.slot < WIRE_SLOTS && !is_used[frame.slot]);
			is_used[frame.slot] = true;
			CHECK(slot_is(picture, frame.slot, source));
		}
		picture_damage(picture, rect(0, 0, 1, 1));
		CHECK(!picture_take_frame(picture, (uint8_t *)source, WIDTH * 4, &frame));
	}
	TEST("a slot that comes back gets everything it missed; the frame names what is new") {
		paint(source, rect(50, 40, 60, 50), 77);
		picture_damage(picture, rect(50, 40, 60, 50));
		CHECK_INT(picture_release(picture, picture->pool, 0), 0);
		CHECK(picture_take_frame(picture, (uint8_t *)source, WIDTH * 4, &frame));
		CHECK_INT(frame.slot, 0);
		CHECK(slot_is(picture, 0, source));
		struct damage sent = {.count = frame.rect_count};
		memcpy(sent.rects, frame.rects, sizeof(sent.rects));
		CHECK(covers(&sent, 0, 0) && covers(&sent, 50, 40));
	}
}

static void test_slots(void)
{
	uint32_t *source = calloc(WIDTH * HEIGHT, sizeof(*source));
	struct wire_session_frame frame;
	struct picture picture;
	struct err err;

	picture_init(&picture);
	TEST("no pool, no frame") {
		picture_damage(&picture, rect(0, 0, 10, 10));
		CHECK(!picture_take_frame(&picture, (uint8_t *)source, WIDTH * 4, &frame));
	}
	TEST("sizes are checked, and a refused one leaves the old pool") {
		CHECK_INT(picture_resize(&picture, WIDTH, HEIGHT, &err), 0);
		CHECK_INT(picture_resize(&picture, 0, 10, &err), -EINVAL);
		CHECK_INT(picture_resize(&picture, 10, WIRE_SIDE_MAX + 1, &err), -EINVAL);
		CHECK_HAS(err.text, "10 x 8193");
		CHECK_INT(picture.width, WIDTH);
		CHECK(picture.stride >= WIDTH * 4 && picture.stride % 4 == 0);
		CHECK(fcntl(picture.fd, F_GET_SEALS) & F_SEAL_SHRINK);
		CHECK(ftruncate(picture.fd, 10) < 0);
	}
	test_lending(&picture, source);
	TEST("nothing new, no frame") {
		CHECK_INT(picture_release(&picture, picture.pool, 1), 0);
		CHECK(!picture_take_frame(&picture, (uint8_t *)source, WIDTH * 4, &frame));
	}
	TEST("a kiosk that returns what it does not have breaks the rules") {
		CHECK_INT(picture_release(&picture, picture.pool, 1), -EPROTO);
		CHECK_INT(picture_release(&picture, picture.pool, WIRE_SLOTS), -EPROTO);
		CHECK_INT(picture_release(&picture, picture.pool, UINT32_MAX), -EPROTO);
		CHECK_INT(picture_release(&picture, picture.pool + 1, 0), -EPROTO);
		CHECK_INT(picture_release(&picture, 0, 0), -EPROTO);
	}
	TEST("a new pool starts whole, and returns to the old one are forgiven") {
		uint32_t old = picture.pool;

		CHECK_INT(picture_resize(&picture, WIDTH, HEIGHT, &err), 0);
		CHECK(picture.pool != old);
		CHECK_INT(picture_release(&picture, old, 2), 0);
		CHECK(picture_take_frame(&picture, (uint8_t *)source, WIDTH * 4, &frame));
		CHECK(slot_is(&picture, frame.slot, source));
		CHECK_INT(frame.rect_count, 1);
		CHECK_INT(frame.rects[0].x2, WIDTH);
	}
	picture_finish(&picture);
	free(source);
}

int main(void)
{
	test_damage();
	test_slots();
	TEST_END();
}
