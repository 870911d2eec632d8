/* SPDX-License-Identifier: Apache-2.0 */
/* The server itself and the tokens of people. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/access.h"
#include "server/people.h"
#include "server/person.h"
#include "server/place.h"
#include "server/rights.h"

int people_server(struct request *request, struct err *err)
{
	struct server *server = request->server;
	int64_t now_s = server_now_s(), devices, online, waiting, here, revision;
	char fingerprint[sizeof("sha256:") + 64] = "sha256:";
	const char *view = rights_view(request, RIGHT_READ);
	int r = people_no_query(request, err);

	if (r == 0)
		r = db_device_count(server->db, view, now_s - SEEN_ONLINE_S, &devices, &online,
				err);
	if (r == 0)
		r = db_enrolment_count(server->db, "", &waiting, &here, err);
	if (r == 0 && !rights_has(request, RIGHT_READ, "organisation"))
		waiting = 0;
	if (r == 0)
		r = db_revision_newest_seen(server->db, rights_view(request, RIGHT_LAYER),
				&revision, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "version", TYND_VERSION);
	people_put_time(answer, "time", now_s);
	json_put_text(answer, "person", request->token.person);
	text_to_hex(ca_fingerprint(server->ca), 32, fingerprint + 7);
	json_put_text(answer, "ca", fingerprint);
	json_put_base64(answer, "config_key", server->config_public, 32);
	json_put_whole(answer, "devices", devices);
	json_put_whole(answer, "online", online);
	json_put_whole(answer, "waiting", waiting);
	json_put_whole(answer, "revision", revision);
	return http_answer(request, MHD_HTTP_OK, answer);
}

static cJSON *token_json(const struct db_token *token)
{
	cJSON *item = json_new_object();

	json_put_text(item, "id", token->id);
	json_put_text(item, "person", token->person);
	people_put_time(item, "created", token->created_s);
	people_put_time(item, "used", token->used_s);
	people_put_time(item, "expires", token->expires_s);
	people_put_text(item, "role", token->role);
	people_put_text(item, "scope", token->scope);
	return item;
}

static int add_token(void *data, const struct db_token *token)
{
	return people_list_add(data, token_json(token), token->id);
}

/* Own ones for everybody, others for those who decide about people. */
int people_tokens(struct request *request, struct err *err)
{
	static const char *const known[] = {"person", NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, "tokens", known, err);

	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_token_list(request->server->db, rights_view(request, RIGHT_PEOPLE),
			request->token.person, people_filter(request, "person"), "token", &page,
			add_token, &list, err);
	return people_list_end(&list, r);
}

static int read_token(struct request *request, struct db_token *token, struct err *err)
{
	int64_t days = 0;
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "person", JSON_FILLED, token->person, sizeof(token->person));
	json_whole(&in, "days", 0, 1, 3660, &days);
	json_text(&in, "role", JSON_FILLED, token->role, sizeof(token->role));
	json_text(&in, "scope", JSON_FILLED, token->scope, sizeof(token->scope));
	int r = json_end(&in);
	if (r < 0)
		return r;
	if (days)
		token->expires_s = server_now_s() + days * 24 * 3600;
	if (!token->person[0])
		memcpy(token->person, request->token.person, sizeof(token->person));
	r = person_name_check(token->person, err);
	if (r < 0)
		return err_prefix(err, r, "person");
	if (!token->role[0] != !token->scope[0])
		return err_set(err, EINVAL,
				"role: role and scope are given together or not at all");
	if (token->role[0] && !rights_of_role(token->role))
		return err_set(err, EINVAL,
				"role: administrator, technician, reader, auditor or api is "
				"expected");
	r = token->scope[0] ? person_scope_check(token->scope, err) : 0;
	return r < 0 ? err_prefix(err, r, "scope") : 0;
}

/* A person whom only tokens make known. */
static int add_person(struct request *request, const char *name, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db_place tenant;

	*person = (struct db_person){.origin = "token", .created_s = server_now_s()};
	(void)text_copy(person->name, sizeof(person->name), name);
	place_tenant(name, person->tenant);
	int r = person->tenant[0] ? db_place_get(request->server->db, DB_TENANT, person->tenant,
						    &tenant, err)
	                          : 0;
	return r < 0 ? r : db_person_add(request->server->db, person, err);
}

/* One's own, at most as mighty and lasting as the one in hand; or somebody else's. */
static int check_maker(struct request *request, const struct db_token *token, bool *is_known,
		struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	const struct db_token *mine = &request->token;
	char home[DB_SCOPE_MAX];

	*is_known = true;
	if (mine->role[0])
		return err_set(err, EPERM, "a token of a role cannot make others");
	if (token->scope[0]) {
		bool is_mine = strcmp(token->person, mine->person) == 0;
		int seen = rights_require(request, is_mine ? RIGHT_READ : RIGHT_PEOPLE,
				token->scope, err);

		if (seen < 0)
			return err_prefix(err, seen, "scope");
	}
	if (strcmp(token->person, mine->person) == 0) {
		bool is_longer = strcmp(mine->kind, "token") == 0 && mine->expires_s &&
		                 (!token->expires_s || token->expires_s > mine->expires_s);

		return is_longer ? err_set(err, EPERM, "it would outlast the token in hand") : 0;
	}
	int r = person_require(request, token->person, person, err);
	person_home(token->person, home);
	if (r == -ENOENT && rights_has(request, RIGHT_PEOPLE, home)) {
		*is_known = false;
		return rights_require(request, RIGHT_PEOPLE, home, err);
	}
	return r;
}

int people_token_make(struct request *request, struct err *err)
{
	enum { TOKENS_MAX = 1000 };
	struct db *db = request->server->db;
	char text[ACCESS_TOKEN_MAX];
	struct db_token token = {0};
	bool is_known = true;
	int64_t count;
	int r = read_token(request, &token, err);

	if (r == 0)
		r = check_maker(request, &token, &is_known, err);
	if (r == 0)
		r = db_token_count(db, &count, err);
	if (r == 0 && count >= TOKENS_MAX)
		r = err_set(err, EBUSY, "there are too many tokens already: remove some");
	if (r == 0)
		r = db_begin(db, err);
	if (r == 0 && !is_known)
		r = add_person(request, token.person, err);
	if (r == 0)
		r = access_make_token(db, &token, text, err);
	if (r == 0)
		r = db_commit(db, err);
	db_rollback(db);
	if (r < 0)
		return r;
	cJSON *answer = token_json(&token);
	json_put_text(answer, "token", text);
	text_wipe(text, sizeof(text));
	return http_answer(request, MHD_HTTP_CREATED, answer);
}

static int check_remover(struct request *request, const char *id, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db_token token;
	int r = db_token_get(request->server->db, id, &token, err);

	if (r == 0 && request->token.role[0] && strcmp(id, request->token.id) != 0)
		r = err_set(err, EPERM, "a token of a role ends no others");
	if (r < 0 || strcmp(token.person, request->token.person) == 0)
		return r;
	r = person_require(request, token.person, person, err);
	return r == -ENOENT ? err_set(err, ENOENT, "there is no token \"%s\"", id) : r;
}

int people_token_remove(struct request *request, struct err *err)
{
	const char *id = request->match.args[0];
	struct db *db = request->server->db;
	int r = check_remover(request, id, err);

	if (r == 0)
		r = db_begin(db, err);
	if (r == 0)
		r = db_token_remove(db, id, err);
	r = person_commit(db, r, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", id);
	return http_answer(request, MHD_HTTP_OK, answer);
}
