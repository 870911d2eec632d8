/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device keeps: a folder of small files, each replaced whole, so that a power
 * cut leaves old or new. Nothing in it is believed: the key must be a key, certificates
 * must fit it, configs are verified by signature again at each start. A folder that is
 * missing, full or read-only is no reason to stop: the agent says so and goes on in RAM.
 *
 *   key.pem     the device's P-256 key, 0600
 *   trust.json  server, device id, certificate, CA, config key: written once, at approval
 *   state.json  what must not be forgotten: greatest revision, newest signed time ...
 *   current     envelope of the last good config; previous: of the one before it
 *   trial       envelope of the one that has not proven itself yet
 *   orders.json orders that were taken, results that the server does not have, whether it is locked
 */
#ifndef AGENT_STORE_H
#define AGENT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/messages.h"
#include "base/array.h"
#include "base/err.h"

enum store_file {
	STORE_KEY,
	STORE_TRUST,
	STORE_STATE,
	STORE_CURRENT,
	STORE_PREVIOUS,
	STORE_TRIAL,
	STORE_ORDERS,
};

enum { STORE_FILE_MAX = 1024 * 1024, STORE_PATH_MAX = 512 };

struct store {
	char folder[STORE_PATH_MAX];
	struct err trouble; /* the last write that failed; "" after one that worked */
};

/* Makes the folder when it is missing. Always usable: a failure is in `trouble`. */
struct store store_open(const char *folder);

/* Append the file to `bytes` (at most its maximum). -ENOENT: there is none. */
int store_read(const struct store *store, enum store_file file, struct array *bytes,
		struct err *err);
int store_write(struct store *store, enum store_file file, const void *bytes, size_t size);
/* Works on a full disk as well. A missing `from` is -ENOENT. */
int store_rename(struct store *store, enum store_file from, enum store_file to);
/* A file that is not there is no failure. */
int store_remove(struct store *store, enum store_file file);

/* What enrolment brought. */
struct store_trust {
	char server[WIRE_URL_MAX]; /* https://host:port */
	char device[MESSAGES_ID_MAX];
	char certificate[MESSAGES_PEM_MAX];
	char ca[MESSAGES_PEM_MAX];
	uint8_t config_key[32];
};

/* Text of trust.json, free(); and back, taking any bytes. */
char *store_print_trust(const struct store_trust *trust);
int store_parse_trust(const void *text, size_t size, struct store_trust *ret, struct err *err);

/* What must not be forgotten. */
struct store_state {
	uint64_t seen;            /* greatest revision ever accepted: the floor */
	uint64_t returned;        /* revision that did not come up; 0: none */
	int64_t issued_s;         /* newest signed time: the floor of the clock */
	uint32_t trial_starts;    /* starts with what is on trial */
	char typed[WIRE_URL_MAX]; /* server that a person typed in; "": none */
};

char *store_print_state(const struct store_state *state);
int store_parse_state(const void *text, size_t size, struct store_state *ret, struct err *err);

#endif
