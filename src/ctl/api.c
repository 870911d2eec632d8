// SPDX-License-Identifier: Apache-2.0
#include "ctl/api.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/own.h"
#include "base/text.h"
#include "conf/json.h"
#include "ctl/table.h"
#include "ctl/value.h"

enum {
	CONNECT_MS = 10000,
	REQUEST_MS = 60000,
	PATH_BYTES = 2048,
	PAGE = 200,
	MESSAGE_MAX = 300,
};

struct api {
	CURL *curl;
	struct curl_slist *headers;
	struct settings *settings;
	struct array answer;
	long hurry_ms; /* 0: as patient as a person */
	FILE *upload;  /* the body of the next request, of so many bytes */
	uint64_t upload_size;
	char message[CURL_ERROR_SIZE];
};

static size_t take(char *data, size_t size, size_t count, void *user)
{
	return array_append(user, data, size * count) < 0 ? 0 : size * count;
}

static void set_up(struct api *api)
{
	CURL *curl = api->curl;

	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
			api->hurry_ms ? api->hurry_ms : (long)CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
			api->hurry_ms ? api->hurry_ms : (long)REQUEST_MS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "tyndctl/" TYND_VERSION);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &api->answer);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, api->message);
	api->answer.size = 0;
	api->message[0] = '\0';
}

static int explain(struct api *api, CURLcode code, struct err *err)
{
	const char *why = api->message[0] ? api->message : curl_easy_strerror(code);

	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
		return err_set(err, ENOTCONN,
				"%s is not trusted (%s); name its CA: --ca sha256:HEX or FILE",
				api->settings->server, why);
	if (code == CURLE_WRITE_ERROR)
		return err_set(err, EPROTO, "%s answers with more than %d bytes",
				api->settings->server, JSON_SIZE_MAX);
	return err_set(err, ENOTCONN,
			"%s cannot be reached (%s); is it running, is --server right?",
			api->settings->server, why);
}

/* SHA-256 of the first certificate's DER is the pinned one: keep it as PEM. */
static int check_pin(struct api *api, struct err *err)
{
	struct settings *settings = api->settings;
	BIO *bio = BIO_new_mem_buf(api->answer.data, (int)api->answer.size);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	uint8_t hash[EVP_MAX_MD_SIZE];
	bool is_hashed = certificate && X509_digest(certificate, EVP_sha256(), hash, NULL);
	BIO *out = BIO_new(BIO_s_mem());
	int size = 0;

	if (is_hashed && out && PEM_write_bio_X509(out, certificate))
		size = BIO_read(out, settings->ca, sizeof(settings->ca) - 1);
	settings->ca[size > 0 ? size : 0] = '\0';
	BIO_free(out);
	X509_free(certificate);
	BIO_free(bio);
	ERR_clear_error();
	if (is_hashed && size > 0 && memcmp(hash, settings->pin, sizeof(settings->pin)) == 0)
		return 0;
	settings->ca[0] = '\0';
	return err_set(err, ENOTCONN,
			"%s has another CA than the one named by --ca: wrong server, or somebody "
			"in between",
			settings->server);
}

/* The only request without verification: nothing secret goes out, and what comes is checked. */
static int fetch_ca(struct api *api, struct err *err)
{
	char url[SETTINGS_URL_MAX + 16];

	set_up(api);
	(void)text_format(url, sizeof(url), "%s/ca.pem", api->settings->server);
	curl_easy_setopt(api->curl, CURLOPT_URL, url);
	curl_easy_setopt(api->curl, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(api->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(api->curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(api->curl, CURLOPT_FORBID_REUSE, 1L);
	CURLcode code = curl_easy_perform(api->curl);
	if (code != CURLE_OK)
		return explain(api, code, err);
	return check_pin(api, err);
}

int api_create(struct settings *settings, struct api **ret, struct err *err)
{
	struct api *api = own_alloc(sizeof(*api));
	char authorization[SETTINGS_TOKEN_MAX + 32];

	*api = (struct api){.settings = settings, .answer = {.max = JSON_SIZE_MAX}};
	curl_global_init(CURL_GLOBAL_DEFAULT);
	api->curl = curl_easy_init();
	(void)text_format(authorization, sizeof(authorization), "Authorization: Bearer %s",
			settings->token);
	api->headers = curl_slist_append(NULL, authorization);
	text_wipe(authorization, sizeof(authorization));
	if (!api->curl || !api->headers)
		abort(); /* only without memory */
	int r = settings->has_pin && !settings->ca[0] ? fetch_ca(api, err) : 0;
	if (r < 0)
		api_destroy(api);
	else
		*ret = api;
	return r;
}

void api_destroy(struct api *api)
{
	if (!api)
		return;
	curl_slist_free_all(api->headers);
	curl_easy_cleanup(api->curl);
	array_finish(&api->answer);
	free(api);
	curl_global_cleanup();
}

/* The server's own sentence, with the place that it is about. */
static int refuse(struct api *api, long status, const cJSON *answer, struct err *err)
{
	const cJSON *sentence = json_at(answer, "/error"), *path = json_at(answer, "/path");
	const cJSON *device = json_at(answer, "/device");
	char text[MESSAGE_MAX], where[MESSAGE_MAX] = "";

	table_clean(cJSON_IsString(sentence) ? sentence->valuestring : "no reason given", text,
			sizeof(text));
	/* The sentence of a config's error begins with its path already. */
	if (cJSON_IsString(path))
		table_clean(path->valuestring, where, sizeof(where));
	if (strncmp(text, where, strlen(where)) == 0)
		where[0] = '\0';
	if (status == 401)
		return err_set(err, EACCES,
				"%s does not know this token; tyndctl login with another",
				api->settings->server);
	return err_set(err, status == 404 ? ENOENT : EREMOTEIO, "%s%s%s%s%s%s", where,
			where[0] ? ": " : "", text, cJSON_IsString(device) ? " (of device " : "",
			cJSON_IsString(device) ? device->valuestring : "",
			cJSON_IsString(device) ? ")" : "");
}

static int read_answer(struct api *api, cJSON **ret, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	long status = 0;

	curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, &status);
	struct err why = {""};
	int r = json_parse((const char *)api->answer.data, api->answer.size, &answer, &why);
	if (status >= 400)
		return refuse(api, status, answer, err);
	if (r < 0 || status < 200 || status >= 300 || !cJSON_IsObject(answer))
		return err_set(err, EPROTO,
				"%s answers %ld with something that is not of tynd-server%s%s",
				api->settings->server, status, r < 0 ? ": " : "",
				r < 0 ? why.text : "");
	if (ret)
		*ret = own_take(answer);
	return 0;
}

static int on_progress(void *data, curl_off_t got_all, curl_off_t got, curl_off_t all,
		curl_off_t sent)
{
	(void)data;
	(void)got_all;
	(void)got;
	if (all > 0)
		fprintf(stderr, "\r%lld of %lld MB", (long long)(sent / 1000000),
				(long long)(all / 1000000));
	return 0;
}

/* As long as it takes, but not without any progress. */
static void set_upload(struct api *api)
{
	CURL *curl = api->curl;

	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READDATA, api->upload); /* fread */
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)api->upload_size);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 0L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 120L);
	if (!isatty(STDERR_FILENO))
		return;
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
}

