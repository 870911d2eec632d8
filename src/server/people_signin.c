/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in with a password and a second factor; passwords; the end of sessions. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/access.h"
#include "server/factor.h"
#include "server/keys.h"
#include "server/ldap.h"
#include "server/people.h"
#include "server/person.h"
#include "server/rights.h"
#include "server/signin.h"

struct job {
	struct work_job base;
	char name[DB_NAME_MAX], password[PASSWORD_MAX], code[64];
	struct db_password stored;
	bool is_cookie, is_right, is_hashing;
	/* Of the directory, for those who have no password here. */
	const struct ldap_options *ldap;
	struct db_person person;
	int r;
	struct err err;
};

static void free_job(struct work_job *base)
{
	text_wipe(base, sizeof(struct job));
	free(base);
}

static void run_job(struct work_job *base)
{
	struct job *job = (struct job *)base;

	if (job->is_hashing)
		job->r = password_hash(job->password, job->stored.hash, &job->err);
	else if (job->ldap)
		job->r = ldap_sign_in(job->ldap, job->name, job->password, &job->person, &job->err);
	else
		job->is_right = password_is(job->password, job->stored.hash);
}

static struct job *new_job(void)
{
	struct job *job = own_alloc(sizeof(*job));

	job->base.run = run_job;
	job->base.free = free_job;
	return job;
}

/* Secrets of a body are wiped once they are read. */
static void wipe_member(struct request *request, const char *key)
{
	cJSON *member = cJSON_GetObjectItemCaseSensitive(request->json, key);

	if (cJSON_IsString(member))
		text_wipe(member->valuestring, strlen(member->valuestring));
}

/* --- sign in */

static int begin_sign_in(struct request *request, struct err *err)
{
	struct job *job = new_job();
	struct json in;

	request->job = &job->base;
	people_begin(&in, request, err);
	json_text(&in, "person", JSON_REQUIRED | JSON_FILLED, job->name, sizeof(job->name));
	json_text(&in, "password", JSON_REQUIRED | JSON_FILLED, job->password,
			sizeof(job->password));
	json_text(&in, "code", 0, job->code, sizeof(job->code));
	json_bool(&in, "cookie", 0, &job->is_cookie);
	int r = json_end(&in);
	wipe_member(request, "password");
	wipe_member(request, "code");
	if (r == 0)
		r = signin_throttle(request, job->name, err);
	if (r < 0)
		return r;
	r = db_password_get(request->server->db, job->name, &job->stored, err);
	if (r < 0 && r != -ENOENT)
		return r;
	if (!job->stored.hash[0] && !strchr(job->name, '/'))
		job->ldap = request->server->ldap;
	job->base.is_away = job->ldap != NULL;
	return http_work(request, &job->base, err);
}

/* A code of the app or one of those on paper; each is good once. */
static int use_code(struct request *request, const struct job *job, struct err *err)
{
	struct db *db = request->server->db;
	uint8_t secret[PASSWORD_TOTP];
	char recovery[PASSWORD_RECOVERY + 1];
	uint8_t hash[DB_HASH];

	password_recovery_clean(job->code, recovery);
	if (recovery[0]) {
		key_hash(recovery, PASSWORD_RECOVERY, hash);
		return db_recovery_use(db, job->name, hash, err);
	}
	int r = factor_unseal(request->server->vault, job->name, &job->stored, secret, err);
	if (r < 0)
		return r;
	int64_t step = password_totp(secret, job->code, server_now_s());
	text_wipe(secret, sizeof(secret));
	return step ? db_totp_use(db, job->name, step, err)
	            : err_set(err, EACCES, "this code is not right");
}

static int end_directory(struct request *request, struct job *job, struct err *err)
{
	if (job->r == -EACCES)
		return signin_fail(request, job->name, err);
	*err = job->err;
	int r = job->r < 0 ? job->r : signin_provided(request, &job->person, err);
	if (r == 0)
		r = signin_forgive(request, job->name, err);
	if (r == 0)
		r = signin_record(request, job->person.name, "directory", MHD_HTTP_OK, err);
	return r < 0 ? r : signin_done(request, job->person.name, job->is_cookie, err);
}

static int end_sign_in(struct request *request, struct job *job, struct err *err)
{
	if (!job->base.is_done)
		return err_set(err, EAGAIN, "this took too long: try again");
	if (job->ldap)
		return end_directory(request, job, err);
	int r = job->is_right ? use_code(request, job, err) : -EACCES;
	if (r == -EACCES)
		return signin_fail(request, job->name, err);
	if (r == 0)
		r = signin_forgive(request, job->name, err);
	if (r == 0)
		r = signin_record(request, job->name, "password", MHD_HTTP_OK, err);
	return r < 0 ? r : signin_done(request, job->name, job->is_cookie, err);
}

int people_sign_in(struct request *request, struct err *err)
{
	if (!request->job)
		return begin_sign_in(request, err);
	return end_sign_in(request, (struct job *)request->job, err);
}

/* --- passwords */

static int require_password(struct request *request, const char *name, struct db_person *person,
		struct err *err)
{
	int r;

