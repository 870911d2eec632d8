/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in by the provider. A browser is sent there and comes back with a code; a cookie makes
 * sure that it is the same browser. tyndctl asks for the way with `return`, an address of its
 * own machine, and `challenge`: it gets a code of ours there, that only it can turn into a session.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/db_signin.h"
#include "server/keys.h"
#include "server/oidc.h"
#include "server/oidc_token.h"
#include "server/people.h"
#include "server/rights.h"
#include "server/signin.h"

enum { FLOW_S = 600, CODE_S = 60, RETURN_MAX = 256, FLOW_COOKIE = 32 };

#define COOKIE "__Host-tynd-oidc"

struct job {
	struct work_job base;
	struct oidc *oidc;
	struct oidc_flow flow;
	char cookie[FLOW_COOKIE + 1], challenge[64], back[RETURN_MAX];
	char code[OIDC_CODE_MAX]; /* "" at the start */
	char location[OIDC_LOCATION_MAX];
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

	if (job->code[0])
		job->r = oidc_redeem(job->oidc, &job->flow, job->code, &job->person, &job->err);
	else
		job->r = oidc_location(job->oidc, &job->flow, job->location, &job->err);
}

static struct job *new_job(struct request *request)
{
	struct job *job = own_alloc(sizeof(*job));

	job->base.run = run_job;
	job->base.free = free_job;
	job->base.is_away = true;
	job->oidc = request->server->oidc;
	request->job = &job->base;
	return job;
}

static const char *argument(struct request *request, const char *key)
{
	const char *value = MHD_lookup_connection_value(request->mhd, MHD_GET_ARGUMENT_KIND, key);

	return value ? value : "";
}

static int need_provider(struct request *request, struct err *err)
{
	return request->server->oidc ? 0
	                             : err_set(err, ENOENT,
						       "this server has no provider of "
						       "identities");
}

/* What the ways to sign in are; nobody needs to be known for that. */
int people_sign_in_ways(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	int r = route_query_check(&request->query, known, err);

	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_bool(answer, "password", true);
	json_put_bool(answer, "directory", request->server->ldap != NULL);
	json_put_bool(answer, "oidc", request->server->oidc != NULL);
	return http_answer(request, MHD_HTTP_OK, answer);
}

/* --- to the provider */

static int check_return(const char *back, const char *challenge, struct err *err)
{
	if (!back[0] && !challenge[0])
		return 0;
	if (strncmp(back, "http://127.0.0.1:", 17) != 0 || strpbrk(back, "?#@\\ ") ||
			text_has_control(back, NULL) || strlen(back) >= RETURN_MAX)
		return err_set(err, EINVAL, "return: http://127.0.0.1:PORT/PATH is expected");
	if (strlen(challenge) != 43)
		return err_set(err, EINVAL, "challenge: a SHA-256 in BASE64URL is expected");
	return 0;
}

static int begin(struct request *request, struct err *err)
{
	const char *back = argument(request, "return"), *challenge = argument(request, "challenge");
	int r = need_provider(request, err);

	if (r == 0)
		r = check_return(back, challenge, err);
	if (r == 0)
		r = signin_throttle(request, "", err);
	if (r < 0)
		return r;
	struct job *job = new_job(request);
	(void)text_copy(job->back, sizeof(job->back), back);
	(void)text_copy(job->challenge, sizeof(job->challenge), challenge);
	key_random_text(job->flow.state, 32);
	key_random_text(job->flow.nonce, 32);
	key_random_text(job->flow.verifier, 52);
	key_random_text(job->cookie, FLOW_COOKIE);
	return http_work(request, &job->base, err);
}

static int keep_flow(struct request *request, const struct job *job, struct err *err)
{
	OWNED(json) cJSON *flow = json_new_object();
	uint8_t state[DB_HASH], cookie[DB_HASH];

	key_hash(job->flow.state, strlen(job->flow.state), state);
	key_hash(job->cookie, FLOW_COOKIE, cookie);
	json_put_text(flow, "nonce", job->flow.nonce);
	json_put_text(flow, "verifier", job->flow.verifier);
	json_put_hex(flow, "cookie", cookie, sizeof(cookie));
	json_put_text(flow, "return", job->back);
	json_put_text(flow, "challenge", job->challenge);
	OWNED(memory) char *text = json_print(flow);
	return db_ticket_put(request->server->db, state, "oidc", text, server_now_s(), err);
}

int people_oidc_begin(struct request *request, struct err *err)
{
	struct job *job = (struct job *)request->job;

	if (!job)
		return begin(request, err);
	if (!job->base.is_done)
		return err_set(err, EAGAIN, "the provider took too long: try again");
	*err = job->err;
	int r = job->r < 0 ? job->r : keep_flow(request, job, err);
	if (r < 0)
		return r;
	char cookie[192];
	(void)text_format(cookie, sizeof(cookie),
			COOKIE "=%s; Path=/; Max-Age=%d; Secure; HttpOnly; SameSite=Lax",
			job->cookie, FLOW_S);
	http_set_cookie(request, cookie);
	return http_redirect(request, job->location);
}

/* --- and back */

