/* SPDX-License-Identifier: Apache-2.0 */
/* Site tokens and lists of expected devices, as db.h is for the rest. */
#ifndef SERVER_DB_ADMIT_H
#define SERVER_DB_ADMIT_H

#include "server/cidr.h"
#include "server/db.h"

enum { DB_LABEL_MAX = 128, DB_SERIAL_MAX = 64, DB_MAC_MAX = 18, DB_PATTERN_MAX = 64 };

/* Lets devices in by itself: at most `most` of them, until a time, from some networks. */
struct db_site_token {
	char id[DB_ID_MAX];
	char site[DB_PLACE_MAX];
	char groups[DB_GROUPS_TEXT];  /* as in struct db_device */
	char pattern[DB_PATTERN_MAX]; /* of names, pattern.h; "" for none */
	char label[DB_LABEL_MAX];
	char networks[CIDR_LIST_MAX]; /* as cidr.h has them; "" for any */
	uint8_t hash[DB_HASH];        /* SHA-256 of the token's text */
	int64_t created_s, until_s, used_s;
	char created_by[DB_NAME_MAX];
	int64_t most, used;
	int64_t number; /* that the next name gets */
};

typedef int (*db_site_token_fn)(void *data, const struct db_site_token *token);

int db_site_token_add(struct db *db, const struct db_site_token *token, struct err *err);
int db_site_token_get(struct db *db, const char *id, struct db_site_token *ret, struct err *err);
int db_site_token_remove(struct db *db, const char *id, struct err *err);
/* One more was let in: -EACCES when the count is reached or the time is over. */
int db_site_token_use(struct db *db, const char *id, int64_t now_s, struct err *err);
int db_site_token_number(struct db *db, const char *id, int64_t number, struct err *err);
/* Below `scopes` (as rights_view gives them), by id. */
int db_site_token_list(struct db *db, const char *scopes, const struct db_page *page,
		db_site_token_fn fn, void *data, struct err *err);

/* A device that somebody ordered: what it becomes when it comes. */
struct db_expected {
	char id[DB_ID_MAX];
	char serial[DB_SERIAL_MAX]; /* upper case; "" for any */
	char mac[DB_MAC_MAX];       /* lower case with colons; "" for any */
	char name[DB_NAME_MAX];     /* "" for the usual one */
	char tenant[DB_NAME_MAX];
	char site[DB_PLACE_MAX];
	char groups[DB_GROUPS_TEXT];
	char networks[CIDR_LIST_MAX]; /* "": a person has to type the code */
	int64_t until_s, created_s;
	char created_by[DB_NAME_MAX];
	int64_t used_s;
	char device[DB_ID_MAX]; /* that came */
	char *config; /* patch of its own layer, JSON or NULL; db_expected_finish frees it */
};

void db_expected_finish(struct db_expected *expected);

static inline void own_end_expected(struct db_expected *expected)
{
	db_expected_finish(expected);
}

/* `config` lives until the callback returns. */
typedef int (*db_expected_fn)(void *data, const struct db_expected *expected);

/*
 * Replaces what is not spent and says the same serial number or MAC address in the same tenant;
 * *replaced counts. Of two tenants that expect the same device the first one gets it.
 */
int db_expected_add(struct db *db, const struct db_expected *expected, int64_t *replaced,
		struct err *err);
/* The unspent one that fits; -ENOENT. A row that names both wants both to be right. */
int db_expected_find(struct db *db, const char *serial, const char *mac, int64_t now_s,
		struct db_expected *ret, struct err *err);
int db_expected_get(struct db *db, const char *id, struct db_expected *ret, struct err *err);
int db_expected_use(struct db *db, const char *id, const char *device, int64_t now_s,
		struct err *err);
int db_expected_remove(struct db *db, const char *id, struct err *err);

enum db_spent { DB_SPENT_ANY, DB_SPENT_YES, DB_SPENT_NO };

int db_expected_list(struct db *db, const char *scopes, enum db_spent spent,
		const struct db_page *page, db_expected_fn fn, void *data, struct err *err);

/* Drops spent and expired ones older than `before_s`, and tokens that ended before it. */
int db_admit_expire(struct db *db, int64_t before_s, struct err *err);

#endif
