/* SPDX-License-Identifier: Apache-2.0 */
/* What the server forgets by itself, and after how long: docs/privacy.md. */
#ifndef SERVER_RETENTION_H
#define SERVER_RETENTION_H

#include "server/db.h"

struct server;

enum retention {
	RETENTION_REPORTS,     /* the last one of a device that was not heard of since */
	RETENTION_QUALITY,     /* sums of sessions, per device and day */
	RETENTION_ORDERS,      /* with their results and files; what waits stays */
	RETENTION_ORDER_FILES, /* screenshots and logs that devices sent */
	RETENTION_EXPECTED,    /* rows of lists that are spent or over; tokens that are over */
	RETENTION_INVENTORY_CHANGES, /* the newest 200 of a device at most, however young */
	RETENTION_DELIVERIES,        /* of webhooks, that were given up */
	RETENTION_COUNT,
};

struct retention_time {
	const char *name; /* in the API and in the database */
	int64_t days;     /* unless something else was set */
	int64_t least, most;
};

extern const struct retention_time retention_times[RETENTION_COUNT];

/* What was set, else the default. */
int retention_load(struct db *db, int64_t days[RETENTION_COUNT], struct err *err);
/* Inside a transaction. */
int retention_save(struct db *db, const int64_t days[RETENTION_COUNT], struct err *err);

/* Forgets what is too old now; the job does it each hour. */
int retention_forget(struct server *server, struct err *err);

/* Adds the job to server->jobs. */
void retention_start(struct server *server);

#endif
