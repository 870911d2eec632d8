/* SPDX-License-Identifier: Apache-2.0 */
#include "server/web.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

enum { CONNECT_S = 5, LIMIT_S = 10 };

int web_url_check(const char *url, struct err *err)
{
	static const char *const own[] = {
			"http://127.0.0.1", "http://[::1]", "http://localhost", NULL};

	if (strncmp(url, "https://", 8) == 0 && url[8] && !text_has_control(url, NULL))
		return 0;
	for (unsigned i = 0; own[i]; i++) {
		size_t length = strlen(own[i]);

		if (strncmp(url, own[i], length) == 0 && !text_has_control(url, NULL) &&
				(!url[length] || url[length] == ':' || url[length] == '/'))
			return 0;
	}
	return err_set(err, EINVAL, "an address that begins with https:// is expected");
}

static size_t on_data(char *data, size_t size, size_t count, void *body)
{
	return array_append(body, data, size * count) < 0 ? 0 : size * count;
}

static void init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void set_options(CURL *curl, const struct web_request *request, struct array *body)
{
	bool is_own = strncmp(request->url, "http://", 7) == 0;

	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_own ? "http" : "https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)LIMIT_S);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "tynd-server");
	if (is_own)
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (request->ca && request->ca[0])
		curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca);
	if (request->form) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, request->form);
	}
	if (request->user) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERNAME, request->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, request->secret);
	}
}

int web_fetch(const struct web_request *request, struct array *body, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int r = web_url_check(request->url, err);
	long status = 0;

	if (r < 0)
		return r;
	pthread_once(&once, init);
	CURL *curl = curl_easy_init();
	if (!curl)
		return err_set(err, ENOMEM, "no memory for a request");
	set_options(curl, request, body);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	if (code == CURLE_WRITE_ERROR)
		return err_set(err, EAGAIN, "%.200s: the answer is too large", request->url);
	if (code != CURLE_OK)
		return err_set(err, EAGAIN, "%.200s: %s", request->url, curl_easy_strerror(code));
	if (status < 200 || status > 299)
		return err_set(err, EAGAIN, "%.200s answered with %ld", request->url, status);
	return array_append(body, "", 1);
}
