/* SPDX-License-Identifier: Apache-2.0 */
#include "server/people_move.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/people_revision.h"
#include "server/rule.h"
#include "server/rules.h"
#include "server/stack.h"

static bool is_same_place(const struct db_device *a, const struct db_device *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->tenant, b->tenant) == 0 &&
	       strcmp(a->site, b->site) == 0 && strcmp(a->groups, b->groups) == 0;
}

static void put_place(cJSON *object, const char *key, const struct db_device *device)
{
	cJSON *place = json_put_object(object, key), *groups;
	const char *at = device->groups;
	char name[DB_PLACE_MAX];

	json_put_text(place, "name", device->name);
	people_put_text(place, "tenant", device->tenant);
	people_put_text(place, "site", device->site);
	groups = json_put_list(place, "groups");
	while (stack_next_group(&at, name))
		json_append_text(groups, name);
}

/* Its patch is known only inside of it: where the device will be depends on what is there. */
static int begin(struct request *request, const struct people_move *move, struct publish *publish,
		const struct db_device *before, const struct db_device *after, struct err *err)
{
	OWNED(json) cJSON *patch = json_new_object();
	char scope[DB_SCOPE_MAX];

	put_place(patch, "before", before);
	put_place(patch, "after", after);
	OWNED(memory) char *text = json_print(patch);
	(void)text_format(scope, sizeof(scope), "device/%s", before->id);
	struct db_revision about = people_revision(request, move->undoes ? "undo" : "device", scope,
			move->place->reason);
	about.patch = text;
	about.undoes = move->undoes;
	int r = publish_begin(publish, request->server, &about, err);
	publish->about.patch = NULL;
	return r;
}

/* Where it would be, in a transaction of its own that is taken back. */
static int look_ahead(struct db *db, const struct people_move *move, struct db_device *after,
		struct err *err)
{
	int r = db_begin(db, err);

	if (r < 0)
		return r;
	r = people_apply_place(db, move->place, after, err);
	if (r == 0)
		r = db_device_place(db, after, err);
	if (r == 0)
		r = db_device_get(db, after->id, after, err);
	db_rollback(db);
	return r;
}

int people_move(struct request *request, const struct people_move *move, struct db_device *device,
		struct publish *publish, struct err *err)
{
	const struct db_device before = *device;
	struct db *db = request->server->db;
	int r = look_ahead(db, move, device, err);

	if (r < 0 || is_same_place(&before, device))
		return r;
	r = begin(request, move, publish, &before, device, err);
	if (r == 0)
		r = people_apply_place(db, move->place, device, err);
	if (r == 0)
		r = db_device_place(db, device, err);
	if (r == 0)
		r = publish_device(publish, device->id, err);
	publish->wants_values = move->is_dry;
	if (r == 0)
		r = publish_end(publish, move->is_dry, err);
	if (r < 0)
		return people_failed(request, publish, r);
	if (!move->is_dry)
		rules_check(request->server, device->id, RULE_USES_DEVICE);
	return 1;
}

/* --- taking one back */

struct taking {
	char id[DB_ID_MAX];
	struct device_place was, is; /* before and after the revision */
	struct err *err;
};

static void read_one(struct json *in, const char *key, struct device_place *place)
{
	struct json inner;

	if (!json_enter(in, key, JSON_REQUIRED, &inner))
		return;
	json_take_all(&inner);
	json_text(&inner, "name", JSON_REQUIRED | JSON_FILLED, place->name, sizeof(place->name));
	people_read_text(&inner, "tenant", &place->has_tenant, place->tenant,
			sizeof(place->tenant));
	people_read_text(&inner, "site", &place->has_site, place->site, sizeof(place->site));
	people_read_groups(&inner, place);
	json_leave(&inner);
}

static int read_revision(void *data, const struct db_revision *revision)
{
	struct taking *taking = data;
	OWNED(json) cJSON *patch = NULL;
	bool is_device = strncmp(revision->scope, "device/", 7) == 0;
	struct json in;

	if (!is_device || revision->after || !revision->patch ||
			json_parse(revision->patch, strlen(revision->patch), &patch, NULL) < 0 ||
			!cJSON_GetObjectItemCaseSensitive(patch, "before"))
		return err_set(taking->err, EBUSY,
				"revision %lld changes neither a layer nor a device's place",
				(long long)revision->revision);
	(void)text_copy(taking->id, sizeof(taking->id), revision->scope + 7);
	json_begin(&in, patch, taking->err);
	read_one(&in, "before", &taking->was);
	read_one(&in, "after", &taking->is);
	return json_end(&in);
}

/* Only what the revision changed is put back, and only if nobody changed it since. */
static int keep_others(const char *key, const char *now, const char *is, const char *was, bool *has,
		struct err *err)
{
	*has = strcmp(is, was) != 0 && strcmp(now, was) != 0;
	if (*has && strcmp(now, is) != 0)
		return err_set(err, ESTALE, "%s: a later revision changed this: undo that first",
				key);
	return 0;
}

static int choose(struct taking *taking, const struct db_device *now, struct err *err)
{
	struct device_place *was = &taking->was, *is = &taking->is;
	bool has_name;
	int r = keep_others("name", now->name, is->name, was->name, &has_name, err);

	if (r == 0)
		r = keep_others("site", now->site, is->site, was->site, &was->has_site, err);
	if (r == 0)
		r = keep_others("groups", now->groups, is->groups, was->groups, &was->has_groups,
				err);
	if (r == 0)
		r = keep_others("tenant", now->tenant, is->tenant, was->tenant, &was->has_tenant,
				err);
	if (!has_name)
		was->name[0] = '\0';
	/* A site brings its tenant. */
	if (was->has_site && was->site[0])
		was->has_tenant = false;
	return r;
}

static int answer(struct request *request, const char *scope, const struct people_move *move,
		const struct publish *publish, bool is_changed, struct err *err)
{
	OWNED(json) cJSON *body = json_new_object();
	int r = 0;

	people_put_whole(body, "revision",
			is_changed && !move->is_dry ? publish->about.revision : 0);
	json_put_text(body, "scope", scope);
	json_put_bool(body, "changed", is_changed);
	json_put_whole(body, "undoes", move->undoes);
	if (is_changed) {
		r = people_put_changed(body, publish, err);
	} else {
		json_put_whole(body, "device_count", 0);
		json_put_list(body, "devices");
	}
	if (move->is_dry)
		json_put(body, "values", preview_values(&publish->preview));
	json_put(body, "warnings", preview_warnings(&publish->preview));
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(body));
}

int people_undo_move(struct request *request, int64_t number, const char *reason, bool is_dry,
		struct err *err)
{
	OWNED(memory) struct taking *taking = own_alloc(sizeof(*taking));
	OWNED(publish) struct publish publish = {0};
	struct people_move move = {.place = &taking->was, .undoes = number, .is_dry = is_dry};
	struct db_device device;
	char scope[DB_SCOPE_MAX];

	taking->err = err;
	int r = db_revision_get(request->server->db, number, read_revision, taking, err);
	if (r == 0)
		r = rights_device(request, RIGHT_DEVICES, taking->id, &device, err);
	if (r == 0)
		r = choose(taking, &device, err);
	if (r == 0)
		r = people_check_place(request, &taking->was, &device, err);
	(void)text_copy(taking->was.reason, sizeof(taking->was.reason), reason);
	(void)text_format(scope, sizeof(scope), "device/%s", taking->id);
	if (r == 0)
		r = people_move(request, &move, &device, &publish, err);
	return r < 0 ? r : answer(request, scope, &move, &publish, r > 0, err);
}
