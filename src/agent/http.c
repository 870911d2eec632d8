// SPDX-License-Identifier: Apache-2.0
#include "agent/http.h"

#include <assert.h>
#include <curl/curl.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/array.h"
#include "base/log.h"
#include "base/text.h"

enum {
	CONNECT_MS = 10 * 1000,
	SLOW_BYTES_PER_S = 100,
	SLOW_S = 15,
	KEEP_ALIVE_S = 20,
	SOCKETS_MAX = 16, /* at most three exchanges at once, and curl's attempts for them */
};

struct http_socket {
	struct http *http;
	int fd;                   /* curl's */
	struct loop_watch *watch; /* NULL: this place is free */
};

struct http {
	struct loop *loop;
	struct loop_timer *timer;
	CURLM *multi;
	struct http_socket sockets[SOCKETS_MAX];
	struct http_trust trust;
	unsigned request_count;
};

struct http_request {
	struct http *http;
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	struct array answer;
	bool is_too_large;
	int64_t started_ms;
	http_done_fn done;
	void *data;
};

static void request_free(struct http_request *request)
{
	request->http->request_count--;
	if (request->easy) {
		(void)curl_multi_remove_handle(request->http->multi, request->easy);
		curl_easy_cleanup(request->easy);
	}
	curl_slist_free_all(request->headers);
	free(request->body);
	array_finish(&request->answer);
	free(request);
}

/* --- trust */

/* The certificate among those that the server sent whose hash is the pin, or NULL. */
static X509 *find_pinned(STACK_OF(X509) * chain, const uint8_t pin[32])
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned size;

	for (int i = 0; i < sk_X509_num(chain); i++) {
		X509 *certificate = sk_X509_value(chain, i);
		if (X509_digest(certificate, EVP_sha256(), hash, &size) == 1 && size == 32 &&
				memcmp(hash, pin, 32) == 0)
			return certificate;
	}
	return NULL;
}

/* Judge the chain by our one root instead of curl's and OpenSSL's stores. */
static int verify_chain(X509_STORE_CTX *context, void *data)
{
	struct http *http = data;
	X509 *root = http->trust.kind == HTTP_TRUST_PIN
	                             ? find_pinned(X509_STORE_CTX_get0_untrusted(context),
						       http->trust.pin)
	                             : http->trust.ca;
	STACK_OF(X509) *roots = sk_X509_new_null();

	if (!roots)
		return 0;
	if (root)
		sk_X509_push(roots, root);
	X509_STORE_CTX_set0_trusted_stack(context, roots);
	int is_good = X509_verify_cert(context);
	sk_X509_free(roots);
	return is_good;
}

static CURLcode set_up_tls(CURL *easy, void *ssl_context, void *data)
{
	struct http *http = data;
	SSL_CTX *context = ssl_context;
	const struct http_trust *trust = &http->trust;

	(void)easy;
	/* A new judgement in the middle of a connection would outlive the request it began with. */
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
	if (trust->certificate && (SSL_CTX_use_certificate(context, trust->certificate) != 1 ||
						  SSL_CTX_use_PrivateKey(context, trust->key) != 1))
		return CURLE_SSL_CERTPROBLEM;
	if (trust->kind == HTTP_TRUST_UNKNOWN)
		return CURLE_OK;
	X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), (time_t)trust->now_s(trust->data));
	SSL_CTX_set_cert_verify_callback(context, verify_chain, http);
	return CURLE_OK;
}

static void drop_trust(struct http_trust *trust)
{
	X509_free(trust->ca);
	X509_free(trust->certificate);
	EVP_PKEY_free(trust->key);
	*trust = (struct http_trust){0};
}

/* --- curl's multi interface on the loop */

static int64_t date_of(CURL *easy)
{
	struct curl_header *header;

	return curl_easy_header(easy, "Date", 0, CURLH_HEADER, -1, &header) == CURLHE_OK
	                       ? (int64_t)curl_getdate(header->value, NULL)
	                       : -1;
}

static void finish_done(struct http *http)
{
	CURLMsg *message;
	int left;

	/* The multi handle is read anew: `done` may set another trust. */
	while ((message = curl_multi_info_read(http->multi, &left))) {
		struct http_request *request = NULL;
		curl_off_t retry_after = 0;

		if (message->msg != CURLMSG_DONE)
			continue;
		CURL *easy = message->easy_handle;
		struct http_answer answer = {.outcome.curl = (int)message->data.result};
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &request);
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.outcome.status);
		curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &answer.outcome.verify);
		curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
		answer.outcome.retry_after_s = retry_after;
		answer.outcome.is_too_large = request->is_too_large ||
		                              message->data.result == CURLE_FILESIZE_EXCEEDED;
		/* curl's word for "no chain was refused". */
		if (answer.outcome.verify == X509_V_ERR_UNSPECIFIED)
			answer.outcome.verify = X509_V_OK;
		answer.took_ms = loop_now_ms() - request->started_ms;
		answer.date_s = date_of(easy);
		(void)curl_multi_remove_handle(http->multi, easy);
		curl_easy_cleanup(easy);
		request->easy = NULL;
		struct array body = request->answer;
		request->answer = (struct array){0};
		http_done_fn done = request->done;
		void *data = request->data;
		request_free(request);
		answer.body = body.data ? (const char *)body.data : "";
		answer.size = body.size;
		done(data, &answer);
		array_finish(&body);
	}
}

static void act(struct http *http, curl_socket_t fd, int what)
{
	int running;

	(void)curl_multi_socket_action(http->multi, fd, what, &running);
	finish_done(http);
}

