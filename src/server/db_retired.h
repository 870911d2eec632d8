/* SPDX-License-Identifier: Apache-2.0 */
/* Devices whose certificate ended: removed, or replaced by another one. As db.h is for the rest. */
#ifndef SERVER_DB_RETIRED_H
#define SERVER_DB_RETIRED_H

#include "server/db.h"

enum { DB_BEFORE_MAX = 64 * 1024 };

struct db_retired {
	struct db_device device; /* id, name, place, certificate, hardware, approval */
	int64_t retired_s;
	char successor[DB_ID_MAX]; /* "": removed */
	char *before; /* what the successor was, JSON or NULL; db_retired_finish frees it */
};

void db_retired_finish(struct db_retired *retired);

static inline void own_end_retired(struct db_retired *retired)
{
	db_retired_finish(retired);
}

/* Takes the place of an earlier row of the same device. */
int db_retired_put(struct db *db, const struct db_retired *retired, struct err *err);
int db_retired_get(struct db *db, const char *id, struct db_retired *ret, struct err *err);
/* The newest one that this device replaced. */
int db_retired_by_successor(struct db *db, const char *successor, struct db_retired *ret,
		struct err *err);
int db_retired_remove(struct db *db, const char *id, struct err *err);
/* From now on it counts as removed. */
int db_retired_release(struct db *db, const char *id, struct err *err);

/* `fn` gets rows of those that were replaced and not removed since; by id. */
typedef int (*db_retired_fn)(void *data, const struct db_retired *retired);
int db_retired_list(struct db *db, const char *scopes, const struct db_page *page, db_retired_fn fn,
		void *data, struct err *err);

#endif
