/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/own.h"
#include "unit/test.h"

enum { ECHO = 1, WITH_FD = 2, LATER = 3, REFUSED = 4, ENDS = 5, UNKNOWN = 99 };

struct message {
	struct wire_header header;
	uint32_t value;
};

struct end {
	struct loop *loop;
	struct wire_channel *channel;
	unsigned handled;
	uint32_t last;
	int fd;
	bool is_closed;
	char why[128];
};

static int on_echo(void *data, const void *packet, int *fds)
{
	struct end *end = data;

	(void)fds;
	end->handled++;
	end->last = ((const struct message *)packet)->value;
	return 0;
}

static int on_fd(void *data, const void *packet, int *fds)
{
	struct end *end = data;

	(void)packet;
	end->handled++;
	end->fd = own_take_fd(&fds[0]);
	return 0;
}

static int on_refused(void *data, const void *packet, int *fds)
{
	(void)data, (void)packet, (void)fds;
	return -EINVAL;
}

static int on_ends(void *data, const void *packet, int *fds)
{
	struct end *end = data;

	(void)packet, (void)fds;
	end->handled++;
	wire_channel_destroy(own_take(end->channel));
	return 0;
}

static void on_closed(void *data, const char *why)
{
	struct end *end = data;

	end->is_closed = true;
	snprintf(end->why, sizeof(end->why), "%s", why ? why : "");
}

static const struct wire_rule rules[] = {
		{ECHO, sizeof(struct message), 0, 3, "ECHO", on_echo},
		{WITH_FD, sizeof(struct message), 1, 3, "WITH_FD", on_fd},
		{LATER, sizeof(struct message), 0, 2, "LATER", on_echo},
		{REFUSED, sizeof(struct message), 0, 3, "REFUSED", on_refused},
		{ENDS, sizeof(struct message), 0, 3, "ENDS", on_ends},
};

/* An end under test and the raw descriptor of its peer. */
static void open_end(struct end *end, int *peer)
{
	int fds[2];

	*end = (struct end){.loop = loop_create(), .fd = -1};
	wire_pair(fds, NULL);
	end->channel = wire_channel_create(end->loop, fds[0], rules, 5, on_closed, end);
	*peer = fds[1];
}

static void close_end(struct end *end, int peer)
{
	wire_channel_destroy(end->channel);
	loop_destroy(end->loop);
	if (peer >= 0)
		close(peer);
	if (end->fd >= 0)
		close(end->fd);
}

static void send_raw(int peer, const void *data, size_t size, int fd_count)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int) * 8)];
	} control = {0};
	struct iovec part = {(void *)(uintptr_t)data, size};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	int fds[8] = {0};

	if (fd_count > 0) {
		header.msg_control = &control;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
		memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * (size_t)fd_count);
	}
	CHECK(sendmsg(peer, &header, 0) >= 0);
}

struct bad_row {
	const char *name;
	uint32_t type, header_size;
	size_t size;
	int fd_count;
	const char *why;
};

static const struct bad_row bad_rows[] = {
		{"an unknown type", UNKNOWN, 12, 12, 0, "type 99"},
		{"a truncated message", ECHO, 12, 11, 0, "ECHO: 11 bytes"},
		{"a message without a header", ECHO, 12, 4, 0, "no header"},
		{"a message that is too long", ECHO, 12, 16, 0, "ECHO: 16 bytes"},
		{"an oversized message", ECHO, 12, WIRE_MESSAGE_MAX + 1, 0, "too large"},
		{"a header that lies about the size", ECHO, 16, 12, 0, "16 in its header"},
		{"a descriptor too many", ECHO, 12, 12, 1, "1 descriptors"},
		{"a descriptor too few", WITH_FD, 12, 12, 0, "0 descriptors"},
		{"more descriptors than any message has", WITH_FD, 12, 12, 7, "too many"},
		{"a message in the wrong state", LATER, 12, 12, 0, "not allowed in state"},
		{"a content that its handler refuses", REFUSED, 12, 12, 0, "refused"},
};

static void test_bad(const struct bad_row *row)
{
	static uint8_t data[WIRE_MESSAGE_MAX + 1];
	struct wire_header header = {row->type, row->header_size};
	struct end end;
	int peer;

	open_end(&end, &peer);
	memcpy(data, &header, sizeof(header));
	send_raw(peer, data, row->size, row->fd_count);
	loop_step(end.loop, 100);
	CHECK(end.is_closed);
	CHECK_INT(end.handled, 0);
	CHECK_HAS(end.why, row->why);
	close_end(&end, peer);
}

