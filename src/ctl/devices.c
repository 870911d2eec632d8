// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/code.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/table.h"
#include "ctl/value.h"

static void join_groups(const cJSON *device, char *buffer, size_t size)
{
	const cJSON *groups = json_at(device, "/groups");
	size_t at = 0;

	buffer[0] = '\0';
	for (const cJSON *one = groups ? groups->child : NULL; one && at < size; one = one->next)
		if (cJSON_IsString(one))
			at += (size_t)snprintf(buffer + at, size - at, "%s%s", at ? ", " : "",
					one->valuestring);
}

/* "18", or "17 of 18" while a change is on its way or did not come up. */
static void describe_revision(const cJSON *device, char *buffer, size_t size)
{
	char running[32], wanted[32];
	const char *has = ctl_text(device, "/running", running);
	const char *gets = ctl_text(device, "/revision", wanted);

	(void)text_format(buffer, size, strcmp(has, gets) == 0 || !has[0] ? "%s" : "%s of %s",
			has[0] ? has : gets, gets);
}

static void describe_state(const cJSON *device, char *buffer, size_t size)
{
	char text[32];
	const char *state = ctl_text(device, "/state", text), *reason;
	char code[32];

	reason = ctl_text(device, "/reason", code);
	(void)text_format(buffer, size, "%s%s%s", state, reason[0] ? " " : "", reason);
}

