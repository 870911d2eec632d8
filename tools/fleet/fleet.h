/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many devices in one process, each with its own key, certificate and connection, speaking the
 * protocol of docs/protocol.md with the agent's own HTTPS, messages and verification: for
 * measuring a server, and for a demo with a municipality around the one real device.
 */
#ifndef FLEET_FLEET_H
#define FLEET_FLEET_H

#include <stdio.h>

#include "agent/http.h"
#include "agent/key.h"
#include "agent/messages.h"
#include "base/loop.h"
#include "conf/code.h"

enum { FLEET_DEVICES_MAX = 100000 };

enum fleet_state {
	FLEET_IDLE, /* waits for its turn */
	FLEET_ENROLLING,
	FLEET_WAITING,  /* its code is told, a person has to approve it */
	FLEET_ENROLLED, /* about to ask for its config */
	FLEET_PARKED,   /* its long-poll waits */
	FLEET_STATES,
};

/* What a device keeps when the program ends: a line of the state file. */
struct fleet_trust {
	char id[MESSAGES_ID_MAX];
	uint8_t config_key[32];
	X509 *certificate, *ca;
	EVP_PKEY *key;
};

struct fleet_device {
	struct fleet *fleet;
	unsigned number; /* 0.. in the whole fleet, over all processes */
	enum fleet_state state;
	struct fleet_trust trust;
	struct http *http;
	struct http_request *request; /* under way, or NULL */
	struct loop_timer *timer;
	unsigned failures;
	uint64_t revision; /* held */
	bool is_faulty;    /* takes no config: reports that it went back */
	uint8_t nonce[MESSAGES_NONCE_SIZE];
	char enrolment[MESSAGES_ID_MAX];
	char code[CODE_SIZE];
	uint64_t told; /* the newest revision heard of */
};

struct fleet_options {
	const char *server; /* "127.0.0.1:8443" */
	const char *token;  /* of a site, shown at enrolment; NULL: none */
	const char *state;  /* file of what devices keep; NULL: nothing is kept */
	unsigned count, first;
	unsigned wait_s;    /* of a long-poll */
	unsigned spread_ms; /* over which they begin */
	unsigned enrolling; /* at the same time */
	unsigned session_percent;
};

struct fleet {
	struct fleet_options options;
	struct loop *loop;
	struct fleet_device *devices;
	unsigned counts[FLEET_STATES];
	unsigned errors;
	uint64_t reports, fetched;
	uint64_t newest; /* revision that somebody heard of */
	unsigned told;   /* devices that heard of it */
	int64_t first_us, last_us;
	struct loop_timer *tell;
};

/* --- device.c */

/* Begin `delay_ms` from now: with a certificate by waiting for configs, without by enrolling. */
void device_begin(struct fleet_device *device, int64_t delay_ms);
void device_enter(struct fleet_device *device, enum fleet_state state);

/* Drop the connection and begin anew after a random part of `spread_ms`. */
void device_reconnect(struct fleet_device *device, unsigned spread_ms);
void device_finish(struct fleet_device *device);

/* --- trust.c */

int trust_load(struct fleet *fleet, struct err *err);
int trust_save(const struct fleet *fleet, struct err *err);

/* --- main.c */

/* A line of JSON on stdout for whoever drives the fleet. */
void fleet_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fleet_told(struct fleet_device *device, uint64_t revision);

#endif
