/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers and parts of the device plane that are about inventory and reports. */
#ifndef SERVER_DEVICE_INVENTORY_H
#define SERVER_DEVICE_INVENTORY_H

#include "server/http.h"

/* POST /device/v1/inventory. */
int device_inventory(struct request *request, struct err *err);

/* Takes a user's name out of request->json where it is not to be stored. */
void device_report_user(struct request *request);

/* Adds the report's session quality to the day's sums: before the report takes the place of the last. */
void device_report_quality(struct request *request);

#endif
