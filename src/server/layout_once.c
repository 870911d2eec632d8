/* SPDX-License-Identifier: Apache-2.0 */
/* Requests with an Idempotency-Key and what was answered (once.h), for a day. */
#include "server/layout.h"

const struct layout_step layout_once = {
		.sqlite = "CREATE TABLE once (person TEXT NOT NULL, key TEXT NOT NULL,"
			  " mac BLOB NOT NULL, begun_s INTEGER NOT NULL,"
			  " status INTEGER, sealed BLOB, PRIMARY KEY (person, key)) WITHOUT ROWID;"
			  "CREATE INDEX once_begun ON once (begun_s);",
		.pg = "CREATE TABLE once (person text COLLATE \"C\" NOT NULL,"
		      " key text COLLATE \"C\" NOT NULL,"
		      " mac bytea NOT NULL, begun_s bigint NOT NULL,"
		      " status bigint, sealed bytea, PRIMARY KEY (person, key));"
		      "CREATE INDEX once_begun ON once (begun_s);",
};
