/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one person or user, and how long things are kept, as db.h is for the rest. */
#ifndef SERVER_DB_PRIVACY_H
#define SERVER_DB_PRIVACY_H

#include "server/db.h"

/* --- retention times */

/* `fn` for each that was set. */
typedef int (*db_retention_fn)(void *data, const char *name, int64_t days);
int db_retention_list(struct db *db, db_retention_fn fn, void *data, struct err *err);
int db_retention_put(struct db *db, const char *name, int64_t days, struct err *err);

/* The last reports of devices that were not heard of since. */
int db_report_expire(struct db *db, int64_t before_s, struct err *err);
int db_inventory_change_expire(struct db *db, int64_t before_s, struct err *err);

/* --- users of devices */

/*
 * Devices behind `after` whose last report holds the text `word` (as JSON has it, in any case)
 * somewhere. `view` as rights_view gives it. The texts live until the callback returns.
 */
typedef int (*db_said_fn)(void *data, const char *id, const char *name, const char *report);
int db_report_search(struct db *db, const char *view, const char *word, const char *after,
		db_said_fn fn, void *data, struct err *err);
/* Another text in place of the last report, which stays as old as it was. */
int db_report_replace(struct db *db, const char *id, const char *report, struct err *err);
/* Returns how many files of orders that the device sent are gone, or a negative errno. */
int db_order_file_remove(struct db *db, const char *device, struct err *err);

/* --- people */

/* How many revisions a person made, and records of the audit log; what `view` shows. */
struct db_acts {
	int64_t count, first, last; /* numbers; 0 when there is none */
	int64_t first_s, last_s;
};

int db_acts_revisions(struct db *db, const char *person, const char *view, struct db_acts *ret,
		struct err *err);
int db_acts_audit(struct db *db, const char *person, const char *view, struct db_acts *ret,
		struct err *err);
/* The newest first, below `before` (0: from the newest); without patches. */
int db_revision_of(struct db *db, const char *person, const char *view, int64_t before,
		int64_t limit, db_revision_fn fn, void *data, struct err *err);

/* Rows that name the person as the one who did it: `fn` with what they are and how many. */
typedef int (*db_trace_fn)(void *data, const char *what, int64_t count);
int db_person_traces(struct db *db, const char *person, db_trace_fn fn, void *data,
		struct err *err);

/* What db_person_erase took away. */
struct db_erased {
	int64_t tokens, sessions, grants, recovery_codes, failures, kept_answers;
};

/* Everything of the person but what revisions, audit log and those rows say. Inside a transaction. */
int db_person_erase(struct db *db, const char *person, struct db_erased *ret, struct err *err);

#endif
