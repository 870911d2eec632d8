/* SPDX-License-Identifier: Apache-2.0 */
/* POST /orders: from what a person sent to an order that is given. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/order.h"
#include "server/people_order.h"
#include "server/people_order_json.h"
#include "server/place.h"
#include "server/rights.h"

struct target {
	char scope[DB_SCOPE_MAX]; /* as typed; "" for a list */
	char devices[ORDER_LIST_MAX][DB_ID_MAX];
	unsigned count;
};

static void read_target(struct json *in, struct target *target)
{
	struct json inner, list;

	if (!json_enter(in, "target", JSON_REQUIRED, &inner))
		return;
	json_text(&inner, "scope", JSON_FILLED, target->scope, sizeof(target->scope));
	if (json_enter_list(&inner, "devices", 0, ORDER_LIST_MAX, &list)) {
		while (target->count < ORDER_LIST_MAX &&
				json_next_text(&list, JSON_FILLED, target->devices[target->count],
						DB_ID_MAX))
			target->count++;
		json_leave(&list);
	}
	if (!target->scope[0] == !target->count)
		json_refuse(&inner, NULL, "either \"scope\" or \"devices\" is expected");
	json_leave(&inner);
}

static int permit_device(struct request *request, const struct order_kind *kind, const char *id,
		enum right right, struct err *err)
{
	struct db_device device;
	int r = rights_device(request, right, id, &device, err);

	if (r == 0 && kind->needs_sight)
		r = rights_require_device(request, RIGHT_SCREEN, &device, err);
	return r;
}

/* The scope that is there, and the right to order everything below it. */
static int permit_scope(struct request *request, const struct order_kind *kind, const char *typed,
		char scope[DB_SCOPE_MAX], struct err *err)
{
	char text[DB_SCOPE_MAX];

	memcpy(text, typed, sizeof(text));
	char *name = strchr(text, '/');
	if (name)
		*name++ = '\0';
	int r = place_scope(request->server->db, text, name, scope, err);
	if (r < 0)
		return r;
	if (strcmp(text, "device") == 0)
		return permit_device(request, kind, name, RIGHT_ORDERS, err);
	r = rights_require(request, RIGHT_ORDERS_ALL, scope, err);
	if (r == 0 && kind->needs_sight)
		r = rights_require(request, RIGHT_SCREEN, scope, err);
	return r;
}

static int permit(struct request *request, const struct target *target, struct order_wish *wish,
		struct err *err)
{
	bool is_one = target->count == 1;
	int r = 0;

	if (target->scope[0])
		return permit_scope(request, wish->kind, target->scope, wish->order.scope, err);
	for (unsigned i = 0; r == 0 && i < target->count; i++)
		r = permit_device(request, wish->kind, target->devices[i],
				is_one ? RIGHT_ORDERS : RIGHT_ORDERS_ALL, err);
	if (r < 0)
		return err_prefix(err, r, "target.devices");
	if (is_one)
		return text_format(wish->order.scope, sizeof(wish->order.scope), "device/%s",
				target->devices[0]);
	wish->devices = target->devices;
	wish->device_count = target->count;
	return 0;
}

static void read_args(struct json *in, const struct order_kind *kind, struct db_order *order)
{
	OWNED(json) cJSON *args = json_new_object();
	OWNED(json) cJSON *none = NULL;
	struct json inner;

	if (json_enter(in, "args", 0, &inner)) {
		kind->read(&inner, args);
		json_leave(&inner);
	} else if (in->status == 0) {
		none = json_new_object();
		json_begin(&inner, none, in->err);
		kind->read(&inner, args);
		if (inner.status < 0)
			json_refuse(in, "args", "missing");
	}
	OWNED(memory) char *text = json_print(args);
	if (text_copy(order->args, sizeof(order->args), text) < 0)
		json_refuse(in, "args", "larger than %d bytes", DB_ORDER_ARGS_MAX - 1);
}

static int read_wish(struct request *request, struct order_wish *wish, struct target *target,
		struct err *err)
{
	struct db_order *order = &wish->order;
	struct json in;

	people_begin(&in, request, err);
	json_text(&in, "kind", JSON_REQUIRED, order->kind, sizeof(order->kind));
	wish->kind = order_kind_find(order->kind);
	if (in.status == 0 && !wish->kind)
		json_refuse(&in, "kind", "not one that docs/api.md lists");
	if (in.status < 0 || !wish->kind)
		return in.status;
	order->expires_s = wish->kind->never_expires ? 0 : ORDER_EXPIRES_S;
	read_target(&in, target);
	read_args(&in, wish->kind, order);
	json_whole(&in, "expires_s", 0, ORDER_EXPIRES_MIN_S, ORDER_EXPIRES_MAX_S,
			&order->expires_s);
	people_read_reason(&in, order->reason);
	return json_end(&in);
}

static int add_device(void *data, const struct db_order_device *device)
{
	json_append(data, people_order_device_json(device));
	return 0;
}

/* The order, and the first devices with their numbers: whoever is on the phone needs them now. */
static int answer(struct request *request, const struct db_order *order, struct err *err)
{
	const struct db_page page = {.after = "", .limit = PEOPLE_DEVICES_MAX};
	int status = people_order_answer(request, MHD_HTTP_CREATED, order, err);

	if (status < 0)
		return status;
	cJSON *list = json_put_list(request->answer, "devices");
	int r = db_order_devices(request->server->db, order->id, "", DB_ORDER_STATES, &page,
			add_device, list, err);
	return r < 0 ? r : status;
}

int people_order_make(struct request *request, struct err *err)
{
	OWNED(memory) struct order_wish *wish = own_alloc(sizeof(*wish));
	OWNED(memory) struct target *target = own_alloc(sizeof(*target));
	int r = read_wish(request, wish, target, err);

	if (r == 0)
		r = permit(request, target, wish, err);
	if (r < 0)
		return r;
	(void)text_copy(wish->order.person, sizeof(wish->order.person), request->token.person);
	r = order_give(request->server, wish, err);
	return r < 0 ? r : answer(request, &wish->order, err);
}
