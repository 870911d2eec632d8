/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layers become the documents of the request, in one transaction: all or none. Each changed
 * layer gets a revision of its own, so that each can be undone; the devices get the last
 * of these. Layers are written from the top down, so that a lock that is set or taken here counts
 * for the layers below it.
 */
#include "server/people_apply.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/diff.h"
#include "conf/merge.h"
#include "conf/parse.h"
#include "server/contingency.h"
#include "server/layers.h"
#include "server/place.h"
#include "server/rights.h"
#include "server/stack.h"
#include "server/variant.h"

enum { LAYERS_MAX = 5000 };

struct applying {
	struct request *request;
	struct publish publish;
	char reason[DB_REASON_MAX];
	bool is_dry, is_forced;
	cJSON *changed; /* [{"scope", "revision", "values"}] */
	struct err *err;
};

static void own_end_applying(struct applying *applying)
{
	publish_finish(&applying->publish);
	cJSON_Delete(applying->changed);
}

/* The order of merging. */
static const char *const kinds[] = {"organisation", "tenant/", "site/", "group/", "device/", NULL};

static bool is_kind(const char *scope, unsigned kind)
{
	return kind == 0 ? strcmp(scope, kinds[0]) == 0
	                 : strncmp(scope, kinds[kind], strlen(kinds[kind])) == 0;
}

static int check_scope(struct request *request, const char *typed, char scope[DB_SCOPE_MAX],
		struct err *err)
{
	const char *slash = strchr(typed, '/');
	char kind[16] = "";
	int r = text_format(kind, sizeof(kind), "%.*s", (int)strcspn(typed, "/"), typed);

	if (r < 0 || strlen(typed) >= DB_SCOPE_MAX)
		return err_set(err, ENOENT, "layers: \"%.64s\" is no scope", typed);
	r = rights_require(request, RIGHT_CONFIG, typed, err);
	return r < 0 ? r
	             : place_scope(request->server->db, kind, slash ? slash + 1 : NULL, scope, err);
}

/* What a person would have had to send to change the one into the other. */
static cJSON *patch_between(const cJSON *changes)
{
	cJSON *patch = json_new_object();
	const cJSON *change;

	for (int is_set = 0; is_set < 2; is_set++)
		for (change = changes->child; change; change = change->next) {
			const cJSON *path = cJSON_GetObjectItemCaseSensitive(change, "path");
			const cJSON *after = cJSON_GetObjectItemCaseSensitive(change, "after");

			if (!path->valuestring[0] || !after != !is_set)
				continue;
			json_set_at(patch, path->valuestring,
					after ? json_copy(after) : cJSON_CreateNull());
		}
	return patch;
}

static int check_patch(struct db *db, const char *scope, const cJSON *patch, struct err *err)
{
	OWNED(stack) struct stack above = {0};
	int r = stack_load_above(db, scope, &above, err);

	if (r == 0)
		r = stack_check_locks(&above, patch, err);
	if (r == 0)
		r = variant_check(db, scope, patch, err);
	return r < 0 ? r : contingency_check(db, scope, patch, err);
}

static int begin(struct applying *applying, const char *scope, const cJSON *patch,
		const cJSON *after)
{
	OWNED(memory) char *patch_text = json_print(patch);
	OWNED(memory) char *after_text = json_print(after);
	struct db_revision about =
			people_revision(applying->request, "layer", scope, applying->reason);
	int r;

	about.patch = patch_text;
	about.after = after_text;
	if (applying->publish.is_open) {
		r = publish_more(&applying->publish, &about, applying->err);
	} else {
		r = publish_begin(&applying->publish, applying->request->server, &about,
				applying->err);
		applying->publish.wants_values = true;
		applying->publish.refuses_severe = !applying->is_forced;
	}
	applying->publish.about.patch = applying->publish.about.after = NULL;
	return r;
}

static void note(struct applying *applying, const char *scope, cJSON *values)
{
	cJSON *item = json_new_object();

	json_put_text(item, "scope", scope);
	people_put_whole(item, "revision", applying->is_dry ? 0 : applying->publish.about.revision);
	json_put(item, "values", values);
	json_append(applying->changed, item);
}