static int query_of(const struct options *options, char path[CTL_PATH_MAX], struct err *err)
{
	const char *const pairs[][2] = {
			{"site", options->site},
			{"tenant", options->tenant},
			{"group", options->group_count > 0 ? options->groups[0] : NULL},
			{"state", options->state},
			{"search", options->search},
			{"online", options->is_online ? "true" : NULL},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		int r = ctl_add_query(path, pairs[i][0], pairs[i][1], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void print_devices(const cJSON *list)
{
	OWNED(table) struct table table;
	char buffer[32], text[160];

	table_init(&table, 8);
	static const char *const heads[] = {
			"NAME", "ID", "SITE", "GROUPS", "ONLINE", "CONFIG", "STATE", "ADDRESS"};
	for (unsigned i = 0; i < 8; i++)
		table_add(&table, heads[i]);
	for (const cJSON *device = list->child; device; device = device->next) {
		table_add(&table, ctl_text(device, "/name", buffer));
		table_add(&table, ctl_text(device, "/id", buffer));
		table_add(&table, ctl_text(device, "/site", buffer));
		join_groups(device, text, sizeof(text));
		table_add(&table, text);
		table_add(&table, ctl_text(device, "/online", buffer));
		describe_revision(device, text, sizeof(text));
		table_add(&table, text);
		describe_state(device, text, sizeof(text));
		table_add(&table, text);
		table_add(&table, ctl_text(device, "/address", buffer));
	}
	table_print(&table, stdout);
}

int ctl_devices_list(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX] = "/devices";

	int r = query_of(&ctl->args->options, path, err);
	if (r == 0)
		r = api_list(ctl->api, path, "devices", CTL_LIST_MAX, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else if (cJSON_GetArraySize(json_at(answer, "/devices")) == 0)
		ctl_say("No devices here. Those that wait for approval: tyndctl devices waiting");
	else
		print_devices(json_at(answer, "/devices"));
	return 0;
}

int ctl_devices_waiting(struct ctl *ctl, struct err *err)
{
	static const char *const columns[][2] = {{"SINCE", "/since"}, {"SEEN", "/seen"},
			{"ADDRESS", "/address"}, {"MODEL", "/hardware/model"},
			{"SERIAL", "/hardware/serial"}, {"MAC", "/hardware/mac"}, {"ID", "/id"}};
	enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };
	OWNED(json) cJSON *answer = NULL;
	OWNED(table) struct table table;
	char buffer[32];

	table_init(&table, COLUMNS);
	int r = api_list(ctl->api, "/enrolments", "enrolments", CTL_LIST_MAX, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	const cJSON *list = json_at(answer, "/enrolments");
	for (unsigned i = 0; i < COLUMNS; i++)
		table_add(&table, columns[i][0]);
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
		for (unsigned i = 0; i < COLUMNS; i++)
			table_add(&table, ctl_text(one, columns[i][1], buffer));
	if (table.cells == COLUMNS)
		ctl_say("No device waits for approval.");
	else
		table_print(&table, stdout);
	return 0;
}

static void print_device(const cJSON *device)
{
	static const char *const rows[][2] = {{"Name", "/name"}, {"Id", "/id"}, {"Site", "/site"},
			{"Tenant", "/tenant"}, {"Online", "/online"}, {"Last heard of", "/seen"},
			{"Address", "/address"}, {"Config for it", "/revision"},
			{"Config running", "/running"}, {"State", "/state"}, {"Reason", "/reason"},
			{"Detail", "/detail"}, {"Screen", "/screen"},
			{"In a session", "/session/running"}, {"Desktop", "/session/desktop"},
			{"Session ended", "/session/reason"}, {"Firmware", "/version"},
			{"Model", "/hardware/model"}, {"Serial number", "/hardware/serial"},
			{"MAC", "/hardware/mac"}, {"Processor", "/hardware/arch"},
			{"Approved", "/approved"}, {"Approved by", "/approved_by"}};
	char buffer[32], groups[256];

	OWNED(table) struct table table;
	table_init(&table, 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		table_add(&table, rows[i][0]);
		table_add(&table, ctl_text(device, rows[i][1], buffer));
		if (strcmp(rows[i][0], "Tenant") != 0)
			continue;
		join_groups(device, groups, sizeof(groups));
		table_add(&table, "Groups");
		table_add(&table, groups);
	}
	table_print(&table, stdout);
}

/* "/devices/ID" of the first operand. */
static int device_path(struct ctl *ctl, char path[CTL_PATH_MAX], struct err *err)
{
	char id[CTL_ID_MAX], encoded[CTL_ID_MAX * 3];

	int r = ctl_device_id(ctl, ctl->args->operands[0], id, err);
	if (r < 0)
		return r;
	if (value_encode(id, encoded, sizeof(encoded)) < 0)
		return err_set(err, EPROTO, "the id of this device is too long");
	return text_format(path, CTL_PATH_MAX, "/devices/%s", encoded);
}

int ctl_devices_show(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *device = NULL;
	char path[CTL_PATH_MAX];

	int r = device_path(ctl, path, err);
	if (r == 0)
		r = api_call(ctl->api, "GET", path, NULL, &device, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(device);
	else
		print_device(device);
	return 0;
}

/* name, site, groups, create and reason as they were given. */
static cJSON *new_place_body(const struct ctl *ctl)
{
	const struct options *options = &ctl->args->options;
	cJSON *body = ctl_new_body(ctl);

	if (options->name)
		json_put_text(body, "name", options->name);
	if (options->site && options->site[0])
		json_put_text(body, "site", options->site);
	if (options->group_count > 0) {
		cJSON *groups = json_put_list(body, "groups");

		/* A single empty one: in no group. */
		for (unsigned i = 0; i < options->group_count; i++)
			if (options->groups[i][0])
				json_append_text(groups, options->groups[i]);
	}
	if (options->creates)
		json_put_bool(body, "create", true);
	return body;
}

int ctl_devices_approve(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = new_place_body(ctl), *answer = NULL;
	char code[CODE_SIZE], name[32], id[32], site[32];

	int r = code_normalise(ctl->args->operands[0], code, err);
	if (r < 0)
		return r;
	json_put_text(body, "code", code);
	r = api_call(ctl->api, "POST", "/enrolments/approve", body, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	const char *at = ctl_text(answer, "/device/site", site);
	ctl_say("%s is approved%s%s (id %s); it has its config within the second.",
			ctl_text(answer, "/device/name", name), at[0] ? " at " : "", at,
			ctl_text(answer, "/device/id", id));
	return 0;
}

int ctl_devices_refuse(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl), *answer = NULL;
	const char *typed = ctl->args->operands[0];
	char code[CODE_SIZE], id[32];

	if (code_normalise(typed, code, NULL) == 0)
		json_put_text(body, "code", code);
	else
		json_put_text(body, "id", typed);
	int r = api_call(ctl->api, "POST", "/enrolments/refuse", body, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		ctl_say("Refused (enrolment %s); the device says so on its screen.",
				ctl_text(answer, "/id", id));
	return 0;
}

int ctl_devices_change(struct ctl *ctl, struct err *err)
{
	const struct options *options = &ctl->args->options;
	OWNED(json) cJSON *body = new_place_body(ctl), *answer = NULL;
	char path[CTL_PATH_MAX], name[32], revision[32];

	if (!options->name && !options->site && options->group_count == 0)
		return err_set(err, EINVAL, "what is to change? --name, --site or --group");
	if (options->site && !options->site[0])
		json_put(body, "site", cJSON_CreateNull());
	int r = device_path(ctl, path, err);
	if (r == 0)
		r = api_call(ctl->api, "PATCH", path, body, &answer, err);
	if (r < 0)
		return r;
	if (options->is_json)
		ctl_print_json(answer);
	else
		ctl_say("%s is changed (revision %s).", ctl_text(answer, "/device/name", name),
				ctl_text(answer, "/revision", revision));
	return 0;
}

int ctl_devices_remove(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl), *answer = NULL;
	char path[CTL_PATH_MAX];

	int r = device_path(ctl, path, err);
	if (r == 0)
		r = api_call(ctl->api, "DELETE", path, body, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		ctl_say("%s is removed; it must enrol again to come back.", ctl->args->operands[0]);
	return 0;
}
