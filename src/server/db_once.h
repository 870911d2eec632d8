/* SPDX-License-Identifier: Apache-2.0 */
/* Requests with a key of their own, as rows; once.h says what for. */
#ifndef SERVER_DB_ONCE_H
#define SERVER_DB_ONCE_H

#include "server/db.h"

enum { DB_ONCE_KEY_MAX = 129 };

struct db_once {
	char person[DB_NAME_MAX];
	char key[DB_ONCE_KEY_MAX];
	uint8_t mac[DB_HASH]; /* of method, path, query and body */
	int64_t begun_s;
	int64_t status;  /* 0: not answered yet */
	uint8_t *sealed; /* the answer's body; db_once_finish frees it */
	size_t size;
};

void db_once_finish(struct db_once *once);

static inline void own_end_once(struct db_once *once)
{
	db_once_finish(once);
}

/* *ret: whether it is new, or in place of one from before `old_s`. */
int db_once_begin(struct db *db, const struct db_once *once, int64_t old_s, bool *ret,
		struct err *err);
int db_once_get(struct db *db, const char *person, const char *key, struct db_once *ret,
		struct err *err);
int db_once_answer(struct db *db, const struct db_once *once, struct err *err);
int db_once_remove(struct db *db, const char *person, const char *key, struct err *err);
/* All from before `old_s`. */
int db_once_expire(struct db *db, int64_t old_s, struct err *err);

#endif
