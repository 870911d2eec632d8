/* SPDX-License-Identifier: Apache-2.0 */
#include "server/person.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/place.h"
#include "server/rights.h"

int person_name_check(const char *name, struct err *err)
{
	char tenant[DB_NAME_MAX];

	if (strlen(name) >= DB_NAME_MAX)
		return err_set(err, EINVAL,
				"a person's name has 1 to %d bytes, its tenant included",
				DB_NAME_MAX - 1);
	place_tenant(name, tenant);
	int r = strchr(name, '/') ? place_name_check(tenant, err) : 0;
	return r < 0 ? r : place_name_check(place_short(name), err);
}

void person_home(const char *name, char scope[DB_SCOPE_MAX])
{
	char tenant[DB_NAME_MAX];

	place_tenant(name, tenant);
	(void)text_format(scope, DB_SCOPE_MAX, "%s%s", tenant[0] ? "tenant/" : "organisation",
			tenant);
}

struct judging {
	struct request *request;
	struct err *err;
	int r;
};

static int judge_grant(void *data, const struct db_grant *grant)
{
	struct judging *judging = data;

	if (rights_has(judging->request, RIGHT_PEOPLE, grant->scope))
		return 0;
	judging->r = err_set(judging->err, EPERM,
			"this person has rights where you decide about nobody's");
	return 1;
}

int person_require(struct request *request, const char *name, struct db_person *ret,
		struct err *err)
{
	struct judging judging = {.request = request, .err = err};
	char home[DB_SCOPE_MAX];

	person_home(name, home);
	if (!rights_has(request, RIGHT_PEOPLE, home))
		return err_set(err, ENOENT, "there is no person \"%s\"", name);
	int r = rights_require(request, RIGHT_PEOPLE, home, err);
	if (r == 0)
		r = db_person_get(request->server->db, name, ret, err);
	if (r == 0)
		r = db_grant_of(request->server->db, name, ret->teams[0] ? ret->teams : "\n",
				judge_grant, &judging, err);
	return r < 0 ? r : judging.r;
}

int person_keep_administrator(struct db *db, struct err *err)
{
	int64_t count;
	int r = db_grant_administrators(db, &count, err);

	if (r == 0 && count == 0)
		r = err_set(err, EBUSY,
				"nobody would be left who can sign in as administrator of the "
				"organisation");
	return r;
}

int person_commit(struct db *db, int r, struct err *err)
{
	if (r == 0)
		r = person_keep_administrator(db, err);
	if (r == 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r;
}

int person_scope_check(const char *scope, struct err *err)
{
	const char *name = strchr(scope, '/');

	if (strcmp(scope, "organisation") == 0)
		return 0;
	if (name && strncmp(scope, "tenant/", 7) == 0)
		return place_name_check(name + 1, err);
	if (name && strncmp(scope, "site/", 5) == 0)
		return place_name_check(place_short(name + 1), err);
	return err_set(err, EINVAL, "a role is held at organisation, tenant/NAME or site/NAME");
}
