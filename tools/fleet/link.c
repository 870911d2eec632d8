/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/text.h"

enum { HEAD_MAX = 16 * 1024, READ_SIZE = 16 * 1024, SOURCE_DEVICES = 4000, REUSE_US = 500000 };

struct links {
	struct loop *loop;
	struct alarms *alarms;
	SSL_CTX *context;
	char server[256]; /* Host: */
	struct sockaddr_storage address;
	socklen_t address_size;
	X509 *judged; /* the server's certificate that was found good */
	bool is_resuming;
	struct links_counts counts;
};

static void go_on(struct link *link);

/* --- TLS for all */

/* The same certificate need not be judged 18,000 times. */
static int verify(X509_STORE_CTX *store, void *data)
{
	struct links *links = data;
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct link *link = SSL_get_app_data(ssl);
	X509 *shown = X509_STORE_CTX_get0_cert(store);

	if (!link->ca || (links->judged && X509_cmp(shown, links->judged) == 0))
		return 1;
	STACK_OF(X509) *roots = sk_X509_new_null();
	sk_X509_push(roots, link->ca);
	X509_STORE_CTX_set0_trusted_stack(store, roots);
	int is_good = X509_verify_cert(store) == 1;
	sk_X509_free(roots);
	if (is_good) {
		X509_free(links->judged);
		X509_up_ref(shown);
		links->judged = shown;
	}
	return is_good;
}

static int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
	struct link *link = SSL_get_app_data(ssl);

	SSL_SESSION_free(link->ticket);
	link->ticket = ticket;
	return 1;
}

static SSL_CTX *make_context(struct links *links)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (!context)
		return NULL;
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
						  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_cert_verify_callback(context, verify, links);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* What a server of today chooses, without the share of a key that it would not take. */
	SSL_CTX_set1_groups_list(context, "X25519:P-256");
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context, on_ticket);
	return context;
}

static int resolve(struct links *links, const char *server, struct err *err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
	const char *colon = strrchr(server, ':');
	char host[256];

	if (!colon || text_format(host, sizeof(host), "%.*s", (int)(colon - server), server) < 0)
		return err_set(err, EINVAL, "--server: HOST:PORT is expected");
	int r = getaddrinfo(host, colon + 1, &hints, &list);
	if (r != 0)
		return err_set(err, EHOSTUNREACH, "%s: %s", host, gai_strerror(r));
	memcpy(&links->address, list->ai_addr, list->ai_addrlen);
	links->address_size = list->ai_addrlen;
	freeaddrinfo(list);
	return text_copy(links->server, sizeof(links->server), server);
}

int links_create(struct loop *loop, struct alarms *alarms, const char *server, struct links **ret,
		struct err *err)
{
	struct links *links = own_alloc(sizeof(*links));
	int r = resolve(links, server, err);

	links->loop = loop;
	links->alarms = alarms;
	links->is_resuming = true;
	links->context = make_context(links);
	if (r == 0 && !links->context)
		r = err_set(err, ENOMEM, "TLS cannot start");
	if (r < 0)
		links_destroy(links);
	else
		*ret = links;
	return r;
}

void links_destroy(struct links *links)
{
	if (!links)
		return;
	SSL_CTX_free(links->context);
	X509_free(links->judged);
	free(links);
}

const struct links_counts *links_counts(const struct links *links)
{
	return &links->counts;
}

void links_set_resume(struct links *links, bool is_on)
{
	links->is_resuming = is_on;
}

/* --- one connection */

static void drop(struct link *link)
{
	loop_watch_remove(own_take(link->watch));
	SSL_free(own_take(link->ssl));
	if (link->fd > 0)
		close(link->fd);
	link->fd = 0;
	link->events = 0;
	array_finish(&link->in);
}

void link_close(struct link *link)
{
	if (link->links)
		alarm_clear(link->links->alarms, &link->limit);
	drop(link);
	array_finish(&link->out);
	link->done = NULL;
}

