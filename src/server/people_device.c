/* SPDX-License-Identifier: Apache-2.0 */
/* Devices for people: list, place, effective config and why it is so. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/merge.h"
#include "server/bell.h"
#include "server/db_secret.h"
#include "server/people.h"
#include "server/people_move.h"
#include "server/place.h"
#include "server/rights.h"
#include "server/rule.h"
#include "server/rules.h"
#include "server/stack.h"
#include "server/swap.h"
#include "server/template.h"
#include "server/variant.h"

static cJSON *parse_or_null(const char *text)
{
	cJSON *tree = NULL;

	if (!text[0] || json_parse(text, strlen(text), &tree, NULL) < 0)
		return NULL;
	return tree;
}

static void put_groups(cJSON *object, const struct db_device *device)
{
	cJSON *list = json_put_list(object, "groups");
	const char *groups = device->groups;
	char name[DB_PLACE_MAX];

	while (stack_next_group(&groups, name))
		json_append_text(list, name);
}

cJSON *people_device(const struct db_device *device)
{
	static const char *const members[] = {
			"state", "reason", "detail", "screen", "session", "version"};
	OWNED(json) cJSON *report = parse_or_null(device->report);
	OWNED(json) cJSON *hardware = parse_or_null(device->hardware);
	cJSON *item = json_new_object();

	json_put_text(item, "id", device->id);
	json_put_text(item, "name", device->name);
	people_put_text(item, "site", device->site);
	people_put_text(item, "tenant", device->tenant);
	put_groups(item, device);
	json_put_bool(item, "online", device->seen_s >= server_now_s() - SEEN_ONLINE_S);
	people_put_time(item, "seen", device->seen_s);
	json_put_whole(item, "revision", device->revision);
	const cJSON *running = report ? cJSON_GetObjectItemCaseSensitive(report, "revision") : NULL;
	json_put(item, "running", running ? json_copy(running) : cJSON_CreateNull());
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		people_put_member(item, members[i], report);
	people_put_text(item, "address", device->address);
	json_put(item, "hardware", hardware ? own_take(hardware) : cJSON_CreateNull());
	people_put_time(item, "approved", device->approved_s);
	json_put_text(item, "approved_by", device->approved_by);
	return item;
}

static int add_device(void *data, const struct db_device *device)
{
	char cursor[PEOPLE_CURSOR_MAX];

	(void)text_format(cursor, sizeof(cursor), "%s\n%s", device->name, device->id);
	return people_list_add(data, people_device(device), cursor);
}

/* The index of the query's value in `words`, 0 when it is missing. */
static int read_word(struct request *request, const char *key, const char *const *words,
		unsigned *ret, struct err *err)
{
	const char *text = people_filter(request, key);

	for (unsigned i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			*ret = i;
			return 0;
		}
	}
	return err_set(err, EINVAL, "%s: not one of the words that docs/api.md lists", key);
}

int people_devices(struct request *request, struct err *err)
{
	static const char *const known[] = {
			"site", "tenant", "group", "online", "state", "search", NULL};
	static const char *const online[] = {"", "true", "false", NULL};
	static const char *const states[] = {"", "good", "trial", "returned", "none", NULL};
	struct people_list list;
	unsigned online_word = 0, state;
	int r = read_word(request, "online", online, &online_word, err);

	if (r == 0)
		r = read_word(request, "state", states, &state, err);
	if (r == 0)
		r = people_list_begin(&list, request, "devices", known, err);
	if (r < 0)
		return r;
	struct db_device_filter filter = {
			.site = people_filter(request, "site"),
			.tenant = people_filter(request, "tenant"),
			.group = people_filter(request, "group"),
			.state = states[state],
			.search = people_filter(request, "search"),
			.view = rights_view(request, RIGHT_READ),
			.online = (enum db_online)online_word,
			.online_since_s = server_now_s() - SEEN_ONLINE_S,
			.page = people_list_page(&list),
	};
	seen_flush(request->server->seen);
	r = db_device_list(request->server->db, &filter, add_device, &list, err);
	return people_list_end(&list, r);
}

