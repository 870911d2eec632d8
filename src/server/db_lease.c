/* SPDX-License-Identifier: Apache-2.0 */
/* Which of several servers does what only one should. */
#include "server/sql.h"

int db_lease(struct db *db, const char *name, const char *holder, int64_t now_s, int64_t seconds,
		bool *ret, struct err *err)
{
	int r = sql_run(db, err,
			"INSERT INTO lease (name, holder, until_s) VALUES (?1, ?2, ?3)"
			" ON CONFLICT (name) DO UPDATE SET holder = ?2, until_s = ?3"
			" WHERE lease.holder = ?2 OR lease.until_s < ?4"
			" OR lease.until_s > ?3 + 3600",
			"ttii", name, holder, now_s + seconds, now_s);

	*ret = r > 0;
	return r < 0 ? r : 0;
}
