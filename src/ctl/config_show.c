// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"
#include "conf/parse.h"
#include "conf/print.h"
#include "ctl/ctl.h"
#include "ctl/table.h"
#include "ctl/value.h"

/* A row for each value: path, value, where it comes from, since when and by whom. */
static void print_explained(const cJSON *answer)
{
	OWNED(table) struct table table;
	const cJSON *explain = json_at(answer, "/explain");
	static const char *const heads[] = {"PATH", "VALUE", "FROM", "REVISION", "BY", "WHY"};

	table_init(&table, 6);
	for (unsigned i = 0; i < 6; i++)
		table_add(&table, heads[i]);
	for (const cJSON *one = explain ? explain->child : NULL; one; one = one->next) {
		char path[POINTER_MAX], buffer[32];
		const cJSON *value = json_at(one, "/value");
		OWNED(memory) char *text = value ? json_print(value) : own_copy_text("-");

		value_dotted(one->string, path);
		table_add(&table, path);
		table_add(&table, text);
		bool is_locked = cJSON_IsString(json_at(one, "/locked_by"));
		char from[SCOPE_MAX + 16];
		(void)text_format(from, sizeof(from), "%s%s", ctl_text(one, "/layer", buffer),
				is_locked ? " (locked)" : "");
		table_add(&table, from);
		table_add(&table, ctl_text(one, "/revision", buffer));
		table_add(&table, ctl_text(one, "/person", buffer));
		table_add(&table, ctl_text(one, "/reason", buffer));
	}
	table_print(&table, stdout);
}

static int show_device(struct ctl *ctl, const char *scope, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX];

	(void)text_format(path, sizeof(path), "/devices/%s/config%s", scope + strlen("device/"),
			ctl->args->options.explains ? "?explain=true" : "");
	int r = api_call(ctl->api, "GET", path, NULL, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else if (ctl->args->options.explains)
		print_explained(answer);
	else
		ctl_print_json(json_at(answer, "/config"));
	return 0;
}

int ctl_config_show(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	const struct options *options = &ctl->args->options;
	char scope[SCOPE_MAX], path[CTL_PATH_MAX];

	int r = ctl_scope(ctl, ctl->args->operands[0], scope, err);
	if (r < 0)
		return r;
	if (options->explains || options->is_effective) {
		if (strncmp(scope, "device/", 7) != 0)
			return err_set(err, EINVAL,
					"only a device has all layers merged: config show "
					"device/NAME %s",
					options->explains ? "--explain" : "--effective");
		return show_device(ctl, scope, err);
	}
	(void)text_format(path, sizeof(path), "/layers/%s", scope);
	r = api_call(ctl->api, "GET", path, NULL, &answer, err);
	if (r < 0)
		return r;
	const cJSON *config = json_at(answer, "/config");
	ctl_print_json(options->is_json || !config ? answer : config);
	return 0;
}

int ctl_config_scopes(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	OWNED(table) struct table table;
	char buffer[32];

	table_init(&table, 3);
	int r = api_list(ctl->api, "/layers", "layers", CTL_LIST_MAX, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	const cJSON *list = json_at(answer, "/layers");
	table_add(&table, "SCOPE");
	table_add(&table, "REVISION");
	table_add(&table, "DEVICES");
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next) {
		table_add(&table, ctl_text(one, "/scope", buffer));
		table_add(&table, ctl_text(one, "/revision", buffer));
		table_add(&table, ctl_text(one, "/devices", buffer));
	}
	table_print(&table, stdout);
	return 0;
}

/* "helpdesk.phone = "1" and 2 more". */
static void describe_patch(const cJSON *patch, char *buffer, size_t size)
{
	char path[POINTER_MAX], first[64] = "nothing";
	struct json_walk walk;
	unsigned count = 0;

	json_walk_begin(&walk, patch);
	for (const cJSON *leaf; (leaf = json_walk_next(&walk)); count++) {
		if (count > 0 || !walk.pointer[0])
			continue;
		OWNED(memory) char *value = json_print(leaf);
		value_dotted(walk.pointer, path);
		if (cJSON_IsNull(leaf))
			(void)text_format(first, sizeof(first), "%s taken out", path);
		else
			(void)text_format(first, sizeof(first), "%s = %s", path, value);
	}
	if (count > 1)
		(void)text_format(buffer, size, "%s and %u more", first, count - 1);
	else
		(void)text_format(buffer, size, "%s", first);
}

