/* SPDX-License-Identifier: Apache-2.0 */
/* How long things are kept, for people. */
#include "server/people.h"
#include "server/people_privacy.h"
#include "server/retention.h"
#include "server/rights.h"

static int answer(struct request *request, const int64_t days[RETENTION_COUNT])
{
	cJSON *object = json_new_object();

	for (unsigned i = 0; i < RETENTION_COUNT; i++)
		json_put_whole(object, retention_times[i].name, days[i]);
	return http_answer(request, MHD_HTTP_OK, object);
}

int people_retention_get(struct request *request, struct err *err)
{
	int64_t days[RETENTION_COUNT];
	int r = rights_require(request, RIGHT_PRIVACY, "organisation", err);

	if (r == 0)
		r = people_no_query(request, err);
	if (r == 0)
		r = retention_load(request->server->db, days, err);
	return r < 0 ? r : answer(request, days);
}

/* What is left out stays. What is too old by the new times is gone with the answer. */
int people_retention_put(struct request *request, struct err *err)
{
	struct db *db = request->server->db;
	int64_t days[RETENTION_COUNT];
	struct json in;
	int r = rights_require(request, RIGHT_PRIVACY, "organisation", err);

	if (r == 0)
		r = people_no_query(request, err);
	if (r == 0)
		r = retention_load(db, days, err);
	if (r < 0)
		return r;
	people_begin(&in, request, err);
	for (unsigned i = 0; i < RETENTION_COUNT; i++)
		json_whole(&in, retention_times[i].name, 0, retention_times[i].least,
				retention_times[i].most, &days[i]);
	r = json_end(&in);
	if (r == 0)
		r = db_begin(db, err);
	if (r == 0)
		r = retention_save(db, days, err);
	if (r == 0)
		r = retention_forget(request->server, err);
	if (r == 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r < 0 ? r : answer(request, days);
}
