// SPDX-License-Identifier: Apache-2.0
#include "ctl/folder.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"
#include "conf/parse.h"

enum { DEPTH_MAX = 3, SCOPE_BYTES = 256 };

static const char whole[] = "organisation", places_file[] = "places.json", end[] = ".json";

static const struct {
	const char *kind, *folder;
} kinds[] = {{"tenant", "tenants"}, {"site", "sites"}, {"group", "groups"}, {"device", "devices"}};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* --- names */

static int encode(const char *name, size_t size, char *path, size_t max)
{
	size_t at = strlen(path);

	if (!size)
		return -EINVAL;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)name[i];
		bool is_plain = c >= 0x20 && c != 0x7f && c != '%' && c != '/' && c != '\\' &&
		                (c != '.' || i > 0);

		if (text_format(path + at, max - at, is_plain ? "%c" : "%%%02X", c) < 0)
			return -E2BIG;
		at += is_plain ? 1 : 3;
	}
	return 0;
}

static int decode(const char *text, size_t size, char *name, size_t max)
{
	size_t at = 0;

	for (size_t i = 0; i < size; i++) {
		char hex[3] = "";
		uint8_t byte = (uint8_t)text[i];

		if (byte == '%' && i + 2 < size) {
			memcpy(hex, text + i + 1, 2);
			if (text_from_hex(hex, &byte, 1) < 0)
				return -EINVAL;
			i += 2;
		} else if (byte == '%') {
			return -EINVAL;
		}
		if (!byte || at + 1 >= max)
			return -EINVAL;
		name[at++] = (char)byte;
	}
	name[at] = '\0';
	return at ? 0 : -EINVAL;
}

int folder_path(const char *scope, char path[FOLDER_PATH_MAX], struct err *err)
{
	const char *name = strchr(scope, '/');
	int r = -EINVAL;

	path[0] = '\0';
	if (strcmp(scope, whole) == 0)
		return text_format(path, FOLDER_PATH_MAX, "%s%s", whole, end);
	for (unsigned i = 0; name && i < KINDS; i++) {
		if (strlen(kinds[i].kind) != (size_t)(name - scope) ||
				strncmp(kinds[i].kind, scope, (size_t)(name - scope)) != 0)
			continue;
		const char *slash = strchr(name + 1, '/');

		r = text_format(path, FOLDER_PATH_MAX, "%s/", kinds[i].folder);
		if (r == 0 && slash) {
			r = encode(name + 1, (size_t)(slash - name - 1), path, FOLDER_PATH_MAX);
			if (r == 0)
				r = text_format(path + strlen(path), FOLDER_PATH_MAX - strlen(path),
						"/");
			name = slash;
		}
		if (r == 0)
			r = encode(name + 1, strlen(name + 1), path, FOLDER_PATH_MAX);
		if (r == 0)
			r = text_format(path + strlen(path), FOLDER_PATH_MAX - strlen(path), "%s",
					end);
	}
	return r < 0 ? err_set(err, EINVAL, "\"%s\" has no file", scope) : 0;
}

static int refuse(const char *path, struct err *err)
{
	return err_set(err, EINVAL,
			"%s: is no layer's file: organisation.json, tenants/NAME.json, "
			"sites/[TENANT/]NAME.json, groups/..., devices/...",
			path);
}

int folder_scope(const char *path, char *scope, size_t size, struct err *err)
{
	char first[SCOPE_BYTES], second[SCOPE_BYTES];
	size_t length = strlen(path);

	if (length <= sizeof(end) || strcmp(path + length - strlen(end), end) != 0)
		return refuse(path, err);
	length -= strlen(end);
	if (length == strlen(whole) && strncmp(path, whole, length) == 0)
		return text_copy(scope, size, whole);
	for (unsigned i = 0; i < KINDS; i++) {
		size_t head = strlen(kinds[i].folder);

		if (length <= head + 1 || strncmp(path, kinds[i].folder, head) != 0 ||
				path[head] != '/')
			continue;
		const char *name = path + head + 1;
		size_t left = length - head - 1, part = strcspn(name, "/");
		bool has_tenant = part < left;

		if (decode(name, has_tenant ? part : left, first, sizeof(first)) < 0)
			break;
		if (!has_tenant)
			return text_format(scope, size, "%s/%s", kinds[i].kind, first);
		name += part + 1;
		left -= part + 1;
		if (i == 0 || memchr(name, '/', left) ||
				decode(name, left, second, sizeof(second)) < 0)
			break;
		return text_format(scope, size, "%s/%s/%s", kinds[i].kind, first, second);
	}
	return refuse(path, err);
}

/* --- reading */