static void on_timer(void *data)
{
	act(data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket(void *data, uint32_t events)
{
	const struct http_socket *place = data;
	int what = 0;

	if (events & (EPOLLIN | EPOLLHUP))
		what |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (events & EPOLLERR)
		what |= CURL_CSELECT_ERR;
	act(place->http, place->fd, what);
}

static struct http_socket *find_place(struct http *http, curl_socket_t fd)
{
	struct http_socket *free_place = NULL;

	for (int i = 0; i < SOCKETS_MAX; i++) {
		struct http_socket *place = &http->sockets[i];
		if (place->watch && place->fd == fd)
			return place;
		if (!place->watch && !free_place)
			free_place = place;
	}
	return free_place;
}

/* curl asks to watch a socket. A negative result makes it fail all that is under way. */
static int want_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
	struct http *http = data;
	struct http_socket *place = find_place(http, fd);
	uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0U) |
	                  (what & CURL_POLL_OUT ? EPOLLOUT : 0U);

	(void)easy, (void)socket_data;
	if (!place)
		return -1;
	if (what == CURL_POLL_REMOVE) {
		loop_watch_remove(place->watch);
		place->watch = NULL;
	} else if (place->watch) {
		loop_watch_set(place->watch, events);
	} else {
		place->http = http;
		place->fd = fd;
		place->watch = loop_watch_fd(http->loop, fd, events, on_socket, place);
	}
	return 0;
}

static int want_timer(CURLM *multi, long delay_ms, void *data)
{
	struct http *http = data;

	(void)multi;
	loop_timer_set(http->timer, delay_ms);
	return 0;
}

static CURLM *make_multi(struct http *http)
{
	CURLM *multi = curl_multi_init();

	if (!multi)
		return NULL;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 3L);
	return multi;
}

struct http *http_create(struct loop *loop)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	struct http *http = own_alloc(sizeof(*http));
	http->loop = loop;
	http->timer = loop_add_timer(loop, on_timer, http);
	http->multi = make_multi(http);
	if (!http->multi) {
		http_destroy(http);
		return NULL;
	}
	return http;
}

void http_destroy(struct http *http)
{
	if (!http)
		return;
	assert(http->request_count == 0);
	curl_multi_cleanup(http->multi);
	drop_trust(&http->trust);
	loop_timer_remove(http->timer);
	free(http);
	curl_global_cleanup();
}

void http_set_trust(struct http *http, const struct http_trust *trust)
{
	CURLM *fresh = make_multi(http);

	assert(http->request_count == 0);
	if (fresh) {
		curl_multi_cleanup(http->multi);
		http->multi = fresh;
	} else {
		log_warn("libcurl gives no second handle: old connections stay");
	}
	if (trust->ca)
		X509_up_ref(trust->ca);
	if (trust->certificate)
		X509_up_ref(trust->certificate);
	if (trust->key)
		EVP_PKEY_up_ref(trust->key);
	struct http_trust old = http->trust;
	http->trust = *trust;
	drop_trust(&old);
}

/* --- requests */

static size_t take_body(char *bytes, size_t one, size_t count, void *data)
{
	struct http_request *request = data;

	if (array_append(&request->answer, bytes, one * count) == 0)
		return one * count;
	request->is_too_large = true;
	return CURL_WRITEFUNC_ERROR;
}

static void set_limits(CURL *easy, const struct http_options *options)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* nor from the environment */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)options->timeout_s);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEP_ALIVE_S);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEP_ALIVE_S / 2);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)options->size_max);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	if (options->is_long_poll)
		return;
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES_PER_S);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S);
}

static void set_tls(CURL *easy, struct http *http)
{
	long judges = http->trust.kind != HTTP_TRUST_UNKNOWN;

	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, judges);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, judges ? 2L : 0L);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_up_tls);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, http);
	/* A resumed session is not judged again: the clock and the trust may be others now. */
	curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

static void set_bytes(struct http_request *request, const struct http_options *options)
{
	char type[96];

	request->body = own_alloc(options->bytes_size + 1);
	memcpy(request->body, options->bytes, options->bytes_size);
	(void)text_format(type, sizeof(type), "Content-Type: %s", options->bytes_type);
	request->headers = curl_slist_append(NULL, type);
	request->headers = curl_slist_append(request->headers, "Expect:");
	curl_easy_setopt(request->easy, CURLOPT_CUSTOMREQUEST, "PUT");
	curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, request->headers);
	curl_easy_setopt(request->easy, CURLOPT_POSTFIELDS, request->body);
	curl_easy_setopt(request->easy, CURLOPT_POSTFIELDSIZE, (long)options->bytes_size);
}

static void set_request(struct http_request *request, const struct http_options *options)
{
	CURL *easy = request->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
	curl_easy_setopt(easy, CURLOPT_URL, options->url);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "tynd/" TYND_VERSION);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
	if (options->bytes)
		set_bytes(request, options);
	if (!options->body)
		return;
	request->body = own_copy_text(options->body);
	request->headers = curl_slist_append(NULL, "Content-Type: application/json");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
}

struct http_request *http_start(struct http *http, const struct http_options *options,
		http_done_fn done, void *data)
{
	struct http_request *request = own_alloc(sizeof(*request));

	http->request_count++;
	request->http = http;
	request->done = done;
	request->data = data;
	request->answer.max = options->size_max;
	request->started_ms = loop_now_ms();
	request->easy = curl_easy_init();
	if (request->easy) {
		set_limits(request->easy, options);
		set_tls(request->easy, http);
		set_request(request, options);
	}
	if (!request->easy || curl_multi_add_handle(http->multi, request->easy) != CURLM_OK) {
		request_free(request);
		return NULL;
	}
	return request;
}

void http_cancel(struct http_request *request)
{
	if (request)
		request_free(request);
}
