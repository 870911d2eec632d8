/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of expected devices for people: as JSON, or as the CSV that a seller sends. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/admit.h"
#include "server/csv.h"
#include "server/enrol.h"
#include "server/people_admit.h"
#include "server/place.h"
#include "server/rights.h"

enum { ROWS_MAX = 5000, DAYS = 60, DAYS_MAX = 366, CONFIG_MAX = 16 * 1024 };

/* --- lists */

static cJSON *expected_json(const struct db_expected *expected)
{
	cJSON *item = json_new_object(), *config = NULL;

	json_put_text(item, "id", expected->id);
	people_put_text(item, "serial", expected->serial);
	people_put_text(item, "mac", expected->mac);
	people_put_text(item, "name", expected->name);
	people_put_text(item, "tenant", expected->tenant);
	people_put_text(item, "site", expected->site);
	people_put_lines(item, "groups", expected->groups);
	if (!expected->config ||
			json_parse(expected->config, strlen(expected->config), &config, NULL) < 0)
		config = cJSON_CreateNull();
	json_put(item, "config", config);
	people_put_lines(item, "networks", expected->networks);
	people_put_time(item, "created", expected->created_s);
	json_put_text(item, "created_by", expected->created_by);
	people_put_time(item, "until", expected->until_s);
	people_put_time(item, "used", expected->used_s);
	people_put_text(item, "device", expected->device);
	return item;
}

static int add_expected(void *data, const struct db_expected *expected)
{
	return people_list_add(data, expected_json(expected), expected->id);
}

int people_expected(struct request *request, struct err *err)
{
	static const char *const known[] = {"used", NULL};
	struct people_list list;
	bool is_used = false;
	int r = route_query_flag(&request->query, "used", &is_used, err);

	if (r == 0)
		r = people_list_begin(&list, request, "expected", known, err);
	if (r < 0)
		return r;
	enum db_spent spent = !people_filter(request, "used")[0] ? DB_SPENT_ANY
	                      : is_used                          ? DB_SPENT_YES
	                                                         : DB_SPENT_NO;
	struct db_page page = people_list_page(&list);
	r = db_expected_list(request->server->db, rights_view(request, RIGHT_PLACES), spent, &page,
			add_expected, &list, err);
	return people_list_end(&list, r);
}

/* --- import */

struct import {
	struct request *request;
	struct db_expected all; /* networks, until, person: of every row */
	bool may_create;
	int64_t added, replaced;
};

static void put_groups(cJSON *row, const char *cell)
{
	cJSON *groups = json_put_list(row, "groups");

	while (*cell) {
		char name[DB_PLACE_MAX];
		size_t length = strcspn(cell, "|");

		(void)text_format(name, sizeof(name), "%.*s", (int)length, cell);
		if (name[0])
			json_append_text(groups, name);
		cell += length + (cell[length] == '|');
	}
}

static int put_cell(cJSON *row, const char *head, const char *cell, struct err *err)
{
	static const char *const plain[] = {"serial", "mac", "name", "tenant", "site"};
	cJSON *variables = cJSON_GetObjectItemCaseSensitive(row, "variables");

	if (!cell[0])
		return 0;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strcmp(head, plain[i]) == 0) {
			json_put_text(row, head, cell);
			return 0;
		}
	}
	if (strcmp(head, "groups") == 0) {
		put_groups(row, cell);
		return 0;
	}
	if (strncmp(head, "var.", 4) != 0 || !head[4])
		return err_set(err, EINVAL,
				"line 1: \"%.40s\" is none of serial, mac, name, tenant, site, "
				"groups, "
				"var.NAME",
				head);
	if (!variables)
		variables = json_put_object(row, "variables");
	if (cJSON_GetObjectItemCaseSensitive(variables, head + 4))
		return err_set(err, EINVAL, "line 1: \"%.40s\" stands twice", head);
	json_put_text(variables, head + 4, cell);
	return 0;
}

