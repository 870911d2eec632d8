/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log. */
#include <errno.h>
#include <string.h>

#include "server/sql.h"

#define COLUMNS "SELECT id, time_s, person, address, action, status, request, hash FROM audit "
#define OF_FILTER \
	" AND (?2 = '' OR person = ?2) AND (?4 = '' OR " SQL_IN_VIEW("?4", \
			"'tenant/' || tenant") " OR " SQL_IN_VIEW("?4", "'site/' || site") ")"

int db_audit_add(struct db *db, const struct db_audit *audit, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO audit (id, time_s, person, address, action, status, request,"
			" hash, tenant, site) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			"iitttithnn", audit->id, audit->time_s, audit->person, audit->address,
			audit->action, audit->status, audit->request, audit->hash, audit->tenant,
			audit->site);

	return r < 0 ? r : 0;
}

int db_audit_newest(struct db *db, int64_t *id, uint8_t hash[DB_HASH], struct err *err)
{
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", &row, err, "");

	if (r == 0)
		r = sql_step(db, row, err);
	if (r < 0)
		return r;
	*id = r ? sql_whole(row, 0) : 0;
	memset(hash, 0, DB_HASH);
	if (r)
		sql_hash(row, 1, hash);
	return 0;
}

int db_audit_list(struct db *db, const struct db_audit_filter *filter, db_audit_fn fn, void *data,
		struct err *err)
{
	static const char oldest[] = COLUMNS "WHERE id > ?1" OF_FILTER " ORDER BY id LIMIT ?3";
	static const char newest[] =
			COLUMNS "WHERE (?1 = 0 OR id < ?1)" OF_FILTER " ORDER BY id DESC LIMIT ?3";
	OWNED(row) struct sql_row *row = NULL;
	int r = sql_bind(db, filter->is_ascending ? oldest : newest, &row, err, "itit",
			filter->is_ascending ? filter->after : filter->before, filter->person,
			filter->limit, filter->view ? filter->view : "");

	while (r == 0 && (r = sql_step(db, row, err)) > 0) {
		struct db_audit one = {
				.id = sql_whole(row, 0),
				.time_s = sql_whole(row, 1),
				.status = sql_whole(row, 5),
				.request = sql_borrow(row, 6),
		};

		sql_text(row, 2, one.person, sizeof(one.person));
		sql_text(row, 3, one.address, sizeof(one.address));
		sql_text(row, 4, one.action, sizeof(one.action));
		sql_hash(row, 7, one.hash);
		r = fn(data, &one);
	}
	return r;
}
