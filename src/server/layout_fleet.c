/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classes of devices: the effective document is computed, and remembered, once per class. No
 * envelope is stored any more, they are made when a device fetches. Devices from before have no
 * class: the server gives them theirs when it starts.
 */
#include "server/layout.h"

const struct layout_step layout_fleet = {
		.sqlite = "ALTER TABLE device ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;"
			  "ALTER TABLE device ADD COLUMN class INTEGER NOT NULL DEFAULT 0;"
			  "ALTER TABLE device ADD COLUMN touched INTEGER NOT NULL DEFAULT 0;"
			  "CREATE INDEX device_touched ON device (touched);"
			  "UPDATE device SET effective = NULL;"
			  "ALTER TABLE device DROP COLUMN envelope;"
			  "ALTER TABLE device DROP COLUMN issued_s;"
			  "CREATE TABLE device_gone (revision INTEGER NOT NULL, device TEXT NOT "
			  "NULL,"
			  " PRIMARY KEY (revision, device)) WITHOUT ROWID;"
			  "CREATE TABLE class (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL,"
			  " effective BLOB NOT NULL);"
			  "CREATE INDEX class_revision ON class (revision);"
			  "CREATE INDEX layer_revision ON layer (revision);"
			  "CREATE TABLE revision_device (revision INTEGER NOT NULL, device TEXT "
			  "NOT "
			  "NULL,"
			  " PRIMARY KEY (revision, device)) WITHOUT ROWID;"
			  "INSERT INTO revision_device (revision, device)"
			  " SELECT revision, device FROM config;"
			  "DROP TABLE config; DROP TABLE blob;",

		.pg = "ALTER TABLE device ADD COLUMN joined bigint NOT NULL DEFAULT 0;"
		      "ALTER TABLE device ADD COLUMN class bigint NOT NULL DEFAULT 0;"
		      "ALTER TABLE device ADD COLUMN touched bigint NOT NULL DEFAULT 0;"
		      "CREATE INDEX device_touched ON device (touched);"
		      "UPDATE device SET effective = NULL;"
		      "ALTER TABLE device DROP COLUMN envelope;"
		      "ALTER TABLE device DROP COLUMN issued_s;"
		      "CREATE TABLE device_gone (revision bigint NOT NULL,"
		      " device text COLLATE \"C\" NOT NULL, PRIMARY KEY (revision, device));"
		      "CREATE TABLE class (id bigint PRIMARY KEY, revision bigint NOT NULL,"
		      " effective bytea NOT NULL);"
		      "CREATE INDEX class_revision ON class (revision);"
		      "CREATE INDEX layer_revision ON layer (revision);"
		      "CREATE TABLE revision_device (revision bigint NOT NULL,"
		      " device text COLLATE \"C\" NOT NULL, PRIMARY KEY (revision, device));"
		      "INSERT INTO revision_device (revision, device)"
		      " SELECT revision, device FROM config;"
		      "DROP TABLE config; DROP TABLE blob;",
};
