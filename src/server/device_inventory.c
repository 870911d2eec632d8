/* SPDX-License-Identifier: Apache-2.0 */
/* What a device is made of, and how its sessions were: docs/protocol.md. */
#include "server/device_inventory.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "conf/json.h"
#include "server/device_api.h"
#include "server/people_privacy.h"
#include "server/rule.h"
#include "server/rules.h"
#include "server/stack.h"

enum { CHANGES_AT_ONCE = 50, VALUE_MAX = 1000, DAY_S = 24 * 3600 };

/* --- inventory */

struct changes {
	struct db *db;
	const char *device;
	int64_t time_s;
	unsigned count;
	struct err *err;
};

/* A large value is only said to be one. */
static char *print_value(const cJSON *value)
{
	char *text = value ? json_print(value) : NULL;

	if (!text || strlen(text) < VALUE_MAX)
		return text;
	free(text);
	return own_copy_text("\"...\"");
}

static int note_change(struct changes *changes, const char *path, const cJSON *before,
		const cJSON *after)
{
	if (changes->count++ >= CHANGES_AT_ONCE)
		return 0;
	OWNED(memory) char *old = print_value(before);
	OWNED(memory) char *new = print_value(after);
	const struct db_inventory_change change = {
			.time_s = changes->time_s, .path = path, .before = old, .after = new};

	return db_inventory_change_add(changes->db, changes->device, &change, changes->err);
}

/* Every leaf of `these` that is not the same in `others`; `are_new`: `these` are what is now. */
static int note_leaves(struct changes *changes, const cJSON *these, const cJSON *others,
		bool are_new)
{
	OWNED(memory) struct json_walk *walk = own_alloc(sizeof(*walk));
	const cJSON *leaf;
	int r = 0;

	json_walk_begin(walk, these);
	while (r == 0 && (leaf = json_walk_next(walk))) {
		const cJSON *other = json_at(others, walk->pointer);

		if (!walk->pointer[0])
			break;
		if (are_new && !(other && cJSON_Compare(leaf, other, 1)))
			r = note_change(changes, walk->pointer, other, leaf);
		else if (!are_new && !other)
			r = note_change(changes, walk->pointer, leaf, NULL);
	}
	return r;
}

static int note_changes(struct changes *changes, const char *old, const cJSON *now)
{
	OWNED(json) cJSON *before = NULL;

	if (json_parse(old, strlen(old), &before, NULL) < 0)
		return 0;
	int r = note_leaves(changes, now, before, true);
	if (r == 0)
		r = note_leaves(changes, before, now, false);
	return r < 0 ? r : db_inventory_change_trim(changes->db, changes->device, changes->err);
}

static int take_inventory(struct request *request, const char *body, struct err *err)
{
	struct db *db = request->server->db;
	const char *id = request->device->id;
	OWNED(memory) char *old = NULL;
	struct changes changes = {.db = db, .device = id, .time_s = server_now_s(), .err = err};
	int64_t taken_s;
	int r = db_begin(db, err);

	if (r == 0)
		r = db_inventory_get(db, id, &old, &taken_s, err);
	if (r == -ENOENT)
		r = 0;
	if (r == 0 && old)
		r = note_changes(&changes, old, request->json);
	if (r == 0)
		r = db_inventory_put(db, id, body, changes.time_s, err);
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	return r;
}

/* Newer devices may say more than this server knows: it keeps that without judging it. */
int device_inventory(struct request *request, struct err *err)
{
	int64_t format = 1;
	struct json in;
	int r = device_need_body(request, err);

	if (r < 0)
		return r;
	json_begin(&in, request->json, err);
	json_take_all(&in);
	json_whole(&in, "format", 0, 1, JSON_WHOLE_MAX, &format);
	r = json_end(&in);
	if (r < 0)
		return r;
	OWNED(memory) char *body = json_print(request->json);
	if (strlen(body) > DB_INVENTORY_MAX)
		return err_set(err, EINVAL, "an inventory has at most %d bytes", DB_INVENTORY_MAX);
	r = take_inventory(request, body, err);
	if (r < 0)
		return r;
	rules_check(request->server, request->device->id, RULE_USES_INVENTORY);
	return MHD_HTTP_NO_CONTENT;
}

