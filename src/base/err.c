/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, int code, const char *format, ...)
{
	if (err) {
		va_list arguments;

		va_start(arguments, format);
		vsnprintf(err->text, sizeof(err->text), format, arguments);
		va_end(arguments);
	}
	return -code;
}

int err_errno(struct err *err, int code, const char *format, ...)
{
	if (err) {
		va_list arguments;
		size_t used;

		va_start(arguments, format);
		vsnprintf(err->text, sizeof(err->text), format, arguments);
		va_end(arguments);
		used = strlen(err->text);
		snprintf(err->text + used, sizeof(err->text) - used, ": %s", strerrordesc_np(code));
	}
	return -code;
}

int err_prefix(struct err *err, int ret, const char *format, ...)
{
	if (err) {
		struct err inner = *err;
		va_list arguments;
		size_t used;

		va_start(arguments, format);
		vsnprintf(err->text, sizeof(err->text), format, arguments);
		va_end(arguments);
		used = strlen(err->text);
		snprintf(err->text + used, sizeof(err->text) - used, ": %s", inner.text);
	}
	return ret;
}
