/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http_answer.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "server/http_file.h"
#include "server/http_stream.h"

static const struct {
	int error, status;
} statuses[] = {
		{EINVAL, MHD_HTTP_BAD_REQUEST},
		{ERANGE, MHD_HTTP_BAD_REQUEST},
		{E2BIG, MHD_HTTP_BAD_REQUEST},
		{EACCES, MHD_HTTP_FORBIDDEN},
		{EPERM, MHD_HTTP_FORBIDDEN},
		{ENOENT, MHD_HTTP_NOT_FOUND},
		{EEXIST, MHD_HTTP_CONFLICT},
		{EBUSY, MHD_HTTP_CONFLICT},
		{ESTALE, MHD_HTTP_CONFLICT},
		{EMSGSIZE, MHD_HTTP_CONTENT_TOO_LARGE},
		{EBADMSG, MHD_HTTP_UNPROCESSABLE_CONTENT},
		{EDQUOT, MHD_HTTP_TOO_MANY_REQUESTS},
		{EAGAIN, MHD_HTTP_SERVICE_UNAVAILABLE},
		{EROFS, MHD_HTTP_SERVICE_UNAVAILABLE},
		{ENOSPC, MHD_HTTP_INSUFFICIENT_STORAGE},
};

int http_answer_status(struct request *request, int error)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (statuses[i].error == -error)
			return statuses[i].status;
	}
	log_error("%s %s: %s", request->match.route->method, log_quote(request->uri),
			request->err.text);
	(void)err_set(&request->err, EIO, "the server could not do this; its log says why");
	return MHD_HTTP_INTERNAL_SERVER_ERROR;
}

cJSON *http_answer_error(const char *text, const char *device)
{
	cJSON *error = json_new_object();
	const char *colon = strstr(text, ": ");
	size_t length = colon ? (size_t)(colon - text) : 0;
	char path[ERR_TEXT_MAX];

	json_put_text(error, "error", text);
	if (length && !memchr(text, ' ', length)) {
		(void)text_format(path, sizeof(path), "%.*s", (int)length, text);
		json_put_text(error, "path", path);
	} else {
		json_put(error, "path", cJSON_CreateNull());
	}
	if (device[0])
		json_put_text(error, "device", device);
	return error;
}

int http_answer(struct request *request, int status, cJSON *answer)
{
	cJSON_Delete(request->answer);
	request->answer = answer;
	return status;
}

int http_answer_bytes(struct request *request, int status, void *bytes, size_t size,
		const char *content_type)
{
	free(request->bytes);
	request->bytes = bytes;
	request->size = size;
	request->content_type = content_type;
	return status;
}

void http_answer_drop(struct request *request)
{
	cJSON_Delete(own_take(request->answer));
	free(own_take(request->bytes));
	http_stream_free(own_take(request->stream));
	http_file_free(own_take(request->file));
}

static struct MHD_Response *make(struct request *request)
{
	if (request->status >= 400 && !request->answer)
		request->answer = http_answer_error(request->err.text, request->err_device);
	if (request->answer) {
		free(request->bytes);
		request->bytes = json_print(request->answer);
		request->size = strlen(request->bytes);
		request->content_type = "application/json";
		cJSON_Delete(own_take(request->answer));
	}
	if (request->file && request->status < 400)
		return http_file_response(request);
	if (request->stream)
		return http_stream_response(own_take(request->stream));
	if (!request->bytes)
		return MHD_create_response_empty(MHD_RF_NONE);
	return MHD_create_response_from_buffer_with_free_callback(request->size,
			own_take(request->bytes), free);
}

static void add_headers(struct request *request, struct MHD_Response *response)
{
	char seconds[16], name[128];
	bool is_good = request->status < 400;

	if (request->content_type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				request->content_type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
			request->is_immutable && is_good ? "public, max-age=31536000, immutable"
							 : "no-store");
	if (request->file)
		http_file_headers(request, response);
	if (request->file_name[0] && request->status == MHD_HTTP_OK) {
		(void)text_format(name, sizeof(name), "attachment; filename=\"%s\"",
				request->file_name);
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, name);
	}
	if (request->next[0] && request->status == MHD_HTTP_OK)
		MHD_add_response_header(response, "X-Next-Cursor", request->next);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'");
	if (request->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, request->match.allow);
	if (request->status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
				"Bearer realm=\"tynd\"");
	if (request->location)
		MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, request->location);
	if (request->cookie)
		MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, request->cookie);
	if (request->retry_after_s) {
		(void)text_format(seconds, sizeof(seconds), "%u", request->retry_after_s);
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
	}
	if (request->connection && request->status == MHD_HTTP_SERVICE_UNAVAILABLE)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

enum MHD_Result http_answer_send(struct request *request)
{
	const struct route *route = request->match.route;
	struct MHD_Response *response = make(request);

	if (!response)
		return MHD_NO;
	metrics_count(&request->server->metrics, route ? route->access : ROUTE_ANYONE,
			request->status);
	add_headers(request, response);
	enum MHD_Result result =
			MHD_queue_response(request->mhd, (unsigned)request->status, response);
	MHD_destroy_response(response);
	return result;
}
