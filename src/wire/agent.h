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
 *     MONITORS, QUALITY ------------>                 when they changed; in a session now and then
 *            <----------------------  ORDER {id, kind, ...}   of the helpdesk (wire/order.h)
 *     ORDER_DONE {id, result} ------>                 or ORDER_DONE_FILE + memfd; once per id
 */
#ifndef WIRE_AGENT_H
#define WIRE_AGENT_H

#include "wire/session.h"

#define WIRE_AGENT_SOCKET "/run/tynd/agent"

enum {
	WIRE_URL_MAX = 512,
	WIRE_CODE_MAX = 16,
	WIRE_DETAIL_MAX = 256,
	WIRE_ORDER_ID_MAX = 40,
	WIRE_ORDER_NUMBER_MAX = 16,
	WIRE_ORDER_TEXT_MAX = 1024,
	WIRE_ORDER_SECONDS_MAX = 24 * 60 * 60,
	WIRE_ORDER_FILE_MAX = 8 * 1024 * 1024,
	WIRE_AGENT_MONITORS_MAX = 8,
};

enum wire_agent_type {
	/* kiosk -> agent */
	WIRE_AGENT_HELLO = 200,
	WIRE_AGENT_CONFIG_UP,
	WIRE_AGENT_SERVER,
	WIRE_AGENT_DIAL,
	WIRE_AGENT_SESSION,
	WIRE_AGENT_ORDER_DONE,
	WIRE_AGENT_ORDER_DONE_FILE, /* one descriptor: what was ordered */
	WIRE_AGENT_MONITORS,
	WIRE_AGENT_QUALITY,
	/* agent -> kiosk */
	WIRE_AGENT_STATUS = 250,
	WIRE_AGENT_CONFIG,
	WIRE_AGENT_DIALED,        /* failed: no descriptor */
	WIRE_AGENT_DIALED_SOCKET, /* connected: one descriptor */
	WIRE_AGENT_ORDER,
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

/* One that is lit; texts as in its EDID, "" where that says nothing. */
struct wire_agent_monitor {
	char connector[32];
	char maker[4], model[14], serial[14];
	uint32_t width, height; /* pixels as the person sees them */
	uint32_t refresh_mhz;
	uint32_t width_mm, height_mm; /* 0: not known */
	uint32_t scale_percent;
	uint32_t rotation_degrees;
	uint32_t is_primary;
};

struct wire_agent_monitors {
	struct wire_header header;
	uint32_t count;
	struct wire_agent_monitor list[WIRE_AGENT_MONITORS_MAX];
};

/* How the session goes: of the one that runs, else of the last one. */
struct wire_agent_quality {
	struct wire_header header;
	char desktop[64];
	char user[WIRE_USER_MAX]; /* only where reports.includes_user says so, else "" */
	uint32_t is_running;
	uint32_t sign_in_ms;      /* from the person's word to the first picture */
	uint32_t duration_s;      /* since then */
	uint32_t reconnects;      /* times that the connection came back by itself */
	uint32_t frames_per_s;    /* shown, since the message before */
	uint32_t dropped_per_s;   /* decoded, but never shown */
	uint32_t round_trip_ms;   /* 0: not known */
	uint32_t decoder;         /* enum wire_decoded */
	uint32_t crashes;         /* of session programs since the kiosk started */
	uint32_t has_video;       /* a video was on the screen since the message before */
	uint32_t is_video_direct; /* and from where it was decoded, without a copy by the processor */
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

/*
 * What the screen shall do. Each is answered once; without a kiosk, or when it ends before
 * it answered, the agent decides what that means. Orders wait for each other where only one
 * can be seen; what counts down goes before what does not. The same id again is passed over
 * while the first one stands or waits. While the device is locked, only what can be seen of
 * a locked device is done; the rest is REFUSED.
 */
enum wire_order_kind {
	WIRE_ORDER_IDENTIFY =
			1, /* `number` over all on all monitors, for `seconds` (0: 10); DONE */
	/*
	 * `text` by `severity`: a banner, DONE once it is seen, gone when it is closed or after
	 * `seconds` (0: only closed). With needs_confirmation a dialog: CONFIRMED, or EXPIRED
	 * after `seconds` (0: waits as long as the device runs).
	 */
	WIRE_ORDER_MESSAGE,
	/*
	 * The session ends; nothing but who owns the device, with `text`, until UNLOCK. The agent
	 * keeps it, and sends it after each HELLO before the config. DONE.
	 */
	WIRE_ORDER_LOCK,
	WIRE_ORDER_UNLOCK,
	WIRE_ORDER_SCREENSHOT, /* DONE_FILE: PNG of all monitors; REFUSED by config or person */
	WIRE_ORDER_RESTART_SESSION, /* after `seconds`, counted down: DONE; REFUSED: there is none */
	WIRE_ORDER_SIGN_OUT,        /* the same; DONE also when nobody was signed in */
	/*
	 * Counts `seconds` down before the agent restarts the device: DONE at the end; REFUSED:
	 * postponed by the person, where may_postpone allows it.
	 */
	WIRE_ORDER_RESTART_WARNING,
	WIRE_ORDER_CANCEL, /* what stands or waits with this id is taken away: it ends EXPIRED */
};

enum wire_severity { WIRE_SEVERITY_INFO, WIRE_SEVERITY_WARNING, WIRE_SEVERITY_ALARM };

struct wire_agent_order {
	struct wire_header header;
	uint32_t kind;                      /* enum wire_order_kind */
	uint32_t seconds;                   /* 0..WIRE_ORDER_SECONDS_MAX */
	uint32_t severity;                  /* enum wire_severity */
	uint32_t needs_confirmation;        /* MESSAGE */
	uint32_t may_postpone;              /* RESTART_WARNING */
	char id[WIRE_ORDER_ID_MAX];         /* [A-Za-z0-9._-]+ */
	char number[WIRE_ORDER_NUMBER_MAX]; /* IDENTIFY: "42" */
	char text[WIRE_ORDER_TEXT_MAX];     /* UTF-8, lines ended by \n */
};

enum wire_result {
	WIRE_RESULT_DONE = 1,
	WIRE_RESULT_CONFIRMED, /* a person pressed the button */
	WIRE_RESULT_REFUSED,   /* by the person, or by the config: `detail` says which */
	WIRE_RESULT_FAILED,
	WIRE_RESULT_EXPIRED, /* nobody answered in time, or it was cancelled */
};

/* ORDER_DONE and ORDER_DONE_FILE. */
struct wire_agent_order_done {
	struct wire_header header;
	uint32_t result;    /* enum wire_result; DONE in ORDER_DONE_FILE */
	uint32_t took_s;    /* since the order came */
	uint32_t file_size; /* bytes of the memfd, sealed, <= WIRE_ORDER_FILE_MAX; 0: no file */
	char id[WIRE_ORDER_ID_MAX];
	char detail[WIRE_DETAIL_MAX]; /* English sentence, or "" */
};

#endif
