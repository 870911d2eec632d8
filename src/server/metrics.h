/* SPDX-License-Identifier: Apache-2.0 */
/* What a monitoring system asks for: text in Prometheus' exposition format, version 0.0.4. */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include <stdint.h>

#include "server/route.h"

struct request;

/* Counted since the start. */
struct metrics {
	int64_t started_s;
	uint64_t answers[3][6]; /* by who asked (enum route_access) and hundreds of the status */
	unsigned connections;
};

void metrics_count(struct metrics *metrics, enum route_access access, int status);

/* The handler of GET /metrics. */
int metrics_answer(struct request *request, struct err *err);

#endif
