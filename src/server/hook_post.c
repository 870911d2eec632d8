/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hook_post.h"

#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/text.h"
#include "server/cidr.h"

enum {
	CONNECT_MS = 5000,
	TOTAL_MS = 10000,
	ANSWER_MAX = 64 * 1024,
	SOCKETS_MAX = 64,
	URL_BYTES = 512
};

struct post_socket {
	struct hook_posts *posts;
	int fd;
	struct loop_watch *watch; /* NULL: this place is free */
};

struct hook_posts {
	struct loop *loop;
	struct loop_timer *timer;
	CURLM *multi;
	const char *networks;
	struct hook_post *first;
	struct post_socket sockets[SOCKETS_MAX];
};

struct hook_post {
	struct hook_posts *posts;
	struct hook_post *next, **link;
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	size_t taken;    /* of the answer, which nobody reads */
	bool is_refused; /* its address is not allowed */
	hook_post_fn done;
	void *data;
	char message[CURL_ERROR_SIZE];
};

static void post_free(struct hook_post *post)
{
	*post->link = post->next;
	if (post->next)
		post->next->link = post->link;
	if (post->easy) {
		(void)curl_multi_remove_handle(post->posts->multi, post->easy);
		curl_easy_cleanup(post->easy);
	}
	curl_slist_free_all(post->headers);
	free(post->body);
	free(post->data);
	free(post);
}

/* --- what curl asks for */

static size_t drop_answer(char *bytes, size_t one, size_t count, void *data)
{
	struct hook_post *post = data;

	(void)bytes;
	post->taken += one * count;
	return post->taken > ANSWER_MAX ? CURL_WRITEFUNC_ERROR : one * count;
}

/* After the name was looked up: what counts is where the bytes would go. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct hook_post *post = data;
	char address[64];

	(void)purpose;
	bool is_known = getnameinfo(&to->addr, to->addrlen, address, sizeof(address), NULL, 0,
					NI_NUMERICHOST) == 0;
	if (!is_known || (cidr_is_private(address) &&
					 !cidr_list_holds(post->posts->networks, address))) {
		post->is_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->protocol);
}

static void tell(struct hook_post *post, CURLcode code)
{
	char complaint[160];
	long status = 0;
	hook_post_fn done = post->done;
	void *data = post->data;

	(void)curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status);
	if (post->is_refused)
		(void)text_format(complaint, sizeof(complaint),
				"its address is one of the server's own networks, which the "
				"administrator did not allow");
	else if (code != CURLE_OK)
		(void)text_format(complaint, sizeof(complaint), "%.150s",
				post->message[0] ? post->message : curl_easy_strerror(code));
	else
		(void)text_format(complaint, sizeof(complaint), "it answered with %ld", status);
	post->data = NULL;
	post_free(post);
	done(data, code == CURLE_OK && status >= 200 && status < 300 ? NULL : complaint);
	free(data);
}

static void act(struct hook_posts *posts, curl_socket_t fd, int what)
{
	int running, left;
	CURLMsg *message;

	(void)curl_multi_socket_action(posts->multi, fd, what, &running);
	while ((message = curl_multi_info_read(posts->multi, &left))) {
		CURLcode code = message->data.result;
		struct hook_post *post = NULL;

		if (message->msg == CURLMSG_DONE &&
				curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &post) ==
						CURLE_OK)
			tell(post, code);
	}
}

static void on_timer(void *data)
{
	act(data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket(void *data, uint32_t events)
{
	struct post_socket *place = data;
	int what = (events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) |
	           (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
	           (events & EPOLLERR ? CURL_CSELECT_ERR : 0);

	act(place->posts, place->fd, what);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *of_socket)
{
	struct hook_posts *posts = data;
	struct post_socket *place = of_socket;
	uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0u) |
	                  (what & CURL_POLL_OUT ? EPOLLOUT : 0u);

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (place) {
			loop_watch_remove(place->watch);
			place->watch = NULL;
		}
		return 0;
	}
	if (place) {
		loop_watch_set(place->watch, events);
		return 0;
	}
	for (place = posts->sockets; place < posts->sockets + SOCKETS_MAX && place->watch;)
		place++;
	if (place == posts->sockets + SOCKETS_MAX)
		return -1;
	*place = (struct post_socket){.posts = posts, .fd = fd};
	place->watch = loop_watch_fd(posts->loop, fd, events, on_socket, place);
	(void)curl_multi_assign(posts->multi, fd, place);
	return 0;
}

static int want_timer(CURLM *multi, long delay_ms, void *data)
{
	struct hook_posts *posts = data;

	(void)multi;
	loop_timer_set(posts->timer, delay_ms);
	return 0;
}

/* --- for hooks.c */

