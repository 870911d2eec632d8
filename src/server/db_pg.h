/* SPDX-License-Identifier: Apache-2.0 */
/* Between the two files of the PostgreSQL driver. */
#ifndef SERVER_DB_PG_H
#define SERVER_DB_PG_H

#include <libpq-fe.h>

#include "server/db.h"

/* May be NULL or bad: look at PQstatus. Waits 3 seconds at most. */
PGconn *pg_connect(const char *address);

const char *pg_address(struct db *db);
int pg_process(struct db *db); /* of the server's side of our connection */

struct db_listener *pg_listen(struct db *db, struct loop *loop, db_ring_fn fn, void *data);

#endif