static int read_flow(const char *text, struct job *job, char cookie[65], struct err *err)
{
	OWNED(json) cJSON *tree = NULL;
	struct json in;
	int r = json_parse(text, strlen(text), &tree, err);

	if (r < 0)
		return r;
	json_begin(&in, tree, err);
	json_text(&in, "nonce", JSON_REQUIRED, job->flow.nonce, OIDC_SECRET);
	json_text(&in, "verifier", JSON_REQUIRED, job->flow.verifier, OIDC_SECRET);
	json_text(&in, "cookie", JSON_REQUIRED, cookie, 65);
	json_text(&in, "return", JSON_REQUIRED, job->back, sizeof(job->back));
	json_text(&in, "challenge", JSON_REQUIRED, job->challenge, sizeof(job->challenge));
	return json_end(&in);
}

static int refused(struct request *request, struct err *err)
{
	struct err why = *err;
	int r = signin_fail(request, "", err);

	*err = why;
	return r;
}

/* State and cookie belong together, and to one flow that is not used yet. */
static int take_flow(struct request *request, struct job *job, struct err *err)
{
	const char *state = argument(request, "state"), *issuer = argument(request, "iss");
	const char *cookie = MHD_lookup_connection_value(request->mhd, MHD_COOKIE_KIND, COOKIE);
	char text[DB_TICKET_MAX], wanted[65], given[65] = "";
	uint8_t hash[DB_HASH];

	key_hash(state, strlen(state), hash);
	int r = db_ticket_take(request->server->db, hash, "oidc", server_now_s() - FLOW_S, text,
			err);
	if (r == 0)
		r = read_flow(text, job, wanted, err);
	if (r < 0)
		return r;
	if (cookie) {
		key_hash(cookie, strlen(cookie), hash);
		text_to_hex(hash, sizeof(hash), given);
	}
	if (strcmp(wanted, given) != 0)
		return err_set(err, EACCES, "this sign-in was begun by another browser");
	if (issuer[0] && strcmp(issuer, oidc_issuer(job->oidc)) != 0)
		return err_set(err, EACCES,
				"another provider answered than the one that was asked");
	if (argument(request, "error")[0] || !argument(request, "code")[0])
		return err_set(err, EACCES, "the provider did not sign you in");
	if (text_copy(job->code, sizeof(job->code), argument(request, "code")) < 0)
		return err_set(err, EACCES, "the provider's code is too long");
	return 0;
}

static int come_back(struct request *request, struct err *err)
{
	int r = need_provider(request, err);

	if (r == 0)
		r = signin_throttle(request, "", err);
	if (r < 0)
		return r;
	struct job *job = new_job(request);
	r = take_flow(request, job, err);
	if (r == -EACCES)
		return refused(request, err);
	return r < 0 ? r : http_work(request, &job->base, err);
}

/* tyndctl waits at its address for a code of ours. */
static int give_code(struct request *request, const struct job *job, struct err *err)
{
	OWNED(json) cJSON *about = json_new_object();
	char code[53], location[RETURN_MAX + 64];
	uint8_t hash[DB_HASH];

	key_random_text(code, sizeof(code) - 1);
	key_hash(code, strlen(code), hash);
	json_put_text(about, "person", job->person.name);
	json_put_text(about, "challenge", job->challenge);
	OWNED(memory) char *text = json_print(about);
	int r = db_ticket_put(request->server->db, hash, "code", text, server_now_s(), err);
	if (r < 0)
		return r;
	(void)text_format(location, sizeof(location), "%s?code=%s", job->back, code);
	return http_redirect(request, location);
}

int people_oidc_callback(struct request *request, struct err *err)
{
	struct job *job = (struct job *)request->job;

	if (!job)
		return come_back(request, err);
	if (!job->base.is_done)
		return err_set(err, EAGAIN, "the provider took too long: try again");
	*err = job->err;
	if (job->r == -EACCES)
		return refused(request, err);
	int r = job->r < 0 ? job->r : signin_provided(request, &job->person, err);
	if (r == 0)
		r = signin_record(request, job->person.name, "oidc", MHD_HTTP_SEE_OTHER, err);
	if (r < 0)
		return r;
	if (job->back[0])
		return give_code(request, job, err);
	r = signin_done(request, job->person.name, true, err);
	http_answer(request, r, NULL);
	return r < 0 ? r : http_redirect(request, "/");
}

int people_sign_in_code(struct request *request, struct err *err)
{
	char code[128] = "", verifier[160] = "", text[DB_TICKET_MAX], person[DB_NAME_MAX] = "";
	char challenge[64] = "", given[64];
	OWNED(json) cJSON *about = NULL;
	uint8_t hash[DB_HASH];
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "code", JSON_REQUIRED | JSON_FILLED, code, sizeof(code));
	json_text(&in, "verifier", JSON_REQUIRED | JSON_FILLED, verifier, sizeof(verifier));
	int r = json_end(&in);
	if (r == 0)
		r = signin_throttle(request, "", err);
	if (r < 0)
		return r;
	key_hash(code, strlen(code), hash);
	r = db_ticket_take(request->server->db, hash, "code", server_now_s() - CODE_S, text, err);
	if (r == 0)
		r = json_parse(text, strlen(text), &about, err);
	if (r == -EACCES)
		return refused(request, err);
	if (r < 0)
		return r;
	json_begin(&in, about, err);
	json_text(&in, "person", JSON_REQUIRED, person, sizeof(person));
	json_text(&in, "challenge", JSON_REQUIRED, challenge, sizeof(challenge));
	r = json_end(&in);
	oidc_hash(verifier, DB_HASH, given, sizeof(given));
	if (r == 0 && strcmp(given, challenge) != 0) {
		(void)err_set(err, EACCES, "this sign-in was begun by somebody else");
		return refused(request, err);
	}
	return r < 0 ? r : signin_done(request, person, false, err);
}
