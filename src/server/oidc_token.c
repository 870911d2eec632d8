/* SPDX-License-Identifier: Apache-2.0 */
#include "server/oidc_token.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "server/keys.h"
#include "server/oidc_jws.h"

enum { RSA_BYTES_MIN = 256 };

/* Signatures with a public key only: "none" and HMAC are no algorithms here. */
static const struct {
	const char *alg, *kty;
} algorithms[] = {{"RS256", "RSA"}, {"PS256", "RSA"}, {"ES256", "EC"}};

struct parts {
	char *header, *payload, *signature; /* the token's texts, BASE64URL */
};

static int refuse(struct err *err, const char *why)
{
	return err_set(err, EACCES, "the provider's token is not to be believed: %s", why);
}

static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(value) ? value->valuestring : "";
}

static int split(char *token, struct parts *parts, struct err *err)
{
	char *first = strchr(token, '.'), *second = first ? strchr(first + 1, '.') : NULL;

	if (!second || strchr(second + 1, '.') || strlen(token) > OIDC_TOKEN_MAX)
		return refuse(err, "it has not three parts");
	*first = *second = '\0';
	*parts = (struct parts){token, first + 1, second + 1};
	if (!parts->header[0] || !parts->payload[0] || !parts->signature[0])
		return refuse(err, "a part is empty");
	return 0;
}

static int decode(const char *part, cJSON **ret, struct err *err)
{
	size_t size = oidc_decode(part, NULL, 0);

	if (size == SIZE_MAX || size == 0)
		return refuse(err, "it is not BASE64URL");
	OWNED(memory) char *bytes = own_alloc(size + 1);
	if (oidc_decode(part, bytes, size) != size || json_parse(bytes, size, ret, NULL) < 0 ||
			!cJSON_IsObject(*ret))
		return refuse(err, "it is not strict JSON");
	return 0;
}

/* The kind of key that the token's header wants. */
static int judge_header(const cJSON *header, const char **kty, struct err *err)
{
	const char *alg = text_of(header, "alg");

	if (cJSON_GetObjectItemCaseSensitive(header, "crit"))
		return refuse(err, "it has critical extensions");
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (strcmp(algorithms[i].alg, alg) == 0) {
			*kty = algorithms[i].kty;
			return 0;
		}
	}
	return refuse(err, "its algorithm is none of RS256, PS256 and ES256");
}

static bool fits(const cJSON *key, const cJSON *header, const char *kty)
{
	const char *kid = text_of(header, "kid"), *alg = text_of(key, "alg");

	if (strcmp(text_of(key, "kty"), kty) != 0 || strcmp(text_of(key, "use"), "enc") == 0)
		return false;
	if (kid[0] && strcmp(text_of(key, "kid"), kid) != 0)
		return false;
	if (alg[0] && strcmp(alg, text_of(header, "alg")) != 0)
		return false;
	if (strcmp(kty, "RSA") == 0) {
		size_t bytes = oidc_decode(text_of(key, "n"), NULL, 0);

		return bytes >= RSA_BYTES_MIN && bytes != SIZE_MAX;
	}
	return strcmp(text_of(key, "crv"), "P-256") == 0;
}

/* Only the public members: a key with more of them is not used for anything else. */
static bool verify(const struct parts *parts, const cJSON *key, const char *alg)
{
	const struct oidc_jwk jwk = {
			.kty = text_of(key, "kty"),
			.alg = alg,
			.n = text_of(key, "n"),
			.e = text_of(key, "e"),
			.crv = text_of(key, "crv"),
			.x = text_of(key, "x"),
			.y = text_of(key, "y"),
	};

	return oidc_jws_is_right(parts->header, parts->payload, parts->signature, &jwk);
}

static int check_signature(const struct parts *parts, const cJSON *header, const cJSON *keys,
		struct err *err)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(keys, "keys"), *key;
	const char *kty = "";
	bool is_one = false;
	int r = judge_header(header, &kty, err);

	if (r < 0)
		return r;
	cJSON_ArrayForEach(key, list) {
		if (!cJSON_IsObject(key) || !fits(key, header, kty))
			continue;
		if (verify(parts, key, text_of(header, "alg")))
			return 0;
		is_one = true;
	}
	if (is_one)
		return refuse(err, "its signature is wrong");
	return err_set(err, ENOENT, "the provider has no key for this token");
}

/* --- claims */

static bool number_of(const cJSON *claims, const char *key, int64_t *ret)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(claims, key);

	if (!cJSON_IsNumber(value) || value->valuedouble < 0 || value->valuedouble > 1e12)
		return false;
	*ret = (int64_t)value->valuedouble;
	return true;
}

static int check_audience(const cJSON *claims, const char *client, struct err *err)
{
	const cJSON *aud = cJSON_GetObjectItemCaseSensitive(claims, "aud"), *one;
	const cJSON *azp = cJSON_GetObjectItemCaseSensitive(claims, "azp");
	bool is_ours = cJSON_IsString(aud) && strcmp(aud->valuestring, client) == 0;
	int count = cJSON_IsArray(aud) ? cJSON_GetArraySize(aud) : 1;

	for (one = cJSON_IsArray(aud) ? aud->child : NULL; one; one = one->next)
		is_ours |= cJSON_IsString(one) && strcmp(one->valuestring, client) == 0;
	if (!is_ours)
		return refuse(err, "it is for somebody else");
	if ((count > 1 || azp) && (!cJSON_IsString(azp) || strcmp(azp->valuestring, client) != 0))
		return refuse(err, "it was given to somebody else");
	return 0;
}

