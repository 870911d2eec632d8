// SPDX-License-Identifier: Apache-2.0
/*
 * Commands that are one request and need no code of their own: the table's `calls` says which.
 * "POST /grants person role scope": operands fill the {braces} of the path from the left, then these members
 * of the body (of a GET: the query); --with KEY=VALUE adds others.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/table.h"
#include "ctl/value.h"

enum { METHOD_MAX = 8, COLUMNS_MAX = 6, SHOWN_MAX = 100 };

struct call {
	struct ctl *ctl;
	char method[METHOD_MAX];
	char path[CTL_PATH_MAX];
	const char *members; /* what stands behind the path in `calls` */
	unsigned used;       /* operands */
	cJSON *body;
	const char *file; /* operand of a command that writes one */
	struct err *err;
};

static bool is_get(const struct call *call)
{
	return strcmp(call->method, "GET") == 0;
}

/* A text that looks like JSON is it: 5, true, ["a"]; else it is a text. */
static cJSON *read_value(const char *typed)
{
	cJSON *value = NULL;

	if (json_parse(typed, strlen(typed), &value, NULL) == 0)
		return value;
	return cJSON_CreateString(typed);
}

static int add_member(struct call *call, const char *key, const char *typed)
{
	if (is_get(call))
		return ctl_add_query(call->path, key, typed, call->err);
	cJSON_DeleteItemFromObjectCaseSensitive(call->body, key);
	json_put(call->body, key, read_value(typed));
	return 0;
}

/* The operand's word in the table: DEVICE is a name or an id and becomes the id. */
static bool is_device(const char *operands, unsigned index)
{
	for (; index > 0 && *operands; index--)
		operands += strcspn(operands, " ") + (strchr(operands, ' ') != NULL);
	return strncmp(operands, "DEVICE", 6) == 0;
}

static int add_operand(struct call *call, char *encoded, size_t size)
{
	const struct args *args = call->ctl->args;
	const char *typed = args->operands[call->used];
	char id[CTL_ID_MAX];
	int r = 0;

	if (is_device(args->command->operands, call->used)) {
		r = ctl_device_id(call->ctl, typed, id, call->err);
		typed = id;
	}
	call->used++;
	if (r == 0 && (!typed[0] || value_encode(typed, encoded, size) < 0))
		r = err_set(call->err, EINVAL, "\"%s\" is no name", typed);
	return r;
}

/* "GET /orders/{id}/devices" with the operands in it. */
static int fill_path(struct call *call, const char *calls)
{
	size_t method = strcspn(calls, " "), at = 0;
	const char *from = calls + method + 1;

	(void)text_format(call->method, sizeof(call->method), "%.*s", (int)method, calls);
	while (*from && *from != ' ') {
		char encoded[CTL_PATH_MAX];

		if (*from != '{') {
			if (at + 1 >= sizeof(call->path))
				return err_set(call->err, EINVAL, "a name is too long");
			call->path[at++] = *from++;
			call->path[at] = '\0';
			continue;
		}
		int r = add_operand(call, encoded, sizeof(encoded));
		if (r == 0)
			r = text_format(call->path + at, sizeof(call->path) - at, "%s", encoded);
		if (r < 0)
			return r;
		at = strlen(call->path);
		from += strcspn(from, "}") + 1;
	}
	call->members = *from ? from + 1 : from;
	return 0;
}

/* Operands of the body in the order of the table; one named "file" is where the answer goes. */
static int fill_members(struct call *call)
{
	const struct args *args = call->ctl->args;
	const char *at = call->members;
	int r = 0;

	for (; *at && r == 0; at += strspn(at, " ")) {
		size_t size = strcspn(at, " ");
		char key[64];

		(void)text_format(key, sizeof(key), "%.*s", (int)size, at);
		at += size;
		if (call->used >= args->operand_count)
			continue;
		const char *typed = args->operands[call->used];
		bool is_id = is_device(args->command->operands, call->used++);
		char id[CTL_ID_MAX];
		if (strcmp(key, "file") == 0) {
			call->file = typed;
			continue;
		}
		if (is_id)
			r = ctl_device_id(call->ctl, typed, id, call->err);
		if (r == 0)
			r = add_member(call, key, is_id ? id : typed);
	}
	return r;
}

static int fill_pairs(struct call *call)
{
	const struct options *options = &call->ctl->args->options;
	int r = 0;

	for (unsigned i = 0; i < options->pair_count && r == 0; i++) {
		const char *equals = strchr(options->pairs[i], '=');
		char key[64];

		if (!equals || equals == options->pairs[i] ||
				text_format(key, sizeof(key), "%.*s",
						(int)(equals - options->pairs[i]),
						options->pairs[i]) < 0)
			return err_set(call->err, EINVAL, "--with \"%s\" is not KEY=VALUE",
					options->pairs[i]);
		r = add_member(call, key, equals + 1);
	}
	if (r == 0 && options->reason)
		r = add_member(call, "reason", options->reason);
	if (r == 0 && options->is_dry_run)
		r = add_member(call, "dry_run", "true");
	return r;
}

/* --- answers */

