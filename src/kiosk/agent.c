/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/agent.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/log.h"
#include "base/text.h"
#include "kiosk/pixels.h"
#include "wire/order.h"

enum { RETRY_FIRST_MS = 50, RETRY_MOST_MS = 2000 };

struct agent {
	struct loop *loop;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct agent_handler handler;
	struct wire_channel *channel; /* NULL: not connected */
	struct loop_timer *retry;
	int64_t delay_ms;
};

static bool is_line(const char *text, size_t size)
{
	return memchr(text, '\0', size) && text_is_utf8(text, strlen(text)) &&
	       !text_has_control(text, NULL);
}

static int on_status(void *data, const void *message, int *fds)
{
	struct agent *agent = data;
	const struct wire_agent_status *status = message;

	(void)fds;
	if (status->phase < WIRE_AGENT_STARTING || status->phase > WIRE_AGENT_OFFLINE ||
			!reason_is_known(status->reason) ||
			!is_line(status->code, sizeof(status->code)) ||
			!is_line(status->server, sizeof(status->server)) ||
			!is_line(status->device, sizeof(status->device)) ||
			!is_line(status->address, sizeof(status->address)) ||
			!is_line(status->detail, sizeof(status->detail)))
		return -EPROTO;
	/* It talks. One that only accepts and hangs up is asked ever less often. */
	agent->delay_ms = RETRY_FIRST_MS;
	agent->handler.on_status(agent->handler.data, status);
	return 0;
}

/* A config that is not right is left alone: without our word the agent takes it back. */
static int on_config(void *data, const void *message, int *fds)
{
	struct agent *agent = data;
	const struct wire_agent_config *config = message;
	const struct conf_signed *content;
	struct pixels *copy;
	struct err err;

	if (pixels_read(fds[0], sizeof(struct conf_signed), &copy, &err) < 0) {
		log_error("config revision %llu was not taken: %s",
				(unsigned long long)config->revision, err.text);
		return 0;
	}
	content = pixels_data(copy);
	if (conf_signed_check(content, &err) < 0)
		log_error("config revision %llu was not taken: %s",
				(unsigned long long)config->revision, err.text);
	else if (content->revision != config->revision)
		log_error("config revision %llu was not taken: it says it is %llu",
				(unsigned long long)config->revision,
				(unsigned long long)content->revision);
	else
		agent->handler.on_config(agent->handler.data, content);
	pixels_unref(copy);
	return 0;
}

static int on_dialed(void *data, const void *message, int *fds)
{
	struct agent *agent = data;
	const struct wire_agent_dialed *dialed = message;
	bool is_socket = dialed->header.type == WIRE_AGENT_DIALED_SOCKET;

	if (!reason_is_known(dialed->reason) || is_socket != (dialed->reason == REASON_NONE))
		return -EPROTO;
	agent->handler.on_dialed(agent->handler.data, dialed->id, (enum reason)dialed->reason,
			is_socket ? fds[0] : -1);
	return 0;
}

static int on_order(void *data, const void *message, int *fds)
{
	struct agent *agent = data;
	const struct wire_agent_order *order = message;
	struct err err;

	(void)fds;
	if (wire_order_check(order, &err) < 0) {
		log_warn("the agent said: %s", err.text);
		return -EPROTO;
	}
	agent->handler.on_order(agent->handler.data, order);
	return 0;
}

static const struct wire_rule rules[] = {
		{WIRE_AGENT_STATUS, sizeof(struct wire_agent_status), 0, 1, "STATUS", on_status},
		{WIRE_AGENT_CONFIG, sizeof(struct wire_agent_config), 1, 1, "CONFIG", on_config},
		{WIRE_AGENT_DIALED, sizeof(struct wire_agent_dialed), 0, 1, "DIALED", on_dialed},
		{WIRE_AGENT_DIALED_SOCKET, sizeof(struct wire_agent_dialed), 1, 1, "DIALED_SOCKET",
				on_dialed},
		{WIRE_AGENT_ORDER, sizeof(struct wire_agent_order), 0, 1, "ORDER", on_order},
};

