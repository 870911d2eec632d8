// SPDX-License-Identifier: Apache-2.0
#include "server/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

enum { PATH_BYTES = 4096, FILE_MAX = 1024 * 1024, BUSY_MS = 30000 };

static void close_database(sqlite3 *database)
{
	sqlite3_close_v2(database);
}

OWN_DEFINE(sqlite, sqlite3, close_database);
OWN_DEFINE(statement, sqlite3_stmt, sqlite3_finalize);

static int fail(sqlite3 *database, const char *path, struct err *err)
{
	return err_set(err, EIO, "%s: %s", path, database ? sqlite3_errmsg(database) : "no memory");
}

static int open_database(const char *path, int flags, sqlite3 **ret, struct err *err)
{
	if (sqlite3_open_v2(path, ret, flags, NULL) != SQLITE_OK)
		return fail(*ret, path, err);
	sqlite3_busy_timeout(*ret, BUSY_MS);
	return 0;
}

static int run(sqlite3 *database, const char *path, const char *sql, struct err *err)
{
	return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK
	                       ? 0
	                       : fail(database, path, err);
}

static int copy(sqlite3 *from, sqlite3 *to, const char *path, struct err *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");

	if (!backup)
		return fail(to, path, err);
	(void)sqlite3_backup_step(backup, -1);
	return sqlite3_backup_finish(backup) == SQLITE_OK ? 0 : fail(to, path, err);
}

/* Bytes on the disk, then the name. */
static int settle(const char *from, const char *to, struct err *err)
{
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	bool is_safe = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	if (!is_safe || rename(from, to) < 0)
		return err_errno(err, errno, "%s", to);
	return 0;
}

/* --- writing */

/* Keys and certificates: whatever small files there are, but for what one run of a server makes. */
static bool is_kept(const char *name)
{
	return name[0] != '.' && strncmp(name, "tynd.db", 7) != 0 && strcmp(name, "lock") != 0 &&
	       strcmp(name, "port") != 0;
}

static int add_file(sqlite3_stmt *insert, const char *folder, const char *name, struct err *err)
{
	struct array data = {.max = FILE_MAX};
	char path[PATH_BYTES];
	struct stat about;

	if (text_format(path, sizeof(path), "%s/%s", folder, name) < 0 || lstat(path, &about) < 0 ||
			!S_ISREG(about.st_mode))
		return 0;
	int r = file_read(path, &data, err);
	if (r == 0) {
		sqlite3_bind_text(insert, 1, name, -1, SQLITE_STATIC);
		sqlite3_bind_int(insert, 2, about.st_mode & 0777);
		sqlite3_bind_blob(insert, 3, data.size ? (void *)data.data : "", (int)data.size,
				SQLITE_STATIC);
		if (sqlite3_step(insert) != SQLITE_DONE)
			r = fail(sqlite3_db_handle(insert), name, err);
		sqlite3_reset(insert);
	}
	if (data.data)
		text_wipe(data.data, data.capacity);
	array_finish(&data);
	return r;
}

