/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error that a person may read: what went wrong, where, and what was
 * expected, e.g. "desktops[2].port: 70000 is not a whole number in 1..65535".
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum { ERR_TEXT_MAX = 384 };

struct err {
	char text[ERR_TEXT_MAX];
};

/*
 * Write the sentence (cut to length) into `err`, which may be NULL, and return
 * -`code`, a positive errno value, so that a function can end with
 * `return err_set(err, EINVAL, "...")`.
 */
int err_set(struct err *err, int code, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

/* The same, with ": " and the text of `code` (strerror) behind the sentence. */
int err_errno(struct err *err, int code, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

/* Put "`format`: " before the text that is already there; returns `ret` unchanged. */
int err_prefix(struct err *err, int ret, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

#endif