static void show(const cJSON *value, char buffer[SHOWN_MAX])
{
	OWNED(memory)
	char *text = cJSON_IsString(value)           ? own_copy_text(value->valuestring)
	             : !value || cJSON_IsNull(value) ? own_copy_text("")
	                                             : json_print(value);

	snprintf(buffer, SHOWN_MAX, "%s", text);
}

static bool is_plain(const cJSON *value)
{
	return !cJSON_IsArray(value) && !cJSON_IsObject(value);
}

/* Columns are the plain members of the first item, or what is named in an object there. */
static void print_list(const cJSON *list)
{
	OWNED(table) struct table table;
	const cJSON *item = list->child, *columns[COLUMNS_MAX], *member;
	unsigned count = 0;
	char text[SHOWN_MAX];

	cJSON_ArrayForEach(member, item)
		if (count < COLUMNS_MAX && is_plain(member))
			columns[count++] = member;
	table_init(&table, count ? count : 1);
	for (unsigned i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%s", columns[i]->string);
		for (char *at = text; *at; at++)
			*at = (char)toupper((unsigned char)*at);
		table_add(&table, text);
	}
	cJSON_ArrayForEach(item, list) {
		for (unsigned i = 0; i < count; i++) {
			show(cJSON_GetObjectItemCaseSensitive(item, columns[i]->string), text);
			table_add(&table, text);
		}
		if (!count) {
			show(item, text);
			table_add(&table, text);
		}
	}
	table_print(&table, stdout);
}

static void print_object(const cJSON *answer)
{
	const cJSON *member;
	char text[SHOWN_MAX];

	cJSON_ArrayForEach(member, answer) {
		if (cJSON_IsArray(member) && cJSON_IsObject(member->child)) {
			print_list(member);
			continue;
		}
		show(member, text);
		ctl_say("%s: %s", member->string, text);
	}
}

/* The array of a list's answer, whatever it is called; NULL: not a list. */
static cJSON *list_of(const cJSON *answer)
{
	cJSON *member = answer ? answer->child : NULL;

	if (!cJSON_GetObjectItemCaseSensitive(answer, "next"))
		return NULL;
	while (member && !cJSON_IsArray(member))
		member = member->next;
	return member;
}

/* Further pages of a list join the first one. */
static int join_pages(const struct call *call, cJSON *answer)
{
	cJSON *list = list_of(answer);
	const cJSON *next = cJSON_GetObjectItemCaseSensitive(answer, "next");
	int r = 0;

	while (list && r == 0 && cJSON_IsString(next) && cJSON_GetArraySize(list) < CTL_LIST_MAX) {
		OWNED(json) cJSON *page = NULL;
		char path[CTL_PATH_MAX];

		(void)text_copy(path, sizeof(path), call->path);
		r = ctl_add_query(path, "cursor", next->valuestring, call->err);
		if (r == 0)
			r = api_call(call->ctl->api, "GET", path, NULL, &page, call->err);
		cJSON *more = list_of(page);
		while (more && more->child)
			json_append(list, cJSON_DetachItemViaPointer(more, more->child));
		const cJSON *following = cJSON_GetObjectItemCaseSensitive(page, "next");
		cJSON_ReplaceItemInObjectCaseSensitive(answer, "next",
				following ? json_copy(following) : cJSON_CreateNull());
		next = cJSON_GetObjectItemCaseSensitive(answer, "next");
	}
	return r;
}

static int write_answer(const struct call *call)
{
	OWNED(array) struct array bytes = {.max = (size_t)64 * 1024 * 1024};
	int r = api_bytes(call->ctl->api, call->path, &bytes, call->err);

	if (r < 0)
		return r;
	if (strcmp(call->file, "-") != 0)
		return file_write(call->file, bytes.data, bytes.size, 0666, call->err);
	if (bytes.size)
		(void)fwrite(bytes.data, 1, bytes.size, stdout);
	return 0;
}

static int run(struct call *call)
{
	OWNED(json) cJSON *answer = NULL;
	const struct options *options = &call->ctl->args->options;

	if (call->file)
		return write_answer(call);
	bool has_body = strcmp(call->method, "DELETE") == 0 ? call->body->child != NULL
	                                                    : !is_get(call);
	int r = api_call(call->ctl->api, call->method, call->path, has_body ? call->body : NULL,
			&answer, call->err);
	if (r == 0 && is_get(call) && !options->limit)
		r = join_pages(call, answer);
	if (r < 0)
		return r;
	if (options->is_json)
		ctl_print_json(answer ? answer : call->body);
	else if (list_of(answer))
		print_list(list_of(answer));
	else
		print_object(answer);
	return 0;
}

int ctl_call(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = json_new_object();
	struct call call = {.ctl = ctl, .body = body, .err = err};
	int r = fill_path(&call, ctl->args->command->calls);

	if (r == 0)
		r = fill_members(&call);
	if (r == 0)
		r = fill_pairs(&call);
	if (r == 0 && ctl->args->options.limit)
		r = ctl_add_query(call.path, "limit", ctl->args->options.limit, err);
	return r < 0 ? r : run(&call);
}
