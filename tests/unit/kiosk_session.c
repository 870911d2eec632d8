/* SPDX-License-Identifier: Apache-2.0 */
/* The kiosk's end of a session's channel: what a good worker says arrives, a bad one is ended. */
#include "unit/test.h"

#include <drm/drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake/hostile.h"
#include "kiosk/session.h"

enum { WIDTH = 64, HEIGHT = 32, STRIDE = WIDTH * 4, BYTES = STRIDE * HEIGHT * WIRE_SLOTS };

struct seen {
	unsigned phases, frames, cursors, dials, ended, gone, broken, leds;
	uint32_t phase, dial_id, detail;
	enum reason reason;
	char host[WIRE_HOST_MAX], why[ERR_TEXT_MAX];
	int32_t warp_x, warp_y;
	struct input_locks locks;
	unsigned imports; /* alive */
};

static void on_phase(void *data, uint32_t session, uint32_t phase)
{
	struct seen *seen = data;

	(void)session;
	seen->phases++;
	seen->phase = phase;
}

static void on_frame(void *data, uint32_t session)
{
	(void)session;
	((struct seen *)data)->frames++;
}

static void on_cursor(void *data)
{
	((struct seen *)data)->cursors++;
}

static void on_warp(void *data, int32_t x, int32_t y)
{
	struct seen *seen = data;

	seen->warp_x = x;
	seen->warp_y = y;
}

static void on_quality(void *data, const struct wire_session_quality *quality)
{
	(void)data;
	(void)quality;
}

static void on_leds(void *data, struct input_locks locks)
{
	struct seen *seen = data;

	seen->leds++;
	seen->locks = locks;
}

static void on_dial(void *data, uint32_t id, const char *host, uint16_t port)
{
	struct seen *seen = data;

	(void)port;
	seen->dials++;
	seen->dial_id = id;
	snprintf(seen->host, sizeof(seen->host), "%s", host);
}

static void on_ended(void *data, uint32_t session, enum reason reason, uint32_t detail)
{
	struct seen *seen = data;

	(void)session;
	seen->ended++;
	seen->reason = reason;
	seen->detail = detail;
}

static void on_gone(void *data, uint32_t session, const char *why)
{
	struct seen *seen = data;

	(void)session;
	seen->gone++;
	seen->broken += why != NULL;
	snprintf(seen->why, sizeof(seen->why), "%s", why ? why : "");
}

/* A display that can read what is 64 pixels wide and nothing else. */
static int import(void *data, const struct display_buffer_info *info, struct display_buffer **ret)
{
	struct seen *seen = data;

	if (info->width != WIDTH)
		return -ENOTSUP;
	*ret = (struct display_buffer *)&seen->imports;
	seen->imports++;
	return 0;
}

static void forget(struct display_buffer *buffer)
{
	--*(unsigned *)(void *)buffer;
}

struct bench {
	struct loop *loop;
	struct session *session;
	int fd; /* the worker's end */
	struct seen seen;
};

static void bench_open(struct bench *bench)
{
	struct session_handler handler = {on_phase, on_frame, on_cursor, on_warp, on_leds, on_dial,
			on_quality, on_ended, on_gone, import, forget, &bench->seen};
	static struct wire_session_start start;
	static uint8_t packet[WIRE_MESSAGE_MAX];
	int fds[2] = {-1, -1};

	memset(bench, 0, sizeof(*bench));
	bench->loop = loop_create();
	wire_pair(fds, NULL);
	bench->fd = fds[1];
	bench->session = session_create(bench->loop, fds[0], 5, &handler);
	session_start(bench->session, &start);
	CHECK_INT(recv(bench->fd, packet, sizeof(packet), MSG_DONTWAIT), sizeof(start));
}

static void bench_close(struct bench *bench)
{
	session_destroy(bench->session);
	close(bench->fd);
	loop_destroy(bench->loop);
}

static void turn(struct bench *bench)
{
	for (int i = 0; i < 4; i++)
		loop_step(bench->loop, 0);
}

