/* SPDX-License-Identifier: Apache-2.0 */
/* Layers for people: show, change, take a change back. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/merge.h"
#include "conf/parse.h"
#include "server/layers.h"
#include "server/people_move.h"
#include "server/people_revision.h"
#include "server/place.h"
#include "server/rights.h"
#include "server/stack.h"
#include "server/variant.h"

/* The scope of a path: /layers/organisation or /layers/:kind/:name. */
static int read_scope(struct request *request, enum right right, char scope[DB_SCOPE_MAX],
		struct err *err)
{
	const char *name = request->match.args[1];
	char text[2 * ROUTE_ARG_MAX];

	(void)text_format(text, sizeof(text), "%s%s%s",
			name[0] ? request->match.args[0] : "organisation", name[0] ? "/" : "",
			name);
	int r = rights_require(request, right, text, err);
	return r < 0 ? r
	             : place_scope(request->server->db,
				       name[0] ? request->match.args[0] : "organisation",
				       name[0] ? name : NULL, scope, err);
}

static void put_author(cJSON *object, const struct db_revision *revision)
{
	people_put_time(object, "time", revision ? revision->time_s : 0);
	people_put_text(object, "person", revision ? revision->person : "");
	people_put_text(object, "reason", revision ? revision->reason : "");
}

static int answer_author(void *data, const struct db_revision *revision)
{
	put_author(data, revision);
	return 0;
}

int people_layer_get(struct request *request, struct err *err)
{
	struct db *db = request->server->db;
	OWNED(layer_tree) struct layer layer = {0};
	OWNED(json) cJSON *answer = json_new_object();
	char scope[DB_SCOPE_MAX];
	int64_t devices;
	int r = people_no_query(request, err);

	if (r == 0)
		r = read_scope(request, RIGHT_LAYER, scope, err);

	if (r == 0)
		r = layer_load(db, scope, &layer, err);
	if (r == 0)
		r = db_device_below_count(db, scope, rights_view(request, RIGHT_READ), &devices,
				err);
	if (r < 0)
		return r;
	json_put_text(answer, "scope", scope);
	people_put_whole(answer, "revision", layer.revision);
	json_put(answer, "config", own_take(layer.config));
	json_put_whole(answer, "devices", devices);
	if (layer.revision)
		r = db_revision_get(db, layer.revision, answer_author, answer, err);
	else
		put_author(answer, NULL);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(answer));
}

/* --- changes */

struct change {
	const cJSON *patch;
	char reason[DB_REASON_MAX];
	bool is_dry, is_forced;
	int64_t if_revision; /* 0: any */
	int64_t undoes;
};

static int answer_change(struct request *request, const struct layer *layer,
		const struct change *change, const struct publish *publish, struct err *err)
{
	OWNED(json) cJSON *answer = json_new_object();
	bool is_changed = publish->server != NULL;
	int r = 0;

	people_put_whole(answer, "revision",
			is_changed && !change->is_dry ? publish->about.revision : layer->revision);
	json_put_text(answer, "scope", layer->scope);
	json_put_bool(answer, "changed", is_changed);
	if (change->undoes)
		json_put_whole(answer, "undoes", change->undoes);
	if (is_changed) {
		r = people_put_changed(answer, publish, err);
	} else {
		json_put_whole(answer, "device_count", 0);
		json_put_list(answer, "devices");
	}
	if (change->is_dry)
		json_put(answer, "values", preview_values(&publish->preview));
	json_put(answer, "warnings", preview_warnings(&publish->preview));
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(answer));
}

static int publish_change(struct request *request, const struct layer *layer,
		const struct change *change, const cJSON *after, struct publish *publish,
		struct err *err)
{
	OWNED(memory) char *patch_text = json_print(change->patch);
	OWNED(memory) char *after_text = json_print(after);
	struct db_revision about = people_revision(request, change->undoes ? "undo" : "layer",
			layer->scope, change->reason);

	about.patch = patch_text;
	about.after = after_text;
	about.undoes = change->undoes;
	int r = publish_begin(publish, request->server, &about, err);
	publish->wants_values = true;
	publish->refuses_severe = !change->is_forced;
	if (r == 0)
		r = layer_store(publish, layer, after, err);
	if (r == 0)
		r = publish_end(publish, change->is_dry, err);
	return r;
}

static int apply(struct request *request, const struct layer *layer, const struct change *change,
		struct err *err)
{
	OWNED(publish) struct publish publish = {0};
	int r = 0;

