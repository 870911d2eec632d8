/* SPDX-License-Identifier: Apache-2.0 */
/* Orders to devices: given, looked at, taken back, their files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/json.h"
#include "ctl/ctl.h"
#include "ctl/table.h"
#include "ctl/value.h"

enum { SECONDS_MAX = 7 * 24 * 3600, FILE_BYTES_MAX = 9 * 1024 * 1024 };

/* --- giving one */

int ctl_target(struct ctl *ctl, const char *typed, char scope[CTL_PATH_MAX], struct err *err)
{
	bool is_scope = strchr(typed, '/') != NULL;
	char id[CTL_ID_MAX];
	int r;

	if (strcmp(typed, "org") == 0)
		typed = "organisation";
	if (strcmp(typed, "organisation") == 0 || (is_scope && strncmp(typed, "device/", 7) != 0)) {
		r = text_copy(scope, CTL_PATH_MAX, typed);
	} else {
		r = ctl_device_id(ctl, is_scope ? typed + 7 : typed, id, err);
		if (r < 0)
			return r;
		r = text_format(scope, CTL_PATH_MAX, "device/%s", id);
	}
	return r < 0 ? err_set(err, EINVAL, "\"%.64s...\" is too long", typed) : 0;
}

static int put_target(struct ctl *ctl, const char *typed, cJSON *body, struct err *err)
{
	char scope[CTL_PATH_MAX];
	int r = ctl_target(ctl, typed, scope, err);

	if (r == 0)
		json_put_text(json_put_object(body, "target"), "scope", scope);
	return r;
}

static int put_number(cJSON *object, const char *key, const char *option, const char *typed,
		struct err *err)
{
	uint64_t number;

	if (!typed)
		return 0;
	if (text_to_number(typed, 0, SECONDS_MAX, &number) < 0)
		return err_set(err, EINVAL, "%s: \"%s\" is not a number of seconds up to %d",
				option, typed, SECONDS_MAX);
	json_put_whole(object, key, (int64_t)number);
	return 0;
}

static int make_body(struct ctl *ctl, cJSON *body, struct err *err)
{
	const struct args *args = ctl->args;
	const struct options *options = &args->options;
	cJSON *values = json_put_object(body, "args");

	json_put_text(body, "kind", args->operands[0]);
	if (args->operand_count > 2)
		json_put_text(values, "text", args->operands[2]);
	if (options->severity)
		json_put_text(values, "severity", options->severity);
	if (options->confirms)
		json_put_bool(values, "confirm", true);
	if (options->is_now)
		json_put_bool(values, "force", true);
	int r = put_number(values, "seconds", "--seconds", options->seconds, err);
	if (r == 0)
		r = put_number(body, "expires_s", "--expires", options->expires, err);
	return r < 0 ? r : put_target(ctl, args->operands[1], body, err);
}

static void add_results(struct table *table, const cJSON *list)
{
	static const char *const columns[] = {"/name", "/state", "/number", "/time", "/detail"};
	char buffer[32];

	for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
		for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			table_add(table, ctl_text(one, columns[i], buffer));
}

static void print_results(const cJSON *list)
{
	OWNED(table) struct table table;

	table_init(&table, 5);
	table_add(&table, "DEVICE");
	table_add(&table, "STATE");
	table_add(&table, "NUMBER");
	table_add(&table, "TIME");
	table_add(&table, "DETAIL");
	add_results(&table, list);
	table_print(&table, stdout);
}

int ctl_order(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl), *answer = NULL;
	char id[32], count[32];
	int r = make_body(ctl, body, err);

	if (r == 0)
		r = api_call(ctl->api, "POST", "/orders", body, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		ctl_print_json(answer);
		return 0;
	}
	ctl_say("Order %s to %s device(s).", ctl_text(answer, "/id", id),
			ctl_text(answer, "/device_count", count));
	print_results(json_at(answer, "/devices"));
	return 0;
}

/* --- looking */

static int read_limit(const struct ctl *ctl, unsigned *ret, struct err *err)
{
	const char *typed = ctl->args->options.limit;
	uint64_t number = 20;

	if (typed && text_to_number(typed, 1, CTL_LIST_MAX, &number) < 0)
		return err_set(err, EINVAL, "--limit: \"%s\" is not a number from 1", typed);
	*ret = (unsigned)number;
	return 0;
}

