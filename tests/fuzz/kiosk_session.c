/* SPDX-License-Identifier: Apache-2.0 */
/* A worker that says anything: each message is a type, a length and bytes; a memfd goes along at times. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kiosk/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_number(void *data, uint32_t session, uint32_t number)
{
	(void)data, (void)session, (void)number;
}

static void on_frame(void *data, uint32_t session)
{
	(void)data, (void)session;
}

static void on_cursor(void *data)
{
	(void)data;
}

static void on_warp(void *data, int32_t x, int32_t y)
{
	(void)data, (void)x, (void)y;
}

static void on_leds(void *data, struct input_locks locks)
{
	(void)data, (void)locks;
}

static void on_dial(void *data, uint32_t id, const char *host, uint16_t port)
{
	(void)data, (void)id, (void)host, (void)port;
}

static void on_ended(void *data, uint32_t session, enum reason reason, uint32_t detail)
{
	(void)data, (void)session, (void)reason, (void)detail;
}

static void on_gone(void *data, uint32_t session, const char *why)
{
	(void)data, (void)session, (void)why;
}

/* `bytes` as the body of a message of the worker, with the header that its type has. */
static void send_one(int fd, uint8_t kind, const uint8_t *bytes, size_t size, int memory)
{
	static const uint32_t sizes[] = {
			sizeof(struct wire_session_phase),
			sizeof(struct wire_session_dial),
			sizeof(struct wire_session_pool),
			sizeof(struct wire_session_frame),
			sizeof(struct wire_session_cursor),
			sizeof(struct wire_session_cursor_state),
			sizeof(struct wire_session_leds),
			sizeof(struct wire_session_ended),
	};
	static uint8_t packet[sizeof(struct wire_session_frame)];
	struct wire_header header = {WIRE_SESSION_PHASE + kind % 8, sizes[kind % 8]};
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {packet, header.size};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	memset(packet, 0, sizeof(packet));
	memcpy(packet, &header, sizeof(header));
	if (size > header.size - sizeof(header))
		size = header.size - sizeof(header);
	memcpy(packet + sizeof(header), bytes, size);
	if (header.type == WIRE_SESSION_POOL || header.type == WIRE_SESSION_CURSOR) {
		struct cmsghdr *rights;

		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(rights), &memory, sizeof(memory));
	}
	sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* What it showed is read to the last pixel, as the display would. */
static void look(struct session *session)
{
	struct session_frame frame;
	volatile uint8_t last;

	if (!session_take_frame(session, &frame))
		return;
	last = ((const uint8_t *)frame.picture.pixels)[(size_t)frame.picture.stride *
								       frame.picture.height -
						       1];
	(void)last;
	session_release(session, &frame);
	pixels_unref(frame.pixels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct session_handler handler = {on_number, on_frame, on_cursor, on_warp,
			on_leds, on_dial, on_ended, on_gone, NULL};
	static struct wire_session_start start;
	struct loop *loop = loop_create();
	int fds[2], memory = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct session *session;

	if (wire_pair(fds, NULL) < 0 || ftruncate(memory, 65536) < 0)
		return 0;
	fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK);
	session = session_create(loop, fds[0], 1, &handler);
	session_start(session, &start);
	while (size >= 2) {
		size_t length = data[1] < size - 2 ? data[1] : size - 2;

		send_one(fds[1], data[0], data + 2, length, memory);
		data += 2 + length;
		size -= 2 + length;
		loop_step(loop, 0);
		look(session);
	}
	session_destroy(session);
	loop_destroy(loop);
	close(fds[1]);
	close(memory);
	return 0;
}
