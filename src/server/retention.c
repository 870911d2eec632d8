/* SPDX-License-Identifier: Apache-2.0 */
#include "server/retention.h"

#include "server/db_admit.h"
#include "server/db_inventory.h"
#include "server/server.h"

enum { DAY_S = 24 * 3600, EVERY_S = 3600 };

static int forget(struct server *server, struct err *err)
{
	int64_t now_s = server_now_s();
	int r = db_quality_expire(server->db, now_s / DAY_S - RETENTION_QUALITY_DAYS, err);

	if (r == 0)
		r = db_admit_expire(server->db, now_s - (int64_t)RETENTION_EXPECTED_DAYS * DAY_S,
				err);
	return r;
}

void retention_start(struct server *server)
{
	jobs_add(server->jobs, "retention", EVERY_S, forget);
}
