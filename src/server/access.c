/* SPDX-License-Identifier: Apache-2.0 */
#include "server/access.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/db_retired.h"
#include "server/fleet.h"
#include "server/http_answer.h"
#include "server/keys.h"
#include "server/rights.h"

/* "tynd_" ID "_" SECRET: the id finds the row, the hash of the whole decides. */
static const char token_prefix[] = "tynd_";
enum { TOKEN_ID = 8, TOKEN_SECRET = 32, TOKEN_USED_EVERY_S = 60 };

static int common_name(const gnutls_datum_t *der, char *name, size_t size)
{
	gnutls_x509_crt_t certificate;

	if (gnutls_x509_crt_init(&certificate) < 0)
		return -ENOMEM;
	int r = gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER);
	if (r == 0)
		r = gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
				name, &size);
	gnutls_x509_crt_deinit(certificate);
	return r == 0 ? 0 : -EINVAL;
}

void access_identify(void *session, struct identity *identity)
{
	unsigned count = 0, status = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
	gnutls_typed_vdata_st purpose = {
			.type = GNUTLS_DT_KEY_PURPOSE_OID,
			.data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT,
	};

	identity->is_known = true;
	identity->has_certificate = chain && count > 0;
	if (!identity->has_certificate) {
		identity->why = "a device must show its certificate";
		return;
	}
	if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) < 0 || status != 0 ||
			common_name(&chain[0], identity->device, sizeof(identity->device)) < 0) {
		identity->device[0] = '\0';
		identity->why = "the certificate is not one of a device of this server: enrol "
				"first";
		return;
	}
	key_hash(chain[0].data, chain[0].size, identity->certificate);
}

int access_removed(struct request *request, const char *id, const uint8_t *certificate,
		struct err *err)
{
	OWNED(memory) struct db_retired *retired = own_alloc(sizeof(*retired));
	struct db_device successor;
	bool is_retired = db_retired_get(request->server->db, id, retired, NULL) == 0;

	db_retired_finish(retired);
	(void)err_set(err, EACCES, "this device was removed: it must enrol again");
	if (!is_retired || (certificate && CRYPTO_memcmp(retired->device.certificate, certificate,
							   DB_HASH) != 0))
		return MHD_HTTP_FORBIDDEN;
	if (retired->successor[0])
		(void)err_set(err, EACCES, "this unit was replaced by %s",
				db_device_get(request->server->db, retired->successor, &successor,
						NULL) == 0
						? successor.name
						: "another one");
	request->answer = http_answer_error(err->text, "");
	json_put_bool(request->answer, "removed", true);
	return MHD_HTTP_FORBIDDEN;
}

static struct fleet_device *find_device(struct fleet *fleet, const struct identity *identity)
{
	struct fleet_device *device = fleet_find(fleet, identity->device);

	if (device && CRYPTO_memcmp(device->certificate, identity->certificate, DB_HASH) == 0)
		return device;
	return NULL;
}

/*
 * Without a query. Only of a device that is not known here the database is asked: another server may
 * have let it in a moment ago.
 */
static int check_device(struct request *request, const struct identity *identity, struct err *err)
{
	struct fleet *fleet = request->server->fleet;

	if (!identity->device[0]) {
		(void)err_set(err, EACCES, "%s", identity->why);
		return MHD_HTTP_UNAUTHORIZED;
	}
	request->device = find_device(fleet, identity);
	if (request->device)
		return 0;
	int r = fleet_catch_up(fleet, err);
	if (r < 0)
		return http_answer_status(request, r);
	request->device = find_device(fleet, identity);
	return request->device ? 0
	                       : access_removed(request, identity->device, identity->certificate,
						 err);
}

/* The token's text as the request brings it: in its header or else in the cookie; NULL for none. */
static const char *bring_token(struct request *request, bool *is_cookie)
{
	const char *header = http_header(request, MHD_HTTP_HEADER_AUTHORIZATION);

	*is_cookie = false;
	if (header)
		return strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 + strspn(header + 7, " ")
		                                              : NULL;
	*is_cookie = true;
	return MHD_lookup_connection_value(request->mhd, MHD_COOKIE_KIND, ACCESS_COOKIE);
}

static bool is_over(const struct db_token *token)
{
	int64_t now_s = server_now_s();
	int64_t used_s = token->used_s > token->created_s ? token->used_s : token->created_s;

	if (token->expires_s && now_s >= token->expires_s)
		return true;
	return strcmp(token->kind, "session") == 0 && now_s - used_s >= ACCESS_IDLE_S;
}

