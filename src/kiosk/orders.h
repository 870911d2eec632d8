/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders that wait for their turn on the screen: the first one stands there, the others
 * behind it. What counts down goes before what does not. Pure.
 */
#ifndef KIOSK_ORDERS_H
#define KIOSK_ORDERS_H

#include <stdbool.h>

#include "wire/agent.h"

enum { ORDERS_MAX = 16 };

struct orders_entry {
	struct wire_agent_order order;
	int64_t came_ms;
	int64_t shown_ms; /* first seen; -1: not yet */
	bool is_read;     /* a countdown whose dialog was answered: only a banner any more */
};

struct orders {
	unsigned count;
	struct orders_entry list[ORDERS_MAX];
};

/* Behind the others of its kind. -ENOSPC: too many wait; -EEXIST: this one does already. */
int orders_add(struct orders *orders, const struct wire_agent_order *order, int64_t now_ms);

/* Its place; -1: it is not here. */
int orders_find(const struct orders *orders, const char *id);
void orders_drop(struct orders *orders, unsigned index);

/* Whether it ends by itself some time after it was first seen. */
bool orders_is_countdown(const struct wire_agent_order *order);

#endif