static int check_times(const cJSON *claims, int64_t now_s, struct err *err)
{
	int64_t exp, iat, nbf = 0;

	if (!number_of(claims, "exp", &exp) || !number_of(claims, "iat", &iat))
		return refuse(err, "it has no times");
	if (exp <= now_s - OIDC_SKEW_S)
		return refuse(err, "it is over");
	if (iat > now_s + OIDC_SKEW_S)
		return refuse(err, "it is from the future");
	if (cJSON_GetObjectItemCaseSensitive(claims, "nbf") &&
			(!number_of(claims, "nbf", &nbf) || nbf > now_s + OIDC_SKEW_S))
		return refuse(err, "it is not valid yet");
	return 0;
}

void oidc_hash(const char *text, unsigned bytes, char *base64, size_t size)
{
	uint8_t hash[DB_HASH];

	key_hash(text, strlen(text), hash);
	oidc_encode(hash, bytes, base64, size);
}

static int check_claims(const cJSON *claims, const struct oidc_expect *expect, struct err *err)
{
	const char *nonce = text_of(claims, "nonce");
	const cJSON *at_hash = cJSON_GetObjectItemCaseSensitive(claims, "at_hash");
	char hash[64];

	if (strcmp(text_of(claims, "iss"), expect->issuer) != 0)
		return refuse(err, "it is from another issuer");
	int r = check_audience(claims, expect->client, err);
	if (r == 0)
		r = check_times(claims, expect->now_s, err);
	if (r < 0)
		return r;
	if (strlen(nonce) != strlen(expect->nonce) ||
			CRYPTO_memcmp(nonce, expect->nonce, strlen(nonce)) != 0)
		return refuse(err, "it belongs to another sign-in");
	if (at_hash && expect->access_token) {
		oidc_hash(expect->access_token, DB_HASH / 2, hash, sizeof(hash));
		if (!cJSON_IsString(at_hash) || strcmp(at_hash->valuestring, hash) != 0)
			return refuse(err, "it does not belong to the access token");
	}
	return 0;
}

/* --- the person */

static void add_teams(const cJSON *groups, struct db_person *person)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, groups) {
		size_t used = strlen(person->teams);

		if (!cJSON_IsString(one) || !one->valuestring[0] ||
				text_has_control(one->valuestring, NULL) ||
				strlen(one->valuestring) >= DB_SUBJECT_MAX ||
				used + strlen(one->valuestring) + 3 > sizeof(person->teams))
			continue;
		(void)text_format(person->teams + used, sizeof(person->teams) - used, "%s%s\n",
				used ? "" : "\n", one->valuestring);
	}
}

/* A whole name first: some providers have claims with dots and slashes in their names. */
static const cJSON *find_claim(const cJSON *claims, const char *path)
{
	const cJSON *found = cJSON_GetObjectItemCaseSensitive(claims, path);
	char name[DB_SUBJECT_MAX];

	for (const cJSON *at = claims; !found && at && *path;) {
		size_t length = strcspn(path, ".");

		(void)text_format(name, sizeof(name), "%.*s", (int)length, path);
		at = cJSON_GetObjectItemCaseSensitive(at, name);
		path += length + (path[length] == '.');
		if (!*path)
			return at;
	}
	return found;
}

static int read_person(const cJSON *claims, const struct oidc_expect *expect,
		struct db_person *person, struct err *err)
{
	const cJSON *elsewhere = cJSON_GetObjectItemCaseSensitive(claims, "_claim_names");
	const cJSON *groups = find_claim(claims, expect->groups_claim);
	const cJSON *name = find_claim(claims, expect->name_claim);

	*person = (struct db_person){.origin = "oidc"};
	if (!text_of(claims, "sub")[0] || text_copy(person->subject, sizeof(person->subject),
							  text_of(claims, "sub")) < 0)
		return refuse(err, "it names nobody");
	if (!cJSON_IsString(name) || !name->valuestring[0] ||
			text_copy(person->name, sizeof(person->name), name->valuestring) < 0)
		return err_set(err, EPERM,
				"the provider's token has no \"%s\", or one of more than "
				"%d bytes",
				expect->name_claim, DB_NAME_MAX - 1);
	if (elsewhere && cJSON_GetObjectItemCaseSensitive(elsewhere, expect->groups_claim))
		return err_set(err, EPERM,
				"this person is in so many groups that the provider left them out "
				"of "
				"the token: let it send only the groups assigned to this "
				"application, "
				"or roles");
	if (!text_has_control(text_of(claims, "name"), NULL))
		(void)text_copy(person->display, sizeof(person->display), text_of(claims, "name"));
	if (cJSON_IsArray(groups))
		add_teams(groups, person);
	return 0;
}

int oidc_token_check(const char *token, const cJSON *keys, const struct oidc_expect *expect,
		struct db_person *ret, struct err *err)
{
	OWNED(memory) char *copy = own_copy_text(token);
	OWNED(json) cJSON *header = NULL;
	OWNED(json) cJSON *claims = NULL;
	struct parts parts = {0};
	int r = split(copy, &parts, err);

	if (r == 0)
		r = decode(parts.header, &header, err);
	if (r == 0)
		r = check_signature(&parts, header, keys, err);
	if (r == 0)
		r = decode(parts.payload, &claims, err);
	if (r == 0)
		r = check_claims(claims, expect, err);
	return r < 0 ? r : read_person(claims, expect, ret, err);
}
