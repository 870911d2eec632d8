/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rights.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/place.h"

enum {
	GRANTS_MAX = 128,             /* of one person */
	TEAMS_KEPT_S = 7 * 24 * 3600, /* a provider's groups count for tokens that long */
	VIEW_MAX = (GRANTS_MAX * 3 + 4) * (DB_SCOPE_MAX + 2),
};

#define BIT(right) (1u << (right))

enum {
	READS = BIT(RIGHT_READ) | BIT(RIGHT_LAYER),
	HELPS = READS | BIT(RIGHT_DEVICES) | BIT(RIGHT_CONFIG) | BIT(RIGHT_ORDERS),
	ALL = BIT(RIGHT_COUNT) - 1,
};

static const struct {
	const char *name;
	unsigned rights;
} roles[] = {
		{"administrator", ALL},
		{"technician", HELPS | BIT(RIGHT_SCREEN)},
		{"reader", READS},
		{"auditor", READS | BIT(RIGHT_AUDIT)},
		{"api", HELPS},
};

const char *const rights_roles[] = {
		"administrator", "technician", "reader", "auditor", "api", NULL};

const char *const rights_names[] = {
		[RIGHT_READ] = "read",
		[RIGHT_LAYER] = "layers",
		[RIGHT_DEVICES] = "devices",
		[RIGHT_CONFIG] = "config",
		[RIGHT_ORDERS] = "orders",
		[RIGHT_ORDERS_ALL] = "orders_all",
		[RIGHT_SCREEN] = "screen",
		[RIGHT_ROLLOUTS] = "rollouts",
		[RIGHT_EMERGENCY] = "emergency",
		[RIGHT_PLACES] = "places",
		[RIGHT_PEOPLE] = "people",
		[RIGHT_AUDIT] = "audit",
		[RIGHT_PRIVACY] = "privacy",
		[RIGHT_SERVER] = "server",
		[RIGHT_COUNT] = NULL,
};

/* A grant, as far as it counts for this request. */
struct hold {
	unsigned rights;
	bool is_technician; /* whose config ends below the tenant */
	char scope[DB_SCOPE_MAX], tenant[DB_NAME_MAX], site[DB_PLACE_MAX];
};

struct rights {
	struct array holds; /* struct hold */
	char *views[RIGHT_COUNT];
	struct {
		bool is_some;
		char tenant[DB_NAME_MAX], site[DB_PLACE_MAX];
	} touched; /* what the request was allowed to do something about */
};

/* Where something is: what a scope's text says, a device's place looked up. */
struct spot {
	bool is_organisation, is_tenant, is_group;
	char tenant[DB_NAME_MAX], site[DB_PLACE_MAX];
};

unsigned rights_of_role(const char *role)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(roles[i].name, role) == 0)
			return roles[i].rights;
	}
	return 0;
}

void rights_split(const char *scope, char tenant[DB_NAME_MAX], char site[DB_PLACE_MAX])
{
	tenant[0] = site[0] = '\0';
	if (strncmp(scope, "tenant/", 7) == 0)
		(void)text_copy(tenant, DB_NAME_MAX, scope + 7);
	if (strncmp(scope, "group/", 6) == 0)
		place_tenant(scope + 6, tenant);
	if (strncmp(scope, "site/", 5) == 0) {
		place_tenant(scope + 5, tenant);
		(void)text_copy(site, DB_PLACE_MAX, scope + 5);
	}
}

static unsigned count_holds(const struct request *request)
{
	return request->rights ? (unsigned)(request->rights->holds.size / sizeof(struct hold)) : 0;
}

static struct hold *hold_at(const struct request *request, unsigned index)
{
	return (struct hold *)(void *)request->rights->holds.data + index;
}

/* Is `spot` the scope or below it? */
static bool covers(const char *tenant, const char *site, const struct spot *spot)
{
	if (site[0])
		return strcmp(site, spot->site) == 0;
	if (tenant[0])
		return strcmp(tenant, spot->tenant) == 0;
	return true;
}

/* Layers above the scope of a grant, whose values reach what is below it. */
static bool is_above(const struct hold *hold, const struct spot *spot)
{
	if (spot->is_organisation)
		return true;
	if (spot->is_group)
		return !spot->tenant[0] || strcmp(spot->tenant, hold->tenant) == 0;
	return spot->is_tenant && strcmp(spot->tenant, hold->tenant) == 0;
}

static bool gives(const struct hold *hold, enum right right, const struct spot *spot)
{
	if (!(hold->rights & BIT(right)))
		return false;
	if (right == RIGHT_CONFIG && hold->is_technician &&
			(spot->is_organisation || spot->is_tenant))
		return false;
	if (right == RIGHT_LAYER && is_above(hold, spot))
		return true;
	return covers(hold->tenant, hold->site, spot);
}

static bool has(const struct request *request, enum right right, const struct spot *spot)
{
	for (unsigned i = 0; i < count_holds(request); i++) {
		if (gives(hold_at(request, i), right, spot))
			return true;
	}
	return false;
}

/* --- loading */

