/* SPDX-License-Identifier: Apache-2.0 */
/* Which of several servers does what only one should. */
#include "server/layout.h"

const struct layout_step layout_lease = {
		.sqlite = "CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL,"
			  " until_s INTEGER NOT NULL) WITHOUT ROWID;",
		.pg = "CREATE TABLE lease (name text COLLATE \"C\" PRIMARY KEY,"
		      " holder text NOT NULL, until_s bigint NOT NULL);",
};
