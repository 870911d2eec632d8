/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON of docs/protocol.md, device's side: requests as text, answers as structs.
 * Pure. Answers may come from anywhere before enrolment: each value is checked, keys
 * of a newer server are passed over.
 */
#ifndef AGENT_MESSAGES_H
#define AGENT_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/agent.h"

struct health;

enum {
	MESSAGES_NONCE_SIZE = 32,
	MESSAGES_HASH_SIZE = 32,
	MESSAGES_ORDERS_MAX = 1000,
	MESSAGES_PEM_MAX = 16 * 1024, /* bytes of one PEM text with NUL */
	MESSAGES_TOKEN_MAX = 128,     /* site token with NUL */
	MESSAGES_ID_MAX = 65,         /* enrolment or device: 1..64 of [A-Za-z0-9._-] */
};

/* What the helpdesk sees of a device that asks to be approved. */
struct messages_hardware {
	char model[64], serial[64], mac[32], arch[16], version[32];
};

/* What a device shows for being let in, besides its key. */
struct messages_claim {
	const char *token; /* of its site; NULL: none */
	const char *was;   /* the device that it was before it was removed; NULL: none */
};

/* Body of POST enrol; free(). */
char *messages_enrol(const char *csr, const uint8_t commitment[MESSAGES_HASH_SIZE],
		const struct messages_hardware *hardware, const struct messages_claim *claim);

struct messages_enrolment {
	char id[MESSAGES_ID_MAX];
	uint8_t nonce[MESSAGES_NONCE_SIZE];
	uint8_t config_key[32];
	char ca[MESSAGES_PEM_MAX];
};

int messages_read_enrolment(const char *text, size_t size, struct messages_enrolment *ret,
		struct err *err);

/* Body of POST enrol/ID; free(). */
char *messages_poll(const uint8_t nonce[MESSAGES_NONCE_SIZE], unsigned wait_s);

enum messages_state { MESSAGES_WAITING, MESSAGES_APPROVED, MESSAGES_REFUSED };

struct messages_decision {
	enum messages_state state;
	char device[MESSAGES_ID_MAX]; /* when approved */
	char certificate[MESSAGES_PEM_MAX];
	char why[WIRE_DETAIL_MAX]; /* when refused, or why a token did not do; may be "" */
};

int messages_read_decision(const char *text, size_t size, struct messages_decision *ret,
		struct err *err);

/* The answer to wait: the newest config for this device, which may be the one it has. */
struct messages_offer {
	uint64_t revision;
	unsigned orders; /* that wait for it */
};

int messages_read_offer(const char *text, size_t size, struct messages_offer *ret, struct err *err);

/* What is running here. */
struct messages_report {
	uint64_t revision;  /* 0: none */
	const char *state;  /* "good", "trial", "returned" */
	enum reason reason; /* REASON_NONE: nothing hinders */
	char detail[WIRE_DETAIL_MAX];
	char address[64];
	const char *screen;
	bool is_session_running;
	char desktop[64];
	enum reason session_reason;
	const struct health *health; /* NULL: nothing beside it */
};

/* Body of POST report; free(). */
char *messages_report(const struct messages_report *report);

/* The server's sentence in {"error": ...}, or "" when there is none that can be shown. */
void messages_read_error(const char *text, size_t size, char error[WIRE_DETAIL_MAX]);

/* Whether the server says that it removed this device (docs/protocol.md, "removed"). */
bool messages_read_removed(const char *text, size_t size);

/* Copy `text`, cut to `size` bytes between characters. */
void messages_cut(char *buffer, size_t size, const char *text);

/* 1..64 of [A-Za-z0-9._-], not beginning with a dot: fit for a path and a log. */
bool messages_is_id(const char *id);

#endif