/* The first line names the columns, later ones are devices. */
static int rows_of_csv(const char *text, cJSON *rows, struct err *err)
{
	OWNED(csv) struct csv csv;
	char heads[CSV_COLUMNS_MAX][DB_NAME_MAX];
	unsigned columns;

	csv_begin(&csv, text, strlen(text));
	int r = csv_row(&csv, err);
	if (r <= 0)
		return r < 0 ? r : err_set(err, EINVAL, "a first line with the columns' names");
	columns = csv.columns;
	for (unsigned i = 0; i < columns; i++)
		(void)text_format(heads[i], sizeof(heads[i]), "%s", csv.cells[i]);
	while ((r = csv_row(&csv, err)) > 0) {
		cJSON *row = json_new_object();

		json_append(rows, row);
		if (csv.columns > columns)
			return err_set(err, EINVAL, "line %u: more columns than line 1", csv.line);
		for (unsigned i = 0; i < csv.columns && r >= 0; i++)
			r = put_cell(row, heads[i], csv.cells[i], err);
		if (r < 0)
			return r;
		if (cJSON_GetArraySize(rows) > ROWS_MAX)
			return err_set(err, EINVAL, "more than %d rows", ROWS_MAX);
	}
	return r;
}

/* The patch of the device's own layer: "config", and "variables" in it. */
static void read_config(struct json *row, struct db_expected *expected)
{
	const cJSON *given = NULL, *variables = NULL;

	json_borrow(row, "config", 0, &given);
	json_borrow(row, "variables", 0, &variables);
	if ((given && !cJSON_IsObject(given)) || (variables && !cJSON_IsObject(variables)))
		json_refuse(row, given && !cJSON_IsObject(given) ? "config" : "variables",
				"not an object");
	if (row->status < 0 || (!given && !variables))
		return;
	OWNED(json) cJSON *config = given ? json_copy(given) : json_new_object();
	if (variables) {
		cJSON_DeleteItemFromObjectCaseSensitive(config, "variables");
		json_put(config, "variables", json_copy(variables));
	}
	expected->config = json_print(config);
	if (strlen(expected->config) >= CONFIG_MAX)
		json_refuse(row, "config", "larger than %d bytes", CONFIG_MAX);
}

static void read_numbers(struct json *row, struct db_expected *expected)
{
	char serial[128] = "", mac[64] = "";

	json_text(row, "serial", 0, serial, sizeof(serial));
	json_text(row, "mac", 0, mac, sizeof(mac));
	admit_clean_serial(serial, expected->serial);
	admit_clean_mac(mac, expected->mac);
	if (serial[0] && !expected->serial[0])
		json_refuse(row, "serial", "\"%.40s\" is no number of one device", serial);
	if (mac[0] && !expected->mac[0])
		json_refuse(row, "mac", "\"%.40s\" is no MAC address", mac);
	if (!serial[0] && !mac[0])
		json_refuse(row, "serial", "a serial number or a MAC address is needed");
}

static int check_rights(struct request *request, const struct db_device *device, struct err *err)
{
	char scope[DB_SCOPE_MAX] = "organisation", name[DB_PLACE_MAX];
	const char *groups = device->groups;

	if (device->tenant[0])
		(void)text_format(scope, sizeof(scope), "tenant/%s", device->tenant);
	if (device->site[0])
		(void)text_format(scope, sizeof(scope), "site/%s", device->site);
	int r = rights_require(request, RIGHT_PLACES, scope, err);
	while (r == 0 && stack_next_group(&groups, name)) {
		(void)text_format(scope, sizeof(scope), "group/%s", name);
		r = rights_require(request, RIGHT_DEVICES, scope, err);
	}
	return r;
}

static int take_row(struct import *import, struct json *row, struct err *err)
{
	OWNED(memory) struct device_place *place = own_alloc(sizeof(*place));
	OWNED(expected) struct db_expected expected = import->all;
	struct db_device device = {0};

	read_numbers(row, &expected);
	people_read_place(row, place);
	read_config(row, &expected);
	if (row->status < 0)
		return row->status;
	place->may_create |= import->may_create;
	int r = people_check_place(import->request, place, NULL, err);
	if (r == 0)
		r = people_apply_place(import->request->server->db, place, &device, err);
	if (r == 0)
		r = check_rights(import->request, &device, err);
	if (r < 0)
		return r;
	memcpy(expected.name, device.name, sizeof(expected.name));
	memcpy(expected.tenant, device.tenant, sizeof(expected.tenant));
	memcpy(expected.site, device.site, sizeof(expected.site));
	memcpy(expected.groups, device.groups, sizeof(expected.groups));
	enrol_new_id(expected.id);
	import->added++;
	return db_expected_add(import->request->server->db, &expected, &import->replaced, err);
}