	if (request->token.role[0])
		return err_set(err, EPERM, "a token of a role sets no passwords");
	if (strcmp(name, request->token.person) == 0)
		r = db_person_get(request->server->db, name, person, err);
	else
		r = person_require(request, name, person, err);
	if (r == 0 && (strcmp(person->origin, "oidc") == 0 || strcmp(person->origin, "ldap") == 0))
		r = err_set(err, EBUSY, "this person signs in with the provider's password");
	return r;
}

static int begin_password(struct request *request, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct job *job = new_job();
	struct json in;

	request->job = &job->base;
	job->is_hashing = true;
	people_begin(&in, request, err);
	json_text(&in, "password", JSON_REQUIRED | JSON_FILLED, job->password,
			sizeof(job->password));
	int r = json_end(&in);
	wipe_member(request, "password");
	if (r == 0)
		r = password_check(job->password, err);
	if (r == 0)
		r = person_name_check(request->match.args[0], err);
	if (r == 0)
		r = require_password(request, request->match.args[0], person, err);
	if (r < 0)
		return r;
	memcpy(job->name, person->name, sizeof(job->name));
	return http_work(request, &job->base, err);
}

/* Shown this once: the secret as the app wants it, and codes for paper. */
static cJSON *answer_password(const struct job *job, const struct factor *factor)
{
	cJSON *answer = json_new_object(), *list;
	char text[PASSWORD_TOTP_TEXT], uri[FACTOR_URI_MAX];

	(void)password_totp_text(factor->secret, text);
	factor_uri(factor, job->name, uri);
	json_put_text(answer, "person", job->name);
	json_put_text(answer, "secret", text);
	json_put_text(answer, "uri", uri);
	list = json_put_list(answer, "recovery");
	for (unsigned i = 0; i < PASSWORD_RECOVERY_COUNT; i++)
		json_append_text(list, factor->codes[i]);
	text_wipe(text, sizeof(text));
	text_wipe(uri, sizeof(uri));
	return answer;
}

/* The right is asked for again: it may have gone meanwhile, and the record says where it was used. */
static int store_password(struct request *request, const struct job *job, uint8_t hashes[][DB_HASH],
		struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db *db = request->server->db;
	int r = require_password(request, job->name, person, err);

	if (r == 0)
		r = db_begin(db, err);
	if (r == 0)
		r = db_password_set(db, job->name, &job->stored, hashes, PASSWORD_RECOVERY_COUNT,
				err);
	if (r == 0)
		r = db_token_remove_of(db, job->name, "session", err);
	if (r == 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r;
}

int people_password_set(struct request *request, struct err *err)
{
	struct job *job = (struct job *)request->job;
	struct factor factor;

	if (!job)
		return begin_password(request, err);
	if (!job->base.is_done)
		return err_set(err, EAGAIN, "this took too long: try again");
	*err = job->err;
	int r = job->r;
	if (r == 0)
		r = factor_make(request->server->vault, job->name, &factor, &job->stored, err);
	if (r == 0)
		r = store_password(request, job, factor.hashes, err);
	if (r == 0)
		r = http_answer(request, MHD_HTTP_OK, answer_password(job, &factor));
	text_wipe(&factor, sizeof(factor));
	return r;
}

int people_password_remove(struct request *request, struct err *err)
{
	static const struct db_password none = {.totp_size = 0};
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	struct db *db = request->server->db;
	const char *name = request->match.args[0];
	int r = person_name_check(name, err);

	if (r == 0)
		r = require_password(request, name, person, err);
	if (r == 0)
		r = db_begin(db, err);
	if (r == 0)
		r = db_password_set(db, name, &none, NULL, 0, err);
	if (r == 0)
		r = db_token_remove_of(db, name, "session", err);
	r = person_commit(db, r, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "name", name);
	return http_answer(request, MHD_HTTP_OK, answer);
}

/* --- the end */

int people_sign_out(struct request *request, struct err *err)
{
	struct db *db = request->server->db;
	bool is_everywhere = false;
	struct json in;

	people_begin(&in, request, err);
	json_bool(&in, "everywhere", 0, &is_everywhere);
	int r = json_end(&in);
	if (r == 0 && is_everywhere && request->token.role[0])
		r = err_set(err, EPERM, "a token of a role ends no sessions");
	if (r == 0 && is_everywhere)
		r = db_token_remove_of(db, request->token.person, "session", err);
	else if (r == 0 && strcmp(request->token.kind, "session") == 0)
		r = db_token_remove(db, request->token.id, err);
	if (r < 0)
		return r;
	http_set_cookie(request,
			ACCESS_COOKIE "=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
	cJSON *answer = json_new_object();
	json_put_text(answer, "person", request->token.person);
	return http_answer(request, MHD_HTTP_OK, answer);
}

/* Of somebody else. */
int people_person_sign_out(struct request *request, struct err *err)
{
	OWNED(memory) struct db_person *person = own_alloc(sizeof(*person));
	const char *name = request->match.args[0];
	struct json in;

	people_begin(&in, request, err);
	int r = json_end(&in);
	if (r == 0)
		r = person_name_check(name, err);
	if (r == 0)
		r = person_require(request, name, person, err);
	if (r == 0)
		r = db_token_remove_of(request->server->db, name, "session", err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "name", name);
	return http_answer(request, MHD_HTTP_OK, answer);
}
