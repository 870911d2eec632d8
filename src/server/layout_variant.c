/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of layers that only some devices have yet. */
#include "server/layout.h"

const struct layout_step layout_variant = {
		.sqlite = "CREATE TABLE variant (id TEXT PRIMARY KEY, scope TEXT NOT NULL,"
			  " patch TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;"
			  "CREATE INDEX variant_scope ON variant (scope);"
			  "CREATE TABLE variant_device ("
			  " device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,"
			  " variant TEXT NOT NULL REFERENCES variant (id) ON DELETE CASCADE,"
			  " PRIMARY KEY (device, variant)) WITHOUT ROWID;"
			  "CREATE INDEX variant_member ON variant_device (variant, device);",

		.pg = "CREATE TABLE variant (id text COLLATE \"C\" PRIMARY KEY,"
		      " scope text COLLATE \"C\" NOT NULL, patch text NOT NULL,"
		      " revision bigint NOT NULL);"
		      "CREATE INDEX variant_scope ON variant (scope);"
		      "CREATE TABLE variant_device (device text COLLATE \"C\" NOT NULL"
		      " REFERENCES device (id) ON DELETE CASCADE,"
		      " variant text COLLATE \"C\" NOT NULL"
		      " REFERENCES variant (id) ON DELETE CASCADE,"
		      " PRIMARY KEY (device, variant));"
		      "CREATE INDEX variant_member ON variant_device (variant, device);",
};
