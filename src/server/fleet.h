/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every device of the database in memory: what the device plane asks at each check-in is answered
 * without a query. Loaded at the start, kept true by each commit of a publish, and by the bell
 * for what other servers commit.
 */
#ifndef SERVER_FLEET_H
#define SERVER_FLEET_H

#include "server/db.h"

struct server;
struct fleet;

/*
 * One device. A pointer holds until the next publish ends or the bell rings (the device may be
 * removed then): find it again by its id for each request.
 */
struct fleet_device {
	char id[DB_ID_MAX];
	uint8_t certificate[DB_HASH]; /* SHA-256 of its DER */
	int64_t own;                  /* fleet_revision gives the revision */
};

/* Loads all devices of server->db. */
int fleet_open(struct server *server, struct fleet **ret, struct err *err);
void fleet_close(struct fleet *fleet); /* takes NULL */

/* O(1), no query; NULL when there is no such device (any more). */
struct fleet_device *fleet_find(const struct fleet *fleet, const char *id);

/* The newest revision of its config. It only grows. */
int64_t fleet_revision(const struct fleet_device *device);

/*
 * Wake what waits for the device: something about it is new, or it is gone. Other servers hear of
 * revisions by themselves; for anything else use bell_wake.
 */
void fleet_wake(struct server *server, const struct fleet_device *device);

size_t fleet_count(const struct fleet *fleet);

/* --- for publish.c and bell.c */

/* What the database says of one device now: it is new, another, or gone. */
int fleet_refresh(struct fleet *fleet, const char *id, struct err *err);

#endif
