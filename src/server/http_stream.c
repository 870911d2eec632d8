/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmicrohttpd asks for bytes as often as the socket has room. Without any the connection is
 * suspended, so that it costs nothing, until something is new or the client needs a sign of life.
 */
#include "server/http_stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

enum { OUT_MAX = 64 * 1024, SEND_BUFFER = 64 * 1024 };

struct http_stream {
	struct http_stream *next, **link;
	struct http_streams *streams;
	struct server *server;
	struct request *request; /* gone when the stream is freed */
	struct http_stream_source source;
	struct array out;
	size_t at; /* of `out`: sent so far */
	struct wheel_entry idle;
	bool is_suspended, is_idle;
	char person[DB_NAME_MAX];
};

struct http_streams {
	struct http_stream *first;
	unsigned count;
	bool is_ending;
};

struct http_streams *http_streams_create(void)
{
	return own_alloc(sizeof(struct http_streams));
}

void http_streams_destroy(struct http_streams *streams)
{
	free(streams);
}

static void resume(struct http_stream *stream)
{
	if (!stream->is_suspended)
		return;
	stream->is_suspended = false;
	wheel_clear(stream->server->wheel, &stream->idle);
	MHD_resume_connection(stream->request->mhd);
}

static void on_idle(void *data)
{
	struct http_stream *stream = data;

	stream->is_idle = true;
	resume(stream);
}

void http_streams_wake(struct http_streams *streams)
{
	if (!streams)
		return;
	for (struct http_stream *stream = streams->first; stream; stream = stream->next)
		resume(stream);
}

void http_streams_end(struct http_streams *streams)
{
	if (!streams)
		return;
	streams->is_ending = true;
	http_streams_wake(streams);
}

void http_stream_free(struct http_stream *stream)
{
	if (!stream)
		return;
	wheel_clear(stream->server->wheel, &stream->idle);
	*stream->link = stream->next;
	if (stream->next)
		stream->next->link = stream->link;
	stream->streams->count--;
	stream->source.finish(stream->source.data);
	array_finish(&stream->out);
	free(stream);
}

static int refill(struct http_stream *stream)
{
	bool is_idle = stream->is_idle;

	stream->out.size = 0;
	stream->at = 0;
	stream->is_idle = false;
	if (stream->streams->is_ending)
		return -ESHUTDOWN;
	return stream->source.fill(stream->source.data, &stream->out, is_idle);
}

static ssize_t give(void *data, uint64_t position, char *buffer, size_t max)
{
	struct http_stream *stream = data;

	(void)position;
	if (stream->at == stream->out.size && refill(stream) < 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	size_t rest = stream->out.size - stream->at;
	if (rest == 0) {
		http_limit(stream->request, 0);
		stream->is_suspended = true;
		wheel_set(stream->server->wheel, &stream->idle, HTTP_STREAM_IDLE_S, on_idle,
				stream);
		MHD_suspend_connection(stream->request->mhd);
		return 0;
	}
	if (rest > max)
		rest = max;
	memcpy(buffer, stream->out.data + stream->at, rest);
	stream->at += rest;
	http_limit(stream->request, HTTP_STREAM_SLOW_S);
	return (ssize_t)rest;
}

static void on_free(void *data)
{
	http_stream_free(data);
}

/* A small buffer in the kernel, else it would take minutes to see that a client reads nothing. */
static void narrow(struct request *request)
{
	const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(request->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	int size = SEND_BUFFER;

	if (info)
		(void)setsockopt(info->connect_fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

struct MHD_Response *http_stream_response(struct http_stream *stream)
{
	narrow(stream->request);
	http_limit(stream->request, HTTP_STREAM_SLOW_S);
	struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
			HTTP_STREAM_BYTES, give, stream, on_free);
	if (!response)
		http_stream_free(stream);
	return response;
}

static unsigned count_of(const struct http_streams *streams, const char *person)
{
	unsigned count = 0;

	for (const struct http_stream *one = streams->first; one; one = one->next)
		count += strcmp(one->person, person) == 0;
	return count;
}

int http_stream(struct request *request, const char *content_type,
		const struct http_stream_source *source, struct err *err)
{
	struct http_streams *streams = request->server->streams;
	const char *person = request->token.person;

	if (streams->count >= HTTP_STREAMS_MAX ||
			count_of(streams, person) >= HTTP_STREAMS_PERSON_MAX) {
		source->finish(source->data);
		request->retry_after_s = 10;
		return err_set(err, EDQUOT, "too many streams are open; each person has at most %d",
				HTTP_STREAMS_PERSON_MAX);
	}
	struct http_stream *stream = own_alloc(sizeof(*stream));
	*stream = (struct http_stream){.streams = streams,
			.server = request->server,
			.request = request,
			.source = *source,
			.out = {.max = OUT_MAX},
			.next = streams->first,
			.link = &streams->first};
	(void)text_copy(stream->person, sizeof(stream->person), person);
	if (stream->next)
		stream->next->link = &stream->next;
	streams->first = stream;
	streams->count++;
	request->stream = stream;
	request->content_type = content_type;
	return MHD_HTTP_OK;
}
