/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, the device's side: taken once, answered, files sent. docs/protocol.md. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/device_api.h"
#include "server/order.h"

struct taking {
	cJSON *list;      /* NULL: only count */
	struct array ids; /* of struct taken_id */
	int64_t count;
};

struct taken_id {
	char order[DB_ID_MAX], device[DB_ID_MAX];
};

/* What the device is told: a number for identify, whom to wake, else what the person said. */
static cJSON *task_args(const struct db_order_task *task)
{
	cJSON *args = NULL;
	char number[24];

	if (json_parse(task->args, strlen(task->args), &args, NULL) < 0)
		args = json_new_object();
	if (task->number) {
		(void)text_format(number, sizeof(number), "%lld", (long long)task->number);
		json_put_text(args, "number", number);
	}
	if (strcmp(task->kind, "wake") == 0) {
		json_put_text(args, "mac", task->mac);
		json_put_text(args, "name", task->name);
	}
	return args;
}

static int add_task(void *data, const struct db_order_task *task)
{
	struct taking *taking = data;
	struct taken_id id;
	char name[ORDER_TASK_ID_MAX];

	taking->count++;
	if (!taking->list)
		return 1;
	memcpy(id.order, task->order, sizeof(id.order));
	memcpy(id.device, task->device, sizeof(id.device));
	(void)text_format(name, sizeof(name), "%s.%s", task->order, task->device);
	cJSON *item = json_new_object();
	json_put_text(item, "id", name);
	json_put_text(item, "kind", task->kind);
	json_put(item, "args", task_args(task));
	json_put_whole(item, "expires", task->expires_s);
	json_append(taking->list, item);
	return array_append(&taking->ids, &id, sizeof(id));
}

static int take(struct server *server, const char *carrier, struct taking *taking, struct err *err)
{
	int64_t now_s = server_now_s();
	int r = db_begin(server->db, err);

	if (r == 0)
		r = db_order_tasks(server->db, carrier, now_s, ORDER_TAKE_MAX, add_task, taking,
				err);
	const struct taken_id *ids = (const struct taken_id *)taking->ids.data;
	for (size_t i = 0; r == 0 && i < taking->ids.size / sizeof(*ids); i++)
		r = db_order_taken(server->db, ids[i].order, ids[i].device, now_s, err);
	if (r == 0)
		r = db_commit(server->db, err);
	if (r < 0)
		db_rollback(server->db);
	return r;
}

/* Taken is taken: whoever loses this answer does not get the orders again. */
int device_orders(struct request *request, struct err *err)
{
	struct server *server = request->server;
	const char *id = request->device->id;
	OWNED(json) cJSON *answer = json_new_object();
	struct taking look = {0};
	struct taking taking = {.list = json_put_list(answer, "orders"),
			.ids = {.max = ORDER_TAKE_MAX * sizeof(struct taken_id)}};
	struct json in;

	int r = device_need_body(request, err);
	if (r < 0)
		return r;
	json_begin(&in, request->json, err);
	r = json_end(&in);
	if (r == 0)
		r = db_order_tasks(server->db, id, server_now_s(), 1, add_task, &look, err);
	if (r >= 0 && look.count > 0)
		r = take(server, id, &taking, err);
	array_finish(&taking.ids);
	if (r < 0)
		return r;
	if (taking.count < ORDER_TAKE_MAX)
		order_count_set(server->order_counts, id, 0);
	return http_answer(request, MHD_HTTP_OK, own_take(answer));
}

/* "ORDER.DEVICE" of the path: an order that this device took. */
static int find_task(struct request *request, struct db_order *order,
		struct db_order_device *device, struct err *err)
{
	char id[ROUTE_ARG_MAX];

	(void)text_copy(id, sizeof(id), request->match.args[0]);
	char *dot = strchr(id, '.');
	if (!dot)
		return err_set(err, ENOENT, "this device has taken no such order");
	*dot = '\0';
	return db_order_find(request->server->db, id, dot + 1, request->device->id, order, device,
			err);
}

/* A neighbour that called has sent a call, no more. */
static enum db_order_state state_of(unsigned word, const struct db_order *order)
{
	static const enum db_order_state states[] = {
			DB_ORDER_DONE, DB_ORDER_FAILED, DB_ORDER_REFUSED, DB_ORDER_CONFIRMED};

	if (states[word] == DB_ORDER_DONE && strcmp(order->kind, "wake") == 0)
		return DB_ORDER_SENT;
	return states[word];
}

int device_order(struct request *request, struct err *err)
{
	static const char *const words[] = {"done", "failed", "refused", "confirmed", NULL};
	char detail[DB_ORDER_DETAIL_MAX] = "";
	struct db_order order;
	struct db_order_device device;
	unsigned word = 0;
	struct json in;
	int r = device_need_body(request, err);

	if (r < 0)
		return r;
	json_begin(&in, request->json, err);
	json_word(&in, "state", JSON_REQUIRED, words, &word);
	json_text(&in, "detail", 0, detail, sizeof(detail));
	r = json_end(&in);
	if (r == 0)
		r = find_task(request, &order, &device, err);
	if (r < 0)
		return r;
	enum db_order_state state = state_of(word, &order);
	if (!order_may_follow(device.state, state))
		return err_set(err, EBUSY, "this order is %s already",
				order_state_names[device.state]);
	r = order_answer(request->server, &order, &device, state, detail, err);
	return r < 0 ? r : MHD_HTTP_NO_CONTENT;
}

int device_order_file(struct request *request, struct err *err)
{
	struct db_order order;
	struct db_order_device device;
	const char *type;
	int r = find_task(request, &order, &device, err);

	if (r < 0)
		return r;
	if (device.state != DB_ORDER_TAKEN)
		return err_set(err, EBUSY, "this order is %s already",
				order_state_names[device.state]);
	r = order_file_type(order_kind_find(order.kind), request->body.data, request->body.size,
			&type, err);
	if (r == 0)
		r = db_order_file_put(request->server->db, order.id, device.device, type,
				request->body.data, request->body.size, server_now_s(), err);
	return r < 0 ? r : MHD_HTTP_NO_CONTENT;
}
