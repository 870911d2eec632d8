/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rules.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/rule.h"
#include "server/stack.h"

enum { PAGE = 500, RULES_MAX = 256, MOVED_MAX = 1000000 };

/* One group with a rule, ready to judge. */
struct judge {
	char group[DB_PLACE_MAX], tenant[DB_NAME_MAX];
	cJSON *tree;
	struct rule *rule;
};

struct judges {
	unsigned count, uses;
	struct judge judges[RULES_MAX];
};

static void judges_destroy(struct judges *judges)
{
	for (unsigned i = 0; judges && i < judges->count; i++) {
		rule_destroy(judges->judges[i].rule);
		cJSON_Delete(judges->judges[i].tree);
	}
	free(judges);
}

OWN_DEFINE(judges, struct judges, judges_destroy);

static int add_judge(struct judges *judges, const char *group, const char *tenant, const char *rule,
		struct err *err)
{
	struct judge *judge = &judges->judges[judges->count];

	if (judges->count == RULES_MAX)
		return err_set(err, EDQUOT, "at most %d groups have a rule", RULES_MAX);
	int r = json_parse(rule, strlen(rule), &judge->tree, err);
	if (r == 0)
		r = rule_compile(judge->tree, &judge->rule, err);
	if (r < 0) {
		cJSON_Delete(own_take(judge->tree));
		return r;
	}
	(void)text_copy(judge->group, sizeof(judge->group), group);
	(void)text_copy(judge->tenant, sizeof(judge->tenant), tenant);
	judges->uses |= rule_uses(judge->rule);
	judges->count++;
	return 0;
}

/* One that cannot be read (a damaged database) judges nobody. */
static int load_one(void *data, const char *group, const char *tenant, const char *rule)
{
	struct err err;

	if (add_judge(data, group, tenant, rule, &err) < 0)
		log_warn("the rule of group %s is not used: %s", log_quote(group), err.text);
	return 0;
}

/* --- facts */

static void put_part(cJSON *facts, const char *key, const char *text)
{
	cJSON *part = NULL;

	if (text[0] && json_parse(text, strlen(text), &part, NULL) == 0)
		json_put(facts, key, part);
}

static cJSON *facts_of(const struct db_facts *row, unsigned uses)
{
	cJSON *facts = json_new_object();

	if (uses & RULE_USES_DEVICE) {
		cJSON *device = json_put_object(facts, "device");

		json_put_text(device, "id", row->id);
		json_put_text(device, "name", row->name);
		json_put_text(device, "address", row->address);
		if (row->tenant[0])
			json_put_text(device, "tenant", row->tenant);
		if (row->site[0])
			json_put_text(device, "site", row->site);
	}
	if (uses & RULE_USES_HARDWARE)
		put_part(facts, "hardware", row->hardware);
	if (uses & RULE_USES_REPORT)
		put_part(facts, "report", row->report);
	if (uses & RULE_USES_INVENTORY)
		put_part(facts, "inventory", row->inventory);
	return facts;
}

static bool judge_holds(const struct judge *judge, const struct db_facts *row, const cJSON *facts)
{
	return (!judge->tenant[0] || strcmp(judge->tenant, row->tenant) == 0) &&
	       rule_holds(judge->rule, facts);
}

/* --- groups as text: names, sorted, each ended by a line feed */