/* Narrow to the token's scope, or false when the two have nothing in common. */
static bool narrow(struct hold *hold, const struct db_token *token)
{
	struct spot mine = {0}, limit = {0};

	memcpy(mine.tenant, hold->tenant, sizeof(mine.tenant));
	memcpy(mine.site, hold->site, sizeof(mine.site));
	rights_split(token->scope, limit.tenant, limit.site);
	if (covers(limit.tenant, limit.site, &mine))
		return true;
	if (!covers(hold->tenant, hold->site, &limit))
		return false;
	memcpy(hold->tenant, limit.tenant, sizeof(hold->tenant));
	memcpy(hold->site, limit.site, sizeof(hold->site));
	memcpy(hold->scope, token->scope, sizeof(hold->scope));
	return true;
}

static int add_hold(void *data, const struct db_grant *grant)
{
	const struct request *request = data;
	const struct db_token *token = &request->token;
	struct hold hold = {.rights = rights_of_role(grant->role)};

	memcpy(hold.scope, grant->scope, sizeof(hold.scope));
	memcpy(hold.tenant, grant->tenant, sizeof(hold.tenant));
	memcpy(hold.site, grant->site, sizeof(hold.site));
	hold.is_technician = strcmp(grant->role, "technician") == 0;
	if (grant->orders_all && hold.rights & BIT(RIGHT_ORDERS))
		hold.rights |= BIT(RIGHT_ORDERS_ALL);
	if (token->role[0]) {
		hold.rights &= rights_of_role(token->role);
		hold.is_technician |= strcmp(token->role, "technician") == 0;
		if (!narrow(&hold, token))
			return 0;
	}
	if (hold.tenant[0] || hold.site[0])
		hold.rights &= ~BIT(RIGHT_SERVER);
	return array_append(&request->rights->holds, &hold, sizeof(hold)) < 0 ? 1 : 0;
}

int rights_load(struct request *request, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db *db = request->server->db;
	int r = db_person_get(db, request->token.person, person, err);

	rights_finish(request);
	if (r < 0 && r != -ENOENT)
		return r;
	bool is_session = strcmp(request->token.kind, "session") == 0;
	if (!is_session && server_now_s() - person->teams_s > TEAMS_KEPT_S)
		person->teams[0] = '\0';
	request->rights = own_alloc(sizeof(*request->rights));
	request->rights->holds.max = GRANTS_MAX * sizeof(struct hold);
	r = db_grant_of(db, request->token.person, person->teams[0] ? person->teams : "\n",
			add_hold, request, err);
	return r < 0 ? r : 0;
}

void rights_finish(struct request *request)
{
	if (!request->rights)
		return;
	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		free(request->rights->views[i]);
	array_finish(&request->rights->holds);
	free(own_take(request->rights));
}

/* --- judging */

/* -ENOENT: the scope is of a device that is not there. */
static int find_spot(struct request *request, const char *scope, struct spot *spot, struct err *err)
{
	struct db_device device;

	*spot = (struct spot){
			.is_organisation = strcmp(scope, "organisation") == 0,
			.is_tenant = strncmp(scope, "tenant/", 7) == 0,
			.is_group = strncmp(scope, "group/", 6) == 0,
	};
	if (strncmp(scope, "device/", 7) == 0) {
		int r = db_device_get(request->server->db, scope + 7, &device, err);

		if (r < 0)
			return r;
		memcpy(spot->tenant, device.tenant, sizeof(spot->tenant));
		memcpy(spot->site, device.site, sizeof(spot->site));
		return 0;
	}
	rights_split(scope, spot->tenant, spot->site);
	return 0;
}

/* The words of db_place_get and db_device_get. */
static int unseen(const char *scope, struct err *err)
{
	const char *slash = strchr(scope, '/');

	if (!slash)
		return err_set(err, ENOENT, "there is nothing like \"%s\"", scope);
	return err_set(err, ENOENT, "there is no %.*s \"%s\"", (int)(slash - scope), scope,
			slash + 1);
}

static void touch(struct request *request, const struct spot *spot)
{
	struct rights *rights = request->rights;

	if (!rights->touched.is_some) {
		rights->touched.is_some = true;
		memcpy(rights->touched.tenant, spot->tenant, sizeof(spot->tenant));
		memcpy(rights->touched.site, spot->site, sizeof(spot->site));
	}
	/* Of what concerns two places the record belongs to what is above both. */
	if (strcmp(rights->touched.tenant, spot->tenant) != 0)
		rights->touched.tenant[0] = rights->touched.site[0] = '\0';
	if (strcmp(rights->touched.site, spot->site) != 0)
		rights->touched.site[0] = '\0';
}

static int judge(struct request *request, enum right right, const char *scope,
		const struct spot *spot, struct err *err)
{
	if (has(request, right, spot)) {
		if (right != RIGHT_READ && right != RIGHT_LAYER)
			touch(request, spot);
		return 0;
	}
	if (!spot->is_organisation && !has(request, RIGHT_LAYER, spot))
		return unseen(scope, err);
	return err_set(err, EPERM, "you have not the right \"%s\" at %s", rights_names[right],
			spot->is_organisation ? "the organisation" : scope);
}

