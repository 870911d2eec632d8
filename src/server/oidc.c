/* SPDX-License-Identifier: Apache-2.0 */
#include "server/oidc.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/oidc_token.h"
#include "server/server.h"
#include "server/web.h"

enum {
	FILE_MAX = 16384,
	ANSWER_MAX = 256 * 1024,
	DISCOVERY_KEPT_S = 3600,
	KEYS_KEPT_S = 3600,
	KEYS_AGAIN_S = 5, /* for a key that is not there: not more often */
};

struct oidc {
	char issuer[OIDC_TEXT], client[OIDC_TEXT], secret[OIDC_TEXT], redirect[OIDC_TEXT];
	char scope[OIDC_TEXT], name_claim[OIDC_TEXT], groups_claim[OIDC_TEXT], ca[OIDC_TEXT];
	/* Below: of the lock; several threads sign people in. */
	pthread_mutex_t lock;
	cJSON *found, *keys;
	int64_t found_s, keys_s;
};

static int read_options(const char *text, size_t size, struct oidc *oidc, struct err *err)
{
	OWNED(json) cJSON *tree = NULL;
	char url[OIDC_TEXT] = "";
	struct json in;
	int r = json_parse(text, size, &tree, err);

	if (r < 0)
		return r;
	(void)text_copy(oidc->scope, sizeof(oidc->scope), "openid profile");
	(void)text_copy(oidc->name_claim, sizeof(oidc->name_claim), "preferred_username");
	(void)text_copy(oidc->groups_claim, sizeof(oidc->groups_claim), "groups");
	json_begin(&in, tree, err);
	json_text(&in, "issuer", JSON_REQUIRED | JSON_FILLED, oidc->issuer, OIDC_TEXT);
	json_text(&in, "client", JSON_REQUIRED | JSON_FILLED, oidc->client, OIDC_TEXT);
	json_text(&in, "secret", JSON_REQUIRED | JSON_FILLED, oidc->secret, OIDC_TEXT);
	json_text(&in, "url", JSON_REQUIRED | JSON_FILLED, url, OIDC_TEXT);
	json_text(&in, "scope", JSON_FILLED, oidc->scope, OIDC_TEXT);
	json_text(&in, "name", JSON_FILLED, oidc->name_claim, OIDC_TEXT);
	json_text(&in, "groups", JSON_FILLED, oidc->groups_claim, OIDC_TEXT);
	json_text(&in, "ca", 0, oidc->ca, OIDC_TEXT);
	r = json_end(&in);
	if (r == 0)
		r = web_url_check(oidc->issuer, err);
	if (r == 0 && text_format(oidc->redirect, OIDC_TEXT, "%s/api/v1/sign-in/oidc/callback",
				      url) < 0)
		r = err_set(err, EINVAL, "url: too long");
	return r;
}

int oidc_open(const char *path, struct oidc **ret, struct err *err)
{
	OWNED(array) struct array text = {.max = FILE_MAX};
	struct stat stat_;
	int r = file_read(path, &text, err);

	*ret = NULL;
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (stat(path, &stat_) < 0 || stat_.st_mode & 077)
		return err_set(err, EACCES, "%s holds a secret and others can read it: chmod 600",
				path);
	struct oidc *oidc = own_alloc(sizeof(*oidc));
	pthread_mutex_init(&oidc->lock, NULL);
	r = read_options((const char *)text.data, text.size, oidc, err);
	text_wipe(text.data, text.size);
	if (r < 0) {
		oidc_close(oidc);
		return err_prefix(err, r, "%s", path);
	}
	*ret = oidc;
	return 0;
}

void oidc_close(struct oidc *oidc)
{
	if (!oidc)
		return;
	cJSON_Delete(oidc->found);
	cJSON_Delete(oidc->keys);
	pthread_mutex_destroy(&oidc->lock);
	text_wipe(oidc->secret, sizeof(oidc->secret));
	free(oidc);
}

const char *oidc_issuer(const struct oidc *oidc)
{
	return oidc->issuer;
}

/* --- what the provider says of itself; under the lock */

