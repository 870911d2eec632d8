// SPDX-License-Identifier: Apache-2.0
#include "server/once.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/db_once.h"
#include "server/http_answer.h"
#include "server/rights.h"
#include "server/vault.h"

enum {
	KEPT_S = 24 * 3600,
	UNDER_WAY_S = 60, /* longer than anything takes */
	ANSWER_MAX = 256 * 1024,
	REQUEST_MAX = 2 * HTTP_LAYER_BODY_MAX,
	ABOUT_MAX = DB_NAME_MAX + DB_ONCE_KEY_MAX + 8,
	EVERY_S = 900,
};

static const char *key_of(struct request *request)
{
	return http_header(request, "Idempotency-Key");
}

static int check_key(const char *key, struct err *err)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < length; i++)
		if (key[i] <= ' ' || key[i] > '~')
			return err_set(err, EINVAL, "Idempotency-Key: only visible ASCII");
	if (!length || length >= DB_ONCE_KEY_MAX)
		return err_set(err, EINVAL, "Idempotency-Key: 1 to %d letters",
				DB_ONCE_KEY_MAX - 1);
	return 0;
}

static int add(struct array *text, const char *part)
{
	return array_append(text, part, strlen(part) + 1);
}

/* What makes two requests the same one. */
static int mac_of(struct request *request, uint8_t mac[DB_HASH])
{
	struct array text = {.max = REQUEST_MAX};
	char *body = request->json ? json_print_canonical(request->json) : own_copy_text("");
	int r = add(&text, request->match.route->method);

	if (r == 0)
		r = add(&text, request->uri);
	for (unsigned i = 0; r == 0 && i < request->query.count; i++) {
		r = add(&text, request->query.pairs[i].key);
		if (r == 0)
			r = add(&text, request->query.pairs[i].value);
	}
	if (r == 0)
		r = add(&text, body);
	if (r == 0)
		vault_mac(request->server->vault, "once", text.data, text.size, mac);
	text_wipe(body, strlen(body));
	free(body);
	if (text.data)
		text_wipe(text.data, text.capacity);
	array_finish(&text);
	return r;
}

static void about_of(const struct db_once *once, char about[ABOUT_MAX])
{
	(void)text_format(about, ABOUT_MAX, "once\n%s\n%s", once->person, once->key);
}

/* Not for who may less than then: a right was taken away, or it is a token of a role. */
static int answer_again(struct request *request, const struct db_once *once, struct err *err)
{
	struct array plain = {.max = ANSWER_MAX};
	OWNED(json) cJSON *kept = NULL;
	char about[ABOUT_MAX];

	about_of(once, about);
	int r = vault_unseal(request->server->vault, about, once->sealed, once->size, &plain, err);
	if (r == 0)
		r = json_parse((const char *)plain.data, plain.size, &kept, err);
	if (plain.data)
		text_wipe(plain.data, plain.capacity);
	array_finish(&plain);
	if (r < 0)
		return -EIO;
	if (!rights_cover(request, cJSON_GetObjectItemCaseSensitive(kept, "rights")))
		return err_set(err, EPERM,
				"Idempotency-Key: you have not all rights any more that you had "
				"with the first request");
	cJSON *answer = cJSON_DetachItemFromObjectCaseSensitive(kept, "answer");
	if (answer)
		http_answer(request, (int)once->status, answer);
	return (int)once->status;
}

/* There is a row of the key already. */
static int judge(struct request *request, const struct db_once *once, struct err *err)
{
	OWNED(once) struct db_once before = {0};
	int r = db_once_get(request->server->db, once->person, once->key, &before, err);

	if (r < 0)
		return r;
	if (memcmp(before.mac, once->mac, DB_HASH) != 0)
		return err_set(err, EBADMSG,
				"Idempotency-Key: another request was made with this key");
	if (before.status)
		return answer_again(request, &before, err);
	if (once->begun_s - before.begun_s < UNDER_WAY_S) {
		request->retry_after_s = 1;
		return err_set(err, EBUSY, "Idempotency-Key: the first request is under way");
	}
	return err_set(err, EBUSY,
			"Idempotency-Key: the first request was interrupted: look whether it was "
			"done, and use another key");
}

int once_begin(struct request *request, struct err *err)
{
	const char *key = key_of(request);
	struct db_once once = {.begun_s = server_now_s()};
	bool is_new;

	if (!key)
		return 0;
	int r = check_key(key, err);
	if (r < 0)
		return r;
	(void)text_copy(once.key, sizeof(once.key), key);
	(void)text_copy(once.person, sizeof(once.person), request->token.person);
	r = mac_of(request, once.mac);
	if (r == 0)
		r = db_once_begin(request->server->db, &once, once.begun_s - KEPT_S, &is_new, err);
	if (r < 0)
		return r;
	request->is_once = is_new;
	if (is_new)
		return 0;
	r = judge(request, &once, err);
	request->is_again = r > 0;
	return r;
}

/* What the same request may get another answer to: whoever asks again shall have it handled. */
static bool may_change(int status)
{
	return status >= 500 || status == MHD_HTTP_UNAUTHORIZED || status == MHD_HTTP_FORBIDDEN ||
	       status == MHD_HTTP_TOO_MANY_REQUESTS;
}

/* {"rights", "answer"}: what the person might, and what was answered, if anything. */
static char *print_kept(const struct request *request)
{
	OWNED(json) cJSON *kept = json_new_object();

	json_put(kept, "rights", rights_json(request));
	if (request->answer && !cJSON_AddItemReferenceToObject(kept, "answer", request->answer))
		abort();
	return json_print(kept);
}

static int keep(struct request *request, struct db_once *once, struct err *err)
{
	char about[ABOUT_MAX];

	if (request->status >= 400 && !request->answer)
		request->answer = http_answer_error(request->err.text, request->err_device);
	char *text = print_kept(request);
	size_t size = strlen(text);
	int r = 0;

	about_of(once, about);
	once->status = request->status;
	if (size > ANSWER_MAX)
		r = err_set(err, EMSGSIZE, "an answer of %zu bytes is not kept", size);
	if (r == 0) {
		once->size = size + VAULT_OVERHEAD;
		once->sealed = own_alloc(once->size);
		r = vault_seal(request->server->vault, about, text, size, once->sealed, err);
	}
	text_wipe(text, size);
	free(text);
	return r < 0 ? r : db_once_answer(request->server->db, once, err);
}

void once_end(struct request *request)
{
	OWNED(once) struct db_once once = {0};
	struct err err;
	int r;

	if (!request->is_once)
		return;
	request->is_once = false;
	(void)text_copy(once.key, sizeof(once.key), key_of(request));
	(void)text_copy(once.person, sizeof(once.person), request->token.person);
	if (may_change(request->status))
		r = db_once_remove(request->server->db, once.person, once.key, &err);
	else
		r = keep(request, &once, &err);
	if (r < 0)
		log_warn("the answer to a request with an Idempotency-Key is not kept: %s",
				err.text);
}

static int expire(struct server *server, struct err *err)
{
	return db_once_expire(server->db, server_now_s() - KEPT_S, err);
}

void once_start(struct server *server)
{
	jobs_add(server->jobs, "old idempotency keys", EVERY_S, expire);
}
