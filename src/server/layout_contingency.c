/* SPDX-License-Identifier: Apache-2.0 */
/* Config sets prepared for an emergency, and which of them are on. */
#include "server/layout.h"

const struct layout_step layout_contingency = {
		.sqlite = "CREATE TABLE contingency (id TEXT PRIMARY KEY,"
			  " tenant TEXT REFERENCES tenant (name), name TEXT NOT NULL,"
			  " description TEXT NOT NULL, changed_s INTEGER NOT NULL,"
			  " changed_by TEXT NOT NULL, asked INTEGER NOT NULL, asked_s INTEGER,"
			  " asked_by TEXT, reason TEXT, revision INTEGER, on_s INTEGER,"
			  " on_by TEXT, on_with TEXT) WITHOUT ROWID;"
			  "CREATE UNIQUE INDEX contingency_name"
			  " ON contingency (coalesce(tenant, ''), name);"
			  "CREATE TABLE contingency_layer (contingency TEXT NOT NULL"
			  " REFERENCES contingency (id) ON DELETE CASCADE,"
			  " scope TEXT NOT NULL, patch TEXT NOT NULL,"
			  " PRIMARY KEY (contingency, scope)) WITHOUT ROWID;",

		.pg = "CREATE TABLE contingency (id text COLLATE \"C\" PRIMARY KEY,"
		      " tenant text COLLATE \"C\" REFERENCES tenant (name),"
		      " name text COLLATE \"C\" NOT NULL,"
		      " description text NOT NULL, changed_s bigint NOT NULL,"
		      " changed_by text NOT NULL, asked bigint NOT NULL, asked_s bigint,"
		      " asked_by text, reason text, revision bigint, on_s bigint,"
		      " on_by text, on_with text);"
		      "CREATE UNIQUE INDEX contingency_name"
		      " ON contingency (coalesce(tenant, ''), name);"
		      "CREATE TABLE contingency_layer (contingency text COLLATE \"C\" NOT NULL"
		      " REFERENCES contingency (id) ON DELETE CASCADE,"
		      " scope text COLLATE \"C\" NOT NULL, patch text NOT NULL,"
		      " PRIMARY KEY (contingency, scope));",
};
