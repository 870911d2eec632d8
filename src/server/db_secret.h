/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets as rows; secret.h knows what is in them. */
#ifndef SERVER_DB_SECRET_H
#define SERVER_DB_SECRET_H

#include "conf/expand.h"
#include "server/db.h"
#include "server/vault.h"

enum { DB_SEALED_MAX = CONF_VARIABLE_TEXT_MAX + VAULT_OVERHEAD };

struct db_secret {
	char scope[DB_SCOPE_MAX];
	char name[CONF_VARIABLE_NAME_MAX];
	int64_t revision; /* that set it; its person and time are the revision's */
	int64_t time_s;
	char person[DB_NAME_MAX];
	size_t size;
	uint8_t sealed[DB_SEALED_MAX];
};

typedef int (*db_secret_fn)(void *data, const struct db_secret *secret);

/* Writes scope, name, revision and sealed bytes; one of the same name is replaced. */
int db_secret_put(struct db *db, const struct db_secret *secret, struct err *err);
int db_secret_get(struct db *db, const char *scope, const char *name, struct db_secret *ret,
		struct err *err);
int db_secret_remove(struct db *db, const char *scope, const char *name, struct err *err);
/* All of a scope that goes away. */
int db_secret_clear(struct db *db, const char *scope, struct err *err);
/* How many a scope has. */
int db_secret_count(struct db *db, const char *scope, int64_t *ret, struct err *err);
/* By scope and name, behind these two; `scope` "" for all, else only its own. */
int db_secret_list(struct db *db, const char *scope, const char *after_scope,
		const char *after_name, int64_t limit, db_secret_fn fn, void *data,
		struct err *err);

/* The one sealed value that every server with the right key can read; -ENOENT before the first. */
int db_sealed_check_get(struct db *db, uint8_t *sealed, size_t max, size_t *size, struct err *err);
int db_sealed_check_put(struct db *db, const uint8_t *sealed, size_t size, struct err *err);

#endif
