/* SPDX-License-Identifier: Apache-2.0 */
/* People: their names, and who may decide about whom. */
#ifndef SERVER_PERSON_H
#define SERVER_PERSON_H

#include "server/http.h"

/* "NAME" or "TENANT/NAME", together at most DB_NAME_MAX - 1 bytes. */
int person_name_check(const char *name, struct err *err);

/* Where a person belongs: "organisation" or "tenant/NAME". */
void person_home(const char *name, char scope[DB_SCOPE_MAX]);

/*
 * The person, if the one who asks may decide about what they hold: RIGHT_PEOPLE at their home
 * (-ENOENT else) and wherever something was granted to them (-EPERM else).
 */
int person_require(struct request *request, const char *name, struct db_person *ret,
		struct err *err);

/* -EBUSY unless somebody is left who is administrator of the organisation. */
int person_keep_administrator(struct db *db, struct err *err);

/*
 * Ends the transaction of a change that may take away the last administrator: kept when `r` is 0
 * and one is left, undone else. Returns `r` or why not.
 */
int person_commit(struct db *db, int r, struct err *err);

/* A scope where something can be granted, written as the database has it. */
int person_scope_check(const char *scope, struct err *err);

#endif
