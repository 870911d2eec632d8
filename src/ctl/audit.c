// SPDX-License-Identifier: Apache-2.0
/*
 * An exported audit log is a file of lines: one record each, oldest first, and as the last line
 * the signed head. Whoever has the file and the server's public key can check both alone.
 */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/audit.h"
#include "conf/dsse.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/table.h"

enum { FILE_MAX = 1 << 30 };

int ctl_audit_list(struct ctl *ctl, struct err *err)
{
	static const char *const members[] = {
			"/id", "/time", "/person", "/address", "/status", "/action", "/request"};
	static const char *const heads[] = {
			"NUMBER", "TIME", "BY", "FROM", "STATUS", "ACTION", "REQUEST"};
	OWNED(json) cJSON *answer = NULL;
	OWNED(table) struct table table;
	const char *limit_text = ctl->args->options.limit;
	uint64_t limit = 50;
	char buffer[32];

	if (limit_text && text_to_number(limit_text, 1, CTL_LIST_MAX, &limit) < 0)
		return err_set(err, EINVAL, "--limit: \"%s\" is no number", limit_text);
	int r = api_list(ctl->api, "/audit", "records", (unsigned)limit, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	table_init(&table, 7);
	for (unsigned i = 0; i < 7; i++)
		table_add(&table, heads[i]);
	const cJSON *list = json_at(answer, "/records");
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
		for (unsigned i = 0; i < 7; i++)
			table_add(&table, ctl_text(one, members[i], buffer));
	table_print(&table, stdout);
	return 0;
}

static int append_line(struct array *file, const cJSON *tree, struct err *err)
{
	OWNED(memory) char *text = json_print(tree);

	if (array_append(file, text, strlen(text)) < 0 || array_append(file, "\n", 1) < 0)
		return err_set(err, EFBIG, "the audit log is larger than %d bytes", FILE_MAX);
	return 0;
}

/* One page behind `*after`; 1: there may be more. */
static int export_page(struct ctl *ctl, struct array *file, int64_t *after, cJSON **head,
		struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX];

	(void)text_format(path, sizeof(path), "/audit/export?after=%lld", (long long)*after);
	int r = api_call(ctl->api, "GET", path, NULL, &answer, err);
	if (r < 0)
		return r;
	const cJSON *records = json_at(answer, "/records");
	if (!cJSON_IsArray(records) || !records->child)
		return 0;
	for (const cJSON *one = records->child; one; one = one->next) {
		const cJSON *id = json_at(one, "/id");

		r = append_line(file, one, err);
		if (r < 0)
			return r;
		if (!cJSON_IsNumber(id) || (int64_t)id->valuedouble <= *after)
			return err_set(err, EPROTO, "the server's audit log is not in order");
		*after = (int64_t)id->valuedouble;
	}
	cJSON_Delete(*head);
	*head = json_copy(json_at(answer, "/head"));
	return 1;
}

int ctl_audit_export(struct ctl *ctl, struct err *err)
{
	OWNED(array) struct array file = {.max = FILE_MAX};
	OWNED(json) cJSON *head = NULL;
	int64_t after = 0;
	int r;

	while ((r = export_page(ctl, &file, &after, &head, err)) > 0)
		continue;
	if (r == 0 && !head)
		return err_set(err, ENOENT, "the audit log is empty");
	if (r == 0)
		r = append_line(&file, head, err);
	if (r == 0)
		r = file_write(ctl->args->operands[0], file.data, file.size, 0600, err);
	if (r == 0)
		ctl_say("%lld records, the last line is the signed head. Check: tyndctl audit "
			"verify %s --key KEY (config_key of tyndctl server show --json)",
				(long long)after, ctl->args->operands[0]);
	return r;
}

/* --- verify */

struct verifying {
	uint8_t hash[AUDIT_HASH]; /* of the record before */
	int64_t id;
};

