/* SPDX-License-Identifier: Apache-2.0 */
#include "server/retention.h"

#include <string.h>

#include "server/db_admit.h"
#include "server/db_hook.h"
#include "server/db_inventory.h"
#include "server/db_order.h"
#include "server/db_privacy.h"
#include "server/server.h"

enum { DAY_S = 24 * 3600, EVERY_S = 3600, DAYS_MAX = 3660 };

const struct retention_time retention_times[RETENTION_COUNT] = {
		[RETENTION_REPORTS] = {"reports_days", 400, 1, DAYS_MAX},
		[RETENTION_QUALITY] = {"quality_days", 400, 1, DAYS_MAX},
		[RETENTION_ORDERS] = {"orders_days", 90, 1, DAYS_MAX},
		[RETENTION_ORDER_FILES] = {"order_files_days", 7, 1, 366},
		[RETENTION_EXPECTED] = {"expected_days", 180, 1, DAYS_MAX},
		[RETENTION_INVENTORY_CHANGES] = {"inventory_changes_days", 1095, 1, DAYS_MAX},
		[RETENTION_DELIVERIES] = {"deliveries_days", 14, 1, 366},
};

static int note_time(void *data, const char *name, int64_t days)
{
	int64_t *all = data;

	for (unsigned i = 0; i < RETENTION_COUNT; i++) {
		if (strcmp(retention_times[i].name, name) == 0)
			all[i] = days;
	}
	return 0;
}

int retention_load(struct db *db, int64_t days[RETENTION_COUNT], struct err *err)
{
	for (unsigned i = 0; i < RETENTION_COUNT; i++)
		days[i] = retention_times[i].days;
	return db_retention_list(db, note_time, days, err);
}

int retention_save(struct db *db, const int64_t days[RETENTION_COUNT], struct err *err)
{
	int r = 0;

	for (unsigned i = 0; i < RETENTION_COUNT && r == 0; i++)
		r = db_retention_put(db, retention_times[i].name, days[i], err);
	return r;
}

int retention_forget(struct server *server, struct err *err)
{
	int64_t now_s = server_now_s(), days[RETENTION_COUNT], before[RETENTION_COUNT];
	struct db *db = server->db;
	int r = retention_load(db, days, err);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < RETENTION_COUNT; i++)
		before[i] = now_s - days[i] * DAY_S;
	r = db_report_expire(db, before[RETENTION_REPORTS], err);
	if (r == 0)
		r = db_quality_expire(db, now_s / DAY_S - days[RETENTION_QUALITY], err);
	if (r == 0)
		r = db_order_forget(db, before[RETENTION_ORDERS], before[RETENTION_ORDER_FILES],
				err);
	if (r == 0)
		r = db_admit_expire(db, before[RETENTION_EXPECTED], err);
	if (r == 0)
		r = db_inventory_change_expire(db, before[RETENTION_INVENTORY_CHANGES], err);
	if (r == 0)
		r = db_delivery_expire(db, before[RETENTION_DELIVERIES], err);
	return r;
}

void retention_start(struct server *server)
{
	jobs_add(server->jobs, "retention", EVERY_S, retention_forget);
}
