/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session without a remote desktop: what it does is said by the user name of START.
 *   show        pictures; each key press draws a block, each pointer button a dot
 *   layout      the same, and in the corner of each monitor a block that tells what it is
 *   film        the same, with a video over the first monitor's right edge: F1 its next picture,
 *               F2 it goes
 *   dial        the same, after a connection to the desktop's host was had
 *   end-N       ends with reason N        hang     never gets on
 *   crash       ends before a picture     bad-N    breaks rule N (tests/fake/hostile.c)
 *   late-bad-N  shows a picture first
 * While showing: F7 draws the locks as it was told, F8 has Caps and Num Lock
 * set there. F9 ends with "server closed", F10 aborts, F11 stops answering.
 */
#include <drm/drm_fourcc.h>
#include <linux/input-event-codes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake/hostile.h"
#include "wire/session.h"

enum { CHANNEL = 3, BLOCK = 16, VIDEO_SIDE = 64 };

struct worker {
	struct wire_session_start start;
	uint32_t *pool, *canvas; /* shared slots; what is to be seen */
	size_t count;            /* pixels of a picture */
	unsigned held;           /* slots that are with the kiosk */
	unsigned blocks;
	uint32_t locks; /* as the kiosk said last */
	struct wire_rect damage;
	uint32_t pool_number;
	unsigned held_buffers; /* of the video */
	struct wire_video video;
};

static union {
	struct wire_header header;
	struct wire_session_start start;
	struct wire_session_key key;
	struct wire_session_locks locks;
	struct wire_session_pointer pointer;
	struct wire_session_release release;
	struct wire_session_release_buffer release_buffer;
	struct wire_session_resize resize;
	uint8_t bytes[WIRE_MESSAGE_MAX];
} packet;

/* Waits for the next message; the kiosk's end is ours. */
static void receive(void)
{
	struct pollfd ready = {CHANNEL, POLLIN, 0};
	ssize_t size;

	poll(&ready, 1, -1);
	size = recv(CHANNEL, &packet, sizeof(packet), 0);
	if (size <= 0)
		_exit(0);
}

static void say(const void *message)
{
	const struct wire_header *header = message;

	if (hostile_packet(CHANNEL, message, header->size, NULL, 0) < 0)
		_exit(0);
}

static void say_phase(uint32_t number)
{
	struct wire_session_phase phase = {.phase = number};

	wire_init(&phase, WIRE_SESSION_PHASE);
	say(&phase);
}

static void end(uint32_t reason, uint32_t detail)
{
	struct wire_session_ended ended = {.reason = reason, .detail = detail};

	wire_init(&ended, WIRE_SESSION_ENDED);
	say(&ended);
	_exit(0);
}

static void take_release(struct worker *worker)
{
	if (packet.header.type == WIRE_SESSION_RELEASE &&
			packet.release.pool == worker->pool_number)
		worker->held &= ~(1u << packet.release.slot);
	if (packet.header.type == WIRE_SESSION_RELEASE_BUFFER)
		worker->held_buffers &= ~(1u << packet.release_buffer.number);
	if (packet.header.type == WIRE_SESSION_STOP)
		end(REASON_SESSION_SIGNED_OUT, 0);
}