void link_finish(struct link *link)
{
	link_close(link);
	SSL_SESSION_free(own_take(link->ticket));
}

static void end(struct link *link, struct link_answer *answer)
{
	link_done_fn done = link->done;

	alarm_clear(link->links->alarms, &link->limit);
	array_finish(&link->out);
	link->done = NULL;
	answer->took_us = loop_now_us() - link->began_us;
	done(link->data, answer);
}

__attribute__((format(printf, 2, 3))) static void fail(struct link *link, const char *format, ...)
{
	struct link_answer answer = {.is_turned_away = link->is_shaking};
	va_list list;

	va_start(list, format);
	vsnprintf(answer.why.text, sizeof(answer.why.text), format, list);
	va_end(list);
	drop(link);
	if (answer.is_turned_away)
		link->links->counts.turned_away++;
	if (link->done)
		end(link, &answer);
}

static void on_limit(void *data)
{
	struct link *link = data;

	link->is_shaking = false;
	fail(link, "no answer in time");
}

static void on_ready(void *data, uint32_t events)
{
	(void)events;
	go_on(data);
}

static void want(struct link *link, uint32_t events)
{
	if (link->events != events)
		loop_watch_set(link->watch, events);
	link->events = events;
}

/* One address has 28,000 ports, and those of ended connections rest for a minute. */
static void choose_source(const struct link *link)
{
	const struct sockaddr_in *to = (const struct sockaddr_in *)&link->links->address;
	unsigned part = link->number / SOURCE_DEVICES + 2;
	struct sockaddr_in from = {.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (part << 8))};
	int on = 1;

	if (to->sin_family != AF_INET || ntohl(to->sin_addr.s_addr) >> 24 != 127)
		return;
	setsockopt(link->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	(void)bind(link->fd, (const struct sockaddr *)&from, sizeof(from));
}

static int open_socket(struct link *link)
{
	const struct links *links = link->links;
	int on = 1;

	link->fd = socket(links->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (link->fd < 0) {
		link->fd = 0;
		return -errno;
	}
	choose_source(link);
	setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(link->fd, (const struct sockaddr *)&links->address, links->address_size) < 0 &&
			errno != EINPROGRESS)
		return -errno;
	return 0;
}

static void connect_link(struct link *link)
{
	struct links *links = link->links;
	int r = open_socket(link);

	link->is_shaking = false;
	if (r < 0) {
		fail(link, "%s", strerror(-r));
		return;
	}
	links->counts.connections++;
	link->ssl = SSL_new(links->context);
	SSL_set_app_data(link->ssl, link);
	SSL_set_fd(link->ssl, link->fd);
	SSL_set_connect_state(link->ssl);
	if (link->certificate && link->key) {
		SSL_use_certificate(link->ssl, link->certificate);
		SSL_use_PrivateKey(link->ssl, link->key);
	}
	if (link->ticket && links->is_resuming)
		SSL_set_session(link->ssl, link->ticket);
	link->events = EPOLLOUT;
	link->watch = loop_watch_fd(links->loop, link->fd, EPOLLOUT, on_ready, link);
}

/* An SSL call did not succeed: wait for the socket, or it is over. */
static void hold(struct link *link, int result)
{
	int why = SSL_get_error(link->ssl, result);
	unsigned long code = ERR_get_error();

	ERR_clear_error();
	if (why == SSL_ERROR_WANT_READ) {
		want(link, EPOLLIN);
	} else if (why == SSL_ERROR_WANT_WRITE) {
		want(link, EPOLLIN | EPOLLOUT);
	} else if (!link->done) {
		drop(link); /* idle, and the server had enough */
	} else if (link->is_reused && !link->in.size && loop_now_us() - link->began_us < REUSE_US) {
		drop(link); /* it had, just before the request came */
		link->is_reused = false;
		link->sent = 0;
		connect_link(link);
	} else {
		fail(link, "the connection ended: %s",
				code ? ERR_reason_error_string(code) : strerror(errno));
	}
}

