/* SPDX-License-Identifier: Apache-2.0 */
/* Orders on their way: taken by devices, answered, expired; what waits for whom; files. */
#include <errno.h>
#include <string.h>

#include "server/db_order_sql.h"

void db_order_read_device(struct sql_row *row, int first, struct db_order_device *device)
{
	*device = (struct db_order_device){
			.state = (enum db_order_state)sql_whole(row, first + 3),
			.number = sql_whole(row, first + 4),
			.time_s = sql_whole(row, first + 5),
			.taken_s = sql_whole(row, first + 6),
			.file_size = sql_whole(row, first + 9),
			.file_time_s = sql_whole(row, first + 10),
	};
	sql_text(row, first, device->device, sizeof(device->device));
	sql_text(row, first + 1, device->name, sizeof(device->name));
	sql_text(row, first + 2, device->carrier, sizeof(device->carrier));
	sql_text(row, first + 7, device->detail, sizeof(device->detail));
	sql_text(row, first + 8, device->file_type, sizeof(device->file_type));
}

int db_order_tasks(struct db *db, const char *carrier, int64_t now_s, int64_t limit,
		db_order_task_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			"SELECT order_device.order_id, order_device.device, orders.kind,"
			" orders.args, order_device.number, order_device.expires_s, device.name,"
			" device.hardware ->> 'mac' FROM order_device"
			" JOIN orders ON orders.id = order_device.order_id"
			" JOIN device ON device.id = order_device.device"
			" WHERE order_device.state = 0 AND order_device.carrier = ?1"
			" AND (order_device.expires_s IS NULL OR order_device.expires_s > ?2)"
			" ORDER BY order_device.order_id LIMIT ?3",
			&row, err, "tii", carrier, now_s, limit);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_order_task task = {
				.number = sql_whole(row, 4),
				.expires_s = sql_whole(row, 5),
		};

		sql_text(row, 0, task.order, sizeof(task.order));
		sql_text(row, 1, task.device, sizeof(task.device));
		sql_text(row, 2, task.kind, sizeof(task.kind));
		sql_text(row, 3, task.args, sizeof(task.args));
		sql_text(row, 6, task.name, sizeof(task.name));
		sql_text(row, 7, task.mac, sizeof(task.mac));
		r = fn(data, &task);
	}
	return r;
}

int db_order_taken(struct db *db, const char *id, const char *device, int64_t now_s,
		struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE order_device SET state = 1, time_s = ?3, taken_s = ?3"
			" WHERE order_id = ?1 AND device = ?2 AND state = 0",
			"tti", id, device, now_s);

	return r < 0 ? r : 0;
}

int db_order_find(struct db *db, const char *id, const char *device, const char *carrier,
		struct db_order *order, struct db_order_device *ret, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			DB_ORDER_DEVICE_SELECT
			", " DB_ORDER_COLUMNS DB_ORDER_DEVICE_FROM
			"JOIN orders ON orders.id = order_device.order_id"
			" WHERE order_device.order_id = ?1 AND order_device.device = ?2"
			" AND order_device.carrier = ?3 AND order_device.taken_s IS NOT NULL",
			&row, err, "ttt", id, device, carrier);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "this device has taken no such order");
	db_order_read_device(row, 0, ret);
	db_order_read(row, DB_ORDER_DEVICE_COLUMNS, order);
	return 0;
}

int db_order_result(struct db *db, const char *id, const char *device, enum db_order_state state,
		const char *detail, int64_t now_s, struct err *err)
{
	int r = sql_run(db, err,
			"UPDATE order_device SET state = ?3, detail = ?4, time_s = ?5"
			" WHERE order_id = ?1 AND device = ?2",
			"ttini", id, device, (int64_t)state, detail, now_s);

	return r < 0 ? r : 0;
}

int db_order_expire(struct db *db, int64_t now_s, db_order_both_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db,
			DB_ORDER_DEVICE_SELECT
			", " DB_ORDER_COLUMNS DB_ORDER_DEVICE_FROM
			"JOIN orders ON orders.id = order_device.order_id"
			" WHERE order_device.state = 0 AND order_device.expires_s <= ?",
			&row, err, "i", now_s);

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_order order;
		struct db_order_device device;

		db_order_read_device(row, 0, &device);
		db_order_read(row, DB_ORDER_DEVICE_COLUMNS, &order);
		r = fn(data, &order, &device);
	}
	if (r < 0)
		return r;
	r = sql_run(db, err,
			"UPDATE order_device SET state = 7, time_s = ?1 WHERE state = 0"
			" AND expires_s <= ?1",
			"i", now_s);
	return r < 0 ? r : 0;
}

int db_order_next_expiry(struct db *db, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err,
			"SELECT coalesce(min(expires_s), 0) FROM order_device WHERE state = 0", "");
}

int db_order_waiting(struct db *db, const char *id,
		int (*fn)(void *data, const char *carrier, int64_t count), void *data,
		struct err *err)
{
	static const char of_all[] = "SELECT carrier, count(*) FROM order_device WHERE state = 0"
				     " AND ?1 = '' GROUP BY carrier";
	static const char of_one[] = "SELECT carrier, count(*) FROM order_device WHERE state = 0"
				     " AND order_id = ?1 GROUP BY carrier";
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, id[0] ? of_one : of_all, &row, err, "t", id);

	while (r == 0 && (r = sql_step(db, row, err)) > 0)
		r = fn(data, sql_borrow(row, 0), sql_whole(row, 1));
	return r;
}

int db_order_waiting_count(struct db *db, int64_t *ret, struct err *err)
{
	return sql_number(db, ret, err, "SELECT count(*) FROM order_device WHERE state = 0", "");
}

int db_order_sleeping(struct db *db, db_id_fn fn, void *data, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT device FROM order_device WHERE state = 2", &row, err, "");

	while (r == 0 && (r = sql_step(db, row, err)) > 0)
		r = fn(data, sql_borrow(row, 0));
	return r;
}

int db_order_file_put(struct db *db, const char *id, const char *device, const char *type,
		const void *data, size_t size, int64_t now_s, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO order_file (order_id, device, type, time_s, size, data)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (order_id, device)"
			" DO UPDATE SET type = ?3, time_s = ?4, size = ?5, data = ?6",
			"tttiib", id, device, type, now_s, (int64_t)size, data, size);

	return r < 0 ? r : 0;
}

int db_order_file_get(struct db *db, const char *id, const char *device,
		char type[DB_ORDER_TYPE_MAX], void **ret, size_t *size, struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT type, data FROM order_file WHERE order_id = ? AND device = ?",
			&row, err, "tt", id, device);

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, ENOENT, "the device sent no file, or it was removed by now");
	sql_text(row, 0, type, DB_ORDER_TYPE_MAX);
	struct sql_value data = sql_bytes(row, 1);
	char *copy = own_alloc(data.size + 1);
	if (data.size)
		memcpy(copy, data.bytes, data.size);
	*ret = copy;
	*size = data.size;
	return 0;
}
