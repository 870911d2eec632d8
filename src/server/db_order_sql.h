/* SPDX-License-Identifier: Apache-2.0 */
/* What the statements about orders share. */
#ifndef SERVER_DB_ORDER_SQL_H
#define SERVER_DB_ORDER_SQL_H

#include "server/db_order.h"
#include "server/sql.h"

#define DB_ORDER_COLUMNS \
	"orders.id, orders.kind, orders.args, orders.scope, orders.person, orders.reason," \
	" orders.time_s, orders.expires_s, orders.cancelled_s, orders.cancelled_by," \
	" orders.device_count "

#define DB_ORDER_DEVICE_SELECT \
	"SELECT order_device.device, device.name, order_device.carrier, order_device.state," \
	" order_device.number, order_device.time_s, order_device.taken_s, order_device.detail," \
	" order_file.type, order_file.size, order_file.time_s "
#define DB_ORDER_DEVICE_FROM \
	"FROM order_device JOIN device ON device.id = order_device.device" \
	" LEFT JOIN order_file ON order_file.order_id = order_device.order_id" \
	" AND order_file.device = order_device.device "

enum { DB_ORDER_DEVICE_COLUMNS = 11 };

/* Rows whose columns of DB_ORDER_COLUMNS or DB_ORDER_DEVICE_SELECT begin at `first`. */
void db_order_read(struct sql_row *row, int first, struct db_order *order);
void db_order_read_device(struct sql_row *row, int first, struct db_order_device *device);

#endif