static void print_history(const cJSON *list)
{
	OWNED(table) struct table table;
	static const char *const heads[] = {
			"REVISION", "TIME", "BY", "SCOPE", "CHANGE", "DEVICES", "WHY"};

	table_init(&table, 7);
	for (unsigned i = 0; i < 7; i++)
		table_add(&table, heads[i]);
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next) {
		char buffer[32], patch_text[96] = "", change[160];
		const cJSON *patch = json_at(one, "/patch");
		const char *undone = ctl_text(one, "/undone_by", buffer);

		if (cJSON_IsObject(patch))
			describe_patch(patch, patch_text, sizeof(patch_text));
		(void)text_format(change, sizeof(change), "%s%s%s%s", patch_text,
				undone[0] ? " (undone by " : "", undone, undone[0] ? ")" : "");
		if (!cJSON_IsObject(patch))
			(void)text_format(change, sizeof(change), "%s",
					ctl_text(one, "/kind", buffer));
		table_add(&table, ctl_text(one, "/revision", buffer));
		table_add(&table, ctl_text(one, "/time", buffer));
		table_add(&table, ctl_text(one, "/person", buffer));
		table_add(&table, ctl_text(one, "/scope", buffer));
		table_add(&table, change);
		table_add(&table, ctl_text(one, "/device_count", buffer));
		table_add(&table, ctl_text(one, "/reason", buffer));
	}
	table_print(&table, stdout);
}

/* Of a device: what concerns it, so also what was changed in the layers over it. */
int ctl_config_history(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	const char *typed = ctl->args->operand_count > 0 ? ctl->args->operands[0] : NULL;
	char scope[SCOPE_MAX], path[CTL_PATH_MAX] = "/revisions";
	uint64_t limit = 50;
	int r = 0;

	if (ctl->args->options.limit &&
			text_to_number(ctl->args->options.limit, 1, CTL_LIST_MAX, &limit) < 0)
		return err_set(err, EINVAL, "--limit: \"%s\" is no number",
				ctl->args->options.limit);
	if (typed)
		r = ctl_scope(ctl, typed, scope, err);
	if (r == 0 && typed && strncmp(scope, "device/", 7) == 0)
		r = ctl_add_query(path, "device", scope + 7, err);
	else if (r == 0 && typed)
		r = ctl_add_query(path, "scope", strcmp(typed, "org") == 0 ? scope : typed, err);
	if (r == 0)
		r = api_list(ctl->api, path, "revisions", (unsigned)limit, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else if (cJSON_GetArraySize(json_at(answer, "/revisions")) == 0)
		ctl_say("Nothing was ever changed here.");
	else
		print_history(json_at(answer, "/revisions"));
	return 0;
}

int ctl_read_config(const char *path, bool is_layer, cJSON **ret, struct err *err)
{
	OWNED(array) struct array file = {.max = JSON_SIZE_MAX};
	OWNED(json) cJSON *tree = NULL;
	struct conf *conf = own_alloc(sizeof(*conf));

	int r = file_read(path, &file, err);
	if (r == 0) {
		r = json_parse((const char *)file.data, file.size, &tree, err);
		if (r == 0)
			r = is_layer ? conf_layer_check(tree, err) : conf_parse(tree, conf, err);
		if (r < 0)
			err_prefix(err, r, "%s", path);
	} else {
		r = -EINVAL; /* not the server's "no such thing" */
	}
	if (r == 0)
		*ret = is_layer ? own_take(tree) : conf_print(conf);
	free(conf);
	return r;
}

int ctl_config_check(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *config = NULL;
	const struct options *options = &ctl->args->options;

	int r = ctl_read_config(ctl->args->operands[0], options->is_layer, &config, err);
	if (r < 0)
		return r;
	if (options->is_json)
		ctl_print_json(config);
	else
		ctl_say("%s is a valid %s.", ctl->args->operands[0],
				options->is_layer ? "part of a config" : "config");
	return 0;
}
