/* SPDX-License-Identifier: Apache-2.0 */
/* What devices are made of, for people. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/db_inventory.h"
#include "server/people_inventory.h"
#include "server/rights.h"
#include "server/rule.h"

static cJSON *parse_or_null(const char *text)
{
	cJSON *tree = NULL;

	if (!text || !text[0] || json_parse(text, strlen(text), &tree, NULL) < 0)
		return cJSON_CreateNull();
	return tree;
}

static int answer_inventory(struct request *request, const struct db_device *device,
		struct err *err)
{
	struct db *db = request->server->db;
	OWNED(memory) struct db_note *note = own_alloc(sizeof(*note));
	OWNED(memory) char *body = NULL;
	int64_t taken_s = 0;
	int r = db_inventory_get(db, device->id, &body, &taken_s, err);

	if (r == 0 || r == -ENOENT)
		r = db_note_get(db, device->id, note, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "device", device->id);
	json_put_text(answer, "name", device->name);
	people_put_time(answer, "taken", taken_s);
	json_put(answer, "inventory", parse_or_null(body));
	people_put_text(answer, "asset", note->asset);
	people_put_text(answer, "notes", note->notes);
	return http_answer(request, MHD_HTTP_OK, answer);
}

int people_inventory(struct request *request, struct err *err)
{
	struct db_device device;
	int r = rights_device(request, RIGHT_READ, request->match.args[0], &device, err);

	return r < 0 ? r : answer_inventory(request, &device, err);
}

int people_inventory_patch(struct request *request, struct err *err)
{
	OWNED(memory) struct db_note *note = own_alloc(sizeof(*note));
	char asset[DB_ASSET_MAX] = "", notes[DB_NOTES_MAX] = "";
	bool has_asset, has_notes;
	struct db_device device;
	struct json in;
	int r = rights_device(request, RIGHT_DEVICES, request->match.args[0], &device, err);

	if (r == 0)
		r = db_note_get(request->server->db, device.id, note, err);
	if (r < 0)
		return r;
	people_begin(&in, request, err);
	people_read_text(&in, "asset", &has_asset, asset, sizeof(asset));
	const cJSON *value = NULL;
	json_borrow(&in, "notes", 0, &value);
	has_notes = value != NULL;
	if (value && !cJSON_IsNull(value))
		json_text(&in, "notes", JSON_LINES, notes, sizeof(notes));
	r = json_end(&in);
	if (r < 0)
		return r;
	if (has_asset)
		memcpy(note->asset, asset, sizeof(asset));
	if (has_notes)
		memcpy(note->notes, notes, sizeof(notes));
	r = db_note_put(request->server->db, device.id, note, err);
	return r < 0 ? r : answer_inventory(request, &device, err);
}

static int add_change(void *data, const struct db_inventory_change *change)
{
	cJSON *item = json_new_object();
	char cursor[24];

	people_put_time(item, "time", change->time_s);
	json_put_text(item, "path", change->path);
	json_put(item, "before", parse_or_null(change->before));
	json_put(item, "after", parse_or_null(change->after));
	(void)text_format(cursor, sizeof(cursor), "%lld", (long long)change->id);
	return people_list_add(data, item, cursor);
}

int people_inventory_changes(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	struct db_device device;
	uint64_t before = 0;
	int r = rights_device(request, RIGHT_READ, request->match.args[0], &device, err);

	if (r == 0)
		r = people_list_begin(&list, request, "changes", known, err);
	if (r < 0)
		return r;
	if (list.after[0] && text_to_number(list.after, 1, JSON_WHOLE_MAX, &before) < 0)
		return people_list_end(&list, err_set(err, EINVAL, "cursor: not one of this list"));
	r = db_inventory_change_list(request->server->db, device.id, (int64_t)before,
			list.limit + 1, add_change, &list, err);
	return people_list_end(&list, r);
}

/* --- all of them, with a rule as filter */

struct search {
	struct people_list *list;
	struct rule *rule; /* NULL: every device */
	unsigned seen;
};

static int add_found(void *data, const struct db_facts *row)
{
	struct search *search = data;
	OWNED(json) cJSON *facts = json_new_object();
	cJSON *device = json_put_object(facts, "device");

	search->seen++;
	json_put_text(device, "id", row->id);
	json_put_text(device, "name", row->name);
	json_put_text(device, "address", row->address);
	people_put_text(device, "tenant", row->tenant);
	people_put_text(device, "site", row->site);
	json_put(facts, "hardware", parse_or_null(row->hardware));
	json_put(facts, "report", parse_or_null(row->report));
	json_put(facts, "inventory", parse_or_null(row->inventory));
	if (search->rule && !rule_holds(search->rule, facts))
		return text_copy(search->list->last, sizeof(search->list->last), row->id);
	cJSON *item = json_new_object();
	json_put(item, "device", json_copy(device));
	json_put(item, "inventory", json_copy(json_at(facts, "/inventory")));
	return people_list_add(search->list, item, row->id);
}

static int read_where(struct request *request, cJSON **tree, struct rule **rule, struct err *err)
{
	const char *where = people_filter(request, "where");

	if (!where[0])
		return 0;
	int r = json_parse(where, strlen(where), tree, err);
	if (r == 0)
		r = rule_compile(*tree, rule, err);
	return r < 0 ? err_prefix(err, r, "where") : r;
}

/* A page looks at no more rows than it could show times ten: with a rule it may be short. */
int people_inventories(struct request *request, struct err *err)
{
	static const char *const known[] = {"tenant", "where", NULL};
	OWNED(json) cJSON *tree = NULL;
	OWNED(rule) struct rule *rule = NULL;
	struct people_list list;
	int r = read_where(request, &tree, &rule, err);

	if (r == 0)
		r = people_list_begin(&list, request, "devices", known, err);
	if (r < 0)
		return r;
	struct search search = {.list = &list, .rule = rule};
	int64_t most = rule ? 10 * (list.limit + 1) : list.limit + 1;
	r = db_facts_view(request->server->db, rights_view(request, RIGHT_READ),
			people_filter(request, "tenant"), list.after, most, add_found, &search,
			err);
	if (r == 0 && rule && search.seen == (unsigned)most)
		list.has_more = true;
	return people_list_end(&list, r < 0 ? r : 0);
}
