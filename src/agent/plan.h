/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent does next. It does one thing at a time towards the server (the
 * report aside): find it, enrol, ask whether that was approved, wait for a config,
 * fetch it. Everything that happened is in this value; nothing here does I/O.
 */
#ifndef AGENT_PLAN_H
#define AGENT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/network.h"
#include "wire/agent.h"
#include "wire/reason.h"

enum plan_step {
	PLAN_REST,  /* until something changes: no network, or nobody named a server */
	PLAN_LOOK,  /* DNS SRV */
	PLAN_ENROL, /* first half: commitment */
	PLAN_POLL,  /* second half: nonce, and whether the helpdesk approved */
	PLAN_WAIT,  /* long-poll for a newer config */
	PLAN_FETCH, /* the offered one */
};

struct plan {
	enum network_state network;
	bool is_enrolled;   /* trust is there */
	bool has_server;    /* its address is known */
	bool has_domain;    /* DNS SRV can be asked */
	bool has_enrolment; /* the server gave us an enrolment */
	bool is_code_known; /* to the server, so it can be shown: the nonce was told */
	bool has_offer;     /* a config that was not fetched yet */
	bool is_refused;    /* by a person, or removed */
	bool is_reached;    /* the last exchange worked, whatever it brought */
	unsigned failures;  /* in a row */
	enum reason reason; /* of the last failure; REASON_NONE after a success */
};

enum plan_step plan_next(const struct plan *plan);

enum plan_event_kind {
	PLAN_DONE, /* it worked: found, enrolled, approved, offered or fetched */
	PLAN_NOTHING, /* it worked and there is nothing: no SRV, still waiting, no newer config, or one newer than that */
	PLAN_FAILED, /* `reason` */
	PLAN_GONE,   /* the server forgot the enrolment: begin anew */
	PLAN_DENIED, /* the server refuses this device */
};

struct plan_event {
	enum plan_event_kind kind;
	enum reason reason;
	int64_t retry_after_s;
	int64_t took_ms;
	uint32_t random;
};

/* Take in how `step` ended; returns the pause before plan_next is due, in ms. */
int64_t plan_after(struct plan *plan, enum plan_step step, const struct plan_event *event);

/* Surroundings changed. True when what was done so far is to be dropped and begun at once. */
bool plan_set_network(struct plan *plan, enum network_state network, bool has_other_address);

/* What the person is shown. `*reason` is what hinders. */
enum wire_agent_phase plan_phase(const struct plan *plan, enum reason *reason);

#endif
