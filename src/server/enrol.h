/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolments: bounded, with a code that a person compares, decided once. */
#ifndef SERVER_ENROL_H
#define SERVER_ENROL_H

#include "server/publish.h"

enum {
	ENROL_WAITING_MAX = 1000, /* undecided ones */
	ENROL_ADDRESS_MAX = 250,  /* of them from one address: a whole site behind a router */
	ENROL_IDLE_S = 120,       /* one that asks no more makes place when there is none */
	ENROL_LIFE_S = 24 * 3600,
};

/*
 * Store a new enrolment with csr, key, commitment, hardware and address set; fills id, nonce
 * and times. -EDQUOT: too many from there; -EAGAIN: too many at all.
 */
int enrol_begin(struct server *server, struct db_enrolment *enrolment, struct err *err);

/* The device shows its nonce: the first time fixes the code. -EACCES for a wrong nonce. */
int enrol_reveal(struct server *server, const char *id, const uint8_t nonce[32],
		struct db_enrolment *ret, struct err *err);

void enrol_new_id(char id[DB_ID_MAX]);

/* Make a device of it. `device` has id, name or "", site, groups and approved_by; gets the rest. */
int enrol_approve(struct publish *publish, struct db_enrolment *enrolment, struct db_device *device,
		struct err *err);

/* Also wakes the device. */
int enrol_refuse(struct server *server, struct db_enrolment *enrolment, const char *reason,
		struct err *err);
void enrol_wake(struct server *server, const struct db_enrolment *enrolment);

#endif
