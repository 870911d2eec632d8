/* SPDX-License-Identifier: Apache-2.0 */
/* Where a person may put a device. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/people.h"
#include "server/rights.h"
#include "server/stack.h"

/* A place to be made needs the right to make it. */
static int check_new(struct request *request, enum db_place_kind kind, const char *name,
		const char *scope, bool may_create, struct err *err)
{
	struct db_place place;

	if (!may_create || db_place_get(request->server->db, kind, name, &place, NULL) != -ENOENT)
		return 0;
	return rights_require(request, RIGHT_PLACES, scope, err);
}

static int check_site(struct request *request, const struct device_place *place, struct err *err)
{
	char scope[DB_SCOPE_MAX];

	(void)text_format(scope, sizeof(scope), "site/%s", place->site);
	int r = rights_require(request, RIGHT_DEVICES, scope, err);
	if (r == 0)
		r = check_new(request, DB_SITE, place->site, scope, place->may_create, err);
	return r < 0 ? err_prefix(err, r, "site") : 0;
}

/* At no site: the tenant's, or the organisation's. */
static int check_tenant(struct request *request, const char *tenant, const char *path,
		struct err *err)
{
	char scope[DB_SCOPE_MAX];

	(void)text_format(scope, sizeof(scope), "%s%s", tenant[0] ? "tenant/" : "organisation",
			tenant);
	int r = rights_require(request, RIGHT_DEVICES, scope, err);
	return r < 0 ? err_prefix(err, r, "%s", path) : 0;
}

static bool is_in_group(const struct db_device *device, const char *name)
{
	const char *groups = device ? device->groups : "";
	char one[DB_PLACE_MAX];

	while (stack_next_group(&groups, one)) {
		if (strcmp(one, name) == 0)
			return true;
	}
	return false;
}

static int check_groups(struct request *request, const struct device_place *place,
		const struct db_device *device, struct err *err)
{
	const char *groups = place->groups;
	char name[DB_PLACE_MAX], scope[DB_SCOPE_MAX];
	int r = 0;

	while (r == 0 && stack_next_group(&groups, name)) {
		if (is_in_group(device, name))
			continue;
		(void)text_format(scope, sizeof(scope), "group/%s", name);
		r = rights_require(request, RIGHT_LAYER, scope, err);
		if (r == 0)
			r = check_new(request, DB_GROUP, name, scope, place->may_create, err);
	}
	return r < 0 ? err_prefix(err, r, "groups") : 0;
}

/* `device` is NULL for one that comes in: without a place it is the organisation's. */
int people_check_place(struct request *request, const struct device_place *place,
		const struct db_device *device, struct err *err)
{
	const char *tenant = place->has_tenant ? place->tenant : device ? device->tenant : "";
	bool is_elsewhere = place->has_tenant && (!device || strcmp(tenant, device->tenant) != 0);
	int r = 0;

	if (place->has_site && place->site[0])
		r = check_site(request, place, err);
	if (r == 0 && is_elsewhere && (tenant[0] || !place->site[0]))
		r = check_tenant(request, tenant, "tenant", err);
	if (r == 0 && place->has_site && !place->site[0])
		r = check_tenant(request, tenant, "site", err);
	if (r == 0 && !device && !place->site[0] && !place->tenant[0])
		r = check_tenant(request, "", "site", err);
	return r < 0 ? r : check_groups(request, place, device, err);
}
