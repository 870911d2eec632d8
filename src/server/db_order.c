/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: made, listed, counted, cancelled. What devices do with them: db_order_device.c. */
#include <errno.h>
#include <string.h>

#include "server/db_order_sql.h"

/* Columns of an order whose counts are those of the view in parameter 1. */
#define COLUMNS \
	"SELECT orders.id, kind, args, scope, person, reason, orders.time_s, orders.expires_s," \
	" cancelled_s, cancelled_by, CASE WHEN ?1 = '' THEN device_count ELSE" \
	" (SELECT count(*) FROM order_device JOIN device ON device.id = order_device.device" \
	"  WHERE order_id = orders.id AND " SQL_DEVICE_IN_VIEW("?1") ") END FROM orders "

void db_order_read(struct sql_row *row, int first, struct db_order *order)
{
	sql_text(row, first, order->id, sizeof(order->id));
	sql_text(row, first + 1, order->kind, sizeof(order->kind));
	sql_text(row, first + 2, order->args, sizeof(order->args));
	sql_text(row, first + 3, order->scope, sizeof(order->scope));
	sql_text(row, first + 4, order->person, sizeof(order->person));
	sql_text(row, first + 5, order->reason, sizeof(order->reason));
	order->time_s = sql_whole(row, first + 6);
	order->expires_s = sql_whole(row, first + 7);
	order->cancelled_s = sql_whole(row, first + 8);
	sql_text(row, first + 9, order->cancelled_by, sizeof(order->cancelled_by));
	order->device_count = sql_whole(row, first + 10);
}

int db_order_add(struct db *db, const struct db_order *order, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO orders (id, kind, args, scope, person, reason, time_s,"
			" expires_s, device_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
			"tttnttiz", order->id, order->kind, order->args, order->scope,
			order->person, order->reason, order->time_s, order->expires_s);

	return r < 0 ? r : 0;
}

#define ADD_BELOW \
	"INSERT INTO order_device (order_id, device, carrier, state, time_s, expires_s, number)" \
	" SELECT ?1, device.id, device.id, 0, ?2, ?3," \
	" nullif(?4 + (?5 + row_number() OVER (ORDER BY device.id)) % ?6, 0) FROM device WHERE "

static const char *add_below_sql(const char *scope, const char **name)
{
	static const struct {
		const char *prefix, *sql;
	} kinds[] = {
			{"tenant/", ADD_BELOW "device.tenant = ?7"},
			{"site/", ADD_BELOW "device.site = ?7"},
			{"group/", ADD_BELOW
					"device.id IN (SELECT device FROM member WHERE team = ?7)"},
			{"device/", ADD_BELOW "device.id = ?7"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t length = strlen(kinds[i].prefix);

		if (strncmp(scope, kinds[i].prefix, length) == 0) {
			*name = scope + length;
			return kinds[i].sql;
		}
	}
	*name = "";
	return ADD_BELOW "?7 = ''";
}

int db_order_add_below(struct db *db, const struct db_order *order,
		const struct db_order_numbers *numbers, struct err *err)
{
	const char *name, *sql = add_below_sql(order->scope, &name);
	int r = sql_run(db, err, sql, "tiziiit", order->id, order->time_s, order->expires_s,
			numbers->first, numbers->start, numbers->size, name);

	return r < 0 ? r : 0;
}

int db_order_add_device(struct db *db, const struct db_order *order, const char *device,
		int64_t number, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO order_device (order_id, device, carrier, state, time_s,"
			" expires_s, number) VALUES (?1, ?2, ?2, 0, ?3, ?4, ?5)",
			"ttizz", order->id, device, order->time_s, order->expires_s, number);

	if (r == -EEXIST)
		return err_set(err, EINVAL, "target.devices: \"%s\" stands twice", device);
	return r < 0 ? r : 0;
}

int db_order_find_neighbours(struct db *db, const struct db_order *order, int64_t online_since_s,
		struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE order_device SET state = 3, detail = 'it is awake'"
			" WHERE order_id = ?1 AND EXISTS (SELECT 1 FROM device"
			" WHERE device.id = order_device.device AND device.seen_s >= ?2)",
			"ti", order->id, online_since_s);

	if (r >= 0)
		r = sql_run(db, err,
				"UPDATE order_device SET carrier = coalesce((SELECT near.id FROM "
				"device near"
				" JOIN device asleep ON asleep.site = near.site"
				" WHERE asleep.id = order_device.device AND near.id <> asleep.id"
				" AND near.seen_s >= ?2 ORDER BY near.seen_s DESC LIMIT 1), '')"
				" WHERE order_id = ?1 AND state = 0",
				"ti", order->id, online_since_s);
	if (r >= 0)
		r = sql_run(db, err,
				"UPDATE order_device SET carrier = device, state = 5,"
				" detail = 'no other device at its site is online'"
				" WHERE order_id = ?1 AND carrier = ''",
				"t", order->id);
	return r < 0 ? r : 0;
}