	if (change->if_revision && change->if_revision != layer->revision)
		return err_set(err, ESTALE, "%s is at revision %lld meanwhile, not at %lld",
				layer->scope, (long long)layer->revision,
				(long long)change->if_revision);
	if (conf_layer_check(change->patch, err) < 0)
		return -EBADMSG;
	OWNED(stack) struct stack above = {0};
	r = stack_load_above(request->server->db, layer->scope, &above, err);
	if (r == 0)
		r = stack_check_locks(&above, change->patch, err);
	if (r == 0)
		r = variant_check(request->server->db, layer->scope, change->patch, err);
	if (r == 0)
		r = contingency_check(request->server->db, layer->scope, change->patch, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *after = conf_merge(layer->config, change->patch);
	layer_prune(after);
	if (!cJSON_Compare(layer->config, after, 1))
		r = publish_change(request, layer, change, after, &publish, err);
	if (r < 0)
		return people_failed(request, &publish, r);
	return answer_change(request, layer, change, &publish, err);
}

int people_layer_patch(struct request *request, struct err *err)
{
	OWNED(layer_tree) struct layer layer = {0};
	struct change change = {0};
	char scope[DB_SCOPE_MAX];
	struct json in;

	people_begin(&in, request, err);
	json_borrow(&in, "patch", JSON_REQUIRED, &change.patch);
	if (change.patch && !cJSON_IsObject(change.patch))
		json_refuse(&in, "patch", "must be an object: a JSON merge patch, RFC 7396");
	people_read_reason(&in, change.reason);
	json_bool(&in, "dry_run", 0, &change.is_dry);
	people_read_force(&in, change.reason, &change.is_forced);
	json_whole(&in, "if_revision", 0, 0, JSON_WHOLE_MAX, &change.if_revision);
	int r = json_end(&in);
	if (r == 0)
		r = read_scope(request, RIGHT_CONFIG, scope, err);
	if (r == 0)
		r = layer_load(request->server->db, scope, &layer, err);
	return r < 0 ? r : apply(request, &layer, &change, err);
}

/* --- the list of layers */

static int add_layer(struct people_list *list, const char *scope, int64_t devices,
		const char *cursor, struct err *err)
{
	OWNED(layer) struct db_layer row = {0};
	int r = db_layer_get(list->request->server->db, scope, &row, err);

	if (r < 0 && r != -ENOENT)
		return r;
	cJSON *item = json_new_object();
	json_put_text(item, "scope", scope);
	people_put_whole(item, "revision", row.revision);
	json_put_whole(item, "devices", devices);
	return people_list_add(list, item, cursor);
}

struct listing {
	struct people_list *list;
	const char *kind;
	char letter; /* of the cursor: which kind, then the name */
	struct err *err;
};

static int add_place(void *data, const struct db_place *place)
{
	struct listing *listing = data;
	char scope[DB_SCOPE_MAX], cursor[PEOPLE_CURSOR_MAX];

	(void)text_format(scope, sizeof(scope), "%s/%s", listing->kind, place->name);
	(void)text_format(cursor, sizeof(cursor), "%c%s", listing->letter, place->name);
	return add_layer(listing->list, scope, place->devices, cursor, listing->err);
}

static int add_device(void *data, const struct db_device *device)
{
	struct listing *listing = data;
	char scope[DB_SCOPE_MAX], cursor[PEOPLE_CURSOR_MAX];

	(void)text_format(scope, sizeof(scope), "device/%s", device->id);
	(void)text_format(cursor, sizeof(cursor), "e%s\n%s", device->name, device->id);
	return add_layer(listing->list, scope, 1, cursor, listing->err);
}

/* Letters a to e: organisation, tenants, sites, groups, devices. */
static int list_kinds(struct people_list *list, struct err *err)
{
	static const char *const kinds[] = {"tenant", "site", "group"};
	struct request *request = list->request;
	const char *read = rights_view(request, RIGHT_READ);
	struct db *db = request->server->db;
	char from = list->after[0] ? list->after[0] : 'a';
	struct listing listing = {.list = list, .err = err};
	int64_t devices, online;
	int r = 0;

	if (from == 'a' && !list->after[0]) {
		r = db_device_count(db, read, 0, &devices, &online, err);
		if (r == 0)
			r = add_layer(list, "organisation", devices, "a", err);
	}
	for (unsigned i = 0; i < 3 && r == 0; i++) {
		struct db_page page = people_list_page(list);

		listing.kind = kinds[i];
		listing.letter = (char)('b' + i);
		page.after = from == listing.letter ? list->after + 1 : "";
		if (from <= listing.letter)
			r = db_place_list(db, (enum db_place_kind)i, "",
					rights_view(request, RIGHT_LAYER), &page, add_place,
					&listing, err);
	}
	if (r == 0) {
		struct db_device_filter filter = {
				"", "", "", "", "", .view = read, .page = people_list_page(list)};

		filter.page.after = from == 'e' ? list->after + 1 : "";
		r = db_device_list(db, &filter, add_device, &listing, err);
	}
	return r;
}

int people_layers(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, "layers", known, err);

	return r < 0 ? r : people_list_end(&list, list_kinds(&list, err));
}

/* --- undo */

int people_undo(struct request *request, struct err *err)
{
	OWNED(json) cJSON *before = NULL;
	OWNED(json) cJSON *after = NULL;
	OWNED(json) cJSON *patch = NULL;
	OWNED(layer_tree) struct layer layer = {0};
	struct change change = {0};
	char scope[DB_SCOPE_MAX];
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, change.reason);
	json_bool(&in, "dry_run", 0, &change.is_dry);
	people_read_force(&in, change.reason, &change.is_forced);
	int r = json_end(&in);
	if (r == 0)
		r = people_number(request, &change.undoes, err);
	if (r == 0)
		r = people_revision_require(request, change.undoes, RIGHT_LAYER, err);
	if (r == 0)
		r = people_past(request->server->db, change.undoes, scope, &before, &after, err);
	if (r == 0 && !after)
		return people_undo_move(request, change.undoes, change.reason, change.is_dry, err);
	if (r == 0)
		r = people_revision_require(request, change.undoes, RIGHT_CONFIG, err);
	if (r == 0)
		r = layer_load(request->server->db, scope, &layer, err);
	if (r == 0)
		r = layer_undo(before, after, &layer, &patch, err);
	if (r < 0)
		return r;
	change.patch = patch;
	return apply(request, &layer, &change, err);
}
