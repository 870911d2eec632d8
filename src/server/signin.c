/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signin.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/access.h"
#include "server/audit.h"
#include "server/db_signin.h"
#include "server/people.h"
#include "server/person.h"

enum {
	FREE_FAILURES = 5,          /* of a name */
	FREE_FAILURES_ADDRESS = 20, /* many may sit behind one address */
	WAIT_MAX_S = 60,            /* nobody can lock somebody else out for longer */
	FORGET_S = 3600,
	EVERY_S = 600,
};

static int expire(struct server *server, struct err *err)
{
	int64_t now_s = server_now_s();
	int r = db_token_expire(server->db, now_s, ACCESS_IDLE_S, err);

	return r < 0 ? r : db_signin_expire(server->db, now_s - FORGET_S, err);
}

void signin_start(struct server *server)
{
	jobs_add(server->jobs, "sessions that are over", EVERY_S, expire);
}

static int check_one(struct request *request, const char *kind, const char *name,
		int64_t free_failures, struct err *err)
{
	char who[16 + DB_NAME_MAX + DB_ADDRESS_MAX];
	int64_t failures, last_s;

	(void)text_format(who, sizeof(who), "%s/%s", kind, name);
	int r = db_attempt_get(request->server->db, who, &failures, &last_s, err);
	if (r < 0 || failures < free_failures)
		return r;
	int64_t over = failures - free_failures, wait_s = over < 6 ? 2 << over : WAIT_MAX_S;
	int64_t left_s = last_s + (wait_s < WAIT_MAX_S ? wait_s : WAIT_MAX_S) - server_now_s();
	if (left_s <= 0)
		return 0;
	request->retry_after_s = (unsigned)left_s;
	return err_set(err, EDQUOT, "too many wrong attempts: try again in %lld s",
			(long long)left_s);
}

/* Counted before anything is judged: many at once are not more tries than one after another. */
static int count_one(struct request *request, const char *kind, const char *name, struct err *err)
{
	char who[16 + DB_NAME_MAX + DB_ADDRESS_MAX];

	(void)text_format(who, sizeof(who), "%s/%s", kind, name);
	return db_attempt_fail(request->server->db, who, server_now_s(), FORGET_S, err);
}

int signin_throttle(struct request *request, const char *name, struct err *err)
{
	int r = check_one(request, "address", request->address, FREE_FAILURES_ADDRESS, err);

	if (r == 0 && name[0])
		r = check_one(request, "person", name, FREE_FAILURES, err);
	if (r == 0 && name[0])
		r = count_one(request, "address", request->address, err);
	if (r == 0 && name[0])
		r = count_one(request, "person", name, err);
	return r;
}

int signin_forgive(struct request *request, const char *name, struct err *err)
{
	char who[16 + DB_NAME_MAX + DB_ADDRESS_MAX];

	(void)text_format(who, sizeof(who), "person/%s", name);
	int r = db_attempt_clear(request->server->db, who, err);
	(void)text_format(who, sizeof(who), "address/%s", request->address);
	return r < 0 ? r : db_attempt_forgive(request->server->db, who, err);
}

int signin_fail(struct request *request, const char *name, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));

	if (!name[0] && count_one(request, "address", request->address, err) < 0)
		return -EIO;
	/* A password typed as the name must not stand in the log. */
	bool is_known = db_person_get(request->server->db, name, person, NULL) == 0;
	int r = signin_record(request, is_known ? name : "", "failed", MHD_HTTP_UNAUTHORIZED, err);
	if (r < 0)
		return r;
	(void)err_set(err, EACCES, "name, password or code is wrong");
	return MHD_HTTP_UNAUTHORIZED;
}

int signin_record(struct request *request, const char *person, const char *how, int status,
		struct err *err)
{
	cJSON *body = json_new_object();

	(void)text_copy(request->token.person, sizeof(request->token.person), person);
	int r = audit_append(request, status, err);
	json_put_text(body, "alert", "sign-in");
	people_put_text(body, "person", person);
	json_put_text(body, "how", how);
	json_put_text(body, "address", request->address);
	events_emit(request->server, "alert", "organisation", NULL, body);
	return r;
}

static cJSON *session_json(const struct db_token *token, const char *text, bool is_cookie)
{
	cJSON *answer = json_new_object();
	char csrf[ACCESS_CSRF_MAX];

	access_csrf(text, csrf);
	json_put_text(answer, "person", token->person);
	people_put_text(answer, "token", is_cookie ? "" : text);
	json_put_text(answer, "csrf", csrf);
	people_put_time(answer, "expires", token->expires_s);
	return answer;
}

int signin_done(struct request *request, const char *person, bool is_cookie, struct err *err)
{
	struct db_token token = {.kind = "session"};
	char text[ACCESS_TOKEN_MAX];
	struct db *db = request->server->db;

	(void)text_copy(token.person, sizeof(token.person), person);
	token.expires_s = server_now_s() + ACCESS_SESSION_S;
	int r = access_make_token(db, &token, text, err);
	if (r == 0)
		r = db_signed_in(db, person, token.created_s, err);
	if (r < 0)
		return r;
	if (is_cookie) {
		char cookie[192];

		(void)text_format(cookie, sizeof(cookie),
				ACCESS_COOKIE "=%s; Path=/; Max-Age=%d; Secure; HttpOnly; "
					      "SameSite=Strict",
				text, ACCESS_SESSION_S);
		http_set_cookie(request, cookie);
		text_wipe(cookie, sizeof(cookie));
	}
	cJSON *answer = session_json(&token, text, is_cookie);
	text_wipe(text, sizeof(text));
	return http_answer(request, MHD_HTTP_OK, answer);
}

int signin_provided(struct request *request, const struct db_person *said, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db *db = request->server->db;
	int r = person_name_check(said->name, err);

	if (r < 0 || strchr(said->name, '/'))
		return err_set(err, EPERM,
				"the provider's name for this person is not one that can "
				"be used here");
	r = db_person_by_subject(db, said->origin, said->subject, person, err);
	if (r == 0 && strcmp(person->name, said->name) != 0)
		return err_set(err, EPERM,
				"the provider knew this person as \"%s\": an administrator must "
				"remove that one first",
				person->name);
	if (r == -ENOENT && db_person_get(db, said->name, person, NULL) == 0)
		return err_set(err, EPERM, "there is another person \"%s\" already", said->name);
	if (r == -ENOENT) {
		*person = *said;
		person->created_s = server_now_s();
		r = db_person_add(db, person, err);
	}
	if (r < 0)
		return r;
	memcpy(person->display, said->display, sizeof(person->display));
	memcpy(person->teams, said->teams, sizeof(person->teams));
	person->teams_s = person->signed_in_s = server_now_s();
	return db_person_put(db, person, err);
}
