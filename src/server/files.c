/* SPDX-License-Identifier: Apache-2.0 */
#include "server/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "server/keys.h"
#include "server/work.h"

enum {
	PATH_BYTES = 4096,
	PART_NAME = 40,
	PART_OLD_S = 24 * 3600, /* an upload of now has written since */
	FLUSH_EVERY = 8 << 20,  /* bytes: the rest of the disk's work is short at the end */
};

static const char part_end[] = ".part";

struct files {
	int folder;
	unsigned uploads;
};

struct file_upload {
	struct files *files;
	int fd; /* -1: failed */
	EVP_MD_CTX *sha;
	uint64_t size, flushed;
	char part[PART_NAME]; /* "": has its final name */
};

/* Brings a whole file to the disk, in a thread. */
struct flush {
	struct work_job job; /* first */
	int fd;              /* its own */
	int error;
};

static bool is_old_part(int folder, const char *name)
{
	size_t length = strlen(name), end = strlen(part_end);
	struct stat status;

	return length > end && strcmp(name + length - end, part_end) == 0 &&
	       fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       status.st_mtime < time(NULL) - PART_OLD_S;
}

static void remove_old_parts(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);

	if (!list && copy >= 0)
		close(copy);
	/* cppcheck-suppress readdirCalled ; one thread calls it */
	for (struct dirent *entry; list && (entry = readdir(list));)
		if (is_old_part(folder, entry->d_name))
			(void)unlinkat(folder, entry->d_name, 0);
	if (list)
		closedir(list);
}

int files_open(const char *data, struct files **ret, struct err *err)
{
	char path[PATH_BYTES];

	if (text_format(path, sizeof(path), "%s/files", data) < 0)
		return err_set(err, ENAMETOOLONG, "--data: the path is too long");
	int r = file_make_folder(path, 0755, err);
	if (r < 0)
		return r;
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return err_errno(err, errno, "%s", path);
	remove_old_parts(folder);
	*ret = own_alloc(sizeof(**ret));
	(*ret)->folder = folder;
	return 0;
}

void files_close(struct files *files)
{
	if (!files)
		return;
	close(files->folder);
	free(files);
}

int files_check_hash(const char *text, struct err *err)
{
	if (strlen(text) != DB_FILE_HEX - 1 || strspn(text, "0123456789abcdef") != DB_FILE_HEX - 1)
		return err_set(err, EINVAL,
				"a file is named by 64 hex digits in lower case, its SHA-256");
	return 0;
}

