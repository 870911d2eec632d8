/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session without a remote desktop: what it does is said by the user name of START.
 *   show        pictures; each key press draws a block, each pointer button a dot
 *   dial        the same, after a connection to the desktop's host was had
 *   end-N       ends with reason N        hang     never gets on
 *   crash       ends before a picture     bad-N    breaks rule N (tests/fake/hostile.c)
 *   late-bad-N  shows a picture first
 * While showing: F9 ends with "server closed", F10 aborts, F11 stops answering.
 */
#include <drm/drm_fourcc.h>
#include <linux/input-event-codes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake/hostile.h"
#include "wire/session.h"

enum { CHANNEL = 3, BLOCK = 16 };

struct worker {
	struct wire_session_start start;
	uint32_t *pool, *canvas; /* shared slots; what is to be seen */
	size_t count;            /* pixels of a picture */
	unsigned held;           /* slots that are with the kiosk */
	unsigned blocks;
	struct wire_rect damage;
};

static union {
	struct wire_header header;
	struct wire_session_start start;
	struct wire_session_key key;
	struct wire_session_pointer pointer;
	struct wire_session_release release;
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
	if (packet.header.type == WIRE_SESSION_RELEASE)
		worker->held &= ~(1u << packet.release.slot);
	if (packet.header.type == WIRE_SESSION_STOP)
		end(REASON_SESSION_SIGNED_OUT, 0);
}

/* What was drawn while all slots were with the kiosk goes out with the next release. */
static void send_frame(struct worker *worker)
{
	struct wire_session_frame frame = {.pool = 1, .rect_count = 1, .rects = {worker->damage}};

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

static void open_pool(struct worker *worker)
{
	uint32_t width = worker->start.width, height = worker->start.height;
	struct wire_session_pool pool = {.pool = 1,
			.width = width,
			.height = height,
			.stride = width * 4,
			.format = DRM_FORMAT_XRGB8888};
	int memory;

	worker->count = (size_t)width * height;
	memory = hostile_memfd(worker->count * 4 * WIRE_SLOTS, 1);
	worker->pool = mmap(NULL, worker->count * 4 * WIRE_SLOTS, PROT_READ | PROT_WRITE,
			MAP_SHARED, memory, 0);
	worker->canvas = calloc(worker->count, 4);
	wire_init(&pool, WIRE_SESSION_POOL);
	hostile_packet(CHANNEL, &pool, sizeof(pool), &memory, 1);
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			worker->canvas[y * width + x] = (x & 255) << 16 | (y & 255) << 8 | 0x40;
	add_damage(worker, (struct wire_rect){0, 0, (int32_t)width, (int32_t)height});
	send_frame(worker);
	say_phase(WIRE_PHASE_SHOWING);
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
	draw_block(worker, (int32_t)(worker->blocks++ % 40) * BLOCK, 96,
			packet.key.code * 0x010203);
}

static void show(struct worker *worker)
{
	open_pool(worker);
	for (;;) {
		receive();
		if (packet.header.type == WIRE_SESSION_KEY)
			take_key(worker);
		else if (packet.header.type == WIRE_SESSION_POINTER && packet.pointer.is_down)
			draw_block(worker, packet.pointer.x, packet.pointer.y, 0xff0000);
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
	if (strcmp(user, "show") == 0 || strcmp(user, "dial") == 0)
		show(&worker);
	for (;;)
		receive();
}
