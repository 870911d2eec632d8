/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that are let in without a person who types their code: by a site token, or because a
 * list of expected devices names them. docs/security.md says what each of them proves.
 */
#ifndef SERVER_ADMIT_H
#define SERVER_ADMIT_H

#include "server/db_admit.h"
#include "server/publish.h"

enum { ADMIT_TOKEN_MAX = 128 };

/*
 * A new token for `token->site`; fills id, hash, times and created_s. `text` is what devices get:
 * "tynd-e1_ID_SECRET_" and the SHA-256 of the CA in hex, so that they know whom to tell it.
 */
void admit_make_token(struct server *server, struct db_site_token *token,
		char text[ADMIT_TOKEN_MAX]);

/*
 * What a device showed at its enrolment: fills enrolment->token when it is a valid one, else
 * enrolment->why, a sentence for people. Never an error: without it a person decides.
 */
int admit_check_token(struct server *server, const char *text, struct db_enrolment *enrolment,
		struct err *err);

/*
 * Let the waiting enrolment in when its token or a list says so: its state is APPROVED
 * then. What hinders is in enrolment->why and the device goes on waiting for a person.
 */
int admit_try(struct server *server, struct db_enrolment *enrolment, struct err *err);

/* The row of a list that names this device, -ENOENT without one. */
int admit_expected(struct db *db, const struct db_enrolment *enrolment, struct db_expected *ret,
		struct err *err);

/*
 * Before enrol_approve: what the row says where a person said nothing, and the values of the
 * device's own layer. The row is spent when the transaction is committed.
 */
int admit_prefill(struct publish *publish, const struct db_expected *expected,
		struct db_device *device, struct err *err);

/* Serial numbers and MAC addresses as the list keeps them; "" for what identifies nothing. */
void admit_clean_serial(const char *text, char serial[DB_SERIAL_MAX]);
void admit_clean_mac(const char *text, char mac[DB_MAC_MAX]);

#endif
