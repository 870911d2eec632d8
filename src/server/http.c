/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a connection: it must finish TLS and the head of its request within
 * HEAD_S, the body within BODY_S, take its answer within ANSWER_S. libmicrohttpd only
 * counts silence, so someone who sends a byte now and then would stay for ever:
 * the wheel cuts the socket instead. A parked request has its own limit.
 */
#include "server/http.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/access.h"
#include "server/audit.h"
#include "server/files.h"
#include "server/http_answer.h"
#include "server/http_stream.h"
#include "server/keys.h"
#include "server/once.h"
#include "server/rights.h"
#include "server/work.h"

enum {
	HEAD_S = 30,
	BODY_S = 30,
	UPLOAD_S = 120, /* of ROUTE_BYTES; and of each PIECE of a file */
	PIECE_BYTES = 1 << 20,
	ANSWER_S = 60,
	SILENCE_S = 70,        /* libmicrohttpd's own, the last resort */
	HEAD_BYTES = 8 * 1024, /* memory of a connection: its head must fit */
	DISCARD_MAX = 4 << 20, /* bytes of a refused body that are read and dropped */
};

struct http {
	struct server *server;
	struct MHD_Daemon *daemon;
	struct loop_watch *watch;
	struct loop_timer *timer;
	const struct route *routes;
	size_t route_count;
	unsigned connections, connections_soft;
	unsigned uploads;
	bool is_ending; /* no request begins, none waits any longer */
};

struct connection {
	struct http *http;
	int fd;
	bool is_excess; /* came when there were too many: gets 503 */
	struct wheel_entry limit;
	unsigned rest_s; /* of the limit, when the wheel has turned */
	struct identity identity;
	char address[DB_ADDRESS_MAX];
};

static void limit(struct connection *connection, unsigned seconds);

static void cut(void *data)
{
	struct connection *connection = data;

	if (connection->rest_s)
		limit(connection, connection->rest_s);
	else
		shutdown(connection->fd, SHUT_RDWR);
}

static void limit(struct connection *connection, unsigned seconds)
{
	unsigned turn = seconds < WHEEL_SECONDS_MAX ? seconds : WHEEL_SECONDS_MAX;

	connection->rest_s = seconds - turn;
	wheel_set(connection->http->server->wheel, &connection->limit, turn, cut, connection);
}

static void unlimit(struct connection *connection)
{
	wheel_clear(connection->http->server->wheel, &connection->limit);
}

static void find_address(struct connection *connection, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char *text = connection->address;
	const struct sockaddr *address = info ? info->client_addr : NULL;
	socklen_t size = address && address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
	                                                           : sizeof(struct sockaddr_in);

	if (!address || getnameinfo(address, size, text, DB_ADDRESS_MAX, NULL, 0, NI_NUMERICHOST) !=
					0)
		text[0] = '\0';
	if (strncmp(text, "::ffff:", 7) == 0)
		memmove(text, text + 7, strlen(text + 7) + 1);
}

static void on_connection(void *data, struct MHD_Connection *mhd, void **context,
		enum MHD_ConnectionNotificationCode code)
{
	struct http *http = data;
	struct connection *connection = *context;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (connection) {
			unlimit(connection);
			free(connection);
			http->server->metrics.connections = --http->connections;
		}
		*context = NULL;
		return;
	}
	const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	connection = own_alloc(sizeof(*connection));
	connection->http = http;
	connection->fd = info->connect_fd;
	connection->is_excess = http->connections++ >= http->connections_soft;
	http->server->metrics.connections = http->connections;
	limit(connection, HEAD_S);
	find_address(connection, mhd);
	*context = connection;
}

static void *on_uri(void *data, const char *uri, struct MHD_Connection *mhd)
{
	struct http *http = data;
	struct request *request = own_alloc(sizeof(*request));
	const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	request->http = http;
	request->server = http->server;
	request->mhd = mhd;
	request->connection = info->socket_context;
	size_t size = strlen(uri) + 1;
	request->uri = own_alloc(2 * size);
	memcpy(request->uri, uri, size);
	request->address = request->connection->address;
	return request;
}

static void on_completed(void *data, struct MHD_Connection *mhd, void **context,
		enum MHD_RequestTerminationCode code)
{
	struct request *request = *context;

