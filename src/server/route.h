/* SPDX-License-Identifier: Apache-2.0 */
/* From method and raw path to one row of a table; percent-encoding. Pure. */
#ifndef SERVER_ROUTE_H
#define SERVER_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct request;

enum {
	ROUTE_ARGS_MAX = 3,
	ROUTE_ARG_MAX = 256,
	ROUTE_KEY_MAX = 32,
	ROUTE_QUERY_MAX = 12,
	ROUTE_ALLOW_MAX = 64
};

enum route_access {
	ROUTE_ANYONE,
	ROUTE_DEVICE, /* a verified client certificate of a device that is not removed */
	ROUTE_PERSON, /* a valid token */
};

enum route_flags {
	ROUTE_SECRET = 1, /* the body holds a secret: neither audit log nor anything else keeps it */
	ROUTE_BYTES = 2,  /* the body is a file in request->body, not JSON */
	ROUTE_LONG_QUERY = 4, /* the handler reads it, its values may be long */
};

struct route {
	const char *method;
	const char *pattern; /* "/api/v1/devices/:id"; a segment that starts with ':' is an argument */
	enum route_access access;
	size_t body_max; /* bytes; 0: no body */
	/* An HTTP status with the answer set, 0 when the request was parked, or a negative errno. */
	int (*handle)(struct request *request, struct err *err);
	unsigned flags; /* enum route_flags; left out: none */
	/*
	 * Asked when the head is there, before a body of `announced` bytes (0: not known) comes, which
	 * then goes to request->upload. 0 or a negative errno.
	 */
	int (*begin)(struct request *request, uint64_t announced, struct err *err);
};

struct route_match {
	const struct route *route;
	const char *args[ROUTE_ARGS_MAX]; /* decoded, in the order of the pattern; or "" */
	char allow[ROUTE_ALLOW_MAX];      /* "GET, HEAD, PATCH" when the method is wrong */
};

/*
 * `path` is what stood in the request line, without the query. HEAD finds GET's row. -ENOENT:
 * no such path; -EOPNOTSUPP: not with this method, `match->allow` says which. The arguments are
 * decoded into `space`, which has strlen(path) + 1 bytes and lives as long as `match`.
 */
int route_find(const struct route *routes, size_t count, const char *method, const char *path,
		char *space, struct route_match *match);

struct route_query {
	unsigned count;
	struct {
		const char *key, *value;
	} pairs[ROUTE_QUERY_MAX];
};

/*
 * What stood behind the '?', decoded into `space`, which has strlen(text) + 1 bytes and lives as long
 * as *ret. -EINVAL with a sentence; a key may stand once.
 */
int route_query(const char *text, char *space, struct route_query *ret, struct err *err);

/* The value, or `otherwise`. */
const char *route_query_get(const struct route_query *query, const char *key,
		const char *otherwise);

/* A whole number in 0..max, 0 when the key is missing; -EINVAL with a sentence. */
int route_query_whole(const struct route_query *query, const char *key, uint64_t max, uint64_t *ret,
		struct err *err);

/* "true" or "false"; *ret stays when the key is missing or empty. -EINVAL with a sentence. */
int route_query_flag(const struct route_query *query, const char *key, bool *ret, struct err *err);

/* -EINVAL when a key is not among `known`, which ends with NULL. */
int route_query_check(const struct route_query *query, const char *const *known, struct err *err);

enum route_part {
	ROUTE_SEGMENT, /* of a path: a '/' in it is written %2F */
	ROUTE_QUERY,   /* '+' is a space */
};

/*
 * Percent-decoding of `size` bytes: -EINVAL for broken escapes, control bytes and what is
 * not UTF-8; -E2BIG when it does not fit.
 */
int route_decode(const char *text, size_t size, enum route_part part, char *buffer,
		size_t buffer_size);

#endif