static bool shake(struct link *link)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (SSL_is_init_finished(link->ssl))
		return true;
	if (!link->is_shaking) {
		getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size);
		if (error) {
			fail(link, "%s", strerror(error));
			return false;
		}
		link->is_shaking = true;
	}
	int r = SSL_do_handshake(link->ssl);
	if (r != 1) {
		hold(link, r);
		return false;
	}
	link->is_shaking = false;
	link->links->counts.resumed += SSL_session_reused(link->ssl) == 1;
	return true;
}

static bool send_out(struct link *link)
{
	while (link->sent < link->out.size) {
		int r = SSL_write(link->ssl, link->out.data + link->sent,
				(int)(link->out.size - link->sent));

		if (r <= 0) {
			hold(link, r);
			return false;
		}
		link->sent += (size_t)r;
	}
	return true;
}

static const char *header(const char *head, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':')
			return line + 3 + length + strspn(line + 3 + length, " ");
	return NULL;
}

/* True when the whole answer is there and was given away. */
static bool take_answer(struct link *link)
{
	struct link_answer answer = {0};
	char *text = (char *)link->in.data;
	char *body = link->in.size ? memmem(text, link->in.size, "\r\n\r\n", 4) : NULL;

	if (!body)
		return false;
	body[2] = '\0';
	body += 4;
	const char *length = header(text, "Content-Length"), *said = header(text, "Connection");
	const char *retry = header(text, "Retry-After");
	size_t want_size = length ? strtoul(length, NULL, 10) : 0;
	answer.size = link->in.size - (size_t)(body - text);
	if (answer.size < want_size) {
		body[-2] = '\r';
		return false;
	}
	answer.status = atoi(text + strcspn(text, " \r"));
	answer.retry_after_s = retry ? (unsigned)atoi(retry) : 0;
	answer.size = want_size;
	struct array in = link->in;
	link->in = (struct array){.max = in.max};
	answer.body = body;
	if (said && strncasecmp(said, "close", 5) == 0)
		drop(link);
	end(link, &answer);
	array_finish(&in);
	return true;
}

static void receive(struct link *link)
{
	for (;;) {
		static uint8_t buffer[READ_SIZE];
		int got = SSL_read(link->ssl, buffer, sizeof(buffer));

		if (got <= 0) {
			hold(link, got);
			return;
		}
		if (!link->done) {
			drop(link); /* nobody asked */
			return;
		}
		if (array_append(&link->in, buffer, (size_t)got) < 0) {
			fail(link, "the answer is too large");
			return;
		}
		if (take_answer(link))
			return;
	}
}

static void go_on(struct link *link)
{
	if (!shake(link))
		return;
	if (link->done && !send_out(link))
		return;
	want(link, EPOLLIN);
	receive(link);
}

static void write_request(struct link *link, const struct link_request *request)
{
	char head[1024];

	link->out = (struct array){.max = LINK_BODY_MAX + HEAD_MAX};
	int size = snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: %s\r\n%s", request->method,
			request->path, link->links->server,
			request->headers ? request->headers : "");
	if (request->body)
		size += snprintf(head + size, sizeof(head) - (size_t)size,
				"Content-Type: %s\r\nContent-Length: %zu\r\n", request->type,
				request->size);
	(void)array_append(&link->out, head, (size_t)size);
	(void)array_append(&link->out, "\r\n", 2);
	if (request->body)
		(void)array_append(&link->out, request->body, request->size);
}

void link_start(struct link *link, const struct link_request *request, link_done_fn done,
		void *data)
{
	if (link->done)
		abort();
	link->done = done;
	link->data = data;
	link->sent = 0;
	link->began_us = loop_now_us();
	link->in = (struct array){.max = LINK_BODY_MAX + HEAD_MAX};
	write_request(link, request);
	alarm_set(link->links->alarms, &link->limit, request->timeout_s * INT64_C(1000), on_limit,
			link);
	link->is_reused = link->ssl != NULL;
	if (link->ssl)
		(void)send_out(link);
	else
		connect_link(link);
}
