/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which devices are online, as events: "device", with what a console shows of one. Those that were
 * heard of lately are known in memory; a sweep finds who was not. Changes of one device within a
 * second are one event; many devices at once are one {"many": true}.
 */
#ifndef SERVER_PRESENCE_H
#define SERVER_PRESENCE_H

struct server;
struct presence;

struct presence *presence_create(struct server *server);
void presence_destroy(struct presence *presence); /* takes NULL */

/* The device was heard of. No query, no event unless it was offline. */
void presence_heard(struct server *server, const char *device);

/* The same with its report, whose changes are told. */
void presence_reported(struct server *server, const char *device, const char *report);

/* Look who was not heard of for long; what a timer calls every few seconds. */
void presence_sweep(struct presence *presence);

#endif