/* The next message that the worker gets has this type; its content goes to `ret`. */
static bool next(struct bench *bench, uint32_t type, void *ret, size_t size)
{
	static uint8_t packet[WIRE_MESSAGE_MAX];
	struct wire_header header;
	ssize_t count = recv(bench->fd, packet, sizeof(packet), MSG_DONTWAIT);

	if (count < (ssize_t)sizeof(header))
		return false;
	memcpy(&header, packet, sizeof(header));
	if (header.type != type || (size_t)count != size)
		return false;
	memcpy(ret, packet, size);
	return true;
}

static void send_pool(struct bench *bench, uint32_t number, uint32_t fill)
{
	struct wire_session_pool pool = {.pool = number,
			.width = WIDTH,
			.height = HEIGHT,
			.stride = STRIDE,
			.format = DRM_FORMAT_XRGB8888};
	int memory = hostile_memfd(BYTES, 1);

	for (uint32_t i = 0; i < BYTES / 4; i++)
		CHECK_INT(pwrite(memory, &fill, 4, (off_t)i * 4), 4);
	wire_init(&pool, WIRE_SESSION_POOL);
	hostile_packet(bench->fd, &pool, sizeof(pool), &memory, 1);
	close(memory);
}

static void send_frame(struct bench *bench, uint32_t pool, uint32_t slot, uint32_t rects)
{
	struct wire_session_frame frame = {.pool = pool, .slot = slot, .rect_count = rects};

	for (uint32_t i = 0; i < rects; i++)
		frame.rects[i] = (struct wire_rect){(int32_t)i, 0, (int32_t)i + 1, 1};
	wire_init(&frame, WIRE_SESSION_FRAME);
	hostile_packet(bench->fd, &frame, sizeof(frame), NULL, 0);
}

static void test_hostile(void)
{
	for (unsigned i = 0; i < hostile_count(); i++)
		TEST(hostile_name(i)) {
			struct bench bench;

			bench_open(&bench);
			hostile_send(i, bench.fd);
			turn(&bench);
			CHECK_INT(bench.seen.broken, 1);
			CHECK_INT(bench.seen.gone, 1);
			CHECK(bench.seen.why[0]);
			bench_close(&bench);
		}
}

static void test_frames(void)
{
	struct bench bench;
	struct session_frame frame, second;
	struct wire_session_release release;

	TEST("a frame is taken once, its slot comes back when it is released") {
		bench_open(&bench);
		send_pool(&bench, 1, 0x00123456);
		send_frame(&bench, 1, 2, 3);
		turn(&bench);
		CHECK_INT(bench.seen.frames, 1);
		CHECK(session_take_frame(bench.session, &frame));
		CHECK_INT(frame.rect_count, 3);
		CHECK_INT(frame.rects[2].x1, 2);
		CHECK_INT(((const uint32_t *)frame.desktop->content.pixels)[WIDTH * HEIGHT - 1],
				0x00123456);
		CHECK(!session_take_frame(bench.session, &second));
		CHECK(!next(&bench, WIRE_SESSION_RELEASE, &release, sizeof(release)));
		session_frame_finish(&frame);
		CHECK(next(&bench, WIRE_SESSION_RELEASE, &release, sizeof(release)));
		CHECK_INT(release.slot, 2);
		send_frame(&bench, 1, 2, 1);
		turn(&bench);
		CHECK_INT(bench.seen.gone, 0);
		session_frame_finish(&frame);
		bench_close(&bench);
	}
	TEST("the newest frame wins: the older slot goes back, its damage goes on") {
		bench_open(&bench);
		send_pool(&bench, 1, 0);
		send_frame(&bench, 1, 0, 2);
		send_frame(&bench, 1, 1, 3);
		turn(&bench);
		CHECK(next(&bench, WIRE_SESSION_RELEASE, &release, sizeof(release)));
		CHECK_INT(release.slot, 0);
		CHECK(session_take_frame(bench.session, &frame));
		CHECK_INT(frame.desktop->number, 1);
		CHECK_INT(frame.rect_count, 5);
		session_frame_finish(&frame);
		bench_close(&bench);
	}
}

