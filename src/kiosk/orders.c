/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/orders.h"

#include <errno.h>
#include <string.h>

bool orders_is_countdown(const struct wire_agent_order *order)
{
	return order->kind == WIRE_ORDER_RESTART_WARNING || order->kind == WIRE_ORDER_SIGN_OUT ||
	       order->kind == WIRE_ORDER_RESTART_SESSION || order->kind == WIRE_ORDER_SCREENSHOT;
}

int orders_find(const struct orders *orders, const char *id)
{
	for (unsigned i = 0; i < orders->count; i++)
		if (strcmp(orders->list[i].order.id, id) == 0)
			return (int)i;
	return -1;
}

int orders_add(struct orders *orders, const struct wire_agent_order *order, int64_t now_ms)
{
	unsigned at = orders->count;

	if (orders_find(orders, order->id) >= 0)
		return -EEXIST;
	if (orders->count == ORDERS_MAX)
		return -ENOSPC;
	while (orders_is_countdown(order) && at > 0 &&
			!orders_is_countdown(&orders->list[at - 1].order))
		at--;
	memmove(orders->list + at + 1, orders->list + at,
			sizeof(orders->list[0]) * (orders->count - at));
	orders->list[at] =
			(struct orders_entry){.order = *order, .came_ms = now_ms, .shown_ms = -1};
	orders->count++;
	return 0;
}

void orders_drop(struct orders *orders, unsigned index)
{
	orders->count--;
	memmove(orders->list + index, orders->list + index + 1,
			sizeof(orders->list[0]) * (orders->count - index));
	memset(&orders->list[orders->count], 0, sizeof(orders->list[0]));
}
