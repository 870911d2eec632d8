/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/text.h"

enum {
	PATIENCE_S = 60,
	SLOWEST = 32 * 1024,   /* bytes a second; who takes less is cut in the end */
	AHEAD_BYTES = 4 << 20, /* asked of the disk before the first are wanted */
};

struct http_file {
	int fd;
	uint64_t size, from, length;
	char tag[HTTP_FILE_TAG_MAX];
};

void http_file_free(struct http_file *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	free(file);
}

/* "" is `otherwise`; false for anything that is no number. */
static bool read_number(const char *text, size_t size, uint64_t otherwise, uint64_t *ret)
{
	char digits[24];

	*ret = otherwise;
	if (!size)
		return true;
	if (size >= sizeof(digits))
		return false;
	memcpy(digits, text, size);
	digits[size] = '\0';
	return text_to_number(digits, 0, INT64_MAX, ret) == 0;
}

enum http_file_range http_file_range(const char *header, uint64_t size, uint64_t *from,
		uint64_t *length)
{
	uint64_t first, last;

	if (!header || strncmp(header, "bytes=", 6) != 0)
		return HTTP_FILE_WHOLE;
	header += 6;
	size_t before = strcspn(header, "-");
	if (header[before] != '-' || !read_number(header, before, 0, &first))
		return HTTP_FILE_WHOLE;
	const char *behind = header + before + 1;
	if ((!before && !behind[0]) || !read_number(behind, strlen(behind), INT64_MAX, &last) ||
			(before && last < first))
		return HTTP_FILE_WHOLE;
	if (!before) { /* so many at the end */
		first = last < size ? size - last : 0;
		if (!last)
			return HTTP_FILE_OUTSIDE;
		last = INT64_MAX;
	}
	if (first >= size)
		return HTTP_FILE_OUTSIDE;
	*from = first;
	*length = (last < size ? last + 1 : size) - first;
	return HTTP_FILE_PART;
}

/* Without a list's grammar: our tags hold neither commas nor quotes. */
static bool is_known(struct request *request, const char *tag)
{
	const char *known = http_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH);

	return known && (strcmp(known, "*") == 0 || strstr(known, tag));
}

int http_file(struct request *request, int fd, uint64_t size, const char *hash, struct err *err)
{
	struct http_file *file = own_alloc(sizeof(*file));
	const char *range = http_header(request, MHD_HTTP_HEADER_RANGE);
	const char *only = http_header(request, MHD_HTTP_HEADER_IF_RANGE);

	*file = (struct http_file){.fd = fd, .size = size, .length = size};
	(void)text_format(file->tag, sizeof(file->tag), "\"%s\"", hash);
	http_file_free(request->file);
	request->file = file;
	request->is_immutable = true;
	if (is_known(request, file->tag))
		return MHD_HTTP_NOT_MODIFIED;
	request->content_type = "application/octet-stream";
	if (only && strcmp(only, file->tag) != 0)
		return MHD_HTTP_OK;
	switch (http_file_range(range, size, &file->from, &file->length)) {
	case HTTP_FILE_OUTSIDE:
		(void)err_set(err, ERANGE, "the file has %llu bytes", (unsigned long long)size);
		return MHD_HTTP_RANGE_NOT_SATISFIABLE;
	case HTTP_FILE_PART:
		return MHD_HTTP_PARTIAL_CONTENT;
	case HTTP_FILE_WHOLE:
		break;
	}
	return MHD_HTTP_OK;
}

struct MHD_Response *http_file_response(struct request *request)
{
	struct http_file *file = request->file;

	if (request->status == MHD_HTTP_NOT_MODIFIED)
		return MHD_create_response_empty(MHD_RF_NONE);
	uint64_t seconds = PATIENCE_S + file->length / SLOWEST;
	(void)posix_fadvise(file->fd, (off_t)file->from,
			(off_t)(file->length < AHEAD_BYTES ? file->length : AHEAD_BYTES),
			POSIX_FADV_WILLNEED);
	struct MHD_Response *response =
			MHD_create_response_from_fd_at_offset64(file->length, file->fd, file->from);
	if (response)
		file->fd = -1; /* libmicrohttpd's now */
	http_limit(request, (unsigned)seconds);
	return response;
}

void http_file_headers(const struct request *request, struct MHD_Response *response)
{
	const struct http_file *file = request->file;
	unsigned long long size = file->size, from = file->from, end = from + file->length;
	char range[80];

	MHD_add_response_header(response, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
	MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, file->tag);
	if (request->status == MHD_HTTP_PARTIAL_CONTENT)
		(void)text_format(range, sizeof(range), "bytes %llu-%llu/%llu", from, end - 1,
				size);
	else if (request->status == MHD_HTTP_RANGE_NOT_SATISFIABLE)
		(void)text_format(range, sizeof(range), "bytes */%llu", size);
	else
		return;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, range);
}