static void print_orders(const cJSON *list, bool has_result)
{
	static const char *const columns[] = {"/id", "/time", "/kind", "/scope", "/person"};
	OWNED(table) struct table table;
	char buffer[32];

	table_init(&table, 6);
	table_add(&table, "ORDER");
	table_add(&table, "TIME");
	table_add(&table, "KIND");
	table_add(&table, "TO");
	table_add(&table, "BY");
	table_add(&table, has_result ? "STATE" : "DEVICES");
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next) {
		for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			table_add(&table, ctl_text(one, columns[i], buffer));
		table_add(&table, ctl_text(one, has_result ? "/result/state" : "/device_count",
						  buffer));
	}
	table_print(&table, stdout);
}

/* All orders, or those of one device with what became of them. */
int ctl_orders_list(struct ctl *ctl, struct err *err)
{
	bool is_device = ctl->args->operand_count > 0;
	OWNED(json) cJSON *answer = NULL;
	char path[CTL_PATH_MAX] = "/orders", id[CTL_ID_MAX];
	unsigned limit = 0;
	int r = read_limit(ctl, &limit, err);

	if (r == 0 && is_device) {
		r = ctl_device_id(ctl, ctl->args->operands[0], id, err);
		(void)text_format(path, sizeof(path), "/devices/%s/orders", id);
	}
	if (r == 0)
		r = api_list(ctl->api, path, "orders", limit, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		print_orders(json_at(answer, "/orders"), is_device);
	return 0;
}

static int order_path(struct ctl *ctl, const char *rest, char path[CTL_PATH_MAX], struct err *err)
{
	char encoded[CTL_ID_MAX * 3];
	const char *typed = ctl->args->operands[0];

	if (!typed[0] || value_encode(typed, encoded, sizeof(encoded)) < 0)
		return err_set(err, EINVAL, "\"%s\" is not the id of an order", typed);
	return text_format(path, CTL_PATH_MAX, "/orders/%s%s", encoded, rest);
}

int ctl_orders_show(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *order = NULL, *devices = NULL;
	char path[CTL_PATH_MAX], kind[32], person[32], reason[32];
	int r = order_path(ctl, "", path, err);

	if (r == 0)
		r = api_call(ctl->api, "GET", path, NULL, &order, err);
	if (r == 0)
		r = order_path(ctl, "/devices", path, err);
	if (r == 0)
		r = ctl_add_query(path, "state", ctl->args->options.state, err);
	if (r == 0)
		r = api_list(ctl->api, path, "devices", CTL_LIST_MAX, &devices, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json) {
		json_put(order, "devices", cJSON_DetachItemFromObject(devices, "devices"));
		ctl_print_json(order);
		return 0;
	}
	ctl_say("%s by %s: %s", ctl_text(order, "/kind", kind), ctl_text(order, "/person", person),
			ctl_text(order, "/reason", reason));
	const cJSON *counts = json_at(order, "/counts");
	for (const cJSON *one = counts ? counts->child : NULL; one; one = one->next)
		if (one->valuedouble > 0)
			ctl_say("  %s: %.0f", one->string, one->valuedouble);
	print_results(json_at(devices, "/devices"));
	return 0;
}

int ctl_orders_cancel(struct ctl *ctl, struct err *err)
{
	OWNED(json) cJSON *body = ctl_new_body(ctl), *answer = NULL;
	char path[CTL_PATH_MAX], count[32];
	int r = order_path(ctl, "/cancel", path, err);

	if (r == 0)
		r = api_call(ctl->api, "POST", path, body, &answer, err);
	if (r < 0)
		return r;
	if (ctl->args->options.is_json)
		ctl_print_json(answer);
	else
		ctl_say("Cancelled for %s device(s); what a device has taken goes on.",
				ctl_text(answer, "/counts/cancelled", count));
	return 0;
}

/* The picture or archive into a file that only its owner reads. */
int ctl_orders_file(struct ctl *ctl, struct err *err)
{
	OWNED(array) struct array bytes = {.max = FILE_BYTES_MAX};
	char rest[CTL_ID_MAX + 32], path[CTL_PATH_MAX], id[CTL_ID_MAX];
	const char *file = ctl->args->operands[2];
	int r = ctl_device_id(ctl, ctl->args->operands[1], id, err);

	if (r < 0)
		return r;
	(void)text_format(rest, sizeof(rest), "/devices/%s/file", id);
	r = order_path(ctl, rest, path, err);
	if (r == 0)
		r = api_bytes(ctl->api, path, &bytes, err);
	if (r == 0)
		r = file_write(file, bytes.data, bytes.size, 0600, err);
	if (r < 0)
		return r;
	if (!ctl->args->options.is_json)
		ctl_say("%s: %zu bytes", file, bytes.size);
	return 0;
}
