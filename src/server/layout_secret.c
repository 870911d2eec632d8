/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets, sealed (vault.h); in `sealed_check` what tells whether this server has their key. */
#include "server/layout.h"

const struct layout_step layout_secret = {
		.sqlite = "CREATE TABLE secret (scope TEXT NOT NULL, name TEXT NOT NULL,"
			  " revision INTEGER NOT NULL REFERENCES revision (revision),"
			  " sealed BLOB NOT NULL, PRIMARY KEY (scope, name)) WITHOUT ROWID;"
			  "CREATE TABLE sealed_check (name TEXT PRIMARY KEY, sealed BLOB NOT NULL)"
			  " WITHOUT ROWID;",
		.pg = "CREATE TABLE secret (scope text COLLATE \"C\" NOT NULL,"
		      " name text COLLATE \"C\" NOT NULL,"
		      " revision bigint NOT NULL REFERENCES revision (revision),"
		      " sealed bytea NOT NULL, PRIMARY KEY (scope, name));"
		      "CREATE TABLE sealed_check (name text COLLATE \"C\" PRIMARY KEY,"
		      " sealed bytea NOT NULL);",
};
