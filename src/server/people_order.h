/* SPDX-License-Identifier: Apache-2.0 */
/* Orders to devices, for people. docs/api.md. */
#ifndef SERVER_PEOPLE_ORDER_H
#define SERVER_PEOPLE_ORDER_H

#include "server/people.h"

int people_order_make(struct request *request, struct err *err);
int people_orders(struct request *request, struct err *err);
int people_order_get(struct request *request, struct err *err);
int people_order_devices(struct request *request, struct err *err);
int people_order_cancel(struct request *request, struct err *err);
int people_order_file(struct request *request, struct err *err);
int people_device_orders(struct request *request, struct err *err);

#endif
