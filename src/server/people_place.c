/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants, sites and groups for people. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/db_secret.h"
#include "server/people.h"
#include "server/people_inventory.h"
#include "server/place.h"
#include "server/rights.h"

static const char *const nouns[] = {
		[DB_TENANT] = "tenant",
		[DB_SITE] = "site",
		[DB_GROUP] = "group",
};

static cJSON *place_json(struct db *db, enum db_place_kind kind, const struct db_place *place)
{
	cJSON *item = json_new_object();

	json_put_text(item, "name", place->name);
	if (kind != DB_TENANT)
		people_put_text(item, "tenant", place->tenant);
	if (kind == DB_TENANT)
		json_put_whole(item, "sites", place->sites);
	if (kind == DB_GROUP)
		people_put_rule(item, db, place->name);
	json_put_whole(item, "devices", place->devices);
	return item;
}

static int add_place(void *data, const struct db_place *place)
{
	struct people_list *list = data;

	return people_list_add(list,
			place_json(list->request->server->db, *(enum db_place_kind *)list->extra,
					place),
			place->name);
}

static int list_places(struct request *request, enum db_place_kind kind, struct err *err)
{
	static const char *const plurals[] = {"tenants", "sites", "groups"};
	static const char *const known[] = {"tenant", NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, plurals[kind],
			kind == DB_TENANT ? known + 1 : known, err);

	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	list.extra = &kind;
	r = db_place_list(request->server->db, kind, people_filter(request, "tenant"),
			rights_view(request, RIGHT_LAYER), &page, add_place, &list, err);
	return people_list_end(&list, r);
}

int people_tenants(struct request *request, struct err *err)
{
	return list_places(request, DB_TENANT, err);
}

int people_sites(struct request *request, struct err *err)
{
	return list_places(request, DB_SITE, err);
}

int people_groups(struct request *request, struct err *err)
{
	return list_places(request, DB_GROUP, err);
}

static int answer_place(struct request *request, enum db_place_kind kind, bool is_new,
		struct err *err)
{
	struct db_place place;
	int r = db_place_get(request->server->db, kind, request->match.args[0], &place, err);

	if (r < 0)
		return r;
	return http_answer(request, is_new ? MHD_HTTP_CREATED : MHD_HTTP_OK,
			place_json(request->server->db, kind, &place));
}

/* Tenants are the organisation's, sites and groups their tenant's. */
static int require(struct request *request, enum db_place_kind kind, struct err *err)
{
	const char *name = request->match.args[0];
	char scope[8 + ROUTE_ARG_MAX];

	(void)text_format(scope, sizeof(scope), "%s/%s", nouns[kind], name);
	if (kind != DB_TENANT)
		return rights_require(request, RIGHT_PLACES, scope, err);
	if (rights_has(request, RIGHT_PLACES, "organisation"))
		return rights_require(request, RIGHT_PLACES, "organisation", err);
	int r = rights_require(request, RIGHT_LAYER, scope, err);
	return r < 0 ? r : rights_require(request, RIGHT_PLACES, "organisation", err);
}

static int put_place(struct request *request, enum db_place_kind kind, struct err *err)
{
	const char *name = request->match.args[0];
	struct db_place place;
	struct json in;

	people_begin(&in, request, err);
	int r = json_end(&in);
	if (r == 0)
		r = require(request, kind, err);
	if (r < 0)
		return r;
	bool is_new = db_place_get(request->server->db, kind, name, &place, NULL) == -ENOENT;
	r = place_put(request->server->db, kind, name, err);
	return r < 0 ? r : answer_place(request, kind, is_new, err);
}

int people_tenant_put(struct request *request, struct err *err)
{
	return put_place(request, DB_TENANT, err);
}

/* With a member "rule" (null takes it away) the group is there already. */
int people_group_put(struct request *request, struct err *err)
{
	if (!request->json || !cJSON_HasObjectItem(request->json, "rule"))
		return put_place(request, DB_GROUP, err);
	int r = require(request, DB_GROUP, err);
	return r < 0 ? r : people_group_rule(request, err);
}

int people_site_put(struct request *request, struct err *err)
{
	return put_place(request, DB_SITE, err);
}

static int remove_place(struct request *request, enum db_place_kind kind, struct err *err)
{
	const char *name = request->match.args[0];
	OWNED(layer) struct db_layer layer = {0};
	char scope[DB_SCOPE_MAX], reason[DB_REASON_MAX] = "";
	struct db_place place;
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = require(request, kind, err);
	if (r == 0)
		r = db_place_get(request->server->db, kind, name, &place, err);
	if (r < 0)
		return r;
	if (place.devices || place.sites)
		return err_set(err, EBUSY, "the %s \"%s\" still has %s", nouns[kind], name,
				place.sites ? "sites" : "devices");
	(void)text_format(scope, sizeof(scope), "%s/%s", nouns[kind], name);
	int64_t people = 0;
	r = db_grant_below(request->server->db, scope, &people, err);
	if (r < 0)
		return r;
	if (people)
		return err_set(err, EBUSY, "there are still people or rights of the %s \"%s\"",
				nouns[kind], name);
	r = db_layer_get(request->server->db, scope, &layer, NULL);
	if (r == 0 && strcmp(layer.config, "{}") != 0)
		return err_set(err, EBUSY, "the layer %s still holds values", scope);
	int64_t secrets = 0;
	r = db_secret_count(request->server->db, scope, &secrets, err);
	if (r < 0)
		return r;
	if (secrets)
		return err_set(err, EBUSY, "%s still has secrets", scope);
	r = db_place_remove(request->server->db, kind, name, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "name", name);
	return http_answer(request, MHD_HTTP_OK, answer);
}

int people_tenant_remove(struct request *request, struct err *err)
{
	return remove_place(request, DB_TENANT, err);
}

int people_site_remove(struct request *request, struct err *err)
{
	return remove_place(request, DB_SITE, err);
}

int people_group_remove(struct request *request, struct err *err)
{
	return remove_place(request, DB_GROUP, err);
}
