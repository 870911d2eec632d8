/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many devices in one process, each with its own key, certificate and connection, speaking the
 * protocol of docs/protocol.md with the agent's own messages and verification: for measuring a
 * server, and for a demo with a municipality around the one real device.
 */
#ifndef FLEET_FLEET_H
#define FLEET_FLEET_H

#include <stdio.h>

#include "agent/key.h"
#include "agent/messages.h"
#include "conf/code.h"
#include "conf/conf.h"
#include "fleet/link.h"

enum { FLEET_DEVICES_MAX = 100000, FLEET_VERSION_MAX = 32 };

enum fleet_state {
	FLEET_IDLE, /* waits for its turn */
	FLEET_ENROLLING,
	FLEET_WAITING,  /* its code is told, a person has to approve it */
	FLEET_ENROLLED, /* about to ask for its config */
	FLEET_PARKED,   /* its long-poll waits */
	FLEET_GONE,     /* dropped out: switched off, or cut from the network */
	FLEET_STATES,
};

/* What a device keeps when the program ends: a line of the state file. */
struct fleet_trust {
	char id[MESSAGES_ID_MAX];
	uint8_t config_key[32];
	X509 *certificate;
	EVP_PKEY *key;
};

/* Only while it enrols. */
struct fleet_enrolment {
	uint8_t nonce[MESSAGES_NONCE_SIZE];
	char id[MESSAGES_ID_MAX];
	char code[CODE_SIZE];
};

struct fleet_device {
	struct fleet *fleet;
	unsigned number; /* 0.. in the whole fleet, over all processes */
	enum fleet_state state;
	struct fleet_trust trust;
	struct fleet_enrolment *enrolment;
	struct link link;
	struct alarm next; /* of the line of steps */
	struct alarm life; /* sessions begin and end */
	unsigned failures;
	uint64_t revision; /* held */
	uint64_t told;     /* the newest revision heard of */
	int32_t answer_us; /* the first answer after it reconnected; -1: none yet */
	bool is_reached;   /* the last exchange worked: the next wait may be long */
	bool is_faulty;    /* takes no config: reports that it went back */
	bool is_slow;      /* thinks for a while before each step */
	bool is_in_session;
	bool has_told_inventory;
	char version[FLEET_VERSION_MAX]; /* of its firmware */
};

struct fleet_options {
	const char *server; /* "127.0.0.1:8443" */
	const char *token;  /* of a site, shown at enrolment; NULL: none */
	const char *state;  /* file of what devices keep; NULL: nothing is kept */
	unsigned count, first;
	unsigned wait_s;          /* of a long-poll */
	unsigned spread_ms;       /* over which they begin */
	unsigned enrolling;       /* at the same time */
	unsigned session_percent; /* of the devices, on average */
	unsigned session_s;       /* how long one lasts on average; 0: they never change */
	unsigned report_s;        /* between reports without a cause; 0: none */
	unsigned inventory;       /* 1: tell it once */
};

struct fleet {
	struct fleet_options options;
	struct loop *loop;
	struct alarms *alarms;
	struct links *links;
	X509 *ca; /* the server's, the same for all */
	struct fleet_device *devices;
	unsigned counts[FLEET_STATES];
	unsigned errors;      /* answers and configs that should not have been */
	unsigned busy;        /* 429 and 503 */
	unsigned unreachable; /* no answer at all */
	uint64_t reports, fetched, orders, check_ins;
	uint64_t newest; /* revision that somebody heard of */
	unsigned told;   /* devices that heard of it */
	int64_t first_us, last_us;
	int64_t back_us; /* when the last of those that reconnected was answered */
	struct alarm tell;
	bool is_quiet; /* whoever is told of a config rests: for measuring the telling alone */
};

/* --- device.c: the line of steps */

/* Go on `delay_ms` from now: with a certificate by waiting for configs, without by enrolling. */
void device_begin(struct fleet_device *device, int64_t delay_ms);
void device_enter(struct fleet_device *device, enum fleet_state state);

/* Send JSON (NULL: GET); `done` has to begin with device_has_failed. */
void device_request(struct fleet_device *device, const char *method, const char *path,
		const char *body, unsigned wait_s, link_done_fn done);

/* Counts what went wrong, and tries again later. */
bool device_has_failed(struct fleet_device *device, const struct link_answer *answer);

/* The step is done: what comes next? */
void device_go_on(struct fleet_device *device);

/* Drop the connection and begin anew after a random part of `spread_ms`. */
void device_reconnect(struct fleet_device *device, unsigned spread_ms);
void device_leave(struct fleet_device *device); /* FLEET_GONE, until device_reconnect */
void device_finish(struct fleet_device *device);
uint32_t device_random(void);

/* --- enrol.c */

void enrol_step(struct fleet_device *device);

/* --- say.c: what a device tells */

void say_report(struct fleet_device *device, link_done_fn done);
void say_inventory(struct fleet_device *device, link_done_fn done);
void say_hardware(const struct fleet_device *device, struct messages_hardware *ret);

/* --- order.c */

/* Take the orders that wait and answer each; then device_go_on. */
void order_take(struct fleet_device *device);

/* --- trust.c */

int trust_load(struct fleet *fleet, struct err *err);
int trust_save(const struct fleet *fleet, struct err *err);
/* The CA as this fleet knows it; the first one is kept. */
int trust_ca(struct fleet *fleet, const char *pem, struct err *err);

/* --- main.c */

/* A line of JSON on stdout for whoever drives the fleet. */
void fleet_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fleet_told(struct fleet_device *device, uint64_t revision);

#endif
