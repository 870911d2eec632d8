/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders to devices: what kinds there are, how they are given, taken once, answered, expire. The
 * database has the truth; in memory is only how many wait for whom (order_count.h), so that a
 * device that checks in costs no query. Too high a count costs one request in vain, too low a
 * one cannot be: every server reads what another one added, and all of it after an interruption.
 */
#ifndef SERVER_ORDER_H
#define SERVER_ORDER_H

#include "conf/json.h"
#include "server/db_order.h"
#include "server/server.h"

enum {
	ORDER_LIST_MAX = 500,             /* devices named one by one */
	ORDER_FILES_MAX = 20,             /* devices of an order that brings files */
	ORDER_NUMBERS_MAX = 9000,         /* devices of an identify order */
	ORDER_WAKE_MAX = 2000,            /* devices of a wake order */
	ORDER_TAKE_MAX = 16,              /* that a device takes at once */
	ORDER_FILE_MAX = 8 * 1024 * 1024, /* bytes */
	ORDER_EXPIRES_S = 300,
	ORDER_EXPIRES_MIN_S = 5,
	ORDER_EXPIRES_MAX_S = 7 * 24 * 3600,
	ORDER_SILENT_S = 120,              /* a device that took one and says nothing for so long */
	ORDER_TASK_ID_MAX = 2 * DB_ID_MAX, /* "ORDER.DEVICE": what a device knows it by */
};

struct order_kind {
	const char *name;
	/* Reads the arguments of a person's request into `args`, with every default. */
	void (*read)(struct json *in, cJSON *args);
	bool has_file;    /* the device sends one */
	bool needs_sight; /* RIGHT_SCREEN: it shows what is on the screen */
	bool never_expires;
};

/* NULL when there is no such kind. */
const struct order_kind *order_kind_find(const char *name);

/* "waiting", "taken" ...; the index is an enum db_order_state, NULL ends it. */
extern const char *const order_state_names[];

/* May the device's answer follow on the state? The same once more may: an answer got lost. */
bool order_may_follow(enum db_order_state now, enum db_order_state next);

/* First bytes and size of a PNG; of an archive, gzip or zstd. -EINVAL with a sentence. */
int order_file_type(const struct order_kind *kind, const void *data, size_t size, const char **type,
		struct err *err);

struct orders;

/* Reads what waits. */
int orders_create(struct server *server, struct orders **ret, struct err *err);
void orders_destroy(struct orders *orders); /* takes NULL */

/* What a person orders, checked and permitted. */
struct order_wish {
	const struct order_kind *kind;
	struct db_order order;            /* kind, args, scope, person, reason, expires_s */
	const char (*devices)[DB_ID_MAX]; /* without a scope */
	unsigned device_count;
};

/* Gives it: stored, and everybody concerned woken. Fills id, times and device_count. */
int order_give(struct server *server, struct order_wish *wish, struct err *err);

/* Takes back what was not taken; *ret is from how many devices. */
int order_cancel(struct server *server, const struct db_order *order, const char *person,
		int64_t *ret, struct err *err);

/* The device was heard of: of use when a neighbour had to wake it. No query unless it was. */
void order_heard(struct server *server, const char *device);

/* Another server gave an order; NULL: some may have been missed. */
void order_ring(struct server *server, const char *id);

/* The device answered: stored, and told to those who watch. */
int order_answer(struct server *server, const struct db_order *order,
		const struct db_order_device *device, enum db_order_state state, const char *detail,
		struct err *err);

#endif
