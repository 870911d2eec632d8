/* SPDX-License-Identifier: Apache-2.0 */
/* Groups by rule for people. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/people_inventory.h"
#include "server/rights.h"
#include "server/rule.h"
#include "server/rules.h"

void people_put_rule(cJSON *item, struct db *db, const char *group)
{
	OWNED(memory) char *text = NULL;
	cJSON *rule = NULL;

	if (db_rule_get(db, group, &text, NULL) < 0 || !text ||
			json_parse(text, strlen(text), &rule, NULL) < 0)
		rule = cJSON_CreateNull();
	json_put(item, "rule", rule);
}

/* The first of them by name. */
static void put_moved(cJSON *answer, const char *key, struct db *db, const struct array *ids)
{
	cJSON *list = json_put_list(answer, key);
	char count[32];

	(void)text_format(count, sizeof(count), "%s_count", key);
	json_put_whole(answer, count, (int64_t)(ids->size / DB_ID_MAX));
	for (size_t i = 0; i < PEOPLE_DEVICES_MAX && i * DB_ID_MAX < ids->size; i++) {
		const char *id = (const char *)ids->data + i * DB_ID_MAX;
		struct db_device device = {0};
		cJSON *item = json_new_object();

		(void)db_device_get(db, id, &device, NULL);
		json_put_text(item, "id", id);
		people_put_text(item, "name", device.name);
		json_append(list, item);
	}
}

static int answer_rule(struct request *request, const struct publish *publish,
		const struct rules_change *change, bool is_dry, struct err *err)
{
	struct db *db = request->server->db;
	const char *group = request->match.args[0];
	cJSON *answer = json_new_object();

	json_put_text(answer, "name", group);
	people_put_rule(answer, db, group);
	json_put_bool(answer, "dry_run", is_dry);
	people_put_whole(answer, "revision", is_dry ? 0 : publish->about.revision);
	put_moved(answer, "coming", db, &change->coming);
	put_moved(answer, "going", db, &change->going);
	int r = people_put_changed(answer, publish, err);
	if (r < 0) {
		cJSON_Delete(answer);
		return r;
	}
	return http_answer(request, MHD_HTTP_OK, answer);
}

static int set_rule(struct request *request, const char *rule, const char *reason, bool is_dry,
		struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	OWNED(rules_change) struct rules_change change = {0};
	const char *group = request->match.args[0];
	char scope[DB_SCOPE_MAX], patch[DB_RULE_MAX + 16];

	if (text_format(scope, sizeof(scope), "group/%s", group) < 0)
		return err_set(err, ENOENT, "there is no group \"%s\"", group);
	struct db_revision about = people_revision(request, "rule", scope, reason);
	(void)text_format(patch, sizeof(patch), "{\"rule\":%s}", rule[0] ? rule : "null");
	about.patch = patch;
	int r = publish_begin(&publish, request->server, &about, err);
	if (r == 0)
		r = rules_set(&publish, group, rule, &change, err);
	if (r == 0)
		r = publish_end(&publish, is_dry, err);
	return r < 0 ? people_failed(request, &publish, r)
	             : answer_rule(request, &publish, &change, is_dry, err);
}

int people_group_rule(struct request *request, struct err *err)
{
	OWNED(rule) struct rule *compiled = NULL;
	OWNED(memory) char *text = NULL;
	char reason[DB_REASON_MAX] = "";
	const cJSON *rule = NULL;
	bool is_dry = false;
	struct json in;

	people_begin(&in, request, err);
	json_borrow(&in, "rule", JSON_REQUIRED, &rule);
	json_bool(&in, "dry_run", 0, &is_dry);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r < 0)
		return r;
	if (!cJSON_IsNull(rule)) {
		r = rule_compile(rule, &compiled, err);
		text = json_print(rule);
	}
	if (r == 0 && text && strlen(text) >= DB_RULE_MAX)
		r = err_set(err, EINVAL, "rule: larger than %d bytes", DB_RULE_MAX - 1);
	return r < 0 ? r : set_rule(request, text ? text : "", reason, is_dry, err);
}