	(void)data;
	(void)mhd;
	(void)code;
	*context = NULL;
	if (!request)
		return;
	limit(request->connection, HEAD_S);
	park_remove(&request->parked);
	request->http->uploads -= request->is_upload;
	file_upload_free(request->upload);
	http_answer_drop(request);
	array_finish(&request->body);
	cJSON_Delete(request->json);
	rights_finish(request);
	work_drop(request->job);
	free(request->location);
	if (request->cookie)
		text_wipe(request->cookie, strlen(request->cookie));
	free(request->cookie);
	free(request->uri);
	free(request);
}

static const struct identity *identify(struct request *request)
{
	struct identity *identity = &request->connection->identity;

	if (!identity->is_known) {
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(request->mhd,
				MHD_CONNECTION_INFO_GNUTLS_SESSION);

		access_identify(info->tls_session, identity);
	}
	return identity;
}

static int find_route(struct request *request, const char *method)
{
	struct http *http = request->http;
	char *space = request->uri + strlen(request->uri) + 1, *query = strchr(request->uri, '?');

	if (query)
		*query++ = '\0';
	int r = route_find(http->routes, http->route_count, method, request->uri, space,
			&request->match);
	if (r == -EOPNOTSUPP) {
		(void)err_set(&request->err, ENOENT, "%.16s is not possible here, only %s", method,
				request->match.allow);
		return MHD_HTTP_METHOD_NOT_ALLOWED;
	}
	if (r < 0) {
		(void)err_set(&request->err, ENOENT, "there is no such path");
		return MHD_HTTP_NOT_FOUND;
	}
	if (request->match.route->flags & ROUTE_LONG_QUERY)
		return 0;
	r = query ? route_query(query, space + strlen(request->uri) + 1, &request->query,
				    &request->err)
	          : 0;
	return r < 0 ? MHD_HTTP_BAD_REQUEST : 0;
}

static int send_away(struct request *request, const char *why)
{
	uint8_t some;

	/* Not all at the same moment again. */
	key_random(&some, sizeof(some));
	request->retry_after_s = 15 + some % 32u;
	(void)err_set(&request->err, EAGAIN, "%s: try again soon", why);
	return MHD_HTTP_SERVICE_UNAVAILABLE;
}

/* The head is there: everything that can be refused without the body. */
static int judge_head(struct request *request, const char *method)
{
	if (request->connection->is_excess)
		return send_away(request, "too many connections");
	if (request->http->is_ending)
		return send_away(request, "the server ends");
	int status = find_route(request, method);
	if (status == 0)
		status = access_check(request, identify(request), &request->err);
	return status;
}

static void refuse(struct request *request, int status)
{
	request->is_refused = true;
	request->status = status;
	array_finish(&request->body);
}

static int too_large(struct request *request)
{
	(void)err_set(&request->err, EMSGSIZE, "the body is larger than %zu bytes",
			request->match.route->body_max);
	return MHD_HTTP_CONTENT_TOO_LARGE;
}

static bool is_bytes(const struct request *request)
{
	const struct route *route = request->match.route;

	return route && (route->flags & ROUTE_BYTES);
}

/* A large body has its place in memory and more time, or has to come later. */
static int begin_upload(struct request *request)
{
	if (request->http->uploads >= HTTP_UPLOADS_MAX) {
		request->retry_after_s = 10;
		(void)err_set(&request->err, EAGAIN,
				"too many files are being sent: try again soon");
		return MHD_HTTP_SERVICE_UNAVAILABLE;
	}
	request->is_upload = true;
	request->http->uploads++;
	limit(request->connection, UPLOAD_S);
	return 0;
}

/* The body goes to the disk as it comes. */
static int begin_file(struct request *request, uint64_t announced)
{
	int r = request->match.route->begin(request, announced, &request->err);

	if (r == 0)
		limit(request->connection, UPLOAD_S);
	return r < 0 ? http_answer_status(request, r) : 0;
}

/* A refused body is read to its end, if that is not far, so that the answer arrives. */
static enum MHD_Result begin(struct request *request, const char *method)
{
	const char *length = http_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
	uint64_t announced = 0;

