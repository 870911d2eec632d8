// SPDX-License-Identifier: Apache-2.0
#include "agent/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/own.h"

enum { KEEP_IDLE_S = 30, KEEP_EVERY_S = 10, KEEP_COUNT = 4 };

struct dial {
	struct loop *loop;
	struct names_question *question;
	struct names_answer answer;
	unsigned next; /* address to try */
	int fd;
	struct loop_watch *watch;
	struct loop_timer *each, *all;
	uint32_t id;
	enum reason reason; /* of the last attempt */
	dial_done_fn done;
	void *data;
};

bool dial_is_permitted(const struct conf *conf, const char *host, uint16_t port)
{
	for (uint32_t i = 0; i < conf->desktop_count && i < CONF_DESKTOPS_MAX; i++)
		if (conf->desktops[i].port == port && strcasecmp(conf->desktops[i].host, host) == 0)
			return true;
	return false;
}

enum reason dial_reason(int error)
{
	return error == ECONNREFUSED ? REASON_SESSION_REFUSED : REASON_SESSION_TIMEOUT;
}

static void drop_attempt(struct dial *dial)
{
	loop_watch_remove(dial->watch);
	dial->watch = NULL;
	if (dial->fd >= 0)
		close(dial->fd);
	dial->fd = -1;
}

void dial_cancel(struct dial *dial)
{
	if (!dial)
		return;
	names_cancel(dial->question);
	drop_attempt(dial);
	loop_timer_remove(dial->each);
	loop_timer_remove(dial->all);
	free(dial);
}

static void finish(struct dial *dial, enum reason reason)
{
	dial_done_fn done = dial->done;
	void *data = dial->data;
	uint32_t id = dial->id;
	int fd = -1;

	if (reason == REASON_NONE) {
		loop_watch_remove(dial->watch);
		dial->watch = NULL;
		fd = own_take_fd(&dial->fd);
	}
	dial_cancel(dial);
	done(data, id, fd, reason);
}

/* Keys must not wait for more bytes, and a dead server must be noticed within a minute or so. */
static void set_options(int fd)
{
	const struct {
		int level, name, value;
	} options[] = {
			{IPPROTO_TCP, TCP_NODELAY, 1},
			{SOL_SOCKET, SO_KEEPALIVE, 1},
			{IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE_S},
			{IPPROTO_TCP, TCP_KEEPINTVL, KEEP_EVERY_S},
			{IPPROTO_TCP, TCP_KEEPCNT, KEEP_COUNT},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].name, &options[i].value,
				sizeof(options[i].value));
}

static void on_connected(void *data, uint32_t events);

/* True when the attempt is under way; otherwise dial->reason says why not. */
static bool attempt(struct dial *dial, const struct names_address *to)
{
	dial->fd = socket(to->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (dial->fd < 0) {
		dial->reason = dial_reason(errno);
		return false;
	}
	set_options(dial->fd);
	if (connect(dial->fd, (const struct sockaddr *)&to->address, to->size) < 0 &&
			errno != EINPROGRESS) {
		dial->reason = dial_reason(errno);
		drop_attempt(dial);
		return false;
	}
	dial->watch = loop_watch_fd(dial->loop, dial->fd, EPOLLOUT, on_connected, dial);
	loop_timer_set(dial->each, DIAL_EACH_MS);
	return true;
}

static void attempt_next(struct dial *dial)
{
	drop_attempt(dial);
	while (dial->next < dial->answer.count)
		if (attempt(dial, &dial->answer.addresses[dial->next++]))
			return;
	finish(dial, dial->reason);
}

static void on_connected(void *data, uint32_t events)
{
	struct dial *dial = data;
	int error = 0;
	socklen_t size = sizeof(error);

	(void)events;
	if (getsockopt(dial->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (error == 0) {
		finish(dial, REASON_NONE);
		return;
	}
	dial->reason = dial_reason(error);
	attempt_next(dial);
}

static void on_each(void *data)
{
	struct dial *dial = data;

	dial->reason = REASON_SESSION_TIMEOUT;
	attempt_next(dial);
}

static void on_all(void *data)
{
	struct dial *dial = data;

	finish(dial, dial->question ? REASON_SESSION_HOST_UNKNOWN : REASON_SESSION_TIMEOUT);
}

static void on_names(void *data, const struct names_answer *answer)
{
	struct dial *dial = data;

	dial->question = NULL;
	dial->answer = *answer;
	attempt_next(dial);
}

struct dial *dial_start(struct loop *loop, struct names *names, const char *host, uint16_t port,
		uint32_t id, dial_done_fn done, void *data)
{
	struct dial *dial = own_alloc(sizeof(*dial));

	dial->loop = loop;
	dial->fd = -1;
	dial->id = id;
	dial->reason = REASON_SESSION_HOST_UNKNOWN;
	dial->done = done;
	dial->data = data;
	dial->each = loop_add_timer(loop, on_each, dial);
	dial->all = loop_add_timer(loop, on_all, dial);
	loop_timer_set(dial->all, DIAL_ALL_MS);
	dial->question = names_ask_host(names, host, port, on_names, dial);
	if (dial->question)
		return dial;
	/* Too many names are being asked for: the name's answer would not come in time. */
	dial_cancel(dial);
	return NULL;
}
