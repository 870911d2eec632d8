/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

int file_read(const char *path, struct array *array, struct err *err)
{
	OWNED(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	for (;;) {
		uint8_t block[4096];
		ssize_t got = read(fd, block, sizeof(block));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, errno, "%s", path);
		if (got == 0)
			return 0;
		if (array_append(array, block, (size_t)got) < 0)
			return err_set(err, EMSGSIZE, "%s: larger than %zu bytes", path,
					array->max);
	}
}

int file_write_all(int fd, const void *data, size_t size)
{
	for (const uint8_t *at = data; size > 0;) {
		ssize_t done = write(fd, at, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? -errno : -EIO;
		at += done;
		size -= (size_t)done;
	}
	return 0;
}

static int write_new(const char *path, const void *data, size_t size, mode_t mode)
{
	OWNED(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	int ret;

	if (fd < 0)
		return -errno;
	ret = file_write_all(fd, data, size);
	if (ret == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
		ret = -errno;
	return ret;
}

/* The rename is only safe against a power cut when the folder is on the disk too. */
static int sync_folder(const char *path)
{
	char folder[4096];
	char *slash;

	if (text_copy(folder, sizeof(folder), path) < 0)
		return -ENAMETOOLONG;
	slash = strrchr(folder, '/');
	if (!slash)
		strcpy(folder, ".");
	else
		slash[slash == folder] = '\0';
	OWNED(fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int file_write(const char *path, const void *data, size_t size, mode_t mode, struct err *err)
{
	char temporary[4096];
	int ret;

	if (text_format(temporary, sizeof(temporary), "%s.new", path) < 0)
		return err_set(err, ENAMETOOLONG, "%s: the path is too long", path);
	ret = write_new(temporary, data, size, mode);
	if (ret == 0 && rename(temporary, path) < 0)
		ret = -errno;
	if (ret < 0) {
		unlink(temporary);
		return err_errno(err, -ret, "%s", path);
	}
	ret = sync_folder(path);
	return ret < 0 ? err_errno(err, -ret, "%s", path) : 0;
}

int file_make_folder(const char *path, mode_t mode, struct err *err)
{
	char part[4096];

	if (text_copy(part, sizeof(part), path) < 0)
		return err_set(err, ENAMETOOLONG, "%s: the path is too long", path);
	for (char *c = part + 1;; c++) {
		char end = *c;

		if (end && end != '/')
			continue;
		*c = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return err_errno(err, errno, "%s", part);
		if (!end)
			return 0;
		*c = end;
	}
}
