/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of the device plane (docs/protocol.md). */
#ifndef SERVER_DEVICE_API_H
#define SERVER_DEVICE_API_H

#include "server/http.h"

int device_enrol(struct request *request, struct err *err);      /* POST enrol */
int device_enrolment(struct request *request, struct err *err);  /* POST enrol/ID */
int device_wait(struct request *request, struct err *err);       /* GET wait */
int device_config(struct request *request, struct err *err);     /* GET config/REVISION */
int device_report(struct request *request, struct err *err);     /* POST report */
int device_orders(struct request *request, struct err *err);     /* POST orders */
int device_order(struct request *request, struct err *err);      /* POST orders/ID */
int device_order_file(struct request *request, struct err *err); /* PUT orders/ID/file */
int device_ca(struct request *request, struct err *err);         /* GET /ca.pem */

/* -EINVAL when the request came without a JSON object. */
int device_need_body(struct request *request, struct err *err);

#endif
