/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers without an end: a source gives bytes whenever the client has taken the last ones. A
 * client that takes nothing for HTTP_STREAM_SLOW_S is cut, so at most one piece per client waits
 * in memory.
 */
#ifndef SERVER_HTTP_STREAM_H
#define SERVER_HTTP_STREAM_H

#include "server/http.h"

enum {
	HTTP_STREAM_BYTES = 16 * 1024, /* about, of one piece */
	HTTP_STREAM_IDLE_S = 15,
	HTTP_STREAM_SLOW_S = 10,
	HTTP_STREAMS_MAX = 1000,
	HTTP_STREAMS_PERSON_MAX = 8,
};

struct http_stream_source {
	/* Appends what there is; `is_idle`: nothing went out for HTTP_STREAM_IDLE_S. Negative: the end. */
	int (*fill)(void *data, struct array *out, bool is_idle);
	void (*finish)(void *data); /* called once, also when nothing was ever sent */
	void *data;
};

struct http_streams;

struct http_streams *http_streams_create(void);
void http_streams_destroy(struct http_streams *streams); /* after all of them ended; takes NULL */

/*
 * Answer with what the source gives, until it or the client ends; takes the source. Returns 200, or
 * -EDQUOT when there are too many, of all or of this person.
 */
int http_stream(struct request *request, const char *content_type,
		const struct http_stream_source *source, struct err *err);

/* There may be something new. */
void http_streams_wake(struct http_streams *streams);
/* Before the server stops. */
void http_streams_end(struct http_streams *streams);

/* --- for http_answer.c and http.c */
struct MHD_Response *http_stream_response(struct http_stream *stream);
void http_stream_free(struct http_stream *stream); /* one that was never sent; takes NULL */

#endif
