// SPDX-License-Identifier: Apache-2.0
/* Secrets of the config: set from a file or standard input, never from the command line. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/table.h"
#include "ctl/value.h"

enum { VALUE_MAX = 64 * 1024 };

int ctl_secrets_list(struct ctl *ctl, struct err *err)
{
	static const char *const columns[] = {"/scope", "/name", "/time", "/person"};
	OWNED(json) cJSON *answer = NULL;
	OWNED(table) struct table table;
	char path[CTL_PATH_MAX] = "/secrets", scope[SCOPE_MAX], buffer[32];
	int r = 0;

	table_init(&table, 4);
	if (ctl->args->operand_count > 0) {
		r = ctl_scope(ctl, ctl->args->operands[0], scope, err);
		if (r == 0)
			r = text_format(path, sizeof(path), "/secrets?scope=%s", scope);
	}
	if (r == 0)
		r = api_list(ctl->api, path, "secrets", CTL_LIST_MAX, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	table_add(&table, "SCOPE");
	table_add(&table, "NAME");
	table_add(&table, "SET");
	table_add(&table, "BY");
	const cJSON *list = json_at(answer, "/secrets");
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
		for (unsigned i = 0; i < 4; i++)
			table_add(&table, ctl_text(one, columns[i], buffer));
	table_print(&table, stdout);
	return 0;
}

/* The whole file, or standard input; one line feed at the end is not part of it. */
static int read_value(const char *path, struct array *value, struct err *err)
{
	char block[4096];
	size_t got;
	int r = 0;

	if (path) {
		r = file_read(path, value, err);
	} else {
		while (r == 0 && (got = fread(block, 1, sizeof(block), stdin)) > 0)
			r = array_append(value, block, got);
		text_wipe(block, sizeof(block));
	}
	if (r == -EMSGSIZE)
		return err_set(err, EINVAL, "a secret has at most 500 bytes");
	if (r < 0)
		return r;
	if (value->size && value->data[value->size - 1] == '\n')
		value->size--;
	if (!value->size)
		return err_set(err, EINVAL,
				"an empty secret: it is read from FILE or from standard input");
	r = array_append(value, "", 1);
	if (r == 0 && strlen((const char *)value->data) + 1 != value->size)
		return err_set(err, EINVAL, "a secret is a text");
	return r;
}

static int path_of(struct ctl *ctl, char path[CTL_PATH_MAX], struct err *err)
{
	char scope[SCOPE_MAX], name[SCOPE_MAX];
	int r = ctl_scope(ctl, ctl->args->operands[0], scope, err);

	if (r == 0 && (!ctl->args->operands[1][0] ||
				      value_encode(ctl->args->operands[1], name, sizeof(name)) < 0))
		r = err_set(err, EINVAL, "\"%s\" is no name of a secret", ctl->args->operands[1]);
	return r < 0 ? r : text_format(path, CTL_PATH_MAX, "/secrets/%s/%s", scope, name);
}

static int call(struct ctl *ctl, const char *method, const cJSON *body, const char *done,
		struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX], count[32];
	int r = path_of(ctl, path, err);

	if (r == 0)
		r = api_call(ctl->api, method, path, body, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		ctl_say("%s %s; the config of %s devices changed.", ctl->args->operands[1], done,
				ctl_text(answer, "/device_count", count));
	return 0;
}

int ctl_secrets_set(struct ctl *ctl, struct err *err)
{
	struct array value = {.max = VALUE_MAX};
	OWNED(json) cJSON *body = ctl_new_body(ctl);
	const char *file = ctl->args->operand_count > 2 ? ctl->args->operands[2] : NULL;
	int r = read_value(file, &value, err);

	if (r == 0) {
		json_put_text(body, "value", (const char *)value.data);
		r = call(ctl, "PUT", body, "is set", err);
		cJSON *sent = cJSON_GetObjectItemCaseSensitive(body, "value");
		text_wipe(sent->valuestring, strlen(sent->valuestring));
	}
	if (value.data)
		text_wipe(value.data, value.capacity);
	array_finish(&value);
	return r;
}

int ctl_secrets_remove(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl);

	return call(ctl, "DELETE", body, "is removed", err);
}
