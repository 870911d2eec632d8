/* SPDX-License-Identifier: Apache-2.0 */
/* Who did what, when, from where and with which result: one record for each request that changes. */
#ifndef SERVER_AUDIT_H
#define SERVER_AUDIT_H

#include "server/http.h"

/*
 * Append the record of a person's request that was answered with `status`. Refused ones are
 * recorded as well; what only reads is not.
 */
int audit_append(struct request *request, int status, struct err *err);

/*
 * Of what was done on the server's machine, past the API: nobody's, from "local". Inside a
 * transaction.
 */
int audit_append_local(struct db *db, const char *action, struct err *err);

/* A record as the chain's hash wants it; the caller deletes it. */
cJSON *audit_record(const struct db_audit *audit);

#endif
