/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders to devices in the database. As in db.h: 0 or a negative errno. `view` is what a person
 * may see, as rights_view gives it; what lies outside is neither listed nor counted.
 */
#ifndef SERVER_DB_ORDER_H
#define SERVER_DB_ORDER_H

#include "server/db.h"

enum { DB_ORDER_ARGS_MAX = 2048, DB_ORDER_DETAIL_MAX = 257, DB_ORDER_TYPE_MAX = 32 };

/* Stored as numbers: only add at the end. */
enum db_order_state {
	DB_ORDER_WAITING,
	DB_ORDER_TAKEN, /* the device has it; nothing more was heard yet */
	DB_ORDER_SENT,  /* a neighbour called the sleeping device */
	DB_ORDER_DONE,
	DB_ORDER_CONFIRMED, /* by the person in front */
	DB_ORDER_FAILED,
	DB_ORDER_REFUSED, /* by the device */
	DB_ORDER_EXPIRED, /* before it was taken */
	DB_ORDER_CANCELLED,
	DB_ORDER_STATES
};

struct db_order {
	char id[DB_ID_MAX]; /* begins with its time: sorts by it */
	char kind[DB_KIND_MAX];
	char args[DB_ORDER_ARGS_MAX]; /* JSON object */
	char scope[DB_SCOPE_MAX];     /* "" for a list of devices */
	char person[DB_NAME_MAX];
	char reason[DB_REASON_MAX];
	int64_t time_s;
	int64_t expires_s; /* 0: never */
	int64_t cancelled_s;
	char cancelled_by[DB_NAME_MAX];
	int64_t device_count; /* of those that the view shows */
};

struct db_order_device {
	char device[DB_ID_MAX];
	char name[DB_NAME_MAX];
	char carrier[DB_ID_MAX]; /* who takes it: the device, or the neighbour that wakes it */
	enum db_order_state state;
	int64_t number;  /* on the screen; 0: none */
	int64_t time_s;  /* of the state */
	int64_t taken_s; /* 0: not yet */
	char detail[DB_ORDER_DETAIL_MAX];
	char file_type[DB_ORDER_TYPE_MAX]; /* "": no file */
	int64_t file_size, file_time_s;
};

int db_order_add(struct db *db, const struct db_order *order, struct err *err);

/* Numbers of an identify order: first + (start + n) % size; all 0 for other kinds. */
struct db_order_numbers {
	int64_t first, start, size;
};

/* All devices below order->scope. */
int db_order_add_below(struct db *db, const struct db_order *order,
		const struct db_order_numbers *numbers, struct err *err);
int db_order_add_device(struct db *db, const struct db_order *order, const char *device,
		int64_t number, struct err *err);

/*
 * Of a wake order: devices that are online are awake; the others get the neighbour at their site
 * that was heard of last as carrier; those without one failed.
 */
int db_order_find_neighbours(struct db *db, const struct db_order *order, int64_t online_since_s,
		struct err *err);

/* Counts the devices of the order and stores that in it. */
int db_order_count(struct db *db, const char *id, int64_t *ret, struct err *err);

int db_order_get(struct db *db, const char *id, const char *view, struct db_order *ret,
		struct err *err);
int db_order_states(struct db *db, const char *id, const char *view,
		int64_t counts[DB_ORDER_STATES], struct err *err);

typedef int (*db_order_fn)(void *data, const struct db_order *order);
typedef int (*db_order_device_fn)(void *data, const struct db_order_device *device);
typedef int (*db_order_both_fn)(void *data, const struct db_order *order,
		const struct db_order_device *device);

/* The newest first; a page goes on below the id. `kind` "" for all. */
int db_order_list(struct db *db, const char *kind, const char *view, const struct db_page *page,
		db_order_fn fn, void *data, struct err *err);
/* By the id of the device. `state` DB_ORDER_STATES for all. */
int db_order_devices(struct db *db, const char *id, const char *view, enum db_order_state state,
		const struct db_page *page, db_order_device_fn fn, void *data, struct err *err);
/* Orders that one device got, the newest first. */
int db_order_of_device(struct db *db, const char *device, const struct db_page *page,
		db_order_both_fn fn, void *data, struct err *err);

/* Those that were not taken; *ret is how many. */
int db_order_cancel(struct db *db, const char *id, const char *person, int64_t now_s, int64_t *ret,
		struct err *err);

/* What waits for a carrier, for it to take. */
struct db_order_task {
	char order[DB_ID_MAX], device[DB_ID_MAX];
	char kind[DB_KIND_MAX];
	char args[DB_ORDER_ARGS_MAX];
	int64_t number, expires_s;
	char name[DB_NAME_MAX], mac[DB_ID_MAX]; /* of the device */
};

typedef int (*db_order_task_fn)(void *data, const struct db_order_task *task);

/* The oldest first. Inside a transaction: db_order_taken follows for each. */
int db_order_tasks(struct db *db, const char *carrier, int64_t now_s, int64_t limit,
		db_order_task_fn fn, void *data, struct err *err);
int db_order_taken(struct db *db, const char *id, const char *device, int64_t now_s,
		struct err *err);

/* The order and its row for the device that `carrier` took; -ENOENT for any other. */
int db_order_find(struct db *db, const char *id, const char *device, const char *carrier,
		struct db_order *order, struct db_order_device *ret, struct err *err);
int db_order_result(struct db *db, const char *id, const char *device, enum db_order_state state,
		const char *detail, int64_t now_s, struct err *err);

/* Expires what is due; calls `fn` for each first. */
int db_order_expire(struct db *db, int64_t now_s, db_order_both_fn fn, void *data, struct err *err);
/* The earliest expiry of what waits, 0 for none. */
int db_order_next_expiry(struct db *db, int64_t *ret, struct err *err);

/* How many wait for each carrier, of one order or of all (""). */
int db_order_waiting(struct db *db, const char *id,
		int (*fn)(void *data, const char *carrier, int64_t count), void *data,
		struct err *err);
int db_order_waiting_count(struct db *db, int64_t *ret, struct err *err);
/* Devices that were called by a neighbour and not heard of since. */
int db_order_sleeping(struct db *db, db_id_fn fn, void *data, struct err *err);

/* Older ones go, with their files; those that still wait stay. Files alone go sooner. */
int db_order_forget(struct db *db, int64_t orders_before_s, int64_t files_before_s,
		struct err *err);

/* --- files that devices sent */

int db_order_file_put(struct db *db, const char *id, const char *device, const char *type,
		const void *data, size_t size, int64_t now_s, struct err *err);
/* *ret is the caller's to free. */
int db_order_file_get(struct db *db, const char *id, const char *device,
		char type[DB_ORDER_TYPE_MAX], void **ret, size_t *size, struct err *err);

#endif
