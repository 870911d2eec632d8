/* SPDX-License-Identifier: Apache-2.0 */
/* Files that devices fetch by their hash; their bytes are in the data folder. */
#include "server/layout.h"

const struct layout_step layout_file = {
		.sqlite = "CREATE TABLE file (hash TEXT PRIMARY KEY, name TEXT NOT NULL,"
			  " kind TEXT NOT NULL, version TEXT, board TEXT, size INTEGER NOT NULL,"
			  " time_s INTEGER NOT NULL, person TEXT NOT NULL) WITHOUT ROWID;",
		.pg = "CREATE TABLE file (hash text COLLATE \"C\" PRIMARY KEY, name text NOT NULL,"
		      " kind text NOT NULL, version text, board text, size bigint NOT NULL,"
		      " time_s bigint NOT NULL, person text NOT NULL);",
};