int db_order_count(struct db *db, const char *id, int64_t *ret, struct err *err)
{
	int r = sql_number(db, ret, err, "SELECT count(*) FROM order_device WHERE order_id = ?",
			"t", id);

	if (r == 0)
		r = sql_run(db, err, "UPDATE orders SET device_count = ?2 WHERE id = ?1", "ti", id,
				*ret);
	return r < 0 ? r : 0;
}

int db_order_get(struct db *db, const char *id, const char *view, struct db_order *ret,
		struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE orders.id = ?2 AND (?1 = '' OR EXISTS (SELECT 1 FROM"
				" order_device JOIN device ON device.id = order_device.device"
				" WHERE order_id = orders.id AND " SQL_DEVICE_IN_VIEW("?1") "))",
			&row, err, "tt", view, id);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "there is no order \"%s\"", id);
	db_order_read(row, 0, ret);
	return 0;
}

int db_order_states(struct db *db, const char *id, const char *view,
		int64_t counts[DB_ORDER_STATES], struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT state, count(*) FROM order_device"
			" JOIN device ON device.id = order_device.device"
			" WHERE order_id = ?2 AND " SQL_DEVICE_IN_VIEW("?1") " GROUP BY state",
			&row, err, "tt", view, id);

	memset(counts, 0, DB_ORDER_STATES * sizeof(counts[0]));
	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		int64_t state = sql_whole(row, 0);

		if (state >= 0 && state < DB_ORDER_STATES)
			counts[state] = sql_whole(row, 1);
		r = 0;
	}
	return r;
}

int db_order_list(struct db *db, const char *kind, const char *view, const struct db_page *page,
		db_order_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			COLUMNS "WHERE (?2 = '' OR orders.id < ?2) AND (?3 = '' OR kind = ?3)"
				" AND (?1 = '' OR EXISTS (SELECT 1 FROM order_device"
				" JOIN device ON device.id = order_device.device"
				" WHERE order_id = orders.id AND " SQL_DEVICE_IN_VIEW(
						"?1") "))"
						      " ORDER BY orders.id DESC LIMIT ?4",
			&row, err, "ttti", view, page->after, kind, page->limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_order order;

		db_order_read(row, 0, &order);
		r = fn(data, &order);
	}
	return r;
}

int db_order_devices(struct db *db, const char *id, const char *view, enum db_order_state state,
		const struct db_page *page, db_order_device_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			DB_ORDER_DEVICE_SELECT DB_ORDER_DEVICE_FROM
			"WHERE order_device.order_id = ?2 AND order_device.device > ?3"
			" AND (?4 = 9 OR order_device.state = ?4) AND " SQL_DEVICE_IN_VIEW(
					"?1") " ORDER BY order_device.device LIMIT ?5",
			&row, err, "tttii", view, id, page->after, (int64_t)state, page->limit);

	_Static_assert(DB_ORDER_STATES == 9, "the number in the statement");
	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_order_device device;

		db_order_read_device(row, 0, &device);
		r = fn(data, &device);
	}
	return r;
}

int db_order_of_device(struct db *db, const char *device, const struct db_page *page,
		db_order_both_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			DB_ORDER_DEVICE_SELECT ", " DB_ORDER_COLUMNS DB_ORDER_DEVICE_FROM
					       "JOIN orders ON orders.id = order_device.order_id"
					       " WHERE order_device.device = ?1"
					       " AND (?2 = '' OR order_device.order_id < ?2)"
					       " ORDER BY order_device.order_id DESC LIMIT ?3",
			&row, err, "tti", device, page->after, page->limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_order order;
		struct db_order_device one;

		db_order_read_device(row, 0, &one);
		db_order_read(row, DB_ORDER_DEVICE_COLUMNS, &order);
		r = fn(data, &order, &one);
	}
	return r;
}

int db_order_cancel(struct db *db, const char *id, const char *person, int64_t now_s, int64_t *ret,
		struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE order_device SET state = 8, time_s = ?2 WHERE order_id = ?1"
			" AND state = 0",
			"ti", id, now_s);

	if (r < 0)
		return r;
	*ret = r;
	r = sql_run(db, err,
			"UPDATE orders SET cancelled_s = ?2, cancelled_by = ?3 WHERE id = ?1"
			" AND cancelled_s IS NULL",
			"tit", id, now_s, person);
	return r < 0 ? r : 0;
}

int db_order_forget(struct db *db, int64_t orders_before_s, int64_t files_before_s, struct err *err)
{
	int r = sql_run(db, err, "DELETE FROM order_file WHERE time_s < ?", "i", files_before_s);

	if (r >= 0)
		r = sql_run(db, err,
				"DELETE FROM orders WHERE time_s < ? AND NOT EXISTS (SELECT 1 FROM"
				" order_device WHERE order_id = orders.id AND state = 0)",
				"i", orders_before_s);
	return r < 0 ? r : 0;
}
