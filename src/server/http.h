/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTPS with libmicrohttpd inside our own loop: one thread for everything. A
 * request becomes one call of a handler from a table, with path, query, body and
 * identity already checked.
 */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include <cjson/cJSON.h>
#include <microhttpd.h>
#include <stdbool.h>

#include "base/array.h"
#include "server/route.h"
#include "server/server.h"

enum {
	HTTP_BODY_MAX = 64 * 1024,
	HTTP_LAYER_BODY_MAX = 1024 * 1024,
	HTTP_UPLOADS_MAX = 16, /* of ROUTE_BYTES at once: each is held in memory */
	HTTP_PARKED = 0,       /* what a handler returns after http_park */
};

struct http;
struct http_stream;
struct http_file;
struct file_upload;
struct connection;
struct rights;
struct work_job;

/* Who talks on a connection, by its client certificate; looked at once. */
struct identity {
	bool is_known; /* looked at */
	bool has_certificate;
	char device[DB_ID_MAX];       /* "" unless verified */
	uint8_t certificate[DB_HASH]; /* SHA-256 of its DER */
	const char *why;              /* not verified: a sentence */
};

struct request {
	struct server *server;
	struct http *http;
	struct connection *connection;
	struct MHD_Connection *mhd;
	char *uri; /* raw; behind it is room for what is decoded of it */
	const char *address;
	struct route_match match;
	struct route_query query;
	struct array body;
	cJSON *json;                 /* the body, an object; NULL when there was none */
	struct db_token token;       /* ROUTE_PERSON */
	struct rights *rights;       /* of its person, rights.h */
	struct fleet_device *device; /* ROUTE_DEVICE; found anew for each call of the handler */
	struct park_entry parked;
	int64_t wait_until_ms; /* of a handler that parks again: its own */
	int64_t wait_from;
	bool is_begun;
	bool has_body;              /* one came: time has passed since the head was judged */
	bool is_woken;              /* the second call of a parked request: answer now */
	struct file_upload *upload; /* takes the body, of a route with `begin` */
	bool is_upload;             /* counted among the few with a large body */
	bool is_once;               /* has an Idempotency-Key: its answer is kept */
	bool is_again;              /* answered by what was kept */
	bool is_refused;            /* answered by `status` and `err` without the handler */
	int status;
	uint64_t revision; /* device_wait: which one the device has */
	struct err err;
	char err_device[DB_ID_MAX]; /* "device" of the error */
	/* The answer. */
	cJSON *answer;
	void *bytes; /* instead of `answer` */
	size_t size;
	struct http_stream *stream; /* instead of both */
	struct http_file *file;     /* instead of all of them */
	const char *content_type;
	char file_name[96]; /* not "": to be saved under this name, not shown */
	char next[256];     /* not "": the cursor of the next page, for answers that are no JSON */
	unsigned retry_after_s;
	bool is_immutable;
	char *location;       /* of a redirection, or NULL */
	char *cookie;         /* Set-Cookie, or NULL */
	struct work_job *job; /* what a handler waits for, http_work */
};

struct http_options {
	int socket;        /* listening; http_start takes it */
	const char *key;   /* PEM, wiped by the caller afterwards */
	const char *chain; /* PEM */
	const char *trust; /* PEM of the CA of client certificates */
	const struct route *routes;
	size_t route_count;
	unsigned connections; /* at most; from a twentieth below on, requests get 503 */
};

int http_start(struct server *server, const struct http_options *options, struct http **ret,
		struct err *err);
void http_stop(struct http *http); /* takes NULL */

/* --- for handlers */

/* Answer with JSON (taken); returns `status`. */
int http_answer(struct request *request, int status, cJSON *answer);

/* Answer with bytes (malloc'd, taken). */
int http_answer_bytes(struct request *request, int status, void *bytes, size_t size,
		const char *content_type);

/* Wait for `key`; the handler is called again, with is_woken. Returns HTTP_PARKED. */
int http_park(struct request *request, const char *key, unsigned seconds);

/* The server ends: a handler that was woken answers, instead of parking again. */
bool http_is_ending(const struct request *request);

/* Cut the connection when so many seconds went by; 0: no limit. */
void http_limit(struct request *request, unsigned seconds);

/* Whoever waited long is looked at again: 0, or a status, and request->err. */
int http_judge_again(struct request *request);

/*
 * Have a job done by a thread and wait: the handler is called again, with request->job, which is
 * the request's and is_done unless the time was over. Returns HTTP_PARKED or a negative errno.
 */
int http_work(struct request *request, struct work_job *job, struct err *err);

/* Answer with a redirection (303); `location` is copied. */
int http_redirect(struct request *request, const char *location);

/* Set-Cookie, copied. */
void http_set_cookie(struct request *request, const char *cookie);

/* A header of the request, or NULL. */
const char *http_header(struct request *request, const char *name);

#endif
