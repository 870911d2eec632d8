/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask about orders. Giving one: people_order_make.c. */
#include "server/people_order.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/audit.h"
#include "server/order.h"
#include "server/people_order_json.h"
#include "server/rights.h"

static const char no_answer[] = "no answer";

cJSON *people_order_json(const struct db_order *order)
{
	cJSON *item = json_new_object(), *args = NULL;

	json_put_text(item, "id", order->id);
	json_put_text(item, "kind", order->kind);
	if (json_parse(order->args, strlen(order->args), &args, NULL) < 0)
		args = json_new_object();
	json_put(item, "args", args);
	people_put_text(item, "scope", order->scope);
	json_put_text(item, "person", order->person);
	json_put_text(item, "reason", order->reason);
	people_put_time(item, "time", order->time_s);
	people_put_time(item, "expires", order->expires_s);
	people_put_time(item, "cancelled", order->cancelled_s);
	people_put_text(item, "cancelled_by", order->cancelled_by);
	json_put_whole(item, "device_count", order->device_count);
	return item;
}

static void put_file(cJSON *item, const struct db_order_device *device)
{
	if (!device->file_type[0]) {
		json_put(item, "file", cJSON_CreateNull());
		return;
	}
	cJSON *file = json_put_object(item, "file");
	json_put_text(file, "type", device->file_type);
	json_put_whole(file, "size", device->file_size);
	people_put_time(file, "time", device->file_time_s);
}

/* The result of one device. One that took the order and died says nothing, which is said. */
cJSON *people_order_device_json(const struct db_order_device *device)
{
	cJSON *item = json_new_object();
	bool is_silent = device->state == DB_ORDER_TAKEN &&
	                 device->time_s < server_now_s() - ORDER_SILENT_S;
	bool has_carrier = strcmp(device->carrier, device->device) != 0;

	json_put_text(item, "device", device->device);
	json_put_text(item, "name", device->name);
	json_put_text(item, "state", order_state_names[device->state]);
	people_put_time(item, "time", device->time_s);
	people_put_time(item, "taken", device->taken_s);
	people_put_text(item, "detail", is_silent ? no_answer : device->detail);
	people_put_whole(item, "number", device->number);
	people_put_text(item, "via", has_carrier ? device->carrier : "");
	put_file(item, device);
	return item;
}

/* --- lists */

static int add_order(void *data, const struct db_order *order)
{
	return people_list_add(data, people_order_json(order), order->id);
}

int people_orders(struct request *request, struct err *err)
{
	static const char *const known[] = {"kind", NULL};
	const char *kind = people_filter(request, "kind");
	struct people_list list;

	if (kind[0] && !order_kind_find(kind))
		return err_set(err, EINVAL, "kind: not one that docs/api.md lists");
	int r = people_list_begin(&list, request, "orders", known, err);
	if (r < 0)
		return r;
	const struct db_page page = people_list_page(&list);
	r = db_order_list(request->server->db, kind, rights_view(request, RIGHT_READ), &page,
			add_order, &list, err);
	return people_list_end(&list, r);
}

static int find(struct request *request, struct db_order *order, struct err *err)
{
	return db_order_get(request->server->db, request->match.args[0],
			rights_view(request, RIGHT_READ), order, err);
}

int people_order_answer(struct request *request, int status, const struct db_order *order,
		struct err *err)
{
	int64_t counts[DB_ORDER_STATES];
	int r = db_order_states(request->server->db, order->id, rights_view(request, RIGHT_READ),
			counts, err);

	if (r < 0)
		return r;
	cJSON *answer = people_order_json(order);
	cJSON *list = json_put_object(answer, "counts");
	for (int i = 0; i < DB_ORDER_STATES; i++)
		json_put_whole(list, order_state_names[i], counts[i]);
	return http_answer(request, status, answer);
}

int people_order_get(struct request *request, struct err *err)
{
	struct db_order order;
	int r = find(request, &order, err);

	return r < 0 ? r : people_order_answer(request, MHD_HTTP_OK, &order, err);
}

static int add_device(void *data, const struct db_order_device *device)
{
	return people_list_add(data, people_order_device_json(device), device->device);
}