/* The sentence says which layer; its path stays in front. */
static int in_layer(struct err *err, int r, const char *scope)
{
	size_t at = strlen(err->text);

	(void)text_format(err->text + at, sizeof(err->text) - at, " (in the layer %s)", scope);
	return r;
}

static int apply_one(struct applying *applying, const char *scope, const cJSON *document)
{
	struct db *db = applying->request->server->db;
	OWNED(layer_tree) struct layer layer = {0};
	OWNED(json) cJSON *nothing = json_new_object();
	OWNED(json) cJSON *after = conf_merge(nothing, document); /* without nulls */
	int r = layer_load(db, scope, &layer, applying->err);

	layer_prune(after);
	if (r < 0 || cJSON_Compare(layer.config, after, 1))
		return r;
	OWNED(json) cJSON *values = conf_diff_documents(layer.config, after);
	OWNED(json) cJSON *patch = patch_between(values);
	if (conf_layer_check(document, applying->err) < 0)
		return in_layer(applying->err, -EBADMSG, scope);
	r = check_patch(db, scope, patch, applying->err);
	if (r < 0)
		return in_layer(applying->err, r, scope);
	r = begin(applying, scope, patch, after);
	if (r == 0)
		r = layer_write(&applying->publish, &layer, after, applying->err);
	if (r == 0)
		r = publish_stage(&applying->publish, scope, applying->err);
	if (r == 0)
		note(applying, scope, own_take(values));
	return r;
}

static int apply_all(struct applying *applying, const cJSON *layers)
{
	const cJSON *layer;
	int r = 0;

	for (unsigned kind = 0; layers && kinds[kind]; kind++)
		for (layer = layers->child; layer; layer = layer->next)
			if (r == 0 && is_kind(layer->string, kind))
				r = apply_one(applying, layer->string, layer);
	if (r == 0 && applying->publish.is_open)
		r = publish_end(&applying->publish, applying->is_dry, applying->err);
	return r;
}

/* Before anything is written: every scope is there, and the person may. */
static int check_all(struct request *request, const cJSON *layers, struct err *err)
{
	char scope[DB_SCOPE_MAX];
	unsigned count = 0;
	const cJSON *layer;

	cJSON_ArrayForEach(layer, layers) {
		if (++count > LAYERS_MAX)
			return err_set(err, EINVAL, "layers: more than %d", LAYERS_MAX);
		if (!cJSON_IsObject(layer))
			return err_set(err, EINVAL,
					"layers: what stands for %.64s is not an object",
					layer->string);
		int r = check_scope(request, layer->string, scope, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int answer(struct applying *applying, struct err *err)
{
	OWNED(json) cJSON *body = json_new_object();
	bool is_changed = applying->publish.server != NULL;
	int r = 0;

	people_put_whole(body, "revision",
			is_changed && !applying->is_dry ? applying->publish.about.revision : 0);
	json_put(body, "changed", own_take(applying->changed));
	if (is_changed) {
		r = people_put_changed(body, &applying->publish, err);
	} else {
		json_put_whole(body, "device_count", 0);
		json_put_list(body, "devices");
	}
	if (applying->is_dry)
		json_put(body, "values", preview_values(&applying->publish.preview));
	json_put(body, "warnings", preview_warnings(&applying->publish.preview));
	return r < 0 ? r : http_answer(applying->request, MHD_HTTP_OK, own_take(body));
}

int people_layers_apply(struct request *request, struct err *err)
{
	struct applying applying __attribute__((cleanup(own_end_applying))) = {
			.request = request, .changed = json_new_list(), .err = err};
	const cJSON *layers = NULL;
	struct json in;

	people_begin(&in, request, err);
	json_borrow(&in, "layers", JSON_REQUIRED, &layers);
	if (layers && !cJSON_IsObject(layers))
		json_refuse(&in, "layers", "must be an object of scopes and their documents");
	people_read_reason(&in, applying.reason);
	json_bool(&in, "dry_run", 0, &applying.is_dry);
	people_read_force(&in, applying.reason, &applying.is_forced);
	int r = json_end(&in);
	if (r == 0)
		r = check_all(request, layers, err);
	if (r == 0)
		r = apply_all(&applying, layers);
	if (r < 0)
		return people_failed(request, &applying.publish, r);
	return answer(&applying, err);
}
