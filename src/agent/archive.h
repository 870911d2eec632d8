/* SPDX-License-Identifier: Apache-2.0 */
/* A tar (POSIX.1-1988 ustar) of small texts in memory, and its gzip. */
#ifndef AGENT_ARCHIVE_H
#define AGENT_ARCHIVE_H

#include <stdint.h>

#include "base/array.h"

/* Append a file; `name` has at most 99 bytes. -EMSGSIZE above the array's maximum. */
int archive_add(struct array *tar, const char *name, const void *data, size_t size, int64_t time_s);

/* End the tar and append its gzip to `ret`. */
int archive_end(struct array *tar, struct array *ret);

#endif
