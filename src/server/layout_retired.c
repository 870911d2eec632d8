/* SPDX-License-Identifier: Apache-2.0 */
/* Devices whose certificate ended, and what a swap can put back. */
#include "server/layout.h"

const struct layout_step layout_retired = {
		.sqlite = "CREATE TABLE retired (id TEXT PRIMARY KEY, certificate BLOB NOT NULL,"
			  " name TEXT NOT NULL, tenant TEXT, site TEXT, groups TEXT NOT NULL,"
			  " hardware TEXT NOT NULL, approved_s INTEGER NOT NULL,"
			  " approved_by TEXT NOT NULL, retired_s INTEGER NOT NULL,"
			  " successor TEXT, before TEXT) WITHOUT ROWID;"
			  "CREATE INDEX retired_successor ON retired (successor);"
			  "ALTER TABLE enrolment ADD COLUMN was TEXT;",
		.pg = "CREATE TABLE retired (id text COLLATE \"C\" PRIMARY KEY,"
		      " certificate bytea NOT NULL, name text NOT NULL, tenant text, site text,"
		      " groups text NOT NULL, hardware json NOT NULL, approved_s bigint NOT NULL,"
		      " approved_by text NOT NULL, retired_s bigint NOT NULL,"
		      " successor text COLLATE \"C\", before text);"
		      "CREATE INDEX retired_successor ON retired (successor);"
		      "ALTER TABLE enrolment ADD COLUMN was text;",
};