static void test_pools(void)
{
	struct bench bench;
	struct session_frame frame, second;
	struct wire_session_release release;

	TEST("too much damage becomes all") {
		bench_open(&bench);
		send_pool(&bench, 1, 0);
		send_frame(&bench, 1, 0, 20);
		send_frame(&bench, 1, 1, 20);
		send_frame(&bench, 1, 2, 1);
		turn(&bench);
		CHECK(session_take_frame(bench.session, &frame));
		CHECK_INT(frame.rect_count, 0);
		session_frame_finish(&frame);
		bench_close(&bench);
	}
	TEST("a frame of an older pool outlives it, and its slot is not given back") {
		bench_open(&bench);
		send_pool(&bench, 1, 0x00aaaaaa);
		send_frame(&bench, 1, 0, 1);
		turn(&bench);
		CHECK(session_take_frame(bench.session, &frame));
		send_pool(&bench, 2, 0x00bbbbbb);
		send_frame(&bench, 2, 0, 1);
		turn(&bench);
		CHECK_INT(*(const uint32_t *)frame.desktop->content.pixels, 0x00aaaaaa);
		session_frame_finish(&frame);
		CHECK(!next(&bench, WIRE_SESSION_RELEASE, &release, sizeof(release)));
		CHECK(session_take_frame(bench.session, &second));
		session_destroy(own_take(bench.session));
		CHECK_INT(*(const uint32_t *)second.desktop->content.pixels, 0x00bbbbbb);
		session_frame_finish(&frame);
		session_frame_finish(&second);
		bench_close(&bench);
	}
}

static struct input_event key(uint32_t code, bool is_down, bool is_repeat)
{
	return (struct input_event){.kind = INPUT_KEY,
			.code = code,
			.is_down = is_down,
			.is_repeat = is_repeat};
}

