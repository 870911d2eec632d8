/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: texts that layers only name, ${secret.NAME}. Each belongs to a scope, the nearest one
 * over a device is its. The database has them sealed; in clear they are only in what a device
 * fetches. Nobody reads them back.
 */
#ifndef SERVER_SECRET_H
#define SERVER_SECRET_H

#include "server/db_secret.h"
#include "server/publish.h"

/*
 * Opens DIR/secrets.key and checks that it is the key of what the database has sealed: -EBADMSG
 * with a sentence when another server's is needed.
 */
int secret_open(const char *path, struct db *db, struct vault **ret, struct err *err);

/* Every sealed value of the database by a new key, the old one forgotten. No server may run. */
int secret_rotate(struct vault *vault, struct db *db, struct err *err);

/* Inside an open publish of the secret's scope: who uses it becomes part of its revision. */
int secret_set(struct publish *publish, const char *name, const char *value, struct err *err);

/* -EBUSY, with path and device, when a config would miss it. */
int secret_remove(struct publish *publish, const char *name, struct err *err);

/* All of a scope become another one's, which has none, sealed for it. Refreshes nobody. */
int secret_move(struct publish *publish, const char *from, const char *to, struct err *err);

/* The nearest one over a device; -ENOENT. */
int secret_find(struct db *db, const struct db_device *device, const char *name,
		struct db_secret *ret, struct err *err);

/* In clear, ended by NUL; the caller wipes `value`. */
int secret_value(const struct vault *vault, const struct db_secret *secret,
		char value[CONF_VARIABLE_TEXT_MAX], struct err *err);

#endif
