/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of the files that devices fetch by their hash. */
#ifndef SERVER_DB_FILE_H
#define SERVER_DB_FILE_H

#include "server/db.h"

enum { DB_FILE_HEX = 2 * DB_HASH + 1, DB_FILE_NAME_MAX = 128 };

struct db_file {
	char hash[DB_FILE_HEX]; /* SHA-256, lower case */
	char name[DB_FILE_NAME_MAX];
	char kind[16];
	char version[DB_NAME_MAX], board[DB_NAME_MAX]; /* "": not told */
	int64_t size, time_s;
	char person[DB_NAME_MAX];
};

typedef int (*db_file_fn)(void *data, const struct db_file *file);

/* Adds it, or replaces what was known of the same bytes. */
int db_file_put(struct db *db, const struct db_file *file, struct err *err);
/* -ENOENT with a sentence. */
int db_file_get(struct db *db, const char *hash, struct db_file *ret, struct err *err);
int db_file_remove(struct db *db, const char *hash, struct err *err);
int db_file_list(struct db *db, const struct db_page *page, db_file_fn fn, void *data,
		struct err *err);
/* -EBUSY and who when a layer, an open roll-out or a contingency set names the hash. */
int db_file_unused(struct db *db, const char *hash, struct err *err);

#endif