int rights_require(struct request *request, enum right right, const char *scope, struct err *err)
{
	struct spot spot;
	int r = find_spot(request, scope, &spot, err);

	return r < 0 ? r : judge(request, right, scope, &spot, err);
}

int rights_require_device(struct request *request, enum right right, const struct db_device *device,
		struct err *err)
{
	struct spot spot = {0};
	char scope[DB_SCOPE_MAX];

	memcpy(spot.tenant, device->tenant, sizeof(spot.tenant));
	memcpy(spot.site, device->site, sizeof(spot.site));
	(void)text_format(scope, sizeof(scope), "device/%s", device->id);
	return judge(request, right, scope, &spot, err);
}

int rights_device(struct request *request, enum right right, const char *id,
		struct db_device *device, struct err *err)
{
	int r = db_device_get(request->server->db, id, device, err);

	return r < 0 ? r : rights_require_device(request, right, device, err);
}

int rights_require_somewhere(struct request *request, enum right right, struct err *err)
{
	for (unsigned i = 0; i < count_holds(request); i++) {
		if (hold_at(request, i)->rights & BIT(right))
			return 0;
	}
	return err_set(err, EPERM, "you have not the right \"%s\" anywhere", rights_names[right]);
}

bool rights_has(struct request *request, enum right right, const char *scope)
{
	struct spot spot;

	return find_spot(request, scope, &spot, NULL) == 0 && has(request, right, &spot);
}

bool rights_sees(struct request *request, enum right right, const char *scope, const char *tenant,
		const char *site)
{
	struct spot spot = {
			.is_organisation = strcmp(scope, "organisation") == 0,
			.is_tenant = strncmp(scope, "tenant/", 7) == 0,
			.is_group = strncmp(scope, "group/", 6) == 0,
	};

	rights_split(scope, spot.tenant, spot.site);
	if (tenant[0] || site[0]) {
		(void)text_copy(spot.tenant, sizeof(spot.tenant), tenant);
		(void)text_copy(spot.site, sizeof(spot.site), site);
	}
	return has(request, right, &spot);
}

/* --- lists */

static void add_line(char *view, const char *prefix, const char *name)
{
	size_t used = strlen(view);

	(void)text_format(view + used, VIEW_MAX - used, "%s%s\n", prefix, name);
}

/* False: there is no limit. */
static bool add_view(char *view, const struct hold *hold, bool is_layer)
{
	if (!hold->tenant[0] && !hold->site[0])
		return false;
	add_line(view, "", hold->scope);
	if (is_layer) {
		add_line(view, "=organisation", "");
		add_line(view, "=group/", "");
		if (hold->tenant[0])
			add_line(view, "=group/", hold->tenant);
		if (hold->site[0] && hold->tenant[0])
			add_line(view, "=tenant/", hold->tenant);
	}
	return true;
}

const char *rights_view(struct request *request, enum right right)
{
	struct rights *rights = request->rights;

	if (!rights)
		return "\n";
	if (rights->views[right])
		return rights->views[right];
	OWNED(memory) char *view = own_alloc(VIEW_MAX);
	view[0] = '\n';
	for (unsigned i = 0; i < count_holds(request); i++) {
		const struct hold *hold = hold_at(request, i);

		if (hold->rights & BIT(right) && !add_view(view, hold, right == RIGHT_LAYER)) {
			view[0] = '\0';
			break;
		}
	}
	rights->views[right] = own_copy_text(view);
	return rights->views[right];
}

cJSON *rights_json(const struct request *request)
{
	cJSON *list = json_new_list();

	for (unsigned i = 0; i < count_holds(request); i++) {
		const struct hold *hold = hold_at(request, i);
		cJSON *item = json_new_object(), *names = json_put_list(item, "rights");

		json_put_text(item, "scope", hold->scope);
		for (unsigned right = 0; right < RIGHT_COUNT; right++) {
			if (hold->rights & BIT(right))
				json_append_text(names, rights_names[right]);
		}
		json_append(list, item);
	}
	return list;
}

static bool covers_item(const struct request *request, const cJSON *item)
{
	const cJSON *scope = cJSON_GetObjectItemCaseSensitive(item, "scope"), *name;
	struct spot spot = {0};

	if (!cJSON_IsString(scope))
		return false;
	rights_split(scope->valuestring, spot.tenant, spot.site);
	cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(item, "rights")) {
		enum right right = 0;

		while (right < RIGHT_COUNT && strcmp(rights_names[right], name->valuestring) != 0)
			right++;
		if (right == RIGHT_COUNT || !has(request, right, &spot))
			return false;
	}
	return true;
}

bool rights_cover(const struct request *request, const cJSON *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list) {
		if (!covers_item(request, item))
			return false;
	}
	return cJSON_IsArray(list);
}

bool rights_touched(const struct request *request, char tenant[DB_NAME_MAX],
		char site[DB_PLACE_MAX])
{
	tenant[0] = site[0] = '\0';
	if (!request->rights || !request->rights->touched.is_some)
		return false;
	memcpy(tenant, request->rights->touched.tenant, DB_NAME_MAX);
	memcpy(site, request->rights->touched.site, DB_PLACE_MAX);
	return true;
}