static int take_rows(struct import *import, struct json *list, struct err *err)
{
	struct json row;
	unsigned number = 0;

	while (json_next_object(list, &row)) {
		char path[JSON_PATH_MAX];

		(void)text_format(path, sizeof(path), "devices[%u]", number++);
		int r = take_row(import, &row, err);
		if (r < 0 && row.status == 0)
			return err_prefix(err, r, "%s", path);
		json_leave(&row);
	}
	return list->status;
}

static int answer_import(const struct import *import, bool is_dry)
{
	cJSON *answer = json_new_object();

	json_put_whole(answer, "added", import->added);
	json_put_whole(answer, "replaced", import->replaced);
	people_put_time(answer, "until", import->all.until_s);
	json_put_bool(answer, "dry_run", is_dry);
	return http_answer(import->request, is_dry ? MHD_HTTP_OK : MHD_HTTP_CREATED, answer);
}

/* "csv" becomes "devices", so that both are read alike. */
static int unfold_csv(struct request *request, struct err *err)
{
	const cJSON *csv = cJSON_GetObjectItemCaseSensitive(request->json, "csv");
	cJSON *rows;

	if (!cJSON_IsString(csv))
		return 0;
	if (cJSON_GetObjectItemCaseSensitive(request->json, "devices"))
		return err_set(err, EINVAL, "csv: not together with devices");
	rows = json_put_list(request->json, "devices");
	int r = rows_of_csv(csv->valuestring, rows, err);
	if (r < 0)
		return err_prefix(err, r, "csv");
	cJSON_DeleteItemFromObjectCaseSensitive(request->json, "csv");
	return 0;
}

static int read_import(struct import *import, bool *is_dry, struct err *err)
{
	struct db *db = import->request->server->db;
	int64_t days = DAYS;
	struct json in, list;
	int r = unfold_csv(import->request, err);

	if (r < 0)
		return r;
	people_begin(&in, import->request, err);
	json_whole(&in, "days", 0, 1, DAYS_MAX, &days);
	json_bool(&in, "create", 0, &import->may_create);
	json_bool(&in, "dry_run", 0, is_dry);
	people_read_networks(&in, import->all.networks);
	import->all.created_s = server_now_s();
	import->all.until_s = import->all.created_s + days * 24 * 3600;
	memcpy(import->all.created_by, import->request->token.person,
			sizeof(import->all.created_by));
	r = db_begin(db, err);
	if (r == 0 && json_enter_list(&in, "devices", JSON_REQUIRED, ROWS_MAX, &list)) {
		r = take_rows(import, &list, err);
		if (r == 0)
			json_leave(&list);
	}
	return r < 0 ? r : json_end(&in);
}

int people_expected_import(struct request *request, struct err *err)
{
	struct import import = {.request = request};
	struct db *db = request->server->db;
	bool is_dry = false;

	if (!request->json)
		request->json = json_new_object();
	int r = read_import(&import, &is_dry, err);
	if (r == 0 && !is_dry)
		r = db_commit(db, err);
	if (r < 0 || is_dry)
		db_rollback(db);
	return r < 0 ? r : answer_import(&import, is_dry);
}

int people_expected_remove(struct request *request, struct err *err)
{
	const char *id = request->match.args[0];
	OWNED(expected) struct db_expected expected = {0};
	struct db_device device = {0};
	int r = db_expected_get(request->server->db, id, &expected, err);

	if (r < 0)
		return r;
	memcpy(device.site, expected.site, sizeof(device.site));
	memcpy(device.tenant, expected.tenant, sizeof(device.tenant));
	r = check_rights(request, &device, err);
	if (r == -ENOENT)
		return err_set(err, ENOENT, "no such device is expected");
	if (r == 0)
		r = db_expected_remove(request->server->db, id, err);
	if (r < 0)
		return r;
	cJSON *answer = json_new_object();
	json_put_text(answer, "id", id);
	return http_answer(request, MHD_HTTP_OK, answer);
}