static int add_files(sqlite3 *to, const char *folder, struct err *err)
{
	OWNED(statement) sqlite3_stmt *insert = NULL;
	struct dirent **names;
	int r = 0;

	if (sqlite3_prepare_v2(to, "INSERT INTO backup_file (name, mode, data) VALUES (?, ?, ?)",
			    -1, &insert, NULL) != SQLITE_OK)
		return fail(to, folder, err);
	int count = scandir(folder, &names, NULL, alphasort);
	if (count < 0)
		return err_errno(err, errno, "%s", folder);
	for (int i = 0; i < count; i++) {
		if (r == 0 && is_kept(names[i]->d_name))
			r = add_file(insert, folder, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	return r;
}

static int write_to(const char *folder, bool has_database, const char *path, struct err *err)
{
	OWNED(sqlite) sqlite3 *from = NULL;
	OWNED(sqlite) sqlite3 *to = NULL;
	char source[PATH_BYTES];
	int r = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &to, err);

	if (r == 0 && has_database) {
		(void)text_format(source, sizeof(source), "%s/tynd.db", folder);
		r = open_database(source, SQLITE_OPEN_READONLY, &from, err);
		if (r == 0)
			r = copy(from, to, path, err);
	}
	if (r == 0)
		r = run(to, path,
				"PRAGMA journal_mode = DELETE;"
				"CREATE TABLE backup_file (name TEXT PRIMARY KEY, mode INTEGER NOT "
				"NULL,"
				" data BLOB NOT NULL) WITHOUT ROWID;",
				err);
	return r < 0 ? r : add_files(to, folder, err);
}

int backup_write(const char *folder, bool has_database, const char *file, struct err *err)
{
	char path[PATH_BYTES];

	if (text_format(path, sizeof(path), "%s.unfinished", file) < 0)
		return err_set(err, ENAMETOOLONG, "--backup: the path is too long");
	if (access(file, F_OK) == 0)
		return err_set(err, EEXIST, "%s: is there already", file);
	if (unlink(path) < 0 && errno != ENOENT)
		return err_errno(err, errno, "%s", path);
	int r = write_to(folder, has_database, path, err);
	if (r == 0)
		r = settle(path, file, err);
	if (r < 0)
		(void)unlink(path);
	return r;
}

/* --- restoring */

static int take_file(sqlite3_stmt *row, const char *folder, struct err *err)
{
	const char *name = (const char *)sqlite3_column_text(row, 0);
	char path[PATH_BYTES];

	if (!name || !is_kept(name) || strchr(name, '/') ||
			text_format(path, sizeof(path), "%s/%s", folder, name) < 0)
		return err_set(err, EINVAL, "the backup holds a file that no server has");
	return file_write(path, sqlite3_column_blob(row, 2), (size_t)sqlite3_column_bytes(row, 2),
			(mode_t)sqlite3_column_int(row, 1) & 0644, err);
}

static int take_files(sqlite3 *from, const char *file, const char *folder, struct err *err)
{
	OWNED(statement) sqlite3_stmt *row = NULL;
	int step, r = 0;

	if (sqlite3_prepare_v2(from, "SELECT name, mode, data FROM backup_file", -1, &row, NULL) !=
			SQLITE_OK)
		return err_set(err, EINVAL, "%s: is no backup of tynd-server", file);
	while (r == 0 && (step = sqlite3_step(row)) == SQLITE_ROW)
		r = take_file(row, folder, err);
	return r < 0 || step == SQLITE_DONE ? r : fail(from, file, err);
}

/* The keys leave no trace in the database's free pages. */
static int take_database(sqlite3 *from, const char *folder, struct err *err)
{
	OWNED(sqlite) sqlite3 *to = NULL;
	char path[PATH_BYTES], name[PATH_BYTES];

	(void)text_format(path, sizeof(path), "%s/tynd.db.unfinished", folder);
	(void)text_format(name, sizeof(name), "%s/tynd.db", folder);
	int r = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &to, err);
	if (r == 0)
		r = copy(from, to, path, err);
	if (r == 0)
		r = run(to, path, "DROP TABLE backup_file; VACUUM;", err);
	return r < 0 ? r : settle(path, name, err);
}

static int check_empty(const char *folder, struct err *err)
{
	struct dirent **names;
	bool is_empty = true;
	int count = scandir(folder, &names, NULL, alphasort);

	if (count < 0)
		return err_errno(err, errno, "%s", folder);
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;

		is_empty = is_empty && (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
						       strcmp(name, "lock") == 0);
		free(names[i]);
	}
	free(names);
	return is_empty ? 0 : err_set(err, EEXIST, "%s: is not empty", folder);
}

static int has_layout(sqlite3 *from, bool *ret, const char *file, struct err *err)
{
	OWNED(statement) sqlite3_stmt *row = NULL;

	if (sqlite3_prepare_v2(from, "PRAGMA user_version", -1, &row, NULL) != SQLITE_OK ||
			sqlite3_step(row) != SQLITE_ROW)
		return fail(from, file, err);
	*ret = sqlite3_column_int(row, 0) > 0;
	return 0;
}

int backup_restore(const char *file, const char *folder, bool has_database, struct err *err)
{
	OWNED(sqlite) sqlite3 *from = NULL;
	bool is_whole = false;
	int r = check_empty(folder, err);

	if (r == 0)
		r = open_database(file, SQLITE_OPEN_READONLY, &from, err);
	if (r == 0)
		r = has_layout(from, &is_whole, file, err);
	if (r == 0 && is_whole != has_database)
		r = err_set(err, EINVAL,
				is_whole ? "%s: holds an SQLite database: restore it without "
					   "--database"
					 : "%s: holds the keys of a server on PostgreSQL: "
					   "--database "
					   "says which",
				file);
	if (r == 0)
		r = take_files(from, file, folder, err);
	return r < 0 || !has_database ? r : take_database(from, folder, err);
}
