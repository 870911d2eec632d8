/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks and their queue, as db.h is for the rest. */
#ifndef SERVER_DB_HOOK_H
#define SERVER_DB_HOOK_H

#include "server/db.h"
#include "server/vault.h"

enum {
	DB_URL_MAX = 512,
	DB_EVENTS_MAX = 512,
	DB_COMPLAINT_MAX = 200,
	DB_HOOK_SECRET = 40,  /* bytes of a secret's text */
	DB_QUEUE_MAX = 10000, /* waiting deliveries of one hook */
};

struct db_hook {
	char id[DB_ID_MAX];
	char tenant[DB_NAME_MAX]; /* "": the organisation's */
	char url[DB_URL_MAX];
	char events[DB_EVENTS_MAX]; /* kinds, each ended by a line feed; "*\n" for all */
	uint8_t sealed[DB_HOOK_SECRET + VAULT_OVERHEAD];
	size_t sealed_size;
	bool is_on;
	int64_t created_s, delivered_s, failed_s;
	char created_by[DB_NAME_MAX];
	char complaint[DB_COMPLAINT_MAX]; /* of the last failure */
	int64_t waiting, dead, dropped;   /* deliveries; read only */
};

typedef int (*db_hook_fn)(void *data, const struct db_hook *hook);

int db_hook_add(struct db *db, const struct db_hook *hook, struct err *err);
/* Writes url, events, is_on and the sealed secret. */
int db_hook_put(struct db *db, const struct db_hook *hook, struct err *err);
int db_hook_get(struct db *db, const char *id, struct db_hook *ret, struct err *err);
int db_hook_remove(struct db *db, const char *id, struct err *err);
int db_hook_list(struct db *db, const char *view, const struct db_page *page, db_hook_fn fn,
		void *data, struct err *err);

struct db_delivery {
	int64_t id;
	char hook[DB_ID_MAX];
	char kind[32];
	const char *body; /* JSON; lives until the call or callback returns */
	int64_t created_s, due_s, tries;
	bool is_dead;
	char complaint[DB_COMPLAINT_MAX];
};

typedef int (*db_delivery_fn)(void *data, const struct db_delivery *delivery);

/* Counts it as dropped when DB_QUEUE_MAX of the hook wait already. */
int db_delivery_add(struct db *db, const struct db_delivery *delivery, struct err *err);
/* Those of a hook that are due, the oldest first. */
int db_delivery_due(struct db *db, const char *hook, int64_t now_s, int64_t limit,
		db_delivery_fn fn, void *data, struct err *err);
/* Nobody else takes it before `due_s`. */
int db_delivery_lease(struct db *db, int64_t id, int64_t due_s, struct err *err);
int db_delivery_done(struct db *db, int64_t id, const char *hook, int64_t now_s, struct err *err);
/* Also written at the hook. */
int db_delivery_failed(struct db *db, const struct db_delivery *delivery, int64_t now_s,
		struct err *err);
/* Behind `after`; all, or only the dead. */
int db_delivery_list(struct db *db, const char *hook, bool is_dead, int64_t after, int64_t limit,
		db_delivery_fn fn, void *data, struct err *err);
/* The dead of a hook wait again; their number. */
int db_delivery_retry(struct db *db, const char *hook, int64_t now_s, struct err *err);
int db_delivery_expire(struct db *db, int64_t created_s, struct err *err);

#endif