void access_csrf(const char *text, char csrf[ACCESS_CSRF_MAX])
{
	char both[ACCESS_TOKEN_MAX + 8];
	uint8_t hash[DB_HASH];

	(void)text_format(both, sizeof(both), "csrf:%s", text);
	key_hash(both, strlen(both), hash);
	text_to_hex(hash, sizeof(hash), csrf);
	text_wipe(both, sizeof(both));
}

void access_own_csrf(struct request *request, char csrf[ACCESS_CSRF_MAX])
{
	bool is_cookie;
	const char *text = bring_token(request, &is_cookie);

	csrf[0] = '\0';
	if (text && is_cookie)
		access_csrf(text, csrf);
}

/* A browser sends its cookie along with whatever a foreign page makes it ask. */
static int check_csrf(struct request *request, const char *text, struct err *err)
{
	const char *given = http_header(request, ACCESS_CSRF);
	char csrf[ACCESS_CSRF_MAX];

	if (strcmp(request->match.route->method, "GET") == 0)
		return 0;
	access_csrf(text, csrf);
	if (given && strlen(given) == strlen(csrf) && CRYPTO_memcmp(given, csrf, strlen(csrf)) == 0)
		return 0;
	(void)err_set(err, EPERM,
			"with a cookie, changes need the header " ACCESS_CSRF
			" with the session's value");
	return MHD_HTTP_FORBIDDEN;
}

/* The row of the token `text`; -ENOENT for anything that is none. */
static int find_token(struct db *db, const char *text, struct db_token *token, struct err *err)
{
	size_t length = strlen(text), prefix = strlen(token_prefix);
	char id[TOKEN_ID + 1] = "";
	uint8_t hash[DB_HASH];

	if (length != prefix + TOKEN_ID + 1 + TOKEN_SECRET ||
			strncmp(text, token_prefix, prefix) != 0)
		return -ENOENT;
	memcpy(id, text + prefix, TOKEN_ID);
	key_hash(text, length, hash);
	int r = db_token_get(db, id, token, err);
	if (r < 0)
		return r;
	return CRYPTO_memcmp(token->hash, hash, DB_HASH) != 0 || is_over(token) ? -ENOENT : 0;
}

static int check_token(struct request *request, struct err *err)
{
	struct err database;
	bool is_cookie;
	const char *text = bring_token(request, &is_cookie);
	int r = text ? find_token(request->server->db, text, &request->token, &database) : -ENOENT;

	if (r == -ENOENT) {
		request->token = (struct db_token){0};
		(void)err_set(err, EACCES,
				"a valid token is needed: Authorization: Bearer TOKEN (the first "
				"one is in the file admin.token of the server's data folder)");
		return MHD_HTTP_UNAUTHORIZED;
	}
	if (r == 0)
		r = rights_load(request, &database);
	if (r < 0) {
		*err = database;
		return http_answer_status(request, r);
	}
	return is_cookie ? check_csrf(request, text, err) : 0;
}

/* For people to see which tokens live; once a minute is enough. */
static void note_use(struct request *request)
{
	struct err err;
	int64_t now_s = server_now_s();

	if (now_s - request->token.used_s < TOKEN_USED_EVERY_S)
		return;
	if (db_token_used(request->server->db, request->token.id, now_s, &err) < 0)
		log_warn("the use of a token could not be stored: %s", err.text);
}

int access_check(struct request *request, const struct identity *identity, struct err *err)
{
	int status = 0;

	switch (request->match.route->access) {
	case ROUTE_ANYONE:
		break;
	case ROUTE_DEVICE:
		status = check_device(request, identity, err);
		break;
	case ROUTE_PERSON:
		status = check_token(request, err);
		if (status == 0)
			note_use(request);
		break;
	}
	return status;
}

int access_make_token(struct db *db, struct db_token *token, char text[ACCESS_TOKEN_MAX],
		struct err *err)
{
	char secret[TOKEN_SECRET + 1];

	token->created_s = server_now_s();
	if (!token->kind[0])
		(void)text_copy(token->kind, sizeof(token->kind), "token");
	key_random_text(token->id, TOKEN_ID);
	key_random_text(secret, TOKEN_SECRET);
	(void)text_format(text, ACCESS_TOKEN_MAX, "%s%s_%s", token_prefix, token->id, secret);
	text_wipe(secret, sizeof(secret));
	key_hash(text, strlen(text), token->hash);
	return db_token_add(db, token, err);
}
