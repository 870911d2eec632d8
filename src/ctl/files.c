/* SPDX-License-Identifier: Apache-2.0 */
/* Files that devices fetch by their hash: sent as they are read, never held in memory. */
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/table.h"
#include "ctl/value.h"

enum { HASH_HEX = 65, TEXT_MAX = 400 };

int ctl_files_list(struct ctl *ctl, struct err *err)
{
	static const char *const columns[] = {
			"/hash", "/name", "/kind", "/version", "/board", "/size", "/time"};
	static const char *const headings[] = {
			"HASH", "NAME", "KIND", "VERSION", "BOARD", "BYTES", "UPLOADED"};
	OWNED(json) cJSON *answer = NULL;
	OWNED(table) struct table table;
	char buffer[32];

	table_init(&table, 7);
	int r = api_list(ctl->api, "/files", "files", CTL_LIST_MAX, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	for (unsigned i = 0; i < 7; i++)
		table_add(&table, headings[i]);
	const cJSON *list = json_at(answer, "/files");
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
		for (unsigned i = 0; i < 7; i++)
			table_add(&table, ctl_text(one, columns[i], buffer));
	table_print(&table, stdout);
	return 0;
}

/* The SHA-256 and size of all that the file holds; read from its start again afterwards. */
static int measure(FILE *file, const char *path, char hash[HASH_HEX], uint64_t *size,
		struct err *err)
{
	uint8_t block[16 * 1024], digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *sha = EVP_MD_CTX_new();
	size_t got;

	if (!sha || !EVP_DigestInit_ex(sha, EVP_sha256(), NULL))
		abort(); /* only without memory */
	*size = 0;
	while ((got = fread(block, 1, sizeof(block), file)) > 0) {
		EVP_DigestUpdate(sha, block, got);
		*size += got;
	}
	EVP_DigestFinal_ex(sha, digest, NULL);
	EVP_MD_CTX_free(sha);
	text_to_hex(digest, 32, hash);
	if (ferror(file) || fseeko(file, 0, SEEK_SET) < 0)
		return err_set(err, EIO, "%s cannot be read", path);
	return *size ? 0 : err_set(err, EINVAL, "%s is empty", path);
}

static int add_query(char path[CTL_PATH_MAX], const char *key, const char *value, struct err *err)
{
	char encoded[TEXT_MAX];

	if (value_encode(value, encoded, sizeof(encoded)) < 0)
		return err_set(err, EINVAL, "%s: too long, or no text", key);
	size_t used = strlen(path);
	return text_format(path + used, CTL_PATH_MAX - used, "%c%s=%s",
			strchr(path, '?') ? '&' : '?', key, encoded);
}

static int make_path(const struct args *args, const char *hash, char path[CTL_PATH_MAX],
		struct err *err)
{
	const char *file = args->operands[0], *slash = strrchr(file, '/');
	const char *name = args->operand_count > 1 ? args->operands[1] : slash ? slash + 1 : file;
	int r = text_format(path, CTL_PATH_MAX, "/files/%s", hash);

	if (r == 0)
		r = add_query(path, "name", name, err);
	for (unsigned i = 0; r == 0 && i < args->options.pair_count; i++) {
		char key[32];
		const char *pair = args->options.pairs[i], *equals = strchr(pair, '=');

		if (!equals || text_format(key, sizeof(key), "%.*s", (int)(equals - pair), pair) <
						0)
			return err_set(err, EINVAL, "--with: \"%.64s\" is not KEY=VALUE", pair);
		r = add_query(path, key, equals + 1, err);
	}
	return r;
}

int ctl_files_upload(struct ctl *ctl, struct err *err)
{
	const char *name = ctl->args->operands[0];
	OWNED(file) FILE *file = fopen(name, "rbe");
	OWNED(json) cJSON *answer = NULL;
	char hash[HASH_HEX], path[CTL_PATH_MAX];
	uint64_t size;

	if (!file)
		return err_set(err, errno, "%s: %s", name, strerror(errno));
	int r = measure(file, name, hash, &size, err);
	if (r == 0)
		r = make_path(ctl->args, hash, path, err);
	if (r == 0)
		r = api_upload(ctl->api, path, file, size, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		ctl_say("%s  %s", hash, name);
	return 0;
}

int ctl_files_remove(struct ctl *ctl, struct err *err)
{
	char encoded[TEXT_MAX], path[CTL_PATH_MAX];
	const char *hash = ctl->args->operands[0];
	OWNED(json) cJSON *answer = NULL;

	if (!hash[0] || value_encode(hash, encoded, sizeof(encoded)) < 0)
		return err_set(err, EINVAL, "\"%.64s\" is no hash of a file", hash);
	(void)text_format(path, sizeof(path), "/files/%s", encoded);
	int r = api_call(ctl->api, "DELETE", path, NULL, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		ctl_say("%s is removed.", hash);
	return 0;
}
