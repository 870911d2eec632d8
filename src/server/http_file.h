/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers from a file: whole or one range of it (RFC 9110, 14), never held in memory. For bytes
 * that never change under their name.
 */
#ifndef SERVER_HTTP_FILE_H
#define SERVER_HTTP_FILE_H

#include "server/http.h"

enum { HTTP_FILE_TAG_MAX = 72 };

/*
 * Answer from `fd` (taken) of `size` bytes; `hash` is its entity tag. Returns 200, 206, 304, or
 * 416 with request->err.
 */
int http_file(struct request *request, int fd, uint64_t size, const char *hash, struct err *err);

enum http_file_range { HTTP_FILE_WHOLE, HTTP_FILE_PART, HTTP_FILE_OUTSIDE };

/*
 * One range of a file of `size` bytes, as the header Range says it; whatever is malformed, or is
 * several ranges, asks for the whole. Pure.
 */
enum http_file_range http_file_range(const char *header, uint64_t size, uint64_t *from,
		uint64_t *length);

/* --- for http_answer.c */
struct MHD_Response *http_file_response(struct request *request);
void http_file_headers(const struct request *request, struct MHD_Response *response);
void http_file_free(struct http_file *file); /* takes NULL */

#endif
