/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker that says anything: each message is a type, a length and bytes; descriptors go
 * along where the type wants them. With the highest bit of the type the length counts in fours.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
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

static void on_quality(void *data, const struct wire_session_quality *quality)
{
	(void)data;
	(void)quality;
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

/* A display that reads every other buffer. */
static int import(void *data, const struct display_buffer_info *info, struct display_buffer **ret)
{
	(void)data;
	if (info->width % 4 != 0)
		return -ENOTSUP;
	*ret = malloc(1);
	return 0;
}

static void forget(struct display_buffer *buffer)
{
	free(buffer);
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
			sizeof(struct wire_session_buffer),
			sizeof(struct wire_session_buffer),
	};
	static uint8_t packet[sizeof(struct wire_session_frame)];
	struct wire_header header = {WIRE_SESSION_PHASE + kind % 10, sizes[kind % 10]};
	char control[CMSG_SPACE(sizeof(int) * 2)] = {0};
	struct iovec part = {packet, header.size};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	memset(packet, 0, sizeof(packet));
	memcpy(packet, &header, sizeof(header));
	if (size > header.size - sizeof(header))
		size = header.size - sizeof(header);
	memcpy(packet + sizeof(header), bytes, size);
	if (header.type == WIRE_SESSION_POOL || header.type == WIRE_SESSION_CURSOR ||
			header.type >= WIRE_SESSION_BUFFER) {
		const int fds[2] = {memory, memory};
		size_t size_fds = sizeof(int) * (header.type == WIRE_SESSION_BUFFER_TWO ? 2 : 1);
		struct cmsghdr *rights;

		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(size_fds);
		rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(size_fds);
		memcpy(CMSG_DATA(rights), fds, size_fds);
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
	if (frame.desktop) {
		const struct display_picture *picture = &frame.desktop->content;

		last = ((const uint8_t *)picture->pixels)[(size_t)picture->stride *
									  picture->height -
							  1];
	}
	if (frame.video && frame.video->content.pixels) {
		const struct display_picture *picture = &frame.video->content;

		last = ((const uint8_t *)picture->pixels)[(size_t)picture->stride *
									  picture->height -
							  1];
		last = ((const uint8_t *)picture->chroma)[(size_t)picture->chroma_stride *
									  picture->height / 2 -
							  1];
	}
	(void)last;
	session_frame_finish(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct session_handler handler = {on_number, on_frame, on_cursor, on_warp,
			on_leds, on_dial, on_quality, on_ended, on_gone, import, forget, NULL};
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
		size_t wanted = data[0] & 0x80 ? data[1] * 4u : data[1];
		size_t length = wanted < size - 2 ? wanted : size - 2;

		send_one(fds[1], data[0] & 0x7f, data + 2, length, memory);
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
