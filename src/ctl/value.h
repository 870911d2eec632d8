/* SPDX-License-Identifier: Apache-2.0 */
/* From what a person types to requests: scopes, paths into the config, values. Pure. */
#ifndef CTL_VALUE_H
#define CTL_VALUE_H

#include <cjson/cJSON.h>

#include "base/err.h"

enum {
	SCOPE_MAX = 256, /* "site/Skødstrup Skole", percent-encoded */
	POINTER_MAX = 512,
};

/* Bytes other than letters, digits and -._~ as %XX; -E2BIG when it does not fit. */
int value_encode(const char *text, char *buffer, size_t size);

/*
 * A scope as it stands in a request's path: "site/Sk%C3%B8dstrup%20Skole". "org" is
 * organisation. -EINVAL for what is no scope.
 */
int value_scope(const char *typed, char scope[SCOPE_MAX], struct err *err);

/* "desktops.main.port" or "/desktops/main/port" as JSON pointer. */
int value_pointer(const char *typed, char pointer[POINTER_MAX], struct err *err);

/* The pointer as in messages: "desktops.main.port". */
void value_dotted(const char *pointer, char dotted[POINTER_MAX]);

/* A patch with `value`, which it takes, at the pointer and nothing else. The caller owns it. */
cJSON *value_patch(const char *pointer, cJSON *value);

/*
 * A patch that sets the pointer to what was typed, checked as every layer is: JSON if that
 * fits there (5, true, ["a"], {"x": 1}, "text"), else the bare text (dk, 89 40 20 00).
 * The caller owns the patch.
 */
int value_parse(const char *pointer, const char *typed, cJSON **ret, struct err *err);

/* The merge patch that makes `before` into `after`. The caller owns it. */
cJSON *value_patch_between(const cJSON *before, const cJSON *after);

#endif
