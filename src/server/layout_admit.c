/* SPDX-License-Identifier: Apache-2.0 */
/* Ways in without a person who types a code: site tokens and lists of expected devices. */
#include "server/layout.h"

const struct layout_step layout_admit = {
		.sqlite = "CREATE TABLE site_token (id TEXT PRIMARY KEY, site TEXT NOT NULL,"
			  " groups TEXT NOT NULL, pattern TEXT NOT NULL, label TEXT NOT NULL,"
			  " networks TEXT NOT NULL, hash BLOB NOT NULL,"
			  " created_s INTEGER NOT NULL, created_by TEXT NOT NULL,"
			  " until_s INTEGER NOT NULL, most INTEGER NOT NULL, used INTEGER NOT NULL,"
			  " number INTEGER NOT NULL, used_s INTEGER) WITHOUT ROWID;"
			  "CREATE INDEX site_token_site ON site_token (site);"
			  "CREATE TABLE expected (id TEXT PRIMARY KEY, serial TEXT, mac TEXT,"
			  " name TEXT NOT NULL, tenant TEXT NOT NULL, site TEXT NOT NULL,"
			  " groups TEXT NOT NULL, config TEXT, networks TEXT NOT NULL, until_s "
			  "INTEGER NOT NULL,"
			  " created_s INTEGER NOT NULL, created_by TEXT NOT NULL,"
			  " used_s INTEGER, device TEXT) WITHOUT ROWID;"
			  "CREATE INDEX expected_serial ON expected (serial);"
			  "CREATE INDEX expected_mac ON expected (mac);"
			  "CREATE INDEX expected_site ON expected (site);"
			  "ALTER TABLE enrolment ADD COLUMN token TEXT;"
			  "ALTER TABLE enrolment ADD COLUMN why TEXT;",

		.pg = "CREATE TABLE site_token (id text COLLATE \"C\" PRIMARY KEY,"
		      " site text COLLATE \"C\" NOT NULL, groups text NOT NULL,"
		      " pattern text NOT NULL, label text NOT NULL, networks text NOT NULL,"
		      " hash bytea NOT NULL, created_s bigint NOT NULL, created_by text NOT NULL,"
		      " until_s bigint NOT NULL, most bigint NOT NULL, used bigint NOT NULL,"
		      " number bigint NOT NULL, used_s bigint);"
		      "CREATE INDEX site_token_site ON site_token (site);"
		      "CREATE TABLE expected (id text COLLATE \"C\" PRIMARY KEY,"
		      " serial text COLLATE \"C\", mac text COLLATE \"C\", name text NOT NULL,"
		      " tenant text NOT NULL,"
		      " site text COLLATE \"C\" NOT NULL, groups text NOT NULL, config text,"
		      " networks text NOT NULL, until_s bigint NOT NULL, created_s bigint NOT NULL,"
		      " created_by text NOT NULL, used_s bigint, device text);"
		      "CREATE INDEX expected_serial ON expected (serial);"
		      "CREATE INDEX expected_mac ON expected (mac);"
		      "CREATE INDEX expected_site ON expected (site);"
		      "ALTER TABLE enrolment ADD COLUMN token text;"
		      "ALTER TABLE enrolment ADD COLUMN why text;",
};
