/* SPDX-License-Identifier: Apache-2.0 */
/* The kiosk's end of the channel to tynd-agent (wire/agent.h): connects, and connects again. */
#ifndef KIOSK_AGENT_H
#define KIOSK_AGENT_H

#include "base/loop.h"
#include "conf/conf.h"
#include "wire/agent.h"

struct agent;

struct agent_handler {
	void (*on_up)(void *data);
	void (*on_gone)(void *data); /* tried again by itself */
	void (*on_status)(void *data, const struct wire_agent_status *status); /* checked */
	void (*on_config)(void *data, const struct conf_signed *config);       /* checked */
	/* `fd` is -1 with a reason, and closed after the call. */
	void (*on_dialed)(void *data, uint32_t id, enum reason reason, int fd);
	void (*on_order)(void *data, const struct wire_agent_order *order); /* checked */
	void *data;
};

/* Begins to connect to `path` at once. */
struct agent *agent_create(struct loop *loop, const char *path,
		const struct agent_handler *handler);
void agent_destroy(struct agent *agent); /* takes NULL */

/* All of these say -EPIPE while the agent is not there. */
int agent_send_config_up(struct agent *agent, uint64_t revision);
int agent_send_server(struct agent *agent, const char *address);
int agent_send_dial(struct agent *agent, uint32_t id, const char *host, uint16_t port);
int agent_send_session(struct agent *agent, bool is_running, enum reason reason,
		const char *desktop);
/* MONITORS or QUALITY, header and all. */
int agent_send_told(struct agent *agent, const void *message);
/* The answer to an order. `fd` (-1: none) is a sealed memfd of `file_size` bytes, the caller's. */
int agent_send_order_done(struct agent *agent, const struct wire_agent_order_done *done, int fd);

#endif