int people_device_get(struct request *request, struct err *err)
{
	struct db_device device;

	seen_flush(request->server->seen);
	int r = rights_device(request, RIGHT_READ, request->match.args[0], &device, err);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, people_device(&device));
}

/* --- place of a device */

void people_read_groups(struct json *in, struct device_place *place)
{
	struct json list;
	char name[DB_PLACE_MAX];
	size_t used = 0;

	if (!json_enter_list(in, "groups", 0, DB_GROUPS_MAX, &list))
		return;
	place->has_groups = true;
	while (json_next_text(&list, JSON_FILLED, name, sizeof(name))) {
		int r = text_format(place->groups + used, sizeof(place->groups) - used, "%s\n",
				name);
		if (r < 0)
			json_refuse(&list, NULL, "longer than %d bytes", DB_GROUPS_TEXT);
		used = strlen(place->groups);
	}
	json_leave(&list);
}

void people_read_place(struct json *in, struct device_place *place)
{
	json_text(in, "name", JSON_FILLED, place->name, sizeof(place->name));
	people_read_text(in, "tenant", &place->has_tenant, place->tenant, sizeof(place->tenant));
	people_read_text(in, "site", &place->has_site, place->site, sizeof(place->site));
	json_bool(in, "create", 0, &place->may_create);
	people_read_reason(in, place->reason);
	people_read_groups(in, place);
}

static int apply_site(struct db *db, const struct device_place *place, struct db_device *device,
		struct err *err)
{
	int r = 0;

	if (place->site[0])
		r = place_ensure(db, DB_SITE, place->site, place->may_create, err);
	if (r < 0)
		return err_prefix(err, r, "site");
	memcpy(device->site, place->site, sizeof(device->site));
	if (device->site[0])
		place_tenant(device->site, device->tenant);
	return 0;
}

static int apply_tenant(struct db *db, const struct device_place *place, struct db_device *device,
		struct err *err)
{
	char owner[DB_NAME_MAX];
	struct db_place tenant;

	place_tenant(device->site, owner);
	if (device->site[0] && strcmp(owner, place->tenant) != 0)
		return err_set(err, EINVAL, "tenant: the site \"%s\" is not one of this tenant",
				device->site);
	memcpy(device->tenant, place->tenant, sizeof(device->tenant));
	if (!device->tenant[0])
		return 0;
	int r = db_place_get(db, DB_TENANT, device->tenant, &tenant, err);
	return r < 0 ? err_prefix(err, r, "tenant") : 0;
}

/* A device is in groups of its own tenant and of none. */
static int check_groups(const struct db_device *device, struct err *err)
{
	const char *groups = device->groups;
	char name[DB_PLACE_MAX], owner[DB_NAME_MAX];

	while (stack_next_group(&groups, name)) {
		place_tenant(name, owner);
		if (owner[0] && strcmp(owner, device->tenant) != 0)
			return err_set(err, EINVAL,
					"groups: \"%s\" is not a group of the device's tenant",
					name);
	}
	return 0;
}

/* Inside the transaction: sites and groups that are made go away with a rollback. */
int people_apply_place(struct db *db, const struct device_place *place, struct db_device *device,
		struct err *err)
{
	const char *groups = place->groups;
	char name[DB_PLACE_MAX], before[DB_GROUPS_TEXT];
	int r = 0;

	memcpy(before, device->groups, sizeof(before));
	if (place->name[0]) {
		r = place_name_check(place->name, err);
		r = r < 0 ? err_prefix(err, r, "name")
		          : text_copy(device->name, DB_NAME_MAX, place->name);
	}
	if (r == 0 && place->has_site)
		r = apply_site(db, place, device, err);
	if (r == 0 && place->has_tenant)
		r = apply_tenant(db, place, device, err);
	while (r == 0 && stack_next_group(&groups, name)) {
		r = place_ensure(db, DB_GROUP, name, place->may_create, err);
		r = r < 0 ? err_prefix(err, r, "groups") : r;
	}
	if (r == 0 && place->has_groups) {
		memcpy(device->groups, place->groups, sizeof(device->groups));
		r = rules_check_manual(db, before, device->groups, err);
	}
	if (r == 0)
		r = rules_leave_tenant(db, device, err);
	return r < 0 ? r : check_groups(device, err);
}