static void test_keys(void)
{
	struct bench bench;
	struct wire_session_key message;
	struct input_event event;

	TEST("keys go out with their codes; what began on another screen does not") {
		bench_open(&bench);
		event = key(KEY_ENTER, true, true);
		session_key(bench.session, &event);
		event = key(KEY_ENTER, false, false);
		session_key(bench.session, &event);
		CHECK(!next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		event = key(KEY_A, true, false);
		session_key(bench.session, &event);
		event = key(KEY_A, true, true);
		session_key(bench.session, &event);
		event = key(KEY_A, false, false);
		session_key(bench.session, &event);
		CHECK(next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		CHECK(message.code == KEY_A && message.is_down && !message.is_repeat);
		CHECK(next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		CHECK(message.is_down && message.is_repeat);
		CHECK(next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		CHECK(!message.is_down);
		bench_close(&bench);
	}
	TEST("a character without a key goes out as its code point") {
		bench_open(&bench);
		event = key(0, true, false);
		strcpy(event.text, "中");
		session_key(bench.session, &event);
		CHECK(next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		CHECK_INT(message.character, 0x4e2d);
		strcpy(event.text, "ab");
		session_key(bench.session, &event);
		CHECK(!next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		bench_close(&bench);
	}
}

static void test_flood(void)
{
	struct bench bench;
	struct wire_session_key message;
	struct input_event event, motion = {.kind = INPUT_MOTION};
	unsigned downs = 0, ups = 0;

	TEST("a session that does not read for a moment outlives 100,000 events") {
		bench_open(&bench);
		for (uint32_t i = 0; i < 50000; i++) {
			event = key(KEY_A + i % 8, true, false);
			session_key(bench.session, &event);
			session_pointer(bench.session, &motion, (int32_t)i % 100, 5);
			event.is_down = false;
			session_key(bench.session, &event);
		}
		for (int i = 0; i < 500; i++) {
			ssize_t size;

			loop_step(bench.loop, 0);
			while ((size = recv(bench.fd, &message, sizeof(message), MSG_DONTWAIT)) >
					0) {
				bool is_key = message.header.type == WIRE_SESSION_KEY;

				downs += is_key && message.is_down;
				ups += is_key && !message.is_down;
			}
		}
		CHECK(downs > 50 && downs < 2000);
		CHECK_INT(ups, downs);
		event = key(KEY_Z, true, false);
		session_key(bench.session, &event);
		CHECK(next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		CHECK_INT(message.code, KEY_Z);
		bench_close(&bench);
	}
}

static void test_compose(void)
{
	struct bench bench;
	struct wire_session_key message;
	struct input_event event;

	TEST("of a Compose sequence only what it typed goes out, once") {
		bench_open(&bench);
		event = key(KEY_RIGHTALT, true, false);
		event.is_composed = true;
		session_key(bench.session, &event);
		event.is_down = false;
		session_key(bench.session, &event);
		event = key(KEY_E, true, false);
		event.is_composed = true;
		strcpy(event.text, "€");
		session_key(bench.session, &event);
		event.is_down = false;
		event.text[0] = '\0';
		session_key(bench.session, &event);
		CHECK(next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		CHECK(message.code == 0 && message.character == 0x20ac && message.is_down);
		CHECK(!next(&bench, WIRE_SESSION_KEY, &message, sizeof(message)));
		bench_close(&bench);
	}
}

static void send_words(struct bench *bench, uint32_t type, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t words[5] = {type, sizeof(words), a, b, c};

	hostile_packet(bench->fd, words, sizeof(words), NULL, 0);
}

static void test_messages(void)
{
	struct bench bench;
	struct wire_session_phase phase = {.phase = WIRE_PHASE_SECURING};
	struct wire_session_dial dial = {.id = 1, .port = 3389, .host = "rds.example.org"};
	struct wire_session_ended ended = {
			.reason = REASON_SESSION_WRONG_PASSWORD, .detail = 0x20014};
	struct wire_session_cursor cursor = {.width = 4, .height = 2, .hot_x = 3, .hot_y = 1};
	struct wire_session_dialed dialed;
	int memory;

	wire_init(&phase, WIRE_SESSION_PHASE);
	wire_init(&dial, WIRE_SESSION_DIAL);
	wire_init(&ended, WIRE_SESSION_ENDED);
	wire_init(&cursor, WIRE_SESSION_CURSOR);
	TEST("phase, dial, cursor, lights and end arrive") {
		bench_open(&bench);
		hostile_packet(bench.fd, &phase, sizeof(phase), NULL, 0);
		hostile_packet(bench.fd, &dial, sizeof(dial), NULL, 0);
		memory = hostile_memfd(32, 0);
		hostile_packet(bench.fd, &cursor, sizeof(cursor), &memory, 1);
		close(memory);
		send_words(&bench, WIRE_SESSION_CURSOR_STATE, WIRE_CURSOR_MOVED, 30, 20);
		send_words(&bench, WIRE_SESSION_LEDS, 1, 0, 1);
		turn(&bench);
		CHECK_INT(bench.seen.phase, WIRE_PHASE_SECURING);
		CHECK_TEXT(bench.seen.host, "rds.example.org");
		CHECK_INT(bench.seen.cursors, 1);
		CHECK_INT(session_cursor(bench.session)->hot_x, 3);
		CHECK_INT(bench.seen.warp_x, 30);
		CHECK(bench.seen.locks.caps && !bench.seen.locks.num && bench.seen.locks.scroll);
		send_words(&bench, WIRE_SESSION_CURSOR_STATE, WIRE_CURSOR_HIDDEN, 0, 0);
		turn(&bench);
		CHECK(!session_cursor(bench.session)->pixels);
		session_dialed(bench.session, 1, REASON_SESSION_REFUSED, -1);
		CHECK(next(&bench, WIRE_SESSION_DIALED, &dialed, sizeof(dialed)));
		CHECK_INT(dialed.reason, REASON_SESSION_REFUSED);
		hostile_packet(bench.fd, &ended, sizeof(ended), NULL, 0);
		turn(&bench);
		CHECK_INT(bench.seen.reason, REASON_SESSION_WRONG_PASSWORD);
		CHECK_INT(bench.seen.detail, 0x20014);
		bench_close(&bench);
	}
	TEST("after the end its going is no news; without an end it is") {
		bench_open(&bench);
		hostile_packet(bench.fd, &ended, sizeof(ended), NULL, 0);
		shutdown(bench.fd, SHUT_RDWR);
		turn(&bench);
		CHECK(bench.seen.ended == 1 && bench.seen.gone == 0);
		bench_close(&bench);
		bench_open(&bench);
		shutdown(bench.fd, SHUT_RDWR);
		turn(&bench);
		CHECK(bench.seen.gone == 1 && bench.seen.broken == 0);
		bench_close(&bench);
	}
}

int main(void)
{
	test_hostile();
	test_frames();
	test_pools();
	test_keys();
	test_compose();
	test_flood();
	test_messages();
	TEST_END();
}