	request->is_begun = true;
	limit(request->connection, BODY_S);
	int status = judge_head(request, method);
	if (length && text_to_number(length, 0, UINT64_MAX, &announced) < 0)
		announced = UINT64_MAX;
	if (status == 0 && announced > request->match.route->body_max)
		status = too_large(request);
	if (status == 0 && is_bytes(request))
		status = begin_upload(request);
	if (status == 0 && request->match.route->begin)
		status = begin_file(request, announced);
	if (status == 0)
		request->body.max = request->match.route->body_max;
	else
		refuse(request, status);
	if ((status && announced > DISCARD_MAX) || (status && request->connection->is_excess))
		return http_answer_send(request);
	return MHD_YES;
}

/* What cannot be kept is read to its end all the same: else nobody would learn why. */
static enum MHD_Result take_piece(struct request *request, const char *data, size_t size)
{
	size_t before = request->size - size;
	int r = request->is_refused ? 0
	                            : file_upload_write(request->upload, data, size, &request->err);

	if (request->size > request->match.route->body_max)
		return MHD_NO;
	if (before / PIECE_BYTES != request->size / PIECE_BYTES)
		limit(request->connection, UPLOAD_S);
	if (r < 0)
		refuse(request, http_answer_status(request, r));
	return MHD_YES;
}

static enum MHD_Result take_body(struct request *request, const char *data, size_t *size)
{
	size_t got = *size;

	*size = 0;
	request->size += got;
	if (request->upload)
		return take_piece(request, data, got);
	if (request->size > DISCARD_MAX && (request->is_refused || !request->is_upload))
		return MHD_NO;
	if (!request->is_refused && array_append(&request->body, data, got) < 0)
		refuse(request, too_large(request));
	return MHD_YES;
}

static int parse_body(struct request *request)
{
	int r;

	if (!request->body.size || is_bytes(request))
		return 0;
	r = json_parse((const char *)request->body.data, request->body.size, &request->json,
			&request->err);
	array_finish(&request->body);
	if (r < 0)
		return MHD_HTTP_BAD_REQUEST;
	if (!cJSON_IsObject(request->json)) {
		(void)err_set(&request->err, EINVAL, "the body must be a JSON object");
		return MHD_HTTP_BAD_REQUEST;
	}
	return 0;
}

static bool is_change(const struct request *request)
{
	const struct route *route = request->match.route;

	return route->access == ROUTE_PERSON && strcmp(route->method, "GET") != 0;
}

/* What was done stays done; but nobody may take it for recorded. */
static void fail_audit(struct request *request, const struct err *err)
{
	log_error("the audit log was not written: %s", err->text);
	if (request->status >= 500)
		return; /* nothing was done, and why is told already */
	http_answer_drop(request);
	(void)err_set(&request->err, EIO,
			"this was answered with %d, but the audit log could not "
			"be written",
			request->status);
	request->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
}

/*
 * While a request waited for its body or for something to happen, the device, the token or a right
 * may have gone.
 */
int http_judge_again(struct request *request)
{
	bool is_anyone = request->match.route->access == ROUTE_ANYONE;

	return is_anyone ? 0 : access_check(request, identify(request), &request->err);
}

static void call(struct request *request)
{
	struct err why;
	int status = request->is_woken ? 0 : parse_body(request);

	if (status == 0 && (request->is_woken || request->has_body))
		status = http_judge_again(request);
	if (status == 0 && is_change(request) && !request->is_woken)
		status = once_begin(request, &request->err);
	if (status == 0)
		status = request->match.route->handle(request, &request->err);
	if (status == HTTP_PARKED)
		return;
	if (status < 0)
		status = http_answer_status(request, status);
	request->status = status;
	if (is_change(request) && !request->is_again && audit_append(request, status, &why) < 0)
		fail_audit(request, &why);
	once_end(request);
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *mhd, const char *url,
		const char *method, const char *version, const char *upload, size_t *upload_size,
		void **context)
{
	struct request *request = *context;

	(void)data;
	(void)mhd;
	(void)url;
	(void)version;
	if (!request->is_begun)
		return begin(request, method);
	if (*upload_size)
		return take_body(request, upload, upload_size);
	request->has_body = request->size > 0;
	request->size = 0;
	if (!request->is_refused)
		call(request);
	if (request->parked.park)
		return MHD_YES;
	limit(request->connection, ANSWER_S);
	return http_answer_send(request);
}

