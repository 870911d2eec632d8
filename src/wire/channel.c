/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { PACKETS_PER_ROUND = 64 }; /* then the loop gets its turn */

struct packet {
	struct packet *next;
	size_t size;
	unsigned fd_count;
	int fds[WIRE_FDS_MAX];
	uint8_t data[];
};

struct wire_channel {
	struct loop *loop;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *closing; /* tells about a failed send from the loop, not from the call */
	const struct wire_rule *rules;
	unsigned rule_count;
	uint32_t state;
	bool is_closed;
	bool is_busy;      /* a round of on_event is under way */
	bool is_destroyed; /* by a callback of that round, which then frees */
	struct packet *first, **last;
	unsigned queued;
	wire_closed_fn on_closed;
	void *data;
	struct err why;
};

int wire_pair(int fds[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
		return err_errno(err, errno, "no socket pair");
	return 0;
}

static void free_packet(struct packet *packet)
{
	for (unsigned i = 0; i < packet->fd_count; i++)
		close(packet->fds[i]);
	explicit_bzero(packet->data, packet->size);
	free(packet);
}

static void drop_queue(struct wire_channel *channel)
{
	while (channel->first) {
		struct packet *packet = channel->first;

		channel->first = packet->next;
		free_packet(packet);
	}
	channel->last = &channel->first;
	channel->queued = 0;
}

/* No more traffic; the owner is told with `why`, or with NULL when the peer just ended. */
static void close_channel(struct wire_channel *channel, const char *why)
{
	if (channel->is_closed)
		return;
	channel->is_closed = true;
	loop_watch_remove(own_take(channel->watch));
	drop_queue(channel);
	channel->on_closed(channel->data, why);
}

static int send_packet(int fd, const void *message, size_t size, const int *fds, unsigned fd_count)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)] = {0};
	struct iovec part = {.iov_base = (void *)(uintptr_t)message, .iov_len = size};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};

	if (fd_count > 0) {
		struct cmsghdr *rights = (struct cmsghdr *)control;

		header.msg_control = control;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(rights), fds, sizeof(int) * fd_count);
	}
	for (;;) {
		if (sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

static int fail_send(struct wire_channel *channel, int code, const char *why)
{
	if (why)
		err_set(&channel->why, code, "%s", why);
	loop_timer_set(channel->closing, 0);
	return -code;
}

static int queue_packet(struct wire_channel *channel, const void *message, size_t size,
		const int *fds, unsigned fd_count)
{
	struct packet *packet;

	if (channel->queued >= WIRE_QUEUE_MAX)
		return fail_send(channel, ENOBUFS, "the peer reads too slowly");
	packet = own_alloc(sizeof(*packet) + size);
	packet->size = size;
	memcpy(packet->data, message, size);
	for (unsigned i = 0; i < fd_count; i++) {
		packet->fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
		if (packet->fds[i] < 0) {
			free_packet(packet);
			return fail_send(channel, ENOBUFS, "no descriptors are left");
		}
		packet->fd_count++;
	}
	*channel->last = packet;
	channel->last = &packet->next;
	channel->queued++;
	loop_watch_set(channel->watch, EPOLLIN | EPOLLOUT);
	return 0;
}

int wire_send(struct wire_channel *channel, const void *message, const int *fds, unsigned fd_count)
{
	const struct wire_header *header = message;
	int ret;

	if (channel->is_closed)
		return -EPIPE;
	ret = channel->first ? -EAGAIN
	                     : send_packet(channel->fd, message, header->size, fds, fd_count);
	if (ret == -EAGAIN || ret == -ENOBUFS)
		return queue_packet(channel, message, header->size, fds, fd_count);
	if (ret < 0)
		return fail_send(channel, EPIPE, NULL);
	return 0;
}

static void send_queued(struct wire_channel *channel)
{
	while (channel->first) {
		struct packet *packet = channel->first;
		int ret = send_packet(channel->fd, packet->data, packet->size, packet->fds,
				packet->fd_count);

		if (ret == -EAGAIN || ret == -ENOBUFS)
			return;
		if (ret < 0) {
			fail_send(channel, EPIPE, NULL);
			return;
		}
		channel->first = packet->next;
		if (!channel->first)
			channel->last = &channel->first;
		channel->queued--;
		free_packet(packet);
	}
	loop_watch_set(channel->watch, EPOLLIN);
}

static unsigned take_fds(struct msghdr *header, int fds[WIRE_FDS_MAX])
{
	unsigned count = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(c), count * sizeof(int));
		break;
	}
	return count;
}

static const struct wire_rule *find_rule(const struct wire_channel *channel, uint32_t type)
{
	for (unsigned i = 0; i < channel->rule_count; i++)
		if (channel->rules[i].type == type)
			return &channel->rules[i];
	return NULL;
}

