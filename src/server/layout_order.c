/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders to devices. `carrier` is who takes it: the device itself, or its neighbour that wakes
 * it. What waits has indexes of its own, because it is little and looked for often.
 */
#include "server/layout.h"

const struct layout_step layout_order = {
		.sqlite = "CREATE TABLE orders (id TEXT PRIMARY KEY, kind TEXT NOT NULL,"
			  " args TEXT NOT NULL, scope TEXT, person TEXT NOT NULL,"
			  " reason TEXT NOT NULL, time_s INTEGER NOT NULL, expires_s INTEGER,"
			  " cancelled_s INTEGER, cancelled_by TEXT, device_count INTEGER NOT NULL)"
			  " WITHOUT ROWID;"
			  "CREATE TABLE order_device (order_id TEXT NOT NULL"
			  " REFERENCES orders (id) ON DELETE CASCADE,"
			  " device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,"
			  " carrier TEXT NOT NULL, state INTEGER NOT NULL, number INTEGER,"
			  " time_s INTEGER NOT NULL, expires_s INTEGER, taken_s INTEGER,"
			  " detail TEXT, PRIMARY KEY (order_id, device)) WITHOUT ROWID;"
			  "CREATE INDEX order_device_device ON order_device (device, order_id);"
			  "CREATE INDEX order_device_waiting ON order_device (carrier, order_id)"
			  " WHERE state = 0;"
			  "CREATE INDEX order_device_expiry ON order_device (expires_s)"
			  " WHERE state = 0;"
			  "CREATE INDEX order_device_sent ON order_device (device) WHERE state = 2;"
			  "CREATE TABLE order_file (order_id TEXT NOT NULL, device TEXT NOT NULL,"
			  " type TEXT NOT NULL, time_s INTEGER NOT NULL, size INTEGER NOT NULL,"
			  " data BLOB NOT NULL, PRIMARY KEY (order_id, device),"
			  " FOREIGN KEY (order_id, device)"
			  " REFERENCES order_device (order_id, device) ON DELETE CASCADE);"
			  "CREATE INDEX order_file_time ON order_file (time_s);",

		.pg = "CREATE TABLE orders (id text COLLATE \"C\" PRIMARY KEY, kind text NOT NULL,"
		      " args text NOT NULL, scope text COLLATE \"C\", person text NOT NULL,"
		      " reason text NOT NULL, time_s bigint NOT NULL, expires_s bigint,"
		      " cancelled_s bigint, cancelled_by text, device_count bigint NOT NULL);"
		      "CREATE TABLE order_device (order_id text COLLATE \"C\" NOT NULL"
		      " REFERENCES orders (id) ON DELETE CASCADE,"
		      " device text COLLATE \"C\" NOT NULL"
		      " REFERENCES device (id) ON DELETE CASCADE,"
		      " carrier text COLLATE \"C\" NOT NULL, state bigint NOT NULL, number bigint,"
		      " time_s bigint NOT NULL, expires_s bigint, taken_s bigint, detail text,"
		      " PRIMARY KEY (order_id, device));"
		      "CREATE INDEX order_device_device ON order_device (device, order_id);"
		      "CREATE INDEX order_device_waiting ON order_device (carrier, order_id)"
		      " WHERE state = 0;"
		      "CREATE INDEX order_device_expiry ON order_device (expires_s)"
		      " WHERE state = 0;"
		      "CREATE INDEX order_device_sent ON order_device (device) WHERE state = 2;"
		      "CREATE TABLE order_file (order_id text COLLATE \"C\" NOT NULL,"
		      " device text COLLATE \"C\" NOT NULL, type text NOT NULL,"
		      " time_s bigint NOT NULL, size bigint NOT NULL, data bytea NOT NULL,"
		      " PRIMARY KEY (order_id, device), FOREIGN KEY (order_id, device)"
		      " REFERENCES order_device (order_id, device) ON DELETE CASCADE);"
		      "CREATE INDEX order_file_time ON order_file (time_s);",
};
