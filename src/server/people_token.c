/* SPDX-License-Identifier: Apache-2.0 */
/* The server itself and the tokens of people. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/access.h"
#include "server/people.h"
#include "server/place.h"

int people_server(struct request *request, struct err *err)
{
	struct server *server = request->server;
	int64_t now_s = server_now_s(), devices, online, waiting, here, revision;
	char fingerprint[sizeof("sha256:") + 64] = "sha256:";
	int r = db_device_count(server->db, now_s - SEEN_ONLINE_S, &devices, &online, err);

	if (r == 0)
		r = db_enrolment_count(server->db, "", &waiting, &here, err);
	if (r == 0)
		r = db_revision_newest(server->db, &revision, err);
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

static int add_token(void *data, const struct db_token *token)
{
	cJSON *item = json_new_object();

	json_put_text(item, "id", token->id);
	json_put_text(item, "person", token->person);
	people_put_time(item, "created", token->created_s);
	people_put_time(item, "used", token->used_s);
	json_append(data, item);
	return 0;
}

/* There are few: one page holds them all. */
int people_tokens(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = people_list_begin(&list, request, "tokens", known, err);

	if (r < 0)
		return r;
	r = db_token_list(request->server->db, add_token, list.items, err);
	return people_list_end(&list, r);
}

int people_token_make(struct request *request, struct err *err)
{
	enum { TOKENS_MAX = 1000 };
	char person[DB_NAME_MAX] = "", text[ACCESS_TOKEN_MAX];
	struct db_token token;
	struct json in;
	int64_t count;

	people_begin(&in, request, err);
	json_text(&in, "person", JSON_REQUIRED, person, sizeof(person));
	int r = json_end(&in);
	if (r == 0) {
		r = place_name_check(person, err);
		r = r < 0 ? err_prefix(err, r, "person") : r;
	}
	if (r == 0)
		r = db_token_count(request->server->db, &count, err);
	if (r == 0 && count >= TOKENS_MAX)
		r = err_set(err, EBUSY, "there are %d tokens already: remove some", TOKENS_MAX);
	if (r == 0)
		r = access_make_token(request->server->db, person, &token, text, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", token.id);
	json_put_text(answer, "person", token.person);
	json_put_text(answer, "token", text);
	text_wipe(text, sizeof(text));
	return http_answer(request, MHD_HTTP_CREATED, answer);
}

int people_token_remove(struct request *request, struct err *err)
{
	const char *id = request->match.args[0];
	struct db_token token;
	int64_t count;
	int r = db_token_get(request->server->db, id, &token, err);

	if (r == 0)
		r = db_token_count(request->server->db, &count, err);
	if (r == 0 && count == 1)
		r = err_set(err, EBUSY, "this is the last token: nobody could sign in any more");
	if (r == 0)
		r = db_token_remove(request->server->db, id, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", id);
	return http_answer(request, MHD_HTTP_OK, answer);
}
