/* SPDX-License-Identifier: Apache-2.0 */
/* What the server forgets by itself, and after how long: docs/privacy.md. */
#ifndef SERVER_RETENTION_H
#define SERVER_RETENTION_H

struct server;

enum {
	RETENTION_QUALITY_DAYS = 400, /* sums of sessions, per device and day */
	RETENTION_EXPECTED_DAYS =
			180, /* rows of lists that are spent or over; tokens that are over */
};

/* Adds the job to server->jobs. */
void retention_start(struct server *server);

#endif
