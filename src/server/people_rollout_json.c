/* SPDX-License-Identifier: Apache-2.0 */
/* What the API says of a roll-out. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/people_rollout.h"

enum { HISTORY = 200 };

static const char *const outcomes[ROLLOUT_OUTCOMES] = {
		"pending", "good", "returned", "missing", "excused"};

cJSON *people_rollout_brief(const struct db_rollout *rollout, const struct rollout_plan *plan)
{
	cJSON *item = json_new_object();
	bool is_begun = rollout->state != DB_ROLLOUT_DRAFT;

	json_put_text(item, "id", rollout->id);
	json_put_text(item, "name", rollout->name);
	json_put_text(item, "scope", rollout->scope);
	json_put_text(item, "state", rollout_state_word(rollout->state));
	people_put_text(item, "why", rollout->why);
	people_put_whole(item, "ring", is_begun ? rollout->ring + 1 : 0);
	json_put_whole(item, "ring_count", plan->ring_count);
	people_put_text(item, "reason", rollout->reason);
	json_put_text(item, "made_by", rollout->made_by);
	people_put_time(item, "made", rollout->made_s);
	people_put_text(item, "started_by", rollout->started_by);
	people_put_time(item, "started", rollout->started_s);
	people_put_time(item, "ended", rollout->ended_s);
	people_put_whole(item, "revision", rollout->revision);
	people_put_whole(item, "merged", rollout->merged);
	people_put_whole(item, "undone", rollout->undone);
	return item;
}

static cJSON *tree_of(const char *text)
{
	cJSON *tree = NULL;

	if (!text || json_parse(text, strlen(text), &tree, NULL) < 0)
		return cJSON_CreateNull();
	return tree;
}

static void put_ring(cJSON *list, const struct rollout_ring *ring,
		const struct rollout_tally *tally, bool is_known)
{
	static const char *const left[ROLLOUT_PICKS] = {
			[ROLLOUT_OFFLINE] = "offline",
			[ROLLOUT_BUSY] = "in_session",
			[ROLLOUT_CLOSED] = "out_of_window",
			[ROLLOUT_FULL] = "queued",
			[ROLLOUT_LATER] = "later",
	};
	cJSON *item = json_new_object();

	json_put_text(item, "name", ring->name);
	json_put_whole(item, "given", tally->given);
	for (unsigned i = 0; i < ROLLOUT_OUTCOMES; i++)
		json_put_whole(item, outcomes[i], tally->outcomes[i]);
	json_put_whole(item, "crashed", tally->crashed);
	json_put_whole(item, "signed_in", tally->signed_in);
	json_put_whole(item, "sign_in_failed", tally->sign_in_failed);
	for (unsigned i = 0; i < ROLLOUT_PICKS; i++) {
		if (left[i])
			json_put(item, left[i],
					is_known ? cJSON_CreateNumber(tally->left[i])
						 : cJSON_CreateNull());
	}
	json_append(list, item);
}

static int put_act(void *data, const struct db_rollout_act *act)
{
	cJSON *item = json_new_object();

	people_put_time(item, "time", act->time_s);
	people_put_text(item, "person", act->person);
	json_put_text(item, "action", act->action);
	people_put_text(item, "detail", act->detail);
	json_append(data, item);
	return 0;
}

int people_rollout_answer(struct request *request, int status, const struct db_rollout *rollout,
		struct err *err)
{
	OWNED(rollout_plan) struct rollout_plan plan = {0};
	struct rollout_tally tallies[ROLLOUT_RINGS_MAX] = {0};
	struct db *db = request->server->db;
	struct rollout_bounds bounds;
	int r = rollout_read(rollout, &plan, &bounds, err);

	if (r == 0)
		r = db_rollout_tally(db, rollout->id, tallies, err);
	if (r < 0)
		return r;
	bool is_known = rollout_counts_read(rollout, tallies);
	OWNED(json) cJSON *answer = people_rollout_brief(rollout, &plan);
	json_put(answer, "patch", tree_of(rollout->patch));
	json_put(answer, "plan", tree_of(rollout->plan));
	cJSON *rings = json_put_list(answer, "rings");
	for (unsigned i = 0; i < plan.ring_count; i++)
		put_ring(rings, &plan.rings[i], &tallies[i], is_known);
	r = db_rollout_acts(db, rollout->id, HISTORY, put_act, json_put_list(answer, "history"),
			err);
	return r < 0 ? r : http_answer(request, status, own_take(answer));
}

/* --- devices and sites */

static int add_device(void *data, const struct db_rollout_device *device)
{
	static const char *const sign_ins[] = {"", "done", "failed"};
	cJSON *item = json_new_object();

	json_put_text(item, "device", device->id);
	json_put_text(item, "name", device->name);
	people_put_text(item, "site", device->site);
	json_put_whole(item, "ring", device->ring + 1);
	people_put_time(item, "given", device->given.given_s);
	json_put_whole(item, "revision", device->given.revision);
	json_put_text(item, "outcome", outcomes[device->outcome]);
	json_put_bool(item, "crashed", device->crashed != DB_ROLLOUT_NOT_CRASHED);
	people_put_text(item, "sign_in", sign_ins[device->sign_in]);
	people_put_text(item, "reason", device->said);
	people_put_whole(item, "running", device->now.revision);
	people_put_text(item, "version", device->now.version);
	people_put_time(item, "seen", device->seen_s);
	return people_list_add(data, item, device->id);
}

int people_rollout_devices(struct request *request, struct err *err)
{
	static const char *const known[] = {"failed", NULL};
	bool only_failed = false;
	OWNED(db_rollout) struct db_rollout rollout = {0};
	struct people_list list;
	int r = people_rollout_find(request, RIGHT_READ, &rollout, err);

	if (r == 0)
		r = route_query_flag(&request->query, "failed", &only_failed, err);
	if (r == 0)
		r = people_list_begin(&list, request, "devices", known, err);
	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_rollout_devices(request->server->db, rollout.id,
			only_failed ? DB_ROLLOUT_FAILED : DB_ROLLOUT_ALL, &page, add_device, &list,
			err);
	return people_list_end(&list, r);
}

static int add_site(void *data, const struct db_rollout_site *site)
{
	cJSON *item = json_new_object();
	char cursor[PEOPLE_CURSOR_MAX];
	int64_t given = 0;

	people_put_text(item, "site", site->site);
	json_put_whole(item, "devices", site->devices);
	for (unsigned i = 0; i < ROLLOUT_OUTCOMES; i++)
		given += site->outcomes[i];
	json_put_whole(item, "given", given);
	for (unsigned i = 0; i < ROLLOUT_OUTCOMES; i++)
		json_put_whole(item, outcomes[i], site->outcomes[i]);
	json_put_whole(item, "crashed", site->crashed);
	/* The devices of no site come first and have a cursor, too. */
	(void)text_format(cursor, sizeof(cursor), "s%s", site->site);
	return people_list_add(data, item, cursor);
}

int people_rollout_sites(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	OWNED(db_rollout) struct db_rollout rollout = {0};
	struct people_list list;
	int r = people_rollout_find(request, RIGHT_READ, &rollout, err);

	if (r == 0)
		r = people_list_begin(&list, request, "sites", known, err);
	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_rollout_sites(request->server->db, &rollout, &page, add_site, &list, err);
	return people_list_end(&list, r);
}