/* The rule that allows this packet, or NULL with the reason in `why`. */
static const struct wire_rule *judge(const struct wire_channel *channel, const void *packet,
		size_t size, unsigned fd_count, struct err *why)
{
	const struct wire_header *header = packet;
	const struct wire_rule *rule;

	if (size < sizeof(*header)) {
		err_set(why, EPROTO, "a message of %zu bytes has no header", size);
		return NULL;
	}
	rule = find_rule(channel, header->type);
	if (!rule)
		err_set(why, EPROTO, "message type %u is not known", header->type);
	else if (size != rule->size || header->size != rule->size)
		err_set(why, EPROTO, "%s: %zu bytes (%u in its header), expected %u", rule->name,
				size, header->size, rule->size);
	else if (fd_count != rule->fd_count)
		err_set(why, EPROTO, "%s: %u descriptors, expected %u", rule->name, fd_count,
				rule->fd_count);
	else if (!(rule->states & channel->state))
		err_set(why, EPROTO, "%s: not allowed in state %#x", rule->name, channel->state);
	else
		return rule;
	return NULL;
}

/*
 * A peer that closed with messages of ours unread resets the connection; that is said once,
 * and before the last words of the peer, which are still there.
 */
static ssize_t receive_packet(int fd, struct msghdr *header)
{
	ssize_t size = recvmsg(fd, header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (size < 0 && errno == ECONNRESET)
		size = recvmsg(fd, header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	return size;
}

/* 1: handled, 0: nothing there, < 0: the peer ended or broke a rule (why->text says which). */
static int receive_one(struct wire_channel *channel, struct err *why)
{
	alignas(max_align_t) uint8_t packet[WIRE_MESSAGE_MAX];
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
	struct iovec part = {.iov_base = packet, .iov_len = sizeof(packet)};
	struct msghdr header = {.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control)};
	int fds[WIRE_FDS_MAX] = {-1, -1, -1, -1};
	ssize_t size = receive_packet(channel->fd, &header);
	const struct wire_rule *rule = NULL;
	unsigned fd_count;
	int ret = -EPROTO;

	if (size < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -EPIPE;
	fd_count = take_fds(&header, fds);
	if (size == 0)
		ret = -EPIPE;
	else if (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		err_set(why, EPROTO, "a message is too large or has too many descriptors");
	else
		rule = judge(channel, packet, (size_t)size, fd_count, why);
	if (rule) {
		ret = rule->handle(channel->data, packet, fds);
		if (ret < 0)
			err_set(why, EPROTO, "%s: its content was refused", rule->name);
		else
			ret = 1;
	}
	for (unsigned i = 0; i < fd_count; i++)
		own_end_fd(&fds[i]);
	explicit_bzero(packet, size > 0 ? (size_t)size : 0);
	return ret;
}

static void receive_round(struct wire_channel *channel)
{
	for (int i = 0; i < PACKETS_PER_ROUND && !channel->is_destroyed && !channel->is_closed;
			i++) {
		struct err why = {""};
		int ret = receive_one(channel, &why);

		if (ret == 0)
			return;
		if (ret < 0 && !channel->is_destroyed)
			close_channel(channel, why.text[0] ? why.text : NULL);
	}
}

/* A peer that is gone may have said why before it went. */
static void on_closing(void *data)
{
	struct wire_channel *channel = data;

	channel->is_busy = true;
	if (!channel->why.text[0])
		receive_round(channel);
	if (!channel->is_destroyed)
		close_channel(channel, channel->why.text[0] ? channel->why.text : NULL);
	channel->is_busy = false;
	if (channel->is_destroyed)
		wire_channel_destroy(channel);
}

static void on_event(void *data, uint32_t events)
{
	struct wire_channel *channel = data;

	channel->is_busy = true;
	if (events & EPOLLOUT)
		send_queued(channel);
	receive_round(channel);
	channel->is_busy = false;
	if (channel->is_destroyed)
		wire_channel_destroy(channel);
}

struct wire_channel *wire_channel_create(struct loop *loop, int fd, const struct wire_rule *rules,
		unsigned rule_count, wire_closed_fn on_closed, void *data)
{
	struct wire_channel *channel = own_alloc(sizeof(*channel));

	channel->loop = loop;
	channel->fd = fd;
	channel->rules = rules;
	channel->rule_count = rule_count;
	channel->state = 1;
	channel->last = &channel->first;
	channel->on_closed = on_closed;
	channel->data = data;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	channel->closing = loop_add_timer(loop, on_closing, channel);
	channel->watch = loop_watch_fd(loop, fd, EPOLLIN, on_event, channel);
	return channel;
}

void wire_channel_destroy(struct wire_channel *channel)
{
	if (!channel)
		return;
	if (!channel->is_destroyed) {
		channel->is_destroyed = true;
		loop_watch_remove(own_take(channel->watch));
		loop_timer_remove(channel->closing);
		drop_queue(channel);
		close(channel->fd);
	}
	if (channel->is_busy)
		return;
	free(channel);
}

void wire_channel_set_state(struct wire_channel *channel, uint32_t state)
{
	channel->state = state;
}

unsigned wire_channel_queued(const struct wire_channel *channel)
{
	return channel->queued;
}
