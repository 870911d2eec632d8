/* SPDX-License-Identifier: Apache-2.0 */
/* Orders of the helpdesk as the server sends them: checked, and made what is to be done. Pure. */
#ifndef AGENT_ORDER_READ_H
#define AGENT_ORDER_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "wire/agent.h"

enum { ORDER_TASKS_MAX = 16, ORDER_MAC_SIZE = 6, ORDER_WARNING_S = 60 };

enum order_action {
	ORDER_REFUSE, /* `why`: not known, or wrong */
	ORDER_SCREEN, /* `screen` is for the kiosk */
	ORDER_LOCK,   /* so it is, and it holds until ORDER_UNLOCK */
	ORDER_UNLOCK,
	ORDER_RESTART,
	ORDER_UPDATE,
	ORDER_WAKE,
	ORDER_LOGS,
};

struct order_task {
	char id[WIRE_ORDER_ID_MAX];
	enum order_action action;
	struct wire_agent_order screen; /* also a warning before ORDER_RESTART */
	bool is_forced;                 /* RESTART: without a warning */
	uint8_t mac[ORDER_MAC_SIZE];    /* WAKE */
	struct err why;
};

/*
 * The answer to POST orders. An order that makes no sense becomes ORDER_REFUSE, so that the
 * helpdesk hears of it; only what has no usable id at all is an error of the whole answer.
 */
int order_read(const char *text, size_t size, struct order_task tasks[ORDER_TASKS_MAX],
		unsigned *count, struct err *err);

/* "00:11:22:33:44:55" or with hyphens; -EINVAL for anything else, and for addresses of groups. */
int order_read_mac(const char *text, uint8_t mac[ORDER_MAC_SIZE]);

#endif
