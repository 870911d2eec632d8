/* SPDX-License-Identifier: Apache-2.0 */
/* People for people: who there is and who may what. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/access.h"
#include "server/keys.h"
#include "server/people.h"
#include "server/person.h"
#include "server/place.h"
#include "server/rights.h"

/* The person of a path. */
static int read_name(struct request *request, char name[DB_NAME_MAX], struct err *err)
{
	int r = person_name_check(request->match.args[0], err);

	return r < 0 ? r : text_copy(name, DB_NAME_MAX, request->match.args[0]);
}

static cJSON *person_json(const struct db_person *person)
{
	cJSON *item = json_new_object();

	json_put_text(item, "name", person->name);
	people_put_text(item, "tenant", person->tenant);
	people_put_text(item, "display", person->display);
	json_put_text(item, "from", person->origin);
	json_put_bool(item, "password", person->has_password);
	json_put_bool(item, "second_factor", person->has_totp);
	people_put_time(item, "created", person->created_s);
	people_put_time(item, "signed_in", person->signed_in_s);
	return item;
}

static int add_person(void *data, const struct db_person *person)
{
	return people_list_add(data, person_json(person), person->name);
}

int people_persons(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = rights_require_somewhere(request, RIGHT_PEOPLE, err);

	if (r == 0)
		r = people_list_begin(&list, request, "people", known, err);
	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_person_list(request->server->db, rights_view(request, RIGHT_PEOPLE), &page,
			add_person, &list, err);
	return people_list_end(&list, r);
}

/* --- grants */

static cJSON *grant_json(const struct db_grant *grant)
{
	cJSON *item = json_new_object();

	json_put_text(item, "id", grant->id);
	people_put_text(item, "person", grant->person);
	people_put_text(item, "group", grant->team);
	json_put_text(item, "role", grant->role);
	json_put_text(item, "scope", grant->scope);
	json_put_bool(item, "orders_all", grant->orders_all);
	people_put_time(item, "created", grant->created_s);
	json_put_text(item, "created_by", grant->created_by);
	return item;
}

static int append_grant(void *data, const struct db_grant *grant)
{
	json_append(data, grant_json(grant));
	return 0;
}

int people_person_get(struct request *request, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	char name[DB_NAME_MAX], home[DB_SCOPE_MAX];
	struct db_page page = {.after = "", .limit = PEOPLE_LIMIT_MAX};
	struct db *db = request->server->db;
	int r = people_no_query(request, err);

	if (r == 0)
		r = read_name(request, name, err);
	if (r < 0)
		return r;
	person_home(name, home);
	if (!rights_has(request, RIGHT_PEOPLE, home) && strcmp(name, request->token.person) != 0)
		return err_set(err, ENOENT, "there is no person \"%s\"", name);
	r = db_person_get(db, name, person, err);
	if (r < 0)
		return r;
	OWNED(json) cJSON *answer = person_json(person);
	r = db_grant_list(db, rights_view(request, RIGHT_PEOPLE), name, &page, append_grant,
			json_put_list(answer, "grants"), err);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, own_take(answer));
}

static int put_person(struct request *request, const char *name, const char *display,
		bool has_display, struct db_person *person, bool *is_new, struct err *err)
{
	struct db *db = request->server->db;
	struct db_place tenant;
	int r = db_person_get(db, name, person, err);

	*is_new = r == -ENOENT;
	if (r == 0 && has_display && strcmp(person->origin, "oidc") != 0 &&
			strcmp(person->origin, "ldap") != 0) {
		(void)text_copy(person->display, sizeof(person->display), display);
		return db_person_put(db, person, err);
	}
	if (r != -ENOENT)
		return r;
	*person = (struct db_person){.origin = "local", .created_s = server_now_s()};
	place_tenant(name, person->tenant);
	if (person->tenant[0]) {
		r = db_place_get(db, DB_TENANT, person->tenant, &tenant, err);
		if (r < 0)
			return r;
	}
	(void)text_copy(person->name, sizeof(person->name), name);
	(void)text_copy(person->display, sizeof(person->display), display);
	return db_person_add(db, person, err);
}

int people_person_put(struct request *request, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	char name[DB_NAME_MAX], home[DB_SCOPE_MAX], display[DB_DISPLAY_MAX] = "";
	bool has_display, is_new = false;
	struct json in;

	people_begin(&in, request, err);
	people_read_text(&in, "display", &has_display, display, sizeof(display));
	int r = json_end(&in);
	if (r == 0)
		r = read_name(request, name, err);
	if (r < 0)
		return r;
	person_home(name, home);
	r = rights_require(request, RIGHT_PEOPLE, home, err);
	if (r == 0)
		r = put_person(request, name, display, has_display, person, &is_new, err);
	if (r < 0)
		return r;
	return http_answer(request, is_new ? MHD_HTTP_CREATED : MHD_HTTP_OK, person_json(person));
}

int people_person_remove(struct request *request, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db *db = request->server->db;
	char name[DB_NAME_MAX];
	int r = read_name(request, name, err);

	if (r == 0)
		r = person_require(request, name, person, err);
	if (r == 0)
		r = db_begin(db, err);
	if (r == 0)
		r = db_person_remove(db, name, err);
	r = person_commit(db, r, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "name", name);
	return http_answer(request, MHD_HTTP_OK, answer);
}

static int list_grant(void *data, const struct db_grant *grant)
{
	return people_list_add(data, grant_json(grant), grant->id);
}