static int perform(struct api *api, const char *method, const char *path, const char *text,
		struct err *err)
{
	char url[SETTINGS_URL_MAX + PATH_BYTES];
	struct curl_blob ca = {.data = api->settings->ca,
			.len = strlen(api->settings->ca),
			.flags = CURL_BLOB_COPY};

	set_up(api);
	if (text_format(url, sizeof(url), "%s/api/v1%s", api->settings->server, path) < 0)
		return err_set(err, EINVAL, "a name is too long");
	curl_easy_setopt(api->curl, CURLOPT_URL, url);
	curl_easy_setopt(api->curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(api->curl, CURLOPT_HTTPHEADER, api->headers);
	if (api->settings->ca[0])
		curl_easy_setopt(api->curl, CURLOPT_CAINFO_BLOB, &ca);
	if (text)
		curl_easy_setopt(api->curl, CURLOPT_POSTFIELDS, text);
	if (api->upload)
		set_upload(api);
	CURLcode code = curl_easy_perform(api->curl);
	return code == CURLE_OK ? 0 : explain(api, code, err);
}

int api_call(struct api *api, const char *method, const char *path, const cJSON *body, cJSON **ret,
		struct err *err)
{
	OWNED(memory) char *text = body ? json_print(body) : NULL;
	int r = perform(api, method, path, text, err);

	return r < 0 ? r : read_answer(api, ret, err);
}

int api_bytes(struct api *api, const char *path, struct array *ret, struct err *err)
{
	size_t usual = api->answer.max;
	long status = 0;

	api->answer.max = ret->max;
	int r = perform(api, "GET", path, NULL, err);
	api->answer.max = usual;
	if (r < 0)
		return r;
	curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return read_answer(api, NULL, err);
	return array_append(ret, api->answer.data, api->answer.size);
}

int api_upload(struct api *api, const char *path, FILE *file, uint64_t size, cJSON **ret,
		struct err *err)
{
	api->upload = file;
	api->upload_size = size;
	int r = perform(api, "PUT", path, NULL, err);
	api->upload = NULL;
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	return r < 0 ? r : read_answer(api, ret, err);
}

void api_hurry(struct api *api, long milliseconds)
{
	api->hurry_ms = milliseconds;
}

/* Move the items of one page to the list; the cursor of the next page, "" at the end. */
static void join(cJSON *list, cJSON *page, const char *noun, char *cursor, size_t size)
{
	cJSON *items = cJSON_GetObjectItemCaseSensitive(page, noun);
	const cJSON *next = cJSON_GetObjectItemCaseSensitive(page, "next");

	while (items && items->child)
		json_append(list, cJSON_DetachItemViaPointer(items, items->child));
	if (!cJSON_IsString(next) || value_encode(next->valuestring, cursor, size) < 0)
		cursor[0] = '\0';
}

int api_list(struct api *api, const char *path, const char *noun, unsigned max, cJSON **ret,
		struct err *err)
{
	OWNED(json) cJSON *joined = json_new_object();
	cJSON *list = json_put_list(joined, noun);
	char cursor[512] = "", page_path[PATH_BYTES];
	unsigned limit = max < PAGE ? max : PAGE, before, count = 0;

	do {
		OWNED(json) cJSON *page = NULL;

		before = count;
		if (text_format(page_path, sizeof(page_path), "%s%climit=%u%s%s", path,
				    strchr(path, '?') ? '&' : '?', limit,
				    cursor[0] ? "&cursor=" : "", cursor) < 0)
			return err_set(err, EINVAL, "a name is too long");
		int r = api_call(api, "GET", page_path, NULL, &page, err);
		if (r < 0)
			return r;
		join(list, page, noun, cursor, sizeof(cursor));
		count = (unsigned)cJSON_GetArraySize(list);
	} while (cursor[0] && count > before && count < max);
	json_put(joined, "next", cJSON_CreateNull());
	*ret = own_take(joined);
	return 0;
}
