/* SPDX-License-Identifier: Apache-2.0 */
/* How long the server keeps what it forgets by itself; and what one person did, found fast. */
#include "server/layout.h"

#define INDEXES \
	"CREATE INDEX revision_person ON revision (person, revision);" \
	"CREATE INDEX inventory_change_time ON inventory_change (time_s);"

const struct layout_step layout_retention = {
		.sqlite = "CREATE TABLE retention (name TEXT PRIMARY KEY, days INTEGER NOT NULL)"
			  " WITHOUT ROWID;" INDEXES,
		.pg = "CREATE TABLE retention (name text COLLATE \"C\" PRIMARY KEY,"
		      " days bigint NOT NULL);" INDEXES,
};