static void on_woken(void *data)
{
	struct request *request = data;

	request->is_woken = true;
	MHD_resume_connection(request->mhd);
}

int http_park(struct request *request, const char *key, unsigned seconds)
{
	unlimit(request->connection);
	MHD_suspend_connection(request->mhd);
	park_add(request->server->park, &request->parked, key, seconds, on_woken, request);
	return HTTP_PARKED;
}

bool http_is_ending(const struct request *request)
{
	return request->http->is_ending;
}

void http_limit(struct request *request, unsigned seconds)
{
	if (seconds)
		limit(request->connection, seconds);
	else
		unlimit(request->connection);
}

int http_work(struct request *request, struct work_job *job, struct err *err)
{
	enum { WORK_S = 60 };

	request->job = job;
	struct server *server = request->server;
	int r = work_start(job->is_away ? server->away : server->work, job, err);
	return r < 0 ? r : http_park(request, job->key, WORK_S);
}

int http_redirect(struct request *request, const char *location)
{
	free(request->location);
	request->location = own_copy_text(location);
	return MHD_HTTP_SEE_OTHER;
}

void http_set_cookie(struct request *request, const char *cookie)
{
	free(request->cookie);
	request->cookie = own_copy_text(cookie);
}

const char *http_header(struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name);
}

/* --- libmicrohttpd in our loop */

/*
 * libmicrohttpd stops listening at its limit and begins again at the start of a run: after
 * connections went there must be one more, or those who wait in the queue would wait for ever.
 */
static void pump(struct http *http)
{
	unsigned before = http->connections;

	MHD_run(http->daemon);
	bool has_place = http->connections < before;
	loop_timer_set(http->timer, has_place ? 0 : MHD_get_timeout64s(http->daemon));
}

static void on_ready(void *data, uint32_t events)
{
	(void)events;
	pump(data);
}

static void on_timer(void *data)
{
	pump(data);
}

__attribute__((format(printf, 2, 0))) static void on_log(void *data, const char *format,
		va_list list)
{
	char text[512];

	(void)data;
	vsnprintf(text, sizeof(text), format, list);
	text[strcspn(text, "\r\n")] = '\0';
	log_debug("libmicrohttpd: %s", text);
}

static struct MHD_Daemon *start_daemon(struct http *http, const struct http_options *options)
{
	unsigned flags = MHD_USE_EPOLL | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;

	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER,
			on_log, http, MHD_OPTION_LISTEN_SOCKET, options->socket,
			MHD_OPTION_HTTPS_MEM_KEY, options->key, MHD_OPTION_HTTPS_MEM_CERT,
			options->chain, MHD_OPTION_HTTPS_MEM_TRUST, options->trust,
			MHD_OPTION_HTTPS_PRIORITIES, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
			MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, MHD_OPTION_CONNECTION_LIMIT,
			options->connections, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S,
			MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
			MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
			MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
			MHD_OPTION_URI_LOG_CALLBACK, on_uri, http, MHD_OPTION_END);
}

int http_start(struct server *server, const struct http_options *options, struct http **ret,
		struct err *err)
{
	struct http *http = own_alloc(sizeof(*http));

	http->server = server;
	http->routes = options->routes;
	http->route_count = options->route_count;
	http->connections_soft = options->connections - options->connections / 20;
	http->daemon = start_daemon(http, options);
	if (!http->daemon) {
		free(http);
		close(options->socket);
		return err_set(err, EIO, "HTTPS cannot be started (TYND_LOG=debug says why)");
	}
	const union MHD_DaemonInfo *info =
			MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	http->watch = loop_watch_fd(server->loop, info->epoll_fd, EPOLLIN, on_ready, http);
	http->timer = loop_add_timer(server->loop, on_timer, http);
	*ret = http;
	return 0;
}

void http_stop(struct http *http)
{
	if (!http)
		return;
	loop_watch_remove(http->watch);
	http->is_ending = true;
	http_streams_end(http->server->streams);
	/* libmicrohttpd aborts over a suspended connection, and a body that came may park still. */
	do {
		park_wake_all(http->server->park);
		MHD_run(http->daemon);
	} while (park_count(http->server->park));
	MHD_stop_daemon(http->daemon);
	loop_timer_remove(http->timer);
	free(http);
}