int files_get(const struct files *files, const char *hash, int *ret, int64_t *size)
{
	struct stat status;
	OWNED(fd) int fd = openat(files->folder, hash, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	int r = fd < 0 || fstat(fd, &status) < 0 ? -errno : S_ISREG(status.st_mode) ? 0 : -ENOENT;
	if (r < 0)
		return r;
	*size = status.st_size;
	*ret = own_take_fd(&fd);
	return 0;
}

int files_remove(const struct files *files, const char *hash, struct err *err)
{
	if (unlinkat(files->folder, hash, 0) == 0 || errno == ENOENT)
		return 0;
	return err_errno(err, errno, "the file cannot be removed");
}

/* --- uploads */

/* EDQUOT says elsewhere that a person asked too often. */
static int fail(int error, struct err *err)
{
	if (error == ENOSPC || error == EDQUOT || error == EFBIG)
		return err_set(err, ENOSPC, "the server's disk has no room for this file");
	return err_set(err, error == EROFS ? EROFS : EIO, "the file cannot be written: %s",
			strerror(error));
}

static void drop(struct file_upload *upload)
{
	if (upload->fd >= 0)
		close(upload->fd);
	upload->fd = -1;
	if (upload->part[0])
		(void)unlinkat(upload->files->folder, upload->part, 0);
	upload->part[0] = '\0';
}

static int create(struct file_upload *upload, uint64_t announced, struct err *err)
{
	uint8_t some[16];
	char hex[2 * sizeof(some) + 1];

	key_random(some, sizeof(some));
	text_to_hex(some, sizeof(some), hex);
	(void)text_format(upload->part, sizeof(upload->part), "%s%s", hex, part_end);
	upload->fd = openat(upload->files->folder, upload->part,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (upload->fd < 0) {
		upload->part[0] = '\0';
		return fail(errno, err);
	}
	/* Where a filesystem cannot reserve, the writes will tell. */
	if (announced && fallocate(upload->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)announced) < 0 &&
			errno != EOPNOTSUPP && errno != ENOSYS)
		return fail(errno, err);
	return 0;
}

int file_upload_begin(struct files *files, uint64_t announced, struct file_upload **ret,
		struct err *err)
{
	if (files->uploads >= FILES_UPLOADS_MAX)
		return err_set(err, EAGAIN, "%d files are being sent already: try again later",
				FILES_UPLOADS_MAX);
	struct file_upload *upload = own_alloc(sizeof(*upload));

	*upload = (struct file_upload){.files = files, .fd = -1, .sha = EVP_MD_CTX_new()};
	if (!upload->sha || !EVP_DigestInit_ex(upload->sha, EVP_sha256(), NULL))
		abort(); /* only without memory */
	files->uploads++;
	int r = create(upload, announced, err);
	if (r < 0)
		file_upload_free(upload);
	else
		*ret = upload;
	return r;
}

int file_upload_write(struct file_upload *upload, const void *data, size_t size, struct err *err)
{
	if (upload->fd < 0)
		return err_set(err, EIO, "the file was given up");
	int r = FILES_BYTES_MAX - upload->size < size ? -EMSGSIZE
	                                              : file_write_all(upload->fd, data, size);
	if (r < 0) {
		drop(upload);
		return r == -EMSGSIZE ? err_set(err, EMSGSIZE, "a file has at most %llu bytes",
							(unsigned long long)FILES_BYTES_MAX)
		                      : fail(-r, err);
	}
	EVP_DigestUpdate(upload->sha, data, size);
	upload->size += size;
	if (upload->size - upload->flushed >= FLUSH_EVERY) {
		(void)sync_file_range(upload->fd, (off_t)upload->flushed,
				(off_t)(upload->size - upload->flushed), SYNC_FILE_RANGE_WRITE);
		upload->flushed = upload->size;
	}
	return 0;
}

uint64_t file_upload_size(const struct file_upload *upload)
{
	return upload->size;
}

static void run_flush(struct work_job *job)
{
	struct flush *flush = (struct flush *)job;

	flush->error = fsync(flush->fd) < 0 ? errno : 0;
}

static void free_flush(struct work_job *job)
{
	struct flush *flush = (struct flush *)job;

	close(flush->fd);
	free(flush);
}

int file_upload_check(struct file_upload *upload, const char *hash, struct work_job **ret,
		struct err *err)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	char hex[DB_FILE_HEX];

	if (upload->fd < 0)
		return err_set(err, EIO, "the file was given up");
	EVP_DigestFinal_ex(upload->sha, digest, NULL);
	text_to_hex(digest, DB_HASH, hex);
	if (strcmp(hex, hash) != 0) {
		drop(upload);
		return err_set(err, EBADMSG,
				"these %llu bytes are another file: their SHA-256 is %s",
				(unsigned long long)upload->size, hex);
	}
	int fd = fcntl(upload->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return fail(errno, err);
	struct flush *flush = own_alloc(sizeof(*flush));
	*flush = (struct flush){
			.job = {.run = run_flush, .free = free_flush, .is_away = true}, .fd = fd};
	*ret = &flush->job;
	return 0;
}

int file_upload_finish(struct file_upload *upload, const struct work_job *job, const char *hash,
		struct err *err)
{
	const struct flush *flush = (const struct flush *)job;
	int folder = upload->files->folder;

	if (!job->is_done)
		return err_set(err, EAGAIN, "the disk is too slow: try again later");
	if (flush->error)
		return fail(flush->error, err);
	if (renameat(folder, upload->part, folder, hash) < 0)
		return fail(errno, err);
	upload->part[0] = '\0';
	return fsync(folder) < 0 ? fail(errno, err) : 0;
}

void file_upload_free(struct file_upload *upload)
{
	if (!upload)
		return;
	drop(upload);
	EVP_MD_CTX_free(upload->sha);
	upload->files->uploads--;
	free(upload);
}
