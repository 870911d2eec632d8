/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's folder as one file, taken while the server runs: an SQLite database with a copy
 * of tynd.db and, in the table `backup_file`, the keys and certificates. It is not encrypted: it
 * is worth what the folder is worth. With PostgreSQL it holds the files alone; pg_dump has the rest.
 * Uploaded files (DIR/files) are not in it.
 */
#ifndef SERVER_BACKUP_H
#define SERVER_BACKUP_H

#include <stdbool.h>

#include "base/err.h"

/* Writes `file`, which must not exist; a failure leaves nothing. `has_database`: it is in the folder. */
int backup_write(const char *folder, bool has_database, const char *file, struct err *err);

/*
 * Puts a backup into a folder that is empty or made. Revisions are lifted afterwards
 * (db_lift.h): devices may hold newer ones than the backup knows.
 */
int backup_restore(const char *file, const char *folder, bool has_database, struct err *err);

#endif