int people_grants(struct request *request, struct err *err)
{
	static const char *const known[] = {"person", NULL};
	struct people_list list;
	int r = rights_require_somewhere(request, RIGHT_PEOPLE, err);

	if (r == 0)
		r = people_list_begin(&list, request, "grants", known, err);
	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_grant_list(request->server->db, rights_view(request, RIGHT_PEOPLE),
			people_filter(request, "person"), &page, list_grant, &list, err);
	return people_list_end(&list, r);
}

static int read_grant(struct request *request, struct db_grant *grant, struct err *err)
{
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "person", JSON_FILLED, grant->person, sizeof(grant->person));
	json_text(&in, "group", JSON_FILLED, grant->team, sizeof(grant->team));
	json_text(&in, "role", JSON_REQUIRED, grant->role, sizeof(grant->role));
	json_text(&in, "scope", JSON_REQUIRED, grant->scope, sizeof(grant->scope));
	json_bool(&in, "orders_all", 0, &grant->orders_all);
	int r = json_end(&in);
	if (r < 0)
		return r;
	if (!grant->person[0] == !grant->team[0])
		return err_set(err, EINVAL, "person: either person or group is expected");
	r = grant->person[0] ? person_name_check(grant->person, err) : 0;
	if (r < 0)
		return err_prefix(err, r, "person");
	if (!rights_of_role(grant->role))
		return err_set(err, EINVAL,
				"role: administrator, technician, reader, auditor or api is "
				"expected");
	r = person_scope_check(grant->scope, err);
	return r < 0 ? err_prefix(err, r, "scope") : 0;
}

/* Only where the place exists, and of one's own tenant's people or those of the organisation. */
static int check_grant(struct request *request, struct db_grant *grant, struct err *err)
{
	struct db *db = request->server->db;
	char home[DB_SCOPE_MAX];
	struct db_place place;
	int r = rights_require(request, RIGHT_PEOPLE, grant->scope, err);

	if (r == 0 && strncmp(grant->scope, "tenant/", 7) == 0)
		r = db_place_get(db, DB_TENANT, grant->scope + 7, &place, err);
	if (r == 0 && strncmp(grant->scope, "site/", 5) == 0)
		r = db_place_get(db, DB_SITE, grant->scope + 5, &place, err);
	if (r < 0)
		return err_prefix(err, r, "scope");
	rights_split(grant->scope, grant->tenant, grant->site);
	person_home(grant->person, home);
	if (grant->person[0] && strchr(grant->person, '/') &&
			!rights_has(request, RIGHT_PEOPLE, home))
		return err_set(err, ENOENT, "person: there is no person \"%s\"", grant->person);
	return 0;
}

/* The name need not be known yet: people of a provider are first seen when they sign in. */
int people_grant_make(struct request *request, struct err *err)
{
	struct db_grant grant = {.created_s = server_now_s()};
	int r = read_grant(request, &grant, err);

	if (r == 0)
		r = check_grant(request, &grant, err);
	if (r < 0)
		return r;
	memcpy(grant.created_by, request->token.person, sizeof(grant.created_by));
	key_random_text(grant.id, 12);
	r = db_grant_add(request->server->db, &grant, err);
	return r < 0 ? r : http_answer(request, MHD_HTTP_CREATED, grant_json(&grant));
}

int people_grant_remove(struct request *request, struct err *err)
{
	const char *id = request->match.args[0];
	struct db *db = request->server->db;
	struct db_grant grant;
	int r = db_grant_get(db, id, &grant, err);

	if (r == 0 && !rights_has(request, RIGHT_PEOPLE, grant.scope))
		r = err_set(err, ENOENT, "there is no grant \"%s\"", id);
	if (r == 0)
		r = rights_require(request, RIGHT_PEOPLE, grant.scope, err);
	if (r == 0)
		r = db_begin(db, err);
	if (r == 0)
		r = db_grant_remove(db, id, err);
	r = person_commit(db, r, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", id);
	return http_answer(request, MHD_HTTP_OK, answer);
}

/* --- the person who asks, and what roles are */

int people_whoami(struct request *request, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	char csrf[ACCESS_CSRF_MAX];
	int r = route_query_check(&request->query, (const char *const[]){NULL}, err);

	if (r == 0)
		r = db_person_get(request->server->db, request->token.person, person, err);
	if (r < 0 && r != -ENOENT)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "person", request->token.person);
	people_put_text(answer, "display", person->display);
	people_put_text(answer, "from", person->origin);
	json_put_text(answer, "by", request->token.kind);
	people_put_time(answer, "expires", request->token.expires_s);
	access_own_csrf(request, csrf);
	people_put_text(answer, "csrf", csrf);
	json_put(answer, "holds", rights_json(request));
	return http_answer(request, MHD_HTTP_OK, answer);
}

int people_roles(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, "roles", known, err);

	for (unsigned i = 0; r == 0 && rights_roles[i]; i++) {
		cJSON *item = json_new_object(), *names = json_put_list(item, "rights");
		unsigned rights = rights_of_role(rights_roles[i]);

		json_put_text(item, "role", rights_roles[i]);
		for (unsigned right = 0; rights_names[right]; right++) {
			if (rights & 1u << right)
				json_append_text(names, rights_names[right]);
		}
		json_append(list.items, item);
	}
	return r < 0 ? r : people_list_end(&list, 0);
}