static int verify_record(struct verifying *state, const cJSON *record, struct err *err)
{
	const cJSON *id = json_at(record, "/id"), *hash = json_at(record, "/hash");
	uint8_t told[AUDIT_HASH], found[AUDIT_HASH];

	if (!cJSON_IsNumber(id) || !cJSON_IsString(hash) ||
			strlen(hash->valuestring) != 2 * AUDIT_HASH ||
			text_from_hex(hash->valuestring, told, AUDIT_HASH) < 0)
		return err_set(err, EBADMSG, "line %lld is no record", (long long)state->id + 1);
	if ((int64_t)id->valuedouble != state->id + 1)
		return err_set(err, EBADMSG, "record %.0f follows record %lld: some are missing",
				id->valuedouble, (long long)state->id);
	audit_hash(state->hash, record, found);
	if (memcmp(found, told, AUDIT_HASH) != 0)
		return err_set(err, EBADMSG,
				"record %lld was changed, or one before it: its hash does not fit",
				(long long)state->id + 1);
	memcpy(state->hash, found, AUDIT_HASH);
	state->id++;
	return 0;
}

static int verify_head(const struct verifying *state, const char *line, size_t size,
		const uint8_t key[DSSE_KEY_SIZE], struct err *err)
{
	OWNED(array) struct array payload = {.max = 4096};
	OWNED(json) cJSON *head = NULL;
	char hash[2 * AUDIT_HASH + 1];
	const cJSON *last, *told;

	int r = dsse_open(AUDIT_PAYLOAD_TYPE, line, size, key, &payload, err);
	if (r == 0)
		r = json_parse((const char *)payload.data, payload.size, &head, err);
	if (r < 0)
		return err_prefix(err, r, "the head");
	text_to_hex(state->hash, AUDIT_HASH, hash);
	last = json_at(head, "/last");
	told = json_at(head, "/hash");
	if (!cJSON_IsNumber(last) || (int64_t)last->valuedouble != state->id ||
			!cJSON_IsString(told) || strcmp(told->valuestring, hash) != 0)
		return err_set(err, EBADMSG,
				"the signed head is not that of record %lld: the end "
				"is missing",
				(long long)state->id);
	return 0;
}

/* The line at `at`, its length without the line feed; 0 at the end. */
static size_t line_at(const struct array *file, size_t at)
{
	const char *text = (const char *)file->data + at;
	const char *end = at < file->size ? memchr(text, '\n', file->size - at) : NULL;

	return at >= file->size ? 0 : end ? (size_t)(end - text) : file->size - at;
}

static int verify_file(const struct array *file, const uint8_t key[DSSE_KEY_SIZE],
		struct verifying *state, struct err *err)
{
	size_t at = 0, size;

	while ((size = line_at(file, at)) > 0) {
		const char *line = (const char *)file->data + at;
		OWNED(json) cJSON *record = NULL;

		if (!line_at(file, at + size + 1))
			return verify_head(state, line, size, key, err);
		int r = json_parse(line, size, &record, err);
		if (r == 0)
			r = verify_record(state, record, err);
		if (r < 0)
			return r;
		at += size + 1;
	}
	return err_set(err, EBADMSG, "the file has no signed head");
}

int ctl_audit_verify(struct ctl *ctl, struct err *err)
{
	OWNED(array) struct array file = {.max = FILE_MAX};
	const char *path = ctl->args->operands[0], *text = ctl->args->options.key;
	uint8_t key[DSSE_KEY_SIZE];
	struct verifying state = {0};

	if (!text || text_from_base64(text, key, sizeof(key)) != sizeof(key))
		return err_set(err, EINVAL,
				"--key: the server's config_key is needed, 44 letters of "
				"base64");
	int r = file_read(path, &file, err);
	if (r == 0)
		r = verify_file(&file, key, &state, err);
	if (r < 0)
		return err_prefix(err, r, "%s", path);
	ctl_say("%s: %lld records, whole and in order, signed by this key.", path,
			(long long)state.id);
	return 0;
}
