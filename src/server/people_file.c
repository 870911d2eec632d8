/* SPDX-License-Identifier: Apache-2.0 */
#include "server/people_file.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/db_file.h"
#include "server/files.h"
#include "server/http_file.h"
#include "server/people.h"
#include "server/rights.h"
#include "server/work.h"

static cJSON *file_json(const struct db_file *file)
{
	cJSON *item = json_new_object();
	char path[DB_FILE_HEX + 32];

	(void)text_format(path, sizeof(path), "/device/v1/file/%s", file->hash);
	json_put_text(item, "hash", file->hash);
	json_put_text(item, "name", file->name);
	json_put_text(item, "kind", file->kind);
	people_put_text(item, "version", file->version);
	people_put_text(item, "board", file->board);
	json_put_whole(item, "size", file->size);
	people_put_time(item, "time", file->time_s);
	json_put_text(item, "person", file->person);
	json_put_text(item, "path", path);
	return item;
}

static int add_file(void *data, const struct db_file *file)
{
	return people_list_add(data, file_json(file), file->hash);
}

int people_files(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	int r = rights_require(request, RIGHT_READ, "organisation", err);

	if (r == 0)
		r = people_list_begin(&list, request, "files", known, err);
	if (r < 0)
		return r;
	struct db_page page = people_list_page(&list);
	r = db_file_list(request->server->db, &page, add_file, &list, err);
	return people_list_end(&list, r);
}

/* The file of the path, for who has the right. */
static int find(struct request *request, enum right right, struct db_file *file, struct err *err)
{
	const char *hash = request->match.args[0];
	int r = rights_require(request, right, "organisation", err);

	if (r == 0 && files_check_hash(hash, NULL) < 0)
		return err_set(err, ENOENT, "there is no such file");
	return r < 0 ? r : db_file_get(request->server->db, hash, file, err);
}

int people_file_get(struct request *request, struct err *err)
{
	struct db_file file;
	int r = people_no_query(request, err);

	if (r == 0)
		r = find(request, RIGHT_READ, &file, err);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, file_json(&file));
}

static int read_text(struct request *request, const char *key, char *buffer, size_t size,
		struct err *err)
{
	const char *text = route_query_get(&request->query, key, "");

	if (text_copy(buffer, size, text) < 0)
		return err_set(err, EINVAL, "%s: longer than %zu bytes", key, size - 1);
	return 0;
}

/* What is told of the file stands in the query: the body is the file. */
static int read_query(struct request *request, struct db_file *file, struct err *err)
{
	static const char *const known[] = {"name", "kind", "version", "board", NULL};
	static const char *const kinds[] = {"firmware", "video", "other"};
	const char *kind = route_query_get(&request->query, "kind", "other");
	bool is_kind = false;
	int r = route_query_check(&request->query, known, err);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		is_kind = is_kind || strcmp(kind, kinds[i]) == 0;
	if (r == 0 && !is_kind)
		r = err_set(err, EINVAL, "kind: firmware, video or other");
	if (r == 0)
		r = read_text(request, "name", file->name, sizeof(file->name), err);
	if (r == 0)
		r = read_text(request, "version", file->version, sizeof(file->version), err);
	if (r == 0)
		r = read_text(request, "board", file->board, sizeof(file->board), err);
	if (r < 0)
		return r;
	(void)text_copy(file->kind, sizeof(file->kind), kind);
	(void)text_copy(file->hash, sizeof(file->hash), request->match.args[0]);
	if (!file->name[0])
		(void)text_copy(file->name, sizeof(file->name), file->hash);
	return 0;
}

int people_file_begin(struct request *request, uint64_t announced, struct err *err)
{
	struct db_file file = {.size = 0};
	int r = rights_require(request, RIGHT_SERVER, "organisation", err);

	if (r == 0)
		r = files_check_hash(request->match.args[0], err);
	if (r == 0)
		r = read_query(request, &file, err);
	if (r < 0)
		return r;
	r = file_upload_begin(request->server->files, announced, &request->upload, err);
	if (r == -EAGAIN)
		request->retry_after_s = 30;
	return r;
}

/* On the disk: now it may be known. */
static int finish(struct request *request, struct db_file *file, struct err *err)
{
	struct db *db = request->server->db;
	struct db_file before;
	bool is_new = db_file_get(db, file->hash, &before, NULL) == -ENOENT;
	int r = file_upload_finish(request->upload, request->job, file->hash, err);

	if (r < 0)
		return r;
	file->size = (int64_t)file_upload_size(request->upload);
	file->time_s = server_now_s();
	memcpy(file->person, request->token.person, sizeof(file->person));
	r = db_file_put(db, file, err);
	if (r < 0 && is_new)
		(void)files_remove(request->server->files, file->hash, NULL);
	return r < 0 ? r
	             : http_answer(request, is_new ? MHD_HTTP_CREATED : MHD_HTTP_OK,
				       file_json(file));
}

int people_file_put(struct request *request, struct err *err)
{
	struct db_file file = {.size = 0};
	struct work_job *job;
	int r = rights_require(request, RIGHT_SERVER, "organisation", err);

	if (r == 0)
		r = read_query(request, &file, err);
	if (r == 0 && request->job)
		return finish(request, &file, err);
	if (r == 0 && file_upload_size(request->upload) == 0)
		r = err_set(err, EINVAL, "the body is the file: it is empty");
	if (r == 0)
		r = file_upload_check(request->upload, file.hash, &job, err);
	return r < 0 ? r : http_work(request, job, err);
}

int people_file_remove(struct request *request, struct err *err)
{
	struct server *server = request->server;
	struct db_file file;
	int r = people_no_query(request, err);

	if (r == 0)
		r = find(request, RIGHT_SERVER, &file, err);
	if (r == 0)
		r = db_file_unused(server->db, file.hash, err);
	if (r == 0)
		r = db_file_remove(server->db, file.hash, err);
	if (r == 0)
		r = files_remove(server->files, file.hash, err);
	return r < 0 ? r : http_answer(request, MHD_HTTP_OK, file_json(&file));
}

/* Only bytes whose hash one knows; nothing else of the folder has such a name. */
int device_file(struct request *request, struct err *err)
{
	const char *hash = request->match.args[0];
	struct server *server = request->server;
	struct db_file file;
	int64_t size;
	int fd;
	int r = files_check_hash(hash, NULL);

	if (r < 0)
		return err_set(err, ENOENT, "there is no such file");
	r = files_get(server->files, hash, &fd, &size);
	if (r == 0)
		return http_file(request, fd, (uint64_t)size, hash, err);
	if (r != -ENOENT)
		return err_set(err, EIO, "the file cannot be read: %s", strerror(-r));
	r = db_file_get(server->db, hash, &file, err);
	if (r < 0)
		return r;
	request->retry_after_s = 60;
	return err_set(err, EAGAIN,
			"this server does not hold the file's bytes: the servers of one database "
			"must share the folder \"files\"");
}