static bool has_group(const char *groups, const char *name)
{
	char one[DB_PLACE_MAX];

	while (stack_next_group(&groups, one))
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

static int set_group(char groups[DB_GROUPS_TEXT], const char *name, bool is_member)
{
	char result[DB_GROUPS_TEXT] = "", one[DB_PLACE_MAX];
	const char *at = groups;
	size_t used = 0;
	int r = 0;

	while (r == 0 && stack_next_group(&at, one)) {
		if (strcmp(one, name) == 0)
			continue;
		if (is_member && strcmp(name, one) < 0) {
			r = text_format(result + used, sizeof(result) - used, "%s\n", name);
			used = strlen(result);
			is_member = false;
		}
		if (r == 0)
			r = text_format(result + used, sizeof(result) - used, "%s\n", one);
		used = strlen(result);
	}
	if (r == 0 && is_member)
		r = text_format(result + used, sizeof(result) - used, "%s\n", name);
	return r < 0 ? r : text_copy(groups, DB_GROUPS_TEXT, result);
}

static unsigned count_groups(const char *groups)
{
	unsigned count = 0;

	for (; *groups; groups++)
		count += *groups == '\n';
	return count;
}

/* --- one device */

struct one {
	const struct judges *judges;
	char groups[DB_GROUPS_TEXT];
	char first[DB_PLACE_MAX]; /* a group that changed */
	unsigned changed;
	bool is_found;
};

static int judge_one(void *data, const struct db_facts *row)
{
	struct one *one = data;
	OWNED(json) cJSON *facts = facts_of(row, one->judges->uses);

	one->is_found = true;
	for (unsigned i = 0; i < one->judges->count; i++) {
		const struct judge *judge = &one->judges->judges[i];
		bool is_member = judge_holds(judge, row, facts);

		if (is_member == has_group(one->groups, judge->group))
			continue;
		if (set_group(one->groups, judge->group, is_member) < 0)
			continue;
		if (!one->changed++)
			memcpy(one->first, judge->group, sizeof(one->first));
	}
	return 0;
}

static int move(struct server *server, struct db_device *device, const struct one *one,
		struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	struct db_revision about = {.person = "rule/", .kind = "rule"};
	bool comes = has_group(one->groups, one->first);

	(void)text_format(about.person, sizeof(about.person), "rule/%.50s", one->first);
	(void)text_format(about.scope, sizeof(about.scope), "device/%s", device->id);
	(void)text_format(about.reason, sizeof(about.reason), "%s the group \"%s\"%s",
			comes ? "it fits the rule of" : "it does not fit any more the rule of",
			one->first, one->changed > 1 ? ", and others" : "");
	if (count_groups(one->groups) > DB_GROUPS_MAX)
		return err_set(err, EDQUOT, "it would be in more than %d groups", DB_GROUPS_MAX);
	memcpy(device->groups, one->groups, sizeof(device->groups));
	int r = publish_begin(&publish, server, &about, err);
	if (r == 0)
		r = db_device_place(server->db, device, err);
	if (r == 0)
		r = publish_device(&publish, device->id, err);
	return r < 0 ? r : publish_end(&publish, false, err);
}

static int check(struct server *server, const char *id, unsigned uses, struct err *err)
{
	OWNED(judges) struct judges *judges = own_alloc(sizeof(*judges));
	OWNED(memory) struct one *one = own_alloc(sizeof(*one));
	struct db_device device;
	int r = db_rule_list(server->db, load_one, judges, err);

	if (r < 0 || !(judges->uses & uses))
		return r;
	r = db_device_get(server->db, id, &device, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	one->judges = judges;
	memcpy(one->groups, device.groups, sizeof(one->groups));
	r = db_facts_list(server->db, "", id, "", 1, judge_one, one, err);
	return r < 0 || !one->changed ? r : move(server, &device, one, err);
}

void rules_check(struct server *server, const char *device, unsigned uses)
{
	struct err err = {""};
	char id[DB_ID_MAX] = ""; /* `device` may be of the fleet, and gone after a publish */

	(void)text_copy(id, sizeof(id), device);

	if (check(server, id, uses, &err) < 0)
		log_warn("groups of device %s stay as they are: %s", id, err.text);
}

/* --- one group */

struct pass {
	const struct judge *judge; /* NULL: nobody is a member by rule any more, members stay */
	struct rules_change *change;
	struct db *db;
	struct err *err;
	unsigned seen;
	char last[DB_ID_MAX];
};

static int keep_id(struct array *ids, const char *id)
{
	ids->max = (size_t)MOVED_MAX * DB_ID_MAX;
	return db_id_collect(ids, id);
}

static int judge_many(void *data, const struct db_facts *row)
{
	struct pass *pass = data;
	OWNED(json) cJSON *facts = facts_of(row, rule_uses(pass->judge->rule));
	bool is_member = judge_holds(pass->judge, row, facts), was_member = false;
	int r = db_rule_is_member(pass->db, pass->judge->group, row->id, &was_member, pass->err);

	pass->seen++;
	(void)text_copy(pass->last, sizeof(pass->last), row->id);
	if (r < 0 || is_member == was_member)
		return r;
	return keep_id(is_member ? &pass->change->coming : &pass->change->going, row->id);
}

static int move_all(struct publish *publish, const struct array *ids, const char *group,
		bool is_member, struct err *err)
{
	struct db *db = publish->server->db;
	struct db_device device;
	int r = 0;

	for (size_t at = 0; at < ids->size && r == 0; at += DB_ID_MAX) {
		r = db_device_get(db, (const char *)ids->data + at, &device, err);
		if (r == 0 && is_member && count_groups(device.groups) == DB_GROUPS_MAX)
			return err_set(err, EBUSY, "device \"%s\" is in %d groups already",
					device.name, DB_GROUPS_MAX);
		if (r == 0)
			r = set_group(device.groups, group, is_member);
		if (r == 0)
			r = db_device_place(db, &device, err);
		if (r == 0)
			r = publish_device(publish, device.id, err);
	}
	return r;
}

void rules_change_finish(struct rules_change *change)
{
	array_finish(&change->coming);
	array_finish(&change->going);
}

int rules_set(struct publish *publish, const char *group, const char *rule,
		struct rules_change *change, struct err *err)
{
	OWNED(judges) struct judges *judges = own_alloc(sizeof(*judges));
	struct db *db = publish->server->db;
	struct db_place place;
	struct pass pass = {.change = change, .db = db, .err = err, .seen = PAGE};
	int r = db_place_get(db, DB_GROUP, group, &place, err);

	if (r == 0)
		r = db_rule_put(db, group, rule, err);
	if (r < 0 || !rule[0])
		return r;
	r = add_judge(judges, group, place.tenant, rule, err);
	pass.judge = &judges->judges[0];
	while (r == 0 && pass.seen == PAGE) {
		char after[DB_ID_MAX];

		memcpy(after, pass.last, sizeof(after));
		pass.seen = 0;
		r = db_facts_list(db, "", "", after, PAGE, judge_many, &pass, err);
	}
	if (r == 0)
		r = move_all(publish, &change->going, group, false, err);
	return r < 0 ? r : move_all(publish, &change->coming, group, true, err);
}

/* --- by hand */

struct manual {
	const char *before, *after;
	struct err *err;
};

static int compare(void *data, const char *group, const char *tenant, const char *rule)
{
	const struct manual *manual = data;

	(void)tenant;
	(void)rule;
	if (has_group(manual->before, group) == has_group(manual->after, group))
		return 0;
	return err_set(manual->err, EBUSY,
			"groups: who is in \"%s\" is said by its rule, not by hand", group);
}

int rules_check_manual(struct db *db, const char *before, const char *after, struct err *err)
{
	struct manual manual = {.before = before, .after = after, .err = err};

	return db_rule_list(db, compare, &manual, err);
}

static int leave(void *data, const char *group, const char *tenant, const char *rule)
{
	struct db_device *device = data;

	(void)rule;
	if (!tenant[0] || strcmp(tenant, device->tenant) == 0)
		return 0;
	return set_group(device->groups, group, false);
}

int rules_leave_tenant(struct db *db, struct db_device *device, struct err *err)
{
	return db_rule_list(db, leave, device, err);
}