struct hook_posts *hook_posts_create(struct loop *loop, const char *networks)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	struct hook_posts *posts = own_alloc(sizeof(*posts));

	posts->loop = loop;
	posts->networks = networks;
	posts->timer = loop_add_timer(loop, on_timer, posts);
	posts->multi = curl_multi_init();
	if (!posts->multi) {
		hook_posts_destroy(posts);
		return NULL;
	}
	curl_multi_setopt(posts->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(posts->multi, CURLMOPT_SOCKETDATA, posts);
	curl_multi_setopt(posts->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(posts->multi, CURLMOPT_TIMERDATA, posts);
	return posts;
}

void hook_posts_destroy(struct hook_posts *posts)
{
	if (!posts)
		return;
	while (posts->first)
		post_free(posts->first);
	curl_multi_cleanup(posts->multi);
	loop_timer_remove(posts->timer);
	free(posts);
	curl_global_cleanup();
}

static void set_up(struct hook_post *post, const char *url)
{
	CURL *easy = post->easy;

	/* http:// came past hook_post_check only for loopback. */
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
			strncmp(url, "http:", 5) == 0 ? "http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "tynd-server/" TYND_VERSION);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, post);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_answer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, post);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, post->message);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, post);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, post->headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post->body);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(post->body));
}

int hook_post_start(struct hook_posts *posts, const char *url, const char *body,
		const char *const *headers, hook_post_fn done, void *data, struct err *err)
{
	int r = hook_post_check(posts, url, err);

	if (r < 0)
		return r;
	struct hook_post *post = own_alloc(sizeof(*post));
	*post = (struct hook_post){.posts = posts,
			.next = posts->first,
			.link = &posts->first,
			.body = own_copy_text(body),
			.done = done,
			.data = data};
	if (post->next)
		post->next->link = &post->next;
	posts->first = post;
	for (; *headers; headers++)
		post->headers = curl_slist_append(post->headers, *headers);
	post->easy = curl_easy_init();
	if (post->easy)
		set_up(post, url);
	if (post->easy && curl_multi_add_handle(posts->multi, post->easy) == CURLM_OK)
		return 0;
	post->data = NULL;
	post_free(post);
	return err_set(err, ENOMEM, "libcurl takes no request");
}

static bool is_loopback(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
	       strcmp(host, "localhost") == 0;
}

/* The part, "" when there is none. curl frees it. */
static void part_of(CURLU *parsed, CURLUPart which, char *buffer, size_t size)
{
	char *part = NULL;

	buffer[0] = '\0';
	if (curl_url_get(parsed, which, &part, 0) == CURLUE_OK)
		(void)text_format(buffer, size, "%s", part);
	curl_free(part);
}

int hook_post_check(const struct hook_posts *posts, const char *url, struct err *err)
{
	char scheme[16], host[URL_BYTES], user[URL_BYTES], fragment[URL_BYTES];
	CURLU *parsed = curl_url();
	bool is_url = parsed && !text_has_control(url, NULL) &&
	              curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK;

	part_of(parsed, CURLUPART_SCHEME, scheme, sizeof(scheme));
	part_of(parsed, CURLUPART_HOST, host, sizeof(host));
	part_of(parsed, CURLUPART_USER, user, sizeof(user));
	part_of(parsed, CURLUPART_FRAGMENT, fragment, sizeof(fragment));
	curl_url_cleanup(parsed);
	if (!is_url || !host[0])
		return err_set(err, EINVAL, "url: https://HOST/PATH is expected");
	if (user[0] || fragment[0])
		return err_set(err, EINVAL, "url: has no user name, no password and no fragment");
	if (strcmp(scheme, "https") == 0)
		return 0;
	if (strcmp(scheme, "http") == 0 && is_loopback(host) &&
			cidr_list_holds(posts->networks, "127.0.0.1"))
		return 0;
	return err_set(err, EINVAL, "url: only https:// is possible");
}
