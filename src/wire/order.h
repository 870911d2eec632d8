/* SPDX-License-Identifier: Apache-2.0 */
/* What both ends check of an order and of its result (wire/agent.h). Pure. */
#ifndef WIRE_ORDER_H
#define WIRE_ORDER_H

#include "wire/agent.h"

/* -EINVAL with what is wrong: kind, ranges, id, texts terminated and UTF-8. */
int wire_order_check(const struct wire_agent_order *order, struct err *err);

/* As the message's type promises it: a file exactly with ORDER_DONE_FILE, and then done. */
int wire_order_done_check(const struct wire_agent_order_done *done, struct err *err);

/* "identify", "restart_session" ...; "?" for what is not listed. */
const char *wire_order_name(uint32_t kind);

#endif