static int fetch(struct oidc *oidc, const char *url, cJSON **ret, struct err *err)
{
	OWNED(array) struct array body = {.max = ANSWER_MAX};
	const struct web_request request = {.url = url, .ca = oidc->ca};
	int r = web_fetch(&request, &body, err);

	if (r == 0 && (json_parse((const char *)body.data, body.size - 1, ret, NULL) < 0 ||
				      !cJSON_IsObject(*ret)))
		r = err_set(err, EAGAIN, "%.200s: not strict JSON", url);
	return r;
}

static const char *member(const cJSON *object, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(value) ? value->valuestring : "";
}

/* OpenID Connect Discovery 1.0, 4.3: the issuer must be the very one that was asked. */
static int discover(struct oidc *oidc, struct err *err)
{
	static const char *const needed[] = {
			"authorization_endpoint", "token_endpoint", "jwks_uri", NULL};
	OWNED(json) cJSON *found = NULL;
	char url[OIDC_TEXT + 64];
	size_t length = strlen(oidc->issuer);

	if (oidc->found && server_now_s() - oidc->found_s < DISCOVERY_KEPT_S)
		return 0;
	(void)text_format(url, sizeof(url), "%.*s/.well-known/openid-configuration",
			(int)(length - (length && oidc->issuer[length - 1] == '/')), oidc->issuer);
	int r = fetch(oidc, url, &found, err);
	if (r == 0 && strcmp(member(found, "issuer"), oidc->issuer) != 0)
		r = err_set(err, EAGAIN, "the provider at %.200s calls itself otherwise", url);
	for (unsigned i = 0; r == 0 && needed[i]; i++) {
		r = web_url_check(member(found, needed[i]), err);
		r = r < 0 ? err_prefix(err, -EAGAIN, "the provider's %s", needed[i]) : 0;
	}
	if (r < 0)
		return r;
	cJSON_Delete(oidc->found);
	oidc->found = own_take(found);
	oidc->found_s = server_now_s();
	return 0;
}

static int fetch_keys(struct oidc *oidc, int64_t kept_s, struct err *err)
{
	OWNED(json) cJSON *keys = NULL;

	if (oidc->keys && server_now_s() - oidc->keys_s < kept_s)
		return 0;
	int r = fetch(oidc, member(oidc->found, "jwks_uri"), &keys, err);
	if (r < 0)
		return r;
	cJSON_Delete(oidc->keys);
	oidc->keys = own_take(keys);
	oidc->keys_s = server_now_s();
	return 0;
}

/* --- the flow */

static void add_pair(char *text, size_t size, const char *key, const char *value)
{
	size_t used = strlen(text);

	(void)text_format(text + used, size - used, "%s%s=", used ? "&" : "", key);
	for (used = strlen(text); *value && used + 4 < size; value++) {
		bool is_plain = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456"
				       "789-._~",
						*value) != NULL;

		(void)text_format(text + used, size - used, is_plain ? "%c" : "%%%02X",
				(unsigned)(uint8_t)*value);
		used += strlen(text + used);
	}
}

int oidc_location(struct oidc *oidc, const struct oidc_flow *flow, char location[OIDC_LOCATION_MAX],
		struct err *err)
{
	char query[OIDC_LOCATION_MAX / 2] = "", challenge[64];

	pthread_mutex_lock(&oidc->lock);
	int r = discover(oidc, err);
	if (r == 0) {
		const char *endpoint = member(oidc->found, "authorization_endpoint");

		oidc_hash(flow->verifier, DB_HASH, challenge, sizeof(challenge));
		add_pair(query, sizeof(query), "response_type", "code");
		add_pair(query, sizeof(query), "client_id", oidc->client);
		add_pair(query, sizeof(query), "redirect_uri", oidc->redirect);
		add_pair(query, sizeof(query), "scope", oidc->scope);
		add_pair(query, sizeof(query), "state", flow->state);
		add_pair(query, sizeof(query), "nonce", flow->nonce);
		add_pair(query, sizeof(query), "code_challenge", challenge);
		add_pair(query, sizeof(query), "code_challenge_method", "S256");
		r = text_format(location, OIDC_LOCATION_MAX, "%s%c%s", endpoint,
				strchr(endpoint, '?') ? '&' : '?', query);
	}
	pthread_mutex_unlock(&oidc->lock);
	return r;
}

