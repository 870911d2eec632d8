/* SPDX-License-Identifier: Apache-2.0 */
/* A broken unit's place goes to another one: for people. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/code.h"
#include "server/bell.h"
#include "server/db_retired.h"
#include "server/enrol.h"
#include "server/layers.h"
#include "server/people_admit.h"
#include "server/rights.h"
#include "server/rule.h"
#include "server/rules.h"
#include "server/swap.h"

enum { FOUND_MAX = 4 };

/* What takes the place: an enrolment that waits, or a device. */
struct unit {
	struct db_device device;
	struct db_enrolment enrolment;
	bool is_waiting;
};

static int find_waiting(struct db *db, const char *with, struct unit *unit, struct err *err)
{
	char code[CODE_SIZE];
	int r = -ENOENT;

	if (code_normalise(with, code, NULL) == 0)
		r = db_enrolment_by_code(db, code, &unit->enrolment, err);
	unit->is_waiting = r == 0;
	return r;
}

/* Those that this person may not see do not count. */
static int find_device(struct request *request, const char *with, const struct db_device *old,
		struct unit *unit, struct err *err)
{
	struct db_device *found = own_alloc_array(FOUND_MAX, sizeof(*found));
	OWNED(memory) void *freed = found;
	unsigned count = 0, seen = 0;
	int r = swap_find(request->server->db, with, found, FOUND_MAX, &count, err);

	(void)freed;
	for (unsigned i = 0; i < count && r == 0; i++) {
		if (strcmp(found[i].id, old->id) == 0 ||
				rights_require_device(request, RIGHT_DEVICES, &found[i], NULL) < 0)
			continue;
		unit->device = found[i];
		seen++;
	}
	if (r < 0)
		return r;
	if (seen > 1)
		return err_set(err, EBUSY, "with: several devices are called \"%s\": give an id",
				with);
	if (seen == 0)
		return err_set(err, ENOENT,
				"with: neither a waiting device shows this code nor is one known "
				"by this name, id, serial number or MAC address; one that waits is "
				"named by the code on its screen");
	return 0;
}

static int find_unit(struct request *request, const char *with, const struct db_device *old,
		struct unit *unit, struct err *err)
{
	int r = find_waiting(request->server->db, with, unit, err);

	return r == -ENOENT ? find_device(request, with, old, unit, err) : r;
}

static int swap(struct request *request, const struct db_device *old, struct unit *unit,
		const char *reason, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(layer) struct db_layer layer = {0};
	struct server *server = request->server;
	char scope[DB_SCOPE_MAX], old_scope[DB_SCOPE_MAX];

	if (unit->is_waiting) {
		enrol_new_id(unit->device.id);
		memcpy(unit->device.approved_by, request->token.person,
				sizeof(unit->device.approved_by));
	}
	(void)text_format(scope, sizeof(scope), "device/%s", unit->device.id);
	(void)text_format(old_scope, sizeof(old_scope), "device/%s", old->id);
	int r = db_layer_get(server->db, old_scope, &layer, err);
	if (r < 0 && r != -ENOENT)
		return r;
	struct db_revision about = people_revision(request, "swap", scope, reason);
	about.patch = about.after = layer.config;
	r = publish_begin(&publish, server, &about, err);
	if (r == 0)
		r = swap_devices(&publish, old, &unit->device,
				unit->is_waiting ? &unit->enrolment : NULL, err);
	if (r == 0)
		r = publish_end(&publish, false, err);
	if (r < 0)
		return people_failed(request, &publish, r);
	bell_wake(server, old_scope);
	rules_check(server, unit->device.id, RULE_USES_ALL);
	if (unit->is_waiting)
		enrol_wake(server, &unit->enrolment);
	return people_answer_device(request, MHD_HTTP_OK, unit->device.id, publish.about.revision,
			err);
}

int people_swap(struct request *request, struct err *err)
{
	OWNED(memory) struct unit *unit = own_alloc(sizeof(*unit));
	char with[128] = "", reason[DB_REASON_MAX] = "";
	struct db_device old;
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "with", JSON_REQUIRED | JSON_FILLED, with, sizeof(with));
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = rights_device(request, RIGHT_DEVICES, request->match.args[0], &old, err);
	if (r == 0)
		r = find_unit(request, with, &old, unit, err);
	return r < 0 ? r : swap(request, &old, unit, reason, err);
}

static int undo(struct request *request, struct db_device *unit, const char *reason,
		struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(layer) struct db_layer layer = {0};
	OWNED(memory) struct db_retired *retired = own_alloc(sizeof(*retired));
	struct server *server = request->server;
	char scope[DB_SCOPE_MAX], old[DB_ID_MAX] = "";
	int r = db_retired_by_successor(server->db, unit->id, retired, err);

	if (r < 0)
		return r;
	db_retired_finish(retired);
	(void)text_format(scope, sizeof(scope), "device/%s", unit->id);
	r = db_layer_get(server->db, scope, &layer, err);
	if (r < 0 && r != -ENOENT)
		return r;
	(void)text_format(scope, sizeof(scope), "device/%s", retired->device.id);
	struct db_revision about = people_revision(request, "swap", scope, reason);
	about.patch = about.after = layer.config;
	r = publish_begin(&publish, server, &about, err);
	if (r == 0)
		r = swap_undo(&publish, unit, old, err);
	if (r == 0)
		r = publish_end(&publish, false, err);
	if (r < 0)
		return people_failed(request, &publish, r);
	rules_check(server, unit->id, RULE_USES_ALL);
	rules_check(server, old, RULE_USES_ALL);
	return people_answer_device(request, MHD_HTTP_OK, old, publish.about.revision, err);
}

int people_swap_undo(struct request *request, struct err *err)
{
	char reason[DB_REASON_MAX] = "";
	struct db_device unit;
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = rights_device(request, RIGHT_DEVICES, request->match.args[0], &unit, err);
	return r < 0 ? r : undo(request, &unit, reason, err);
}

/* --- those that were replaced */

static int add_replaced(void *data, const struct db_retired *retired)
{
	cJSON *item = json_new_object(), *hardware = NULL;
	const struct db_device *device = &retired->device;

	json_put_text(item, "id", device->id);
	json_put_text(item, "name", device->name);
	people_put_text(item, "tenant", device->tenant);
	people_put_text(item, "site", device->site);
	people_put_time(item, "replaced", retired->retired_s);
	json_put_text(item, "by", retired->successor);
	if (json_parse(device->hardware, strlen(device->hardware), &hardware, NULL) < 0)
		hardware = cJSON_CreateNull();
	json_put(item, "hardware", hardware);
	return people_list_add(data, item, device->id);
}

int people_replaced(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, "replaced", known, err);

	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_retired_list(request->server->db, rights_view(request, RIGHT_READ), &page,
			add_replaced, &list, err);
	return people_list_end(&list, r);
}

int people_replaced_remove(struct request *request, struct err *err)
{
	const char *id = request->match.args[0];
	OWNED(memory) struct db_retired *retired = own_alloc(sizeof(*retired));
	int r = db_retired_get(request->server->db, id, retired, err);

	if (r < 0)
		return r;
	db_retired_finish(retired);
	r = rights_require_device(request, RIGHT_DEVICES, &retired->device, err);
	if (r == -ENOENT)
		return err_set(err, ENOENT, "there is no device \"%s\" that was replaced", id);
	if (r == 0)
		r = db_retired_release(request->server->db, id, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", id);
	return http_answer(request, MHD_HTTP_OK, answer);
}