static void wait_again(struct agent *agent)
{
	loop_timer_set(agent->retry, agent->delay_ms);
	agent->delay_ms *= 2;
	if (agent->delay_ms > RETRY_MOST_MS)
		agent->delay_ms = RETRY_MOST_MS;
}

static void on_closed(void *data, const char *why)
{
	struct agent *agent = data;

	if (why)
		log_error("the agent broke the rules: %s", why);
	else
		log_warn("the agent is gone; going on with what is known");
	wire_channel_destroy(own_take(agent->channel));
	wait_again(agent);
	agent->handler.on_gone(agent->handler.data);
}

static int connect_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	OWNED(fd) int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return own_take_fd(&fd);
}

static void try_connect(void *data)
{
	struct agent *agent = data;
	struct wire_agent_hello hello = {0};
	int fd = connect_socket(agent->path);

	if (fd < 0) {
		wait_again(agent);
		return;
	}
	agent->channel = wire_channel_create(agent->loop, fd, rules,
			sizeof(rules) / sizeof(rules[0]), on_closed, agent);
	wire_init(&hello, WIRE_AGENT_HELLO);
	snprintf(hello.version, sizeof(hello.version), "%s", TYND_VERSION);
	wire_send(agent->channel, &hello, NULL, 0);
	agent->handler.on_up(agent->handler.data);
}

struct agent *agent_create(struct loop *loop, const char *path, const struct agent_handler *handler)
{
	struct agent *agent = own_alloc(sizeof(*agent));

	agent->loop = loop;
	agent->handler = *handler;
	agent->delay_ms = RETRY_FIRST_MS;
	snprintf(agent->path, sizeof(agent->path), "%s", path);
	agent->retry = loop_add_timer(loop, try_connect, agent);
	loop_timer_set(agent->retry, 0);
	return agent;
}

void agent_destroy(struct agent *agent)
{
	if (!agent)
		return;
	wire_channel_destroy(agent->channel);
	loop_timer_remove(agent->retry);
	free(agent);
}

static int send_message(struct agent *agent, const void *message)
{
	return agent->channel ? wire_send(agent->channel, message, NULL, 0) : -EPIPE;
}

int agent_send_config_up(struct agent *agent, uint64_t revision)
{
	struct wire_agent_config_up message = {.revision = revision};

	wire_init(&message, WIRE_AGENT_CONFIG_UP);
	return send_message(agent, &message);
}

int agent_send_server(struct agent *agent, const char *address)
{
	struct wire_agent_server message = {0};
	int code = text_copy(message.address, sizeof(message.address), address);

	if (code < 0)
		return code;
	wire_init(&message, WIRE_AGENT_SERVER);
	return send_message(agent, &message);
}

int agent_send_dial(struct agent *agent, uint32_t id, const char *host, uint16_t port)
{
	struct wire_agent_dial message = {.id = id, .port = port};
	int code = text_copy(message.host, sizeof(message.host), host);

	if (code < 0)
		return code;
	wire_init(&message, WIRE_AGENT_DIAL);
	return send_message(agent, &message);
}

int agent_send_session(struct agent *agent, bool is_running, enum reason reason,
		const char *desktop)
{
	struct wire_agent_session message = {.is_running = is_running, .reason = reason};
	int code = text_copy(message.desktop, sizeof(message.desktop), desktop);

	if (code < 0)
		return code;
	wire_init(&message, WIRE_AGENT_SESSION);
	return send_message(agent, &message);
}

int agent_send_order_done(struct agent *agent, const struct wire_agent_order_done *done, int fd)
{
	struct wire_agent_order_done message = *done;

	if (!agent->channel)
		return -EPIPE;
	if (fd >= 0)
		wire_init(&message, WIRE_AGENT_ORDER_DONE_FILE);
	else
		wire_init(&message, WIRE_AGENT_ORDER_DONE);
	return wire_send(agent->channel, &message, &fd, fd >= 0 ? 1 : 0);
}

int agent_send_told(struct agent *agent, const void *message)
{
	return agent ? send_message(agent, message) : -EPIPE;
}