/* --- names of users */

/*
 * Who uses a device is stored only where its config says `reports.includes_user`: a device that
 * tells it all the same (an older config, or a forged one) is not listened to.
 */
static bool may_store_user(struct db *db, const char *id)
{
	OWNED(stack) struct stack stack = {0};
	struct db_device device;

	if (db_device_get(db, id, &device, NULL) < 0 || stack_load(db, &device, &stack, NULL) < 0)
		return false;
	OWNED(json) cJSON *effective = stack_merge(&stack);
	return cJSON_IsTrue(json_at(effective, "/reports/includes_user"));
}

static cJSON *user_of(const cJSON *report)
{
	cJSON *member = report->child;

	while (member && !privacy_is_user_key(member->string))
		member = member->next;
	return member;
}

void device_report_user(struct request *request)
{
	cJSON *user = user_of(request->json);

	if (!user || may_store_user(request->server->db, request->device->id))
		return;
	for (; user; user = user_of(request->json))
		cJSON_Delete(cJSON_DetachItemViaPointer(request->json, user));
}

/* --- quality of sessions */

static int64_t number(const cJSON *tree, const char *pointer)
{
	const cJSON *value = json_at(tree, pointer);

	/* What a device says is not to overflow a sum. */
	if (!cJSON_IsNumber(value) || value->valuedouble < 0 || value->valuedouble > 1e9)
		return 0;
	return (int64_t)value->valuedouble;
}

/* What a counter grew by; one that fell began anew. */
static int64_t growth(int64_t before, int64_t now)
{
	return now >= before ? now - before : now;
}

static int64_t crashes(const cJSON *report)
{
	return number(report, "/crashes/kiosk") + number(report, "/crashes/session");
}

void device_report_quality(struct request *request)
{
	OWNED(memory) struct db_device *device = own_alloc(sizeof(*device));
	const cJSON *now = json_at(request->json, "/quality");
	OWNED(json) cJSON *old = NULL;
	struct db_quality sum = {.day = server_now_s() / DAY_S};
	struct err err;

	if (!now && !json_at(request->json, "/crashes"))
		return;
	if (db_device_get(request->server->db, request->device->id, device, NULL) < 0)
		return;
	if (device->report[0])
		(void)json_parse(device->report, strlen(device->report), &old, NULL);
	sum.crashes = growth(old ? crashes(old) : 0, crashes(request->json));
	if (!cJSON_IsObject(now) && !sum.crashes)
		return;
	const cJSON *before = old ? json_at(old, "/quality") : NULL;
	int64_t seconds = number(now, "/duration_s"), was = number(before, "/duration_s");
	bool is_same = cJSON_IsObject(before) && seconds >= was;
	memcpy(sum.device, device->id, sizeof(sum.device));
	memcpy(sum.tenant, device->tenant, sizeof(sum.tenant));
	memcpy(sum.site, device->site, sizeof(sum.site));
	if (cJSON_IsObject(now)) {
		sum.sessions = !is_same;
		sum.seconds = is_same ? seconds - was : seconds;
		sum.sign_in_ms = is_same ? 0 : number(now, "/sign_in_ms");
		sum.reconnects = is_same ? growth(number(before, "/reconnects"),
							   number(now, "/reconnects"))
		                         : number(now, "/reconnects");
		sum.samples = 1;
		sum.round_trip_ms = number(now, "/round_trip_ms");
		sum.frames = number(now, "/frames_per_s");
		sum.dropped = number(now, "/dropped_per_s");
	}
	if (db_quality_add(request->server->db, &sum, &err) < 0)
		log_warn("the quality of a session is not kept: %s", err.text);
}