int people_order_devices(struct request *request, struct err *err)
{
	static const char *const known[] = {"state", NULL};
	const char *word = people_filter(request, "state");
	struct people_list list;
	struct db_order order;
	unsigned state = 0;

	while (order_state_names[state] && strcmp(order_state_names[state], word) != 0)
		state++;
	if (word[0] && state == DB_ORDER_STATES)
		return err_set(err, EINVAL, "state: not one that docs/api.md lists");
	int r = find(request, &order, err);
	if (r == 0)
		r = people_list_begin(&list, request, "devices", known, err);
	if (r < 0)
		return r;
	const struct db_page page = people_list_page(&list);
	r = db_order_devices(request->server->db, order.id, rights_view(request, RIGHT_READ),
			(enum db_order_state)state, &page, add_device, &list, err);
	return people_list_end(&list, r);
}

static int add_both(void *data, const struct db_order *order, const struct db_order_device *device)
{
	cJSON *item = people_order_json(order);

	json_put(item, "result", people_order_device_json(device));
	return people_list_add(data, item, order->id);
}

/* How many other devices an order had is nobody's business here: the count is left out. */
static int add_of_device(void *data, const struct db_order *order,
		const struct db_order_device *device)
{
	struct db_order one = *order;

	one.device_count = 1;
	return add_both(data, &one, device);
}

int people_device_orders(struct request *request, struct err *err)
{
	static const char *const known[] = {NULL};
	struct people_list list;
	struct db_device device;
	int r = rights_device(request, RIGHT_READ, request->match.args[0], &device, err);

	if (r == 0)
		r = people_list_begin(&list, request, "orders", known, err);
	if (r < 0)
		return r;
	const struct db_page page = people_list_page(&list);
	r = db_order_of_device(request->server->db, device.id, &page, add_of_device, &list, err);
	return people_list_end(&list, r);
}

/* --- cancelling */

/* It takes the right to give it; a list may be of many places, and is its giver's. */
static int may_cancel(struct request *request, const struct db_order *order, struct err *err)
{
	struct db_device device;

	if (!order->scope[0] && strcmp(order->person, request->token.person) == 0)
		return 0;
	if (strncmp(order->scope, "device/", 7) == 0)
		return rights_device(request, RIGHT_ORDERS, order->scope + 7, &device, err);
	return rights_require(request, RIGHT_ORDERS_ALL,
			order->scope[0] ? order->scope : "organisation", err);
}

int people_order_cancel(struct request *request, struct err *err)
{
	char reason[DB_REASON_MAX] = "";
	struct db_order order;
	int64_t count = 0;
	struct json in;

	people_begin(&in, request, err);
	people_read_reason(&in, reason);
	int r = json_end(&in);
	if (r == 0)
		r = find(request, &order, err);
	if (r == 0)
		r = may_cancel(request, &order, err);
	if (r == 0)
		r = order_cancel(request->server, &order, request->token.person, &count, err);
	if (r == 0)
		r = find(request, &order, err);
	return r < 0 ? r : people_order_answer(request, MHD_HTTP_OK, &order, err);
}

/* --- files */

/* Who looked at a screen or at logs stands in the audit log. */
int people_order_file(struct request *request, struct err *err)
{
	struct db_order order;
	struct db_device device;
	void *data = NULL;
	size_t size = 0;
	char type[DB_ORDER_TYPE_MAX] = "";
	int r = find(request, &order, err);

	if (r < 0)
		return r;
	const struct order_kind *kind = order_kind_find(order.kind);
	r = rights_device(request, kind && kind->needs_sight ? RIGHT_SCREEN : RIGHT_ORDERS,
			request->match.args[1], &device, err);
	if (r == 0)
		r = db_order_file_get(request->server->db, order.id, device.id, type, &data, &size,
				err);
	if (r == 0)
		r = audit_append(request, MHD_HTTP_OK, err);
	if (r < 0) {
		free(data);
		return r;
	}
	bool is_png = strcmp(type, "image/png") == 0;
	const char *ending = is_png ? "png" : strstr(type, "zstd") ? "tar.zst" : "tar.gz";
	(void)text_format(request->file_name, sizeof(request->file_name), "%s-%s.%s", order.kind,
			device.id, ending);
	return http_answer_bytes(request, MHD_HTTP_OK, data, size,
			is_png                 ? "image/png"
			: strstr(type, "zstd") ? "application/zstd"
					       : "application/gzip");
}
