/* SPDX-License-Identifier: Apache-2.0 */
/* Orders as people see them. */
#ifndef SERVER_PEOPLE_ORDER_JSON_H
#define SERVER_PEOPLE_ORDER_JSON_H

#include "server/db_order.h"
#include "server/people.h"

cJSON *people_order_json(const struct db_order *order);
cJSON *people_order_device_json(const struct db_order_device *device);

/* The order with the counts of its states. */
int people_order_answer(struct request *request, int status, const struct db_order *order,
		struct err *err);

#endif