struct reading {
	const char *folder;
	cJSON *layers, *places;
	struct err *err;
};

static int read_json(const struct reading *reading, const char *name, cJSON **ret)
{
	OWNED(array) struct array text = {.max = JSON_SIZE_MAX};
	char path[FOLDER_PATH_MAX];

	if (text_format(path, sizeof(path), "%s/%s", reading->folder, name) < 0)
		return err_set(reading->err, ENAMETOOLONG, "%s: the path is too long", name);
	int r = file_read(path, &text, reading->err);
	if (r < 0)
		return -EINVAL;
	r = json_parse((const char *)text.data, text.size, ret, reading->err);
	return r < 0 ? err_prefix(reading->err, r, "%s", path) : 0;
}

static int read_file(struct reading *reading, const char *name)
{
	OWNED(json) cJSON *document = NULL;
	char scope[SCOPE_BYTES];
	int r;

	if (strcmp(name, places_file) == 0)
		return read_json(reading, name, &reading->places);
	r = folder_scope(name, scope, sizeof(scope), reading->err);
	if (r == 0)
		r = read_json(reading, name, &document);
	if (r < 0)
		return r;
	if (!cJSON_IsObject(document))
		return err_set(reading->err, EINVAL, "%s: is not an object", name);
	if (conf_layer_check(document, reading->err) < 0)
		return err_prefix(reading->err, -EINVAL, "%s", name);
	json_put(reading->layers, scope, own_take(document));
	return 0;
}

/* Names in the order of the alphabet, so that the same folder reads the same everywhere. */
static int read_folder(struct reading *reading, const char *inner, unsigned depth)
{
	char path[FOLDER_PATH_MAX];
	struct dirent **names;
	int r = 0;

	if (text_format(path, sizeof(path), "%s%s%s", reading->folder, inner[0] ? "/" : "", inner) <
			0)
		return err_set(reading->err, ENAMETOOLONG, "%s: the path is too long", inner);
	int count = scandir(path, &names, NULL, alphasort);
	if (count < 0)
		return err_errno(reading->err, errno == ENOENT ? EINVAL : errno, "%s", path);
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;
		size_t length = strlen(name);
		struct stat about;

		if (r == 0 && name[0] != '.' &&
				text_format(path, sizeof(path), "%s/%s%s%s", reading->folder, inner,
						inner[0] ? "/" : "", name) == 0 &&
				stat(path, &about) == 0) {
			const char *relative = path + strlen(reading->folder) + 1;
			char copy[FOLDER_PATH_MAX];

			(void)text_copy(copy, sizeof(copy), relative);
			if (S_ISDIR(about.st_mode) && depth + 1 < DEPTH_MAX)
				r = read_folder(reading, copy, depth + 1);
			else if (length > strlen(end) &&
					strcmp(name + length - strlen(end), end) == 0)
				r = read_file(reading, copy);
		}
		free(names[i]);
	}
	free(names);
	return r;
}

int folder_read(const char *folder, cJSON **layers, cJSON **places, struct err *err)
{
	struct reading reading = {.folder = folder, .layers = json_new_object(), .err = err};
	int r = read_folder(&reading, "", 0);

	if (r == 0 && !reading.places)
		reading.places = json_new_object();
	if (r < 0) {
		cJSON_Delete(reading.layers);
		cJSON_Delete(reading.places);
		return r;
	}
	*layers = reading.layers;
	*places = reading.places;
	return 0;
}

/* --- writing */

/* Members sorted: the same document is the same file. */
static int write_json(const char *folder, const char *name, const cJSON *document, struct err *err)
{
	OWNED(memory) char *sorted = json_print_canonical(document);
	OWNED(json) cJSON *tree = NULL;
	char path[FOLDER_PATH_MAX];
	int r = json_parse(sorted, strlen(sorted), &tree, err);

	if (r == 0 && text_format(path, sizeof(path), "%s/%s", folder, name) < 0)
		r = err_set(err, ENAMETOOLONG, "%s: the path is too long", name);
	if (r < 0)
		return r;
	char *slash = strrchr(path, '/');
	*slash = '\0';
	r = file_make_folder(path, 0777, err);
	*slash = '/';
	OWNED(memory) char *text = json_print_pretty(tree);
	return r < 0 ? r : file_write(path, text, strlen(text), 0666, err);
}

int folder_write(const char *folder, const char *scope, const cJSON *document, struct err *err)
{
	char name[FOLDER_PATH_MAX];
	int r = folder_path(scope, name, err);

	return r < 0 ? r : write_json(folder, name, document, err);
}

int folder_write_places(const char *folder, const cJSON *places, struct err *err)
{
	return write_json(folder, places_file, places, err);
}
