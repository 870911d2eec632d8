/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files by the hash of their bytes, in the folder `files` beside database and keys: written as they
 * come, never held in memory, under a temporary name until they are whole and right. Several
 * servers of one database share the folder, or one of them is asked for files.
 */
#ifndef SERVER_FILES_H
#define SERVER_FILES_H

#include "server/db_file.h"

enum { FILES_UPLOADS_MAX = 4 }; /* at once */

#define FILES_BYTES_MAX UINT32_MAX /* of one file */

struct files;
struct file_upload;
struct work_job;

/* Makes the folder; removes what broken uploads of earlier days left. */
int files_open(const char *data, struct files **ret, struct err *err);
void files_close(struct files *files); /* takes NULL; after all uploads */

/* "DATA/files/HEX" for reading; -ENOENT, or another errno. The caller owns the descriptor. */
int files_get(const struct files *files, const char *hash, int *ret, int64_t *size);
int files_remove(const struct files *files, const char *hash, struct err *err);

/* 64 hex digits in lower case; -EINVAL for anything else. */
int files_check_hash(const char *text, struct err *err);

/*
 * A new upload; `announced` bytes (0: not known) are reserved. -ENOSPC when there is no room,
 * -EAGAIN when there are too many.
 */
int file_upload_begin(struct files *files, uint64_t announced, struct file_upload **ret,
		struct err *err);
/* After a failure nothing of it is left, and the upload only remains to be freed. */
int file_upload_write(struct file_upload *upload, const void *data, size_t size, struct err *err);
/* All is there: -EBADMSG unless its SHA-256 is `hash`. *ret is a job that brings it to the disk. */
int file_upload_check(struct file_upload *upload, const char *hash, struct work_job **ret,
		struct err *err);
/* The job is done: whether that went well, then under its final name. */
int file_upload_finish(struct file_upload *upload, const struct work_job *job, const char *hash,
		struct err *err);
uint64_t file_upload_size(const struct file_upload *upload);
/* Takes NULL. One that was not finished leaves nothing. */
void file_upload_free(struct file_upload *upload);

#endif