int people_answer_device(struct request *request, int status, const char *id, int64_t revision,
		struct err *err)
{
	struct db_device device;
	int r = db_device_get(request->server->db, id, &device, err);

	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put(answer, "device", people_device(&device));
	people_put_whole(answer, "revision", revision);
	return http_answer(request, status, answer);
}

int people_device_patch(struct request *request, struct err *err)
{
	OWNED(memory) struct device_place *place = own_alloc(sizeof(*place));
	OWNED(publish) struct publish publish = {0};
	struct people_move move = {.place = place};
	struct db_device device;
	struct json in;

	people_begin(&in, request, err);
	people_read_place(&in, place);
	int r = json_end(&in);
	if (r == 0)
		r = rights_device(request, RIGHT_DEVICES, request->match.args[0], &device, err);
	if (r == 0)
		r = people_check_place(request, place, &device, err);
	if (r == 0)
		r = people_move(request, &move, &device, &publish, err);
	if (r < 0)
		return r;
	return people_answer_device(request, MHD_HTTP_OK, device.id,
			r > 0 ? publish.about.revision : 0, err);
}

int people_device_remove(struct request *request, struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	struct db_device device;
	char scope[DB_SCOPE_MAX], reason[DB_REASON_MAX] = "";
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = rights_device(request, RIGHT_DEVICES, request->match.args[0], &device, err);
	if (r < 0)
		return r;
	(void)text_format(scope, sizeof(scope), "device/%s", device.id);
	struct db_revision about = people_revision(request, "remove", scope, reason);
	r = publish_begin(&publish, request->server, &about, err);
	if (r == 0)
		r = swap_retire(&publish, &device, "", NULL, err);
	if (r == 0)
		r = publish_end(&publish, false, err);
	if (r < 0)
		return r;
	/* Its long-poll, if there is one, ends with 403 now. */
	bell_wake(request->server, scope);
	cJSON *answer = json_new_object();
	json_put_whole(answer, "revision", publish.about.revision);
	return http_answer(request, MHD_HTTP_OK, answer);
}

/* --- effective config */

static int put_author(void *data, const struct db_revision *revision)
{
	people_put_time(data, "time", revision->time_s);
	people_put_text(data, "person", revision->person);
	people_put_text(data, "reason", revision->reason);
	return 0;
}

/* What later layers say in vain, because the value is locked. */
static cJSON *ignored(const struct conf_layer *layers, unsigned count, int lock,
		const char *pointer)
{
	cJSON *list = json_new_list();

	for (unsigned i = (unsigned)lock + 1; lock >= 0 && i < count; i++) {
		const cJSON *value = json_at(layers[i].document, pointer);

		if (!value || cJSON_IsNull(value) || layers[i].has_last_word)
			continue;
		cJSON *item = json_new_object();
		json_put_text(item, "layer", layers[i].name);
		json_put(item, "value", json_copy(value));
		json_append(list, item);
	}
	return list;
}

static cJSON *overrides(const struct conf_layer *layers, int below, const char *pointer)
{
	cJSON *list = json_new_list();

	while (below > 0) {
		below = conf_merge_origin(layers, (unsigned)below, pointer);
		if (below < 0)
			break;
		cJSON *item = json_new_object();
		json_put_text(item, "layer", layers[below].name);
		json_put(item, "value", json_copy(json_at(layers[below].document, pointer)));
		json_append(list, item);
	}
	return list;
}

static int explain_value(struct db *db, const struct stack *stack, const struct conf_layer *layers,
		const char *pointer, cJSON *item, struct err *err)
{
	int index = conf_merge_origin(layers, stack->count, pointer);
	const cJSON *origin = NULL;
	int64_t revision = 0;
	int r = 0;

	if (index >= 0) {
		origin = stack->layers[index].origins
		                         ? cJSON_GetObjectItemCaseSensitive(
							   stack->layers[index].origins, pointer)
		                         : NULL;
		revision = origin ? (int64_t)origin->valuedouble : stack->layers[index].revision;
	}
	people_put_text(item, "layer", index >= 0 ? layers[index].name : "");
	people_put_whole(item, "revision", revision);
	if (revision) {
		r = db_revision_get(db, revision, put_author, item, err);
	} else {
		struct db_revision nobody = {0};

		(void)put_author(item, &nobody);
	}
	json_put(item, "overrides", overrides(layers, index, pointer));
	int lock = conf_merge_lock(layers, stack->count, pointer);
	people_put_text(item, "locked_by", lock >= 0 ? layers[lock].name : "");
	json_put(item, "ignored", ignored(layers, stack->count, lock, pointer));
	return r;
}

