/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tynd-kiosk <-> tynd-agent over /run/tynd/agent (SOCK_SEQPACKET, the agent
 * listens and checks SO_PEERCRED). The kiosk connects, and connects again when
 * the agent was restarted; it goes on with what it knows meanwhile.
 *
 *   kiosk                            agent
 *     HELLO  ---------------------->
 *            <----------------------  STATUS          at once and at each change
 *            <----------------------  CONFIG + memfd  at once (when there is one) and when new
 *     CONFIG_UP {revision} --------->                 the screen stood with it
 *     SERVER {address} ------------->                 typed in by a person
 *     DIAL {id, host, port} -------->
 *            <----------------------  DIALED {id, reason} + socket
 *     SESSION {state, reason} ------>                 for reports
 */
#ifndef WIRE_AGENT_H
#define WIRE_AGENT_H

#include "wire/session.h"

#define WIRE_AGENT_SOCKET "/run/tynd/agent"

enum { WIRE_URL_MAX = 512, WIRE_CODE_MAX = 16, WIRE_DETAIL_MAX = 256 };

enum wire_agent_type {
	/* kiosk -> agent */
	WIRE_AGENT_HELLO = 200,
	WIRE_AGENT_CONFIG_UP,
	WIRE_AGENT_SERVER,
	WIRE_AGENT_DIAL,
	WIRE_AGENT_SESSION,
	/* agent -> kiosk */
	WIRE_AGENT_STATUS = 250,
	WIRE_AGENT_CONFIG,
	WIRE_AGENT_DIALED,        /* failed: no descriptor */
	WIRE_AGENT_DIALED_SOCKET, /* connected: one descriptor */
};

struct wire_agent_hello {
	struct wire_header header;
	char version[32];
};

struct wire_agent_config_up {
	struct wire_header header;
	uint64_t revision;
};

struct wire_agent_server {
	struct wire_header header;
	char address[WIRE_URL_MAX]; /* host, host:port or https:// URL, as typed */
};

struct wire_agent_dial {
	struct wire_header header;
	uint32_t id;
	uint16_t port;
	uint16_t zero;
	char host[WIRE_HOST_MAX];
};

struct wire_agent_dialed {
	struct wire_header header;
	uint32_t id;
	uint32_t reason; /* enum reason; REASON_NONE in DIALED_SOCKET */
};

struct wire_agent_session {
	struct wire_header header;
	uint32_t is_running;
	uint32_t reason;  /* why the last one ended */
	char desktop[64]; /* id in the config */
};

enum wire_agent_phase {
	WIRE_AGENT_STARTING = 1,
	WIRE_AGENT_NETWORK,   /* no network yet; `reason` says why */
	WIRE_AGENT_NO_SERVER, /* nobody named a server: ask the person */
	WIRE_AGENT_REACHING,  /* talking, not enrolled */
	WIRE_AGENT_APPROVAL,  /* `code` waits for the helpdesk */
	WIRE_AGENT_REFUSED,   /* the helpdesk said no */
	WIRE_AGENT_ONLINE,    /* enrolled, server reached */
	WIRE_AGENT_OFFLINE,   /* enrolled, server not reached: `reason` */
};

struct wire_agent_status {
	struct wire_header header;
	uint32_t phase;            /* enum wire_agent_phase */
	uint32_t reason;           /* enum reason: what hinders it, REASON_NONE when nothing does */
	char code[WIRE_CODE_MAX];  /* "K7QF-2M9P" in APPROVAL */
	char server[WIRE_URL_MAX]; /* https://host:port */
	char device[WIRE_CODE_MAX * 4]; /* this device's id, or "" */
	char address[64];               /* its own IP address, or "" */
	char detail[WIRE_DETAIL_MAX];   /* English sentence for the small print and the log */
};

/* One memfd, sealed, of sizeof(struct conf_signed): the last good config (conf/conf.h). */
struct wire_agent_config {
	struct wire_header header;
	uint64_t revision;
	uint32_t is_trial; /* not yet proven: CONFIG_UP makes it good */
	uint32_t zero;
};

#endif
