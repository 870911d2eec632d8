/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that wait, for people. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/code.h"
#include "server/admit.h"
#include "server/enrol.h"
#include "server/people.h"
#include "server/rights.h"
#include "server/rule.h"
#include "server/rules.h"

static int add_enrolment(void *data, const struct db_enrolment *enrolment)
{
	cJSON *item = json_new_object(), *hardware = NULL;
	char cursor[PEOPLE_CURSOR_MAX];

	json_put_text(item, "id", enrolment->id);
	people_put_time(item, "since", enrolment->created_s);
	people_put_time(item, "seen", enrolment->seen_s);
	people_put_text(item, "address", enrolment->address);
	if (json_parse(enrolment->hardware, strlen(enrolment->hardware), &hardware, NULL) < 0)
		hardware = cJSON_CreateNull();
	json_put(item, "hardware", hardware);
	people_put_text(item, "token", enrolment->token);
	people_put_text(item, "why", enrolment->why);
	people_put_text(item, "was", enrolment->was);
	(void)text_format(cursor, sizeof(cursor), "%020lld%s", (long long)enrolment->created_s,
			enrolment->id);
	return people_list_add(data, item, cursor);
}

int people_enrolments(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, "enrolments", known, err);

	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	/* Those that wait belong to nobody: only the organisation sees them all. */
	if (rights_has(request, RIGHT_READ, "organisation"))
		r = db_enrolment_list(request->server->db, &page, add_enrolment, &list, err);
	return people_list_end(&list, r);
}

static int find_by_code(struct db *db, const char *typed, struct db_enrolment *ret, struct err *err)
{
	char code[CODE_SIZE];
	int r = code_normalise(typed, code, err);

	return r < 0 ? err_prefix(err, r, "code") : db_enrolment_by_code(db, code, ret, err);
}

static int approve(struct request *request, const struct device_place *place,
		struct db_enrolment *enrolment, struct publish *publish, struct err *err)
{
	OWNED(expected) struct db_expected expected = {0};
	struct db_device device = {0};
	char scope[DB_SCOPE_MAX];
	int r = admit_expected(request->server->db, enrolment, &expected, err);
	bool is_expected = r == 0;

	if (r < 0 && r != -ENOENT)
		return r;
	enrol_new_id(device.id);
	memcpy(device.approved_by, request->token.person, sizeof(device.approved_by));
	(void)text_format(scope, sizeof(scope), "device/%s", device.id);
	struct db_revision about = people_revision(request, "approve", scope, place->reason);
	about.patch = about.after = expected.config;
	r = publish_begin(publish, request->server, &about, err);
	if (r == 0)
		r = people_apply_place(request->server->db, place, &device, err);
	if (r == 0 && is_expected)
		r = admit_prefill(publish, &expected, &device, err);
	if (r == 0)
		r = enrol_approve(publish, enrolment, &device, err);
	if (r == 0)
		r = publish_end(publish, false, err);
	if (r < 0)
		return people_failed(request, publish, r);
	rules_check(request->server, device.id, RULE_USES_ALL);
	enrol_wake(request->server, enrolment);
	return people_answer_device(request, MHD_HTTP_CREATED, device.id, publish->about.revision,
			err);
}

int people_approve(struct request *request, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(memory) struct db_enrolment *enrolment = own_alloc(sizeof(*enrolment));
	OWNED(memory) struct device_place *place = own_alloc(sizeof(*place));
	char typed[64] = "";
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "code", JSON_REQUIRED, typed, sizeof(typed));
	people_read_place(&in, place);
	int r = json_end(&in);
	if (r == 0)
		r = people_check_place(request, place, NULL, err);
	if (r == 0)
		r = find_by_code(request->server->db, typed, enrolment, err);
	return r < 0 ? r : approve(request, place, enrolment, &publish, err);
}

int people_refuse(struct request *request, struct err *err)
{
	struct db *db = request->server->db;
	OWNED(memory) struct db_enrolment *enrolment = own_alloc(sizeof(*enrolment));
	char typed[64] = "", id[DB_ID_MAX] = "", reason[DB_REASON_MAX] = "";
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "code", JSON_FILLED, typed, sizeof(typed));
	json_text(&in, "id", JSON_FILLED, id, sizeof(id));
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0 && !typed[0] == !id[0])
		r = err_set(err, EINVAL, "code: either code or id is expected");
	/* Whoever reads the code stands before the device; ids are the organisation's. */
	if (r == 0)
		r = typed[0] ? rights_require_somewhere(request, RIGHT_DEVICES, err)
		             : rights_require(request, RIGHT_DEVICES, "organisation", err);
	if (r == 0)
		r = typed[0] ? find_by_code(db, typed, enrolment, err)
		             : db_enrolment_get(db, id, enrolment, err);
	if (r == 0 && enrolment->state > DB_ENROLMENT_WAITING)
		r = err_set(err, EBUSY, "this enrolment is decided already");
	if (r == 0)
		r = enrol_refuse(request->server, enrolment,
				reason[0] ? reason : "the helpdesk refused this device", err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", enrolment->id);
	return http_answer(request, MHD_HTTP_OK, answer);
}