/* The text as the layer says it, where the device gets another one. */
static void put_template(cJSON *item, const cJSON *leaf, const cJSON *value)
{
	bool is_template = cJSON_IsString(leaf) && value && !cJSON_Compare(leaf, value, 1);

	people_put_text(item, "template", is_template ? leaf->valuestring : "");
}

/* The roll-out whose part of the layer the value is: it came with the revision that began it. */
static void put_rollout(cJSON *item, const struct array *variants)
{
	const cJSON *layer = cJSON_GetObjectItemCaseSensitive(item, "layer");
	const cJSON *revision = cJSON_GetObjectItemCaseSensitive(item, "revision");
	const struct variant *variant = (const struct variant *)(const void *)variants->data;
	const char *found = "";

	for (size_t i = 0; i < variants->size / sizeof(*variant); i++)
		if (cJSON_IsString(layer) && strcmp(variant[i].scope, layer->valuestring) == 0 &&
				cJSON_IsNumber(revision) &&
				(int64_t)revision->valuedouble == variant[i].revision)
			found = variant[i].id;
	people_put_text(item, "rollout", found);
}

/* `merged` still has variables and templates, `effective` is what they become. */
static int explain(struct db *db, const char *device, const struct stack *stack,
		const cJSON *merged, const cJSON *effective, cJSON *explained, struct err *err)
{
	OWNED(variants) struct array variants = {0};
	OWNED(memory) struct json_walk *walk = own_alloc(sizeof(*walk));
	struct conf_layer layers[STACK_MAX];
	const cJSON *leaf;
	int r = variants_of(db, device, &variants, err);

	(void)stack_layers(stack, layers);
	json_walk_begin(walk, merged);
	while (r == 0 && (leaf = json_walk_next(walk)) && walk->pointer[0]) {
		const cJSON *value = json_at(effective, walk->pointer);
		cJSON *item = json_put_object(explained, walk->pointer);

		json_put(item, "value", json_copy(value ? value : leaf));
		put_template(item, leaf, value);
		r = explain_value(db, stack, layers, walk->pointer, item, err);
		put_rollout(item, &variants);
	}
	return r;
}

static void put_layers(cJSON *answer, const struct stack *stack)
{
	cJSON *list = json_put_list(answer, "layers");

	for (unsigned i = 0; i < stack->count; i++)
		json_append_text(list, stack->layers[i].scope);
}

int people_config(struct request *request, struct err *err)
{
	static const char *const known[] = {"explain", NULL};
	static const char *const words[] = {"", "false", "true", NULL};
	struct db *db = request->server->db;
	OWNED(stack) struct stack stack = {0};
	OWNED(json) cJSON *answer = json_new_object();
	struct db_device device;
	int64_t issued_s = 0;
	unsigned word = 0;
	int r = route_query_check(&request->query, known, err);

	if (r == 0)
		r = read_word(request, "explain", words, &word, err);
	if (r == 0)
		r = rights_device(request, RIGHT_READ, request->match.args[0], &device, err);
	if (r == 0 && device.revision)
		r = fleet_time_of(request->server->fleet, device.revision, &issued_s, err);
	if (r == 0)
		r = stack_load(db, &device, &stack, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *merged = stack_merge(&stack);
	cJSON *effective = json_copy(merged);
	json_put(answer, "config", effective);
	r = template_expand(request->server, &device, TEMPLATE_SHOWN, effective, err);
	if (r < 0)
		return r;
	json_put_text(answer, "device", device.id);
	json_put_whole(answer, "revision", device.revision);
	people_put_time(answer, "issued", issued_s);
	put_layers(answer, &stack);
	if (word == 2)
		r = explain(db, device.id, &stack, merged, effective,
				json_put_object(answer, "explain"), err);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(answer));
}
