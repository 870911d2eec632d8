/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of revisions after an older copy of the database was put back. Devices take only
 * greater ones than they have, and may have some that this copy never knew.
 */
#ifndef SERVER_DB_LIFT_H
#define SERVER_DB_LIFT_H

#include "server/db.h"

enum { DB_LIFT_PER_S = 1000 };

/*
 * A revision with a number that cannot have been given out: DB_LIFT_PER_S for every second since
 * the last sign of life in the database, which no server reaches. Every device gets its config
 * under this number, so that all have what the copy says. Nothing a device claims counts.
 */
int db_lift(struct db *db, int64_t now_s, int64_t *ret, struct err *err);

#endif
