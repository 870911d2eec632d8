/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the server's HTTP API, docs/api.md. TLS is always verified. */
#ifndef CTL_API_H
#define CTL_API_H

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>

#include "base/array.h"
#include "base/err.h"
#include "ctl/settings.h"

struct api;

/*
 * Ready for requests; none is made but, with a pinned CA, the one that fetches it: it is believed
 * only with the right SHA-256, and settings->ca holds it then. `settings` is kept by reference.
 */
int api_create(struct settings *settings, struct api **ret, struct err *err);
void api_destroy(struct api *api); /* takes NULL */

/*
 * One request. `path` begins behind /api/v1, percent-encoded; `body` may be NULL. *ret is the
 * answer's object, the caller owns it; ret may be NULL. Errors, with a sentence of what to try:
 *   -ENOTCONN  the server was not reached or is not trusted
 *   -EACCES    the token is not valid
 *   -ENOENT    there is no such thing (404)
 *   -EREMOTEIO the server refused; its sentence
 *   -EPROTO    an answer that makes no sense
 */
int api_call(struct api *api, const char *method, const char *path, const cJSON *body, cJSON **ret,
		struct err *err);

/* A GET whose answer is no JSON: its bytes, appended. */
int api_bytes(struct api *api, const char *path, struct array *ret, struct err *err);

/* A PUT whose body is a file of `size` bytes, told of on standard error where that is a terminal. */
int api_upload(struct api *api, const char *path, FILE *file, uint64_t size, cJSON **ret,
		struct err *err);

/* Give up sooner than a person would: for what is asked while they type. */
void api_hurry(struct api *api, long milliseconds);

/* All pages of a list joined: {"NOUN": [...], "next": null}. `path` may hold a query. */
int api_list(struct api *api, const char *path, const char *noun, unsigned max, cJSON **ret,
		struct err *err);

#endif