/* What was drawn while all slots were with the kiosk goes out with the next release. */
static void send_frame(struct worker *worker)
{
	struct wire_session_frame frame = {.pool = worker->pool_number,
			.rect_count = 1,
			.rects = {worker->damage},
			.video = worker->video};

	if (worker->held == (1u << WIRE_SLOTS) - 1 || worker->damage.x1 >= worker->damage.x2)
		return;
	while (worker->held & (1u << frame.slot))
		frame.slot++;
	memcpy(worker->pool + worker->count * frame.slot, worker->canvas, worker->count * 4);
	worker->held |= 1u << frame.slot;
	worker->damage = (struct wire_rect){0, 0, 0, 0};
	wire_init(&frame, WIRE_SESSION_FRAME);
	say(&frame);
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static void add_damage(struct worker *worker, struct wire_rect rect)
{
	struct wire_rect *damage = &worker->damage;

	if (damage->x1 >= damage->x2) {
		*damage = rect;
		return;
	}
	damage->x1 = smaller(damage->x1, rect.x1);
	damage->y1 = smaller(damage->y1, rect.y1);
	damage->x2 = -smaller(-damage->x2, -rect.x2);
	damage->y2 = -smaller(-damage->y2, -rect.y2);
}

static void draw_block(struct worker *worker, int32_t x, int32_t y, uint32_t colour)
{
	int32_t width = (int32_t)worker->start.width;
	struct wire_rect rect = {x, y, x + BLOCK, y + BLOCK};

	if (rect.x2 > width || rect.y2 > (int32_t)worker->start.height)
		return;
	for (int32_t row = rect.y1; row < rect.y2; row++)
		for (int32_t column = rect.x1; column < rect.x2; column++)
			worker->canvas[row * width + column] = colour;
	add_damage(worker, rect);
	send_frame(worker);
}

/* What this end was told of each monitor, as a colour in its corner. */
static void tell_monitors(struct worker *worker)
{
	for (uint32_t i = 0; i < worker->start.monitor_count; i++) {
		const struct wire_monitor *monitor = &worker->start.monitors[i];
		uint32_t colour = monitor->scale_percent << 16 | monitor->rotation_degrees << 7 |
		                  monitor->is_primary;

		for (int32_t y = 0; y < BLOCK; y++)
			for (int32_t x = 0; x < BLOCK; x++)
				worker->canvas[(monitor->y + y) * (int32_t)worker->start.width +
						monitor->x + x] = colour & 0xffffff;
	}
}

static void open_pool(struct worker *worker)
{
	uint32_t width = worker->start.width, height = worker->start.height;
	struct wire_session_pool pool = {.pool = ++worker->pool_number,
			.width = width,
			.height = height,
			.stride = width * 4,
			.format = DRM_FORMAT_XRGB8888};
	int memory;

	if (worker->pool) {
		munmap(worker->pool, worker->count * 4 * WIRE_SLOTS);
		free(worker->canvas);
	}
	worker->held = 0;
	worker->count = (size_t)width * height;
	memory = hostile_memfd(worker->count * 4 * WIRE_SLOTS, 1);
	worker->pool = mmap(NULL, worker->count * 4 * WIRE_SLOTS, PROT_READ | PROT_WRITE,
			MAP_SHARED, memory, 0);
	worker->canvas = calloc(worker->count, 4);
	wire_init(&pool, WIRE_SESSION_POOL);
	hostile_packet(CHANNEL, &pool, sizeof(pool), &memory, 1);
	close(memory);
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			worker->canvas[y * width + x] = (x & 255) << 16 | (y & 255) << 8 | 0x40;
	if (strcmp(worker->start.user, "show") != 0)
		tell_monitors(worker);
	worker->damage = (struct wire_rect){0, 0, (int32_t)width, (int32_t)height};
	send_frame(worker);
	say_phase(WIRE_PHASE_SHOWING);
}

/* Two buffers of one colour each, the second lighter. */
static void open_video(void)
{
	for (uint32_t i = 0; i < 2; i++) {
		struct wire_session_buffer buffer = {.pool = 1,
				.number = i,
				.format = DRM_FORMAT_NV12,
				.width = VIDEO_SIDE,
				.height = VIDEO_SIDE,
				.offsets = {0, VIDEO_SIDE * VIDEO_SIDE},
				.strides = {VIDEO_SIDE, VIDEO_SIDE},
				.encoding = 1};
		uint8_t pixels[VIDEO_SIDE * VIDEO_SIDE * 3 / 2];
		int memory = hostile_memfd(sizeof(pixels), 1);

		memset(pixels, i ? 200 : 80, VIDEO_SIDE * VIDEO_SIDE);
		memset(pixels + VIDEO_SIDE * VIDEO_SIDE, 128, VIDEO_SIDE * VIDEO_SIDE / 2);
		if (pwrite(memory, pixels, sizeof(pixels), 0) < 0)
			_exit(1);
		wire_init(&buffer, WIRE_SESSION_BUFFER);
		hostile_packet(CHANNEL, &buffer, sizeof(buffer), &memory, 1);
		close(memory);
	}
}

/* The next buffer that is ours, with a hole in the middle; `is_there` false: no video. */
static void show_video(struct worker *worker, bool is_there)
{
	int32_t edge = (int32_t)worker->start.monitors[0].width;
	struct wire_session_frame frame = {.pool = worker->pool_number, .slot = WIRE_SLOT_NONE};
	uint32_t next = worker->held_buffers & 1;

	if (is_there && worker->held_buffers & 1u << next)
		return;
	worker->video = (struct wire_video){0};
	if (is_there) {
		worker->held_buffers |= 1u << next;
		worker->video = (struct wire_video){.pool = 1,
				.number = next,
				.is_new = 1,
				.source = {0, 0, VIDEO_SIDE, VIDEO_SIDE},
				.target = {edge - 160, 200, edge + 160, 400},
				.visible_count = 2,
				.visible = {{edge - 160, 200, edge + 160, 280},
						{edge - 160, 320, edge + 160, 400}}};
	}
	frame.video = worker->video;
	wire_init(&frame, WIRE_SESSION_FRAME);
	say(&frame);
	worker->video.is_new = 0;
}

static void take_resize(struct worker *worker)
{
	worker->start.width = packet.resize.width;
	worker->start.height = packet.resize.height;
	worker->start.monitor_count = packet.resize.monitor_count;
	memcpy(worker->start.monitors, packet.resize.monitors, sizeof(packet.resize.monitors));
	worker->video = (struct wire_video){0};
	open_pool(worker);
}

static void take_key(struct worker *worker)
{
	if (!packet.key.is_down)
		return;
	if (packet.key.code == KEY_F9)
		end(REASON_SESSION_SERVER_CLOSED, 0);
	if (packet.key.code == KEY_F10)
		abort();
	while (packet.key.code == KEY_F11)
		pause();
	if (packet.key.code == KEY_F1 || packet.key.code == KEY_F2) {
		show_video(worker, packet.key.code == KEY_F1);
		return;
	}
	if (packet.key.code == KEY_F8) {
		struct wire_session_leds leds = {.caps = 1, .num = 1};

		wire_init(&leds, WIRE_SESSION_LEDS);
		say(&leds);
		return;
	}
	draw_block(worker, (int32_t)(worker->blocks++ % 40) * BLOCK, 96,
			packet.key.code == KEY_F7 ? worker->locks
			: packet.key.code         ? packet.key.code * 0x010203
						  : packet.key.character);
}

static void show(struct worker *worker)
{
	open_pool(worker);
	if (strcmp(worker->start.user, "film") == 0)
		open_video();
	for (;;) {
		receive();
		if (packet.header.type == WIRE_SESSION_KEY)
			take_key(worker);
		else if (packet.header.type == WIRE_SESSION_POINTER && packet.pointer.is_down)
			draw_block(worker, packet.pointer.x, packet.pointer.y, 0xff0000);
		else if (packet.header.type == WIRE_SESSION_LOCKS)
			worker->locks = 0x800000 | packet.locks.caps | packet.locks.num << 1 |
			                packet.locks.scroll << 2;
		else if (packet.header.type == WIRE_SESSION_RESIZE)
			take_resize(worker);
		else
			take_release(worker);
		send_frame(worker);
	}
}

static void dial(struct worker *worker)
{
	struct wire_session_dial message = {.id = 1, .port = worker->start.port};

	strcpy(message.host, worker->start.host);
	wire_init(&message, WIRE_SESSION_DIAL);
	say(&message);
	while (packet.header.type != WIRE_SESSION_DIALED_SOCKET) {
		receive();
		take_release(worker);
		if (packet.header.type == WIRE_SESSION_DIALED)
			end(REASON_SESSION_REFUSED, 0);
	}
}

static unsigned number_of(const char *user, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(user, prefix, length) == 0 ? (unsigned)atoi(user + length) + 1 : 0;
}

int main(void)
{
	static struct worker worker;
	const char *user = worker.start.user;
	unsigned number;

	receive();
	if (packet.header.type != WIRE_SESSION_START)
		return 1;
	worker.start = packet.start;
	say_phase(WIRE_PHASE_REACHING);
	if ((number = number_of(user, "bad-")))
		hostile_send(number - 1, CHANNEL);
	if ((number = number_of(user, "end-")))
		end(number - 1, 0x20014);
	if (strcmp(user, "crash") == 0)
		abort();
	if (strcmp(user, "dial") == 0)
		dial(&worker);
	if ((number = number_of(user, "late-bad-"))) {
		open_pool(&worker);
		hostile_send(number - 1, CHANNEL);
	}
	if (strcmp(user, "show") == 0 || strcmp(user, "dial") == 0 || strcmp(user, "layout") == 0 ||
			strcmp(user, "film") == 0)
		show(&worker);
	for (;;)
		receive();
}