static unsigned open_fds(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void test_good(void)
{
	struct message echo = {.value = 7};
	struct end end;
	int peer;

	wire_init(&echo, ECHO);
	TEST("a message that a rule allows arrives whole") {
		open_end(&end, &peer);
		send_raw(peer, &echo, sizeof(echo), 0);
		loop_step(end.loop, 100);
		CHECK_INT(end.handled, 1);
		CHECK_INT(end.last, 7);
		close_end(&end, peer);
	}
	TEST("a descriptor is handed over and becomes close-on-exec") {
		struct message with = {.value = 1};

		wire_init(&with, WITH_FD);
		open_end(&end, &peer);
		send_raw(peer, &with, sizeof(with), 1);
		loop_step(end.loop, 100);
		CHECK(end.fd >= 0 && (fcntl(end.fd, F_GETFD) & FD_CLOEXEC));
		close_end(&end, peer);
	}
}

static void test_end(void)
{
	struct message echo = {.value = 7};
	struct end end;
	int peer;

	wire_init(&echo, ECHO);
	TEST("the end of the peer is told without a reason") {
		open_end(&end, &peer);
		close(peer);
		loop_step(end.loop, 100);
		CHECK(end.is_closed);
		CHECK_TEXT(end.why, "");
		close_end(&end, -1);
	}
	TEST("the last words of a peer that left our messages unread arrive") {
		open_end(&end, &peer);
		CHECK_INT(wire_send(end.channel, &echo, NULL, 0), 0);
		send_raw(peer, &echo, sizeof(echo), 0);
		close(peer);
		loop_step(end.loop, 100);
		CHECK_INT(end.handled, 1);
		CHECK(end.is_closed);
		CHECK_TEXT(end.why, "");
		close_end(&end, -1);
	}
	TEST("and also when our next message found it gone") {
		open_end(&end, &peer);
		send_raw(peer, &echo, sizeof(echo), 0);
		close(peer);
		CHECK_INT(wire_send(end.channel, &echo, NULL, 0), -EPIPE);
		loop_step(end.loop, 100);
		loop_step(end.loop, 100);
		CHECK_INT(end.handled, 1);
		CHECK(end.is_closed);
		close_end(&end, -1);
	}
	TEST("an empty message ends the channel") {
		open_end(&end, &peer);
		send_raw(peer, "", 0, 0);
		loop_step(end.loop, 100);
		CHECK(end.is_closed);
		close_end(&end, peer);
	}
	TEST("a handler may destroy its channel while more messages wait") {
		struct message ends = {.value = 1};

		wire_init(&ends, ENDS);
		open_end(&end, &peer);
		send_raw(peer, &ends, sizeof(ends), 0);
		send_raw(peer, &echo, sizeof(echo), 0);
		loop_step(end.loop, 100);
		CHECK_INT(end.handled, 1);
		close_end(&end, peer);
	}
}

static void test_slow(void)
{
	struct message echo = {.value = 7};
	struct end end;
	int peer;

	wire_init(&echo, ECHO);
	TEST("messages to a slow peer are queued, in order, and none is lost") {
		struct message got;
		uint32_t next = 0;

		open_end(&end, &peer);
		for (uint32_t i = 0; i < 400; i++) {
			echo.value = i;
			CHECK_INT(wire_send(end.channel, &echo, NULL, 0), 0);
			if (i % 2 && recv(peer, &got, sizeof(got), MSG_DONTWAIT) > 0)
				CHECK_INT(got.value, next++);
		}
		while (next < 400 && recv(peer, &got, sizeof(got), MSG_DONTWAIT) > 0) {
			CHECK_INT(got.value, next++);
			loop_step(end.loop, 0);
		}
		CHECK_INT(next, 400);
		CHECK(!end.is_closed);
		close_end(&end, peer);
	}
	TEST("a peer that never reads ends the channel, from the loop") {
		int ret = 0;

		open_end(&end, &peer);
		for (int i = 0; i < 100000 && ret == 0; i++)
			ret = wire_send(end.channel, &echo, NULL, 0);
		CHECK_INT(ret, -ENOBUFS);
		CHECK(!end.is_closed);
		loop_step(end.loop, 100);
		CHECK(end.is_closed);
		CHECK_HAS(end.why, "too slowly");
		CHECK_INT(wire_send(end.channel, &echo, NULL, 0), -EPIPE);
		close_end(&end, peer);
	}
}

int main(void)
{
	unsigned fds_before = open_fds();

	test_good();
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++)
		TEST(bad_rows[i].name)
			test_bad(&bad_rows[i]);
	test_end();
	test_slow();
	TEST("no descriptor is left behind by any of this")
		CHECK_INT(open_fds(), fds_before);
	TEST_END();
}
