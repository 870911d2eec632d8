// SPDX-License-Identifier: Apache-2.0
#include "ctl/ctl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "conf/json.h"
#include "ctl/table.h"
#include "ctl/value.h"

enum { LINE_BYTES = 4096 };

const char *ctl_text(const cJSON *tree, const char *pointer, char buffer[32])
{
	const cJSON *value = json_at(tree, pointer);

	if (cJSON_IsString(value))
		return value->valuestring;
	if (cJSON_IsBool(value))
		return cJSON_IsTrue(value) ? "yes" : "no";
	if (!cJSON_IsNumber(value))
		return "";
	snprintf(buffer, 32, "%.15g", value->valuedouble);
	return buffer;
}

void ctl_print_json(const cJSON *tree)
{
	OWNED(memory) char *text = json_print_pretty(tree);

	fputs(text, stdout);
}

void ctl_say(const char *format, ...)
{
	char line[LINE_BYTES], clean[LINE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	table_clean(line, clean, sizeof(clean));
	puts(clean);
}

cJSON *ctl_new_body(const struct ctl *ctl)
{
	cJSON *body = json_new_object();

	if (ctl->args->options.reason)
		json_put_text(body, "reason", ctl->args->options.reason);
	return body;
}

int ctl_add_query(char path[CTL_PATH_MAX], const char *key, const char *value, struct err *err)
{
	char encoded[CTL_PATH_MAX];
	size_t at = strlen(path);

	if (!value)
		return 0;
	if (value_encode(value, encoded, sizeof(encoded)) < 0 ||
			text_format(path + at, CTL_PATH_MAX - at, "%c%s=%s",
					strchr(path, '?') ? '&' : '?', key, encoded) < 0)
		return err_set(err, EINVAL, "\"%s\" is too long", value);
	return 0;
}

/* The one whose name is exactly this, among those that the server found. */
static int pick_by_name(const cJSON *answer, const char *name, char id[CTL_ID_MAX], struct err *err)
{
	const cJSON *list = json_at(answer, "/devices");
	char buffer[32];

	id[0] = '\0';
	for (const cJSON *device = list ? list->child : NULL; device; device = device->next) {
		if (strcmp(ctl_text(device, "/name", buffer), name) != 0)
			continue;
		if (id[0])
			return err_set(err, EINVAL,
					"more than one device has the name \"%s\": write TENANT/%s",
					name, name);
		(void)text_copy(id, CTL_ID_MAX, ctl_text(device, "/id", buffer));
	}
	if (id[0])
		return 0;
	return err_set(err, ENOENT,
			"no device has the name or the id \"%s\"; see tyndctl devices list", name);
}

/* TENANT/NAME: the query gets the tenant, *name moves to the name. */
static int split_tenant(const char **name, char path[CTL_PATH_MAX], struct err *err)
{
	const char *slash = strchr(*name, '/');
	char tenant[CTL_ID_MAX];

	if (!slash)
		return 0;
	if (text_format(tenant, sizeof(tenant), "%.*s", (int)(slash - *name), *name) < 0)
		return err_set(err, EINVAL, "\"%s\" is too long", *name);
	*name = slash + 1;
	return ctl_add_query(path, "tenant", tenant, err);
}

int ctl_device_id(struct ctl *ctl, const char *typed, char id[CTL_ID_MAX], struct err *err)
{
	OWNED(json) cJSON *device = NULL, *found = NULL;
	char path[CTL_PATH_MAX] = "/devices", encoded[CTL_ID_MAX * 3], buffer[32];

	if (!typed[0] || value_encode(typed, encoded, sizeof(encoded)) < 0)
		return err_set(err, EINVAL, "\"%s\" is no name of a device", typed);
	/* Ids are [a-z0-9]+, so that most names are not asked for in vain. */
	if (strspn(typed, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen(typed)) {
		char direct[CTL_PATH_MAX];

		(void)text_format(direct, sizeof(direct), "/devices/%s", encoded);
		int r = api_call(ctl->api, "GET", direct, NULL, &device, err);
		if (r == 0)
			return text_copy(id, CTL_ID_MAX, ctl_text(device, "/id", buffer));
		if (r != -ENOENT)
			return r;
	}
	int r = split_tenant(&typed, path, err);
	if (r == 0)
		r = ctl_add_query(path, "search", typed, err);
	if (r == 0)
		r = api_list(ctl->api, path, "devices", CTL_LIST_MAX, &found, err);
	return r < 0 ? r : pick_by_name(found, typed, id, err);
}

int ctl_scope(struct ctl *ctl, const char *typed, char *scope, struct err *err)
{
	char id[CTL_ID_MAX];

	int r = value_scope(typed, scope, err);
	if (r < 0 || strncmp(typed, "device/", 7) != 0)
		return r;
	r = ctl_device_id(ctl, typed + 7, id, err);
	return r < 0 ? r : text_format(scope, SCOPE_MAX, "device/%s", id);
}