/* client_secret_basic unless the provider says that it only knows client_secret_post. */
static bool wants_post(const cJSON *found)
{
	const cJSON *one, *all = cJSON_GetObjectItemCaseSensitive(found,
					  "token_endpoint_auth_methods_supported");
	bool has_basic = !cJSON_IsArray(all);

	for (one = cJSON_IsArray(all) ? all->child : NULL; one; one = one->next)
		has_basic |= cJSON_IsString(one) &&
		             strcmp(one->valuestring, "client_secret_basic") == 0;
	return !has_basic;
}

static int fetch_token(struct oidc *oidc, const struct oidc_flow *flow, const char *code,
		const char *endpoint, bool is_post, cJSON **ret, struct err *err)
{
	OWNED(array) struct array body = {.max = ANSWER_MAX};
	char form[OIDC_CODE_MAX * 3 + OIDC_TEXT * 8] = "";
	struct web_request request = {.url = endpoint, .ca = oidc->ca, .form = form};

	add_pair(form, sizeof(form), "grant_type", "authorization_code");
	add_pair(form, sizeof(form), "code", code);
	add_pair(form, sizeof(form), "redirect_uri", oidc->redirect);
	add_pair(form, sizeof(form), "code_verifier", flow->verifier);
	if (is_post) {
		add_pair(form, sizeof(form), "client_id", oidc->client);
		add_pair(form, sizeof(form), "client_secret", oidc->secret);
	} else {
		request.user = oidc->client;
		request.secret = oidc->secret;
	}
	int r = web_fetch(&request, &body, err);
	text_wipe(form, sizeof(form));
	if (r == 0 && (json_parse((const char *)body.data, body.size - 1, ret, NULL) < 0 ||
				      !cJSON_IsObject(*ret)))
		r = err_set(err, EAGAIN, "the provider's token endpoint: not strict JSON");
	if (body.data)
		text_wipe(body.data, body.size);
	return r;
}

/* With the keys at hand, and once more with fresh ones when none fits. */
static int judge(struct oidc *oidc, const cJSON *answer, const struct oidc_flow *flow,
		struct db_person *ret, struct err *err)
{
	const char *access = member(answer, "access_token");
	const struct oidc_expect expect = {
			.issuer = oidc->issuer,
			.client = oidc->client,
			.nonce = flow->nonce,
			.access_token = access[0] ? access : NULL,
			.name_claim = oidc->name_claim,
			.groups_claim = oidc->groups_claim,
			.now_s = server_now_s(),
	};

	pthread_mutex_lock(&oidc->lock);
	int r = fetch_keys(oidc, KEYS_KEPT_S, err);
	if (r == 0)
		r = oidc_token_check(member(answer, "id_token"), oidc->keys, &expect, ret, err);
	if (r == -ENOENT) {
		r = fetch_keys(oidc, KEYS_AGAIN_S, err);
		if (r == 0)
			r = oidc_token_check(member(answer, "id_token"), oidc->keys, &expect, ret,
					err);
		if (r == -ENOENT)
			r = -EACCES;
	}
	pthread_mutex_unlock(&oidc->lock);
	return r;
}

int oidc_redeem(struct oidc *oidc, const struct oidc_flow *flow, const char *code,
		struct db_person *ret, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char endpoint[OIDC_TEXT] = "";
	bool is_post = false;

	pthread_mutex_lock(&oidc->lock);
	int r = discover(oidc, err);
	if (r == 0) {
		r = text_copy(endpoint, sizeof(endpoint), member(oidc->found, "token_endpoint"));
		is_post = wants_post(oidc->found);
	}
	pthread_mutex_unlock(&oidc->lock);
	if (r == 0)
		r = fetch_token(oidc, flow, code, endpoint, is_post, &answer, err);
	return r < 0 ? r : judge(oidc, answer, flow, ret, err);
}
