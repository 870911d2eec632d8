/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read with a limit, written so that a power cut leaves old or new. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/array.h"
#include "base/err.h"

/* Append the whole file to `array`; -EMSGSIZE when it exceeds the array's maximum. */
int file_read(const char *path, struct array *array, struct err *err);

/*
 * Write `path` by a temporary file beside it, fsync, rename, fsync of the folder.
 * A failure leaves the old file as it was.
 */
int file_write(const char *path, const void *data, size_t size, mode_t mode, struct err *err);

/* All of it, or a negative errno after some of it. */
int file_write_all(int fd, const void *data, size_t size);

/* mkdir -p. */
int file_make_folder(const char *path, mode_t mode, struct err *err);

#endif
