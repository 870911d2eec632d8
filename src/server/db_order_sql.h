/* SPDX-License-Identifier: Apache-2.0 */
/* What the statements about orders share. */
#ifndef SERVER_DB_ORDER_SQL_H
#define SERVER_DB_ORDER_SQL_H

#include "server/db_order.h"
#include "server/sql.h"

#define DB_ORDER_TENANT "device.tenant"

/* clang-format off */

/* Scopes hold no control characters, so line feeds keep them apart. */
#define DB_ORDER_NAMED(view, scope) \
	"replace('\n' || " view ", '\n' || " scope " || '\n', '') <> '\n' || " view

/* The row of `device` lies below one of the scopes of a view. */
#define DB_ORDER_SEES(view) \
	"(" view " = '' OR " DB_ORDER_NAMED(view, "'device/' || device.id") \
	" OR " DB_ORDER_NAMED(view, "'site/' || device.site") \
	" OR " DB_ORDER_NAMED(view, "'tenant/' || " DB_ORDER_TENANT) \
	" OR EXISTS (SELECT 1 FROM member WHERE member.device = device.id AND " \
	DB_ORDER_NAMED(view, "'group/' || member.team") "))"

/* clang-format on */

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
