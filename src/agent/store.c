// SPDX-License-Identifier: Apache-2.0
#include "agent/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "agent/address.h"
#include "base/file.h"
#include "base/own.h"
#include "base/text.h"
#include "conf/json.h"

static const char *name_of(enum store_file file)
{
	static const char *const names[] = {
			[STORE_KEY] = "key.pem",
			[STORE_TRUST] = "trust.json",
			[STORE_STATE] = "state.json",
			[STORE_CURRENT] = "current",
			[STORE_PREVIOUS] = "previous",
			[STORE_TRIAL] = "trial",
			[STORE_ORDERS] = "orders.json",
	};

	return names[file];
}

struct path {
	char text[STORE_PATH_MAX + 16];
};

static struct path path_of(const struct store *store, enum store_file file)
{
	struct path path;

	(void)text_format(path.text, sizeof(path.text), "%s/%s", store->folder, name_of(file));
	return path;
}

struct store store_open(const char *folder)
{
	struct store store = {0};

	if (text_copy(store.folder, sizeof(store.folder), folder) < 0)
		err_set(&store.trouble, ENAMETOOLONG, "the store's path is too long");
	else
		(void)file_make_folder(store.folder, 0700, &store.trouble);
	return store;
}

int store_read(const struct store *store, enum store_file file, struct array *bytes,
		struct err *err)
{
	int r = file_read(path_of(store, file).text, bytes, err);

	/* An empty file leaves an array that points to bytes, too. */
	return r < 0 || bytes->size > 0 ? r : array_reserve(bytes, 1);
}

/* Keeps what went wrong, or that it went well now. */
static int note(struct store *store, int r, const struct err *err)
{
	store->trouble = r < 0 ? *err : (struct err){0};
	return r;
}

int store_write(struct store *store, enum store_file file, const void *bytes, size_t size)
{
	struct err err = {0};
	int r = file_write(path_of(store, file).text, bytes, size, 0600, &err);

	return note(store, r, &err);
}

static int sync_folder(const struct store *store, struct err *err)
{
	OWNED(fd) int fd = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? err_errno(err, errno, "%s", store->folder) : 0;
}

int store_rename(struct store *store, enum store_file from, enum store_file to)
{
	struct err err = {0};
	int r;

	if (rename(path_of(store, from).text, path_of(store, to).text) < 0)
		r = err_errno(&err, errno, "%s in the store cannot become %s", name_of(from),
				name_of(to));
	else
		r = sync_folder(store, &err);
	return note(store, r, &err);
}

int store_remove(struct store *store, enum store_file file)
{
	struct err err = {0};

	if (unlink(path_of(store, file).text) == 0 || errno == ENOENT)
		return 0;
	int code = errno;
	err_errno(&err, code, "%s in the store cannot be removed", name_of(file));
	return note(store, -code, &err);
}

char *store_print_trust(const struct store_trust *trust)
{
	OWNED(json) cJSON *document = json_new_object();

	json_put_text(document, "server", trust->server);
	json_put_text(document, "device", trust->device);
	json_put_text(document, "certificate", trust->certificate);
	json_put_text(document, "ca", trust->ca);
	json_put_base64(document, "config_key", trust->config_key, sizeof(trust->config_key));
	return json_print(document);
}

static void check_server(struct json *in, const char *key, const char *server)
{
	struct address address;

	if (in->status == 0 && server[0] && address_parse(server, &address, NULL) < 0)
		json_refuse(in, key, "is not the address of a server");
}

int store_parse_trust(const void *text, size_t size, struct store_trust *ret, struct err *err)
{
	OWNED(json) cJSON *document = NULL;
	struct store_trust trust = {0};
	struct json in;

	int r = json_parse(text, size, &document, err);
	if (r < 0)
		return r;
	json_begin(&in, document, err);
	json_text(&in, "server", JSON_REQUIRED | JSON_FILLED, trust.server, sizeof(trust.server));
	check_server(&in, "server", trust.server);
	json_text(&in, "device", JSON_REQUIRED, trust.device, sizeof(trust.device));
	if (in.status == 0 && !messages_is_id(trust.device))
		json_refuse(&in, "device", "is not the id of a device");
	json_text(&in, "certificate", JSON_REQUIRED | JSON_LINES, trust.certificate,
			sizeof(trust.certificate));
	json_text(&in, "ca", JSON_REQUIRED | JSON_LINES, trust.ca, sizeof(trust.ca));
	json_base64(&in, "config_key", JSON_REQUIRED, trust.config_key, sizeof(trust.config_key));
	r = json_end(&in);
	if (r == 0)
		*ret = trust;
	return r;
}

char *store_print_state(const struct store_state *state)
{
	OWNED(json) cJSON *document = json_new_object();

	json_put_whole(document, "seen", (int64_t)state->seen);
	json_put_whole(document, "returned", (int64_t)state->returned);
	json_put_whole(document, "issued", state->issued_s);
	json_put_whole(document, "trial_starts", state->trial_starts);
	json_put_text(document, "typed", state->typed);
	return json_print(document);
}

int store_parse_state(const void *text, size_t size, struct store_state *ret, struct err *err)
{
	OWNED(json) cJSON *document = NULL;
	struct store_state state = {0};
	int64_t seen = 0, returned = 0, starts = 0;
	struct json in;

	int r = json_parse(text, size, &document, err);
	if (r < 0)
		return r;
	json_begin(&in, document, err);
	json_whole(&in, "seen", JSON_REQUIRED, 0, JSON_WHOLE_MAX, &seen);
	json_whole(&in, "returned", JSON_REQUIRED, 0, JSON_WHOLE_MAX, &returned);
	json_whole(&in, "issued", JSON_REQUIRED, 0, JSON_WHOLE_MAX, &state.issued_s);
	json_whole(&in, "trial_starts", JSON_REQUIRED, 0, UINT32_MAX, &starts);
	json_text(&in, "typed", JSON_REQUIRED, state.typed, sizeof(state.typed));
	check_server(&in, "typed", state.typed);
	r = json_end(&in);
	if (r < 0)
		return r;
	state.seen = (uint64_t)seen;
	state.returned = (uint64_t)returned;
	state.trial_starts = (uint32_t)starts;
	*ret = state;
	return 0;
}
