/* SPDX-License-Identifier: Apache-2.0 */
#include "session/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/own.h"
#include "base/text.h"

enum {
	DIAL_LIMIT_MS = 30 * 1000, /* the agent has its own, shorter one */
	KEEPALIVE_IDLE_S = 30,     /* a desktop that lost its power is noticed ... */
	KEEPALIVE_INTERVAL_S = 10,
	UNANSWERED_MS = 60 * 1000, /* ... after this long */
};

int dial_answer(struct session *session, const struct wire_session_dialed *answer, int *fd)
{
	if (answer->id != session->dial_id || session->is_dialed)
		return -EPROTO;
	session->is_dialed = true;
	if (fd)
		session->dialed_fd = own_take_fd(fd);
	else if (reason_is_known(answer->reason) && answer->reason != REASON_NONE)
		session->reason = (enum reason)answer->reason;
	else
		session->reason = REASON_SESSION_SERVER_CLOSED;
	return 0;
}

/* Only failures of setting what is good to have: the connection works without. */
static void set_option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		log_debug("socket option %d/%d: %s", level, name, strerror(errno));
}

/* FreeRDP wants our address for the server's logs. */
static bool name_address(rdpSettings *settings, int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} own = {0};
	socklen_t size = sizeof(own);
	char text[INET6_ADDRSTRLEN] = "";

	if (getsockname(fd, &own.any, &size) < 0)
		return false;
	bool is_v6 = own.any.sa_family == AF_INET6;
	if (is_v6)
		inet_ntop(AF_INET6, &own.v6.sin6_addr, text, sizeof(text));
	else if (own.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &own.v4.sin_addr, text, sizeof(text));
	else
		return false;
	return freerdp_settings_set_bool(settings, FreeRDP_IPv6Enabled, is_v6) &&
	       freerdp_settings_set_string(settings, FreeRDP_ClientAddress, text);
}

static int prepare_socket(rdpSettings *settings, int fd)
{
	if (!name_address(settings, fd)) {
		log_error("the kiosk gave a descriptor that is no TCP socket");
		return -EPROTO;
	}
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNANSWERED_MS);
	return 0;
}

static int ask(struct session *session, const char *host, int port)
{
	struct wire_session_dial message = {.id = ++session->dial_id, .port = (uint16_t)port};

	if (port < 1 || port > UINT16_MAX ||
			text_copy(message.host, sizeof(message.host), host) < 0)
		return -EINVAL;
	wire_init(&message, WIRE_SESSION_DIAL);
	session->is_dialed = false;
	return wire_send(session->channel, &message, NULL, 0);
}

/* FreeRDP dials once more by itself when a connection broke; only redirections may. */
static bool may_dial(struct session *session, const rdpSettings *settings)
{
	if (session->is_ended || session->reason != REASON_NONE)
		return false;
	if (session->dial_count == 0)
		return true;
	return session->dial_count < SESSION_DIALS_MAX &&
	       freerdp_settings_get_uint32(settings, FreeRDP_RedirectionFlags) != 0;
}

/*
 * A redirection dials from within FreeRDP: until it has its socket nobody else may call it. The
 * descriptors of the old connection are closed, and the new one may get their numbers: the set
 * is made anew after it.
 */
static void rest_handles(struct session *session, bool is_resting)
{
	session->rdp_fd_count = 0;
	if (session->rdp_watch)
		loop_watch_set(session->rdp_watch, is_resting ? 0 : EPOLLIN);
}

/* The wire's answer, or the end of our patience. */
static int wait_for_answer(struct session *session, rdpContext *context)
{
	int64_t until_ms = loop_now_ms() + DIAL_LIMIT_MS;

	while (!session->is_dialed && !session->is_ended && session->reason == REASON_NONE) {
		int64_t left_ms = until_ms - loop_now_ms();

		if (left_ms <= 0 || freerdp_shall_disconnect_context(context)) {
			session->reason = REASON_SESSION_TIMEOUT;
			return -ETIMEDOUT;
		}
		loop_step(session->loop, left_ms < 500 ? (int)left_ms : 500);
	}
	return 0;
}

int dial(rdpContext *context, rdpSettings *settings, const char *host, int port, DWORD timeout_ms)
{
	struct session *session = session_of(context);

	(void)timeout_ms;
	if (!may_dial(session, settings))
		return -1;
	session->dial_count++;
	session_set_phase(session, WIRE_PHASE_REACHING);
	if (ask(session, host, port) < 0) {
		session->reason = REASON_SESSION_PROTOCOL;
		return -1;
	}
	rest_handles(session, true);
	int r = wait_for_answer(session, context);
	rest_handles(session, false);
	if (r < 0)
		return -1;
	OWNED(fd) int fd = own_take_fd(&session->dialed_fd);

	session->socket = fd;
	if (fd < 0 || prepare_socket(settings, fd) < 0) {
		if (session->reason == REASON_NONE)
			session->reason = REASON_SESSION_SERVER_CLOSED;
		return -1;
	}
	session_set_phase(session, WIRE_PHASE_SECURING);
	return own_take_fd(&fd);
}
