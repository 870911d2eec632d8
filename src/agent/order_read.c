// SPDX-License-Identifier: Apache-2.0
#include "agent/order_read.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/json.h"
#include "wire/order.h"

enum { KIND_MAX = 33, MESSAGE_MAX = 501 };

int order_read_mac(const char *text, uint8_t mac[ORDER_MAC_SIZE])
{
	char hex[2 * ORDER_MAC_SIZE + 1] = "";

	if (strlen(text) != 3 * ORDER_MAC_SIZE - 1)
		return -EINVAL;
	for (int i = 0; i < ORDER_MAC_SIZE; i++) {
		if (i > 0 && text[3 * i - 1] != ':' && text[3 * i - 1] != '-')
			return -EINVAL;
		memcpy(hex + 2 * i, text + 3 * i, 2);
	}
	if (text_from_hex(hex, mac, ORDER_MAC_SIZE) < 0 || (mac[0] & 1))
		return -EINVAL;
	return 0;
}

/* --- the arguments of each kind */

static void read_seconds(struct json *args, struct order_task *task, int64_t usual)
{
	json_whole(args, "seconds", 0, 0, WIRE_ORDER_SECONDS_MAX, &usual);
	task->screen.seconds = (uint32_t)usual;
}

static void read_identify(struct json *args, struct order_task *task)
{
	json_text(args, "number", JSON_REQUIRED | JSON_FILLED, task->screen.number,
			sizeof(task->screen.number));
	read_seconds(args, task, 60);
}

static void read_message(struct json *args, struct order_task *task)
{
	static const char *const words[] = {"info", "warning", "urgent", NULL};
	bool needs_confirmation = false;
	unsigned severity = WIRE_SEVERITY_INFO;

	json_text(args, "text", JSON_REQUIRED | JSON_FILLED | JSON_LINES, task->screen.text,
			MESSAGE_MAX);
	json_word(args, "severity", 0, words, &severity);
	json_bool(args, "confirm", 0, &needs_confirmation);
	read_seconds(args, task, needs_confirmation ? 0 : 60);
	task->screen.severity = severity;
	task->screen.needs_confirmation = needs_confirmation;
}

static void read_text(struct json *args, struct order_task *task)
{
	json_text(args, "text", JSON_LINES, task->screen.text, MESSAGE_MAX);
}

static void read_restart(struct json *args, struct order_task *task)
{
	json_bool(args, "force", 0, &task->is_forced);
	task->screen.seconds = ORDER_WARNING_S;
}

static void read_wake(struct json *args, struct order_task *task)
{
	char text[32] = "";

	json_text(args, "mac", JSON_REQUIRED | JSON_FILLED, text, sizeof(text));
	if (args->status == 0 && order_read_mac(text, task->mac) < 0)
		json_refuse(args, "mac", "not the address of a network card");
}

static const struct kind {
	const char *name;
	enum order_action action;
	enum wire_order_kind screen;
	void (*read)(struct json *args, struct order_task *task);
} kinds[] = {
		{"identify", ORDER_SCREEN, WIRE_ORDER_IDENTIFY, read_identify},
		{"message", ORDER_SCREEN, WIRE_ORDER_MESSAGE, read_message},
		{"restart_session", ORDER_SCREEN, WIRE_ORDER_RESTART_SESSION, NULL},
		{"sign_out", ORDER_SCREEN, WIRE_ORDER_SIGN_OUT, NULL},
		{"screenshot", ORDER_SCREEN, WIRE_ORDER_SCREENSHOT, NULL},
		{"lock", ORDER_LOCK, WIRE_ORDER_LOCK, read_text},
		{"unlock", ORDER_UNLOCK, WIRE_ORDER_UNLOCK, NULL},
		{"restart", ORDER_RESTART, WIRE_ORDER_RESTART_WARNING, read_restart},
		{"update_now", ORDER_UPDATE, WIRE_ORDER_CANCEL, NULL},
		{"wake", ORDER_WAKE, WIRE_ORDER_CANCEL, read_wake},
		{"logs", ORDER_LOGS, WIRE_ORDER_CANCEL, NULL},
};

/* --- one order, all orders */

/* Members of a newer server are passed over: what is there has to be right. */
static int read_args(const struct kind *kind, const cJSON *args, struct order_task *task)
{
	struct json in;

	if (!cJSON_IsObject(args))
		return err_set(&task->why, EINVAL, "args: an object is expected");
	json_begin(&in, args, &task->why);
	json_take_all(&in);
	if (kind->read)
		kind->read(&in, task);
	int r = json_end(&in);
	return r < 0 ? r : wire_order_check(&task->screen, &task->why);
}

static void judge(const char *name, const cJSON *args, struct order_task *task)
{
	const struct kind *kind = kinds;
	const struct kind *end = kinds + sizeof(kinds) / sizeof(kinds[0]);

	while (kind < end && strcmp(kind->name, name) != 0)
		kind++;
	if (kind == end) {
		err_set(&task->why, EINVAL, "this version does not know %s", log_quote(name));
		return;
	}
	task->screen.kind = kind->screen;
	memcpy(task->screen.id, task->id, sizeof(task->screen.id));
	if (read_args(kind, args, task) == 0)
		task->action = kind->action;
}

static bool is_id(const char *id)
{
	static const char fit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789._-";

	return id[0] && id[0] != '.' && !id[strspn(id, fit)];
}

static void read_task(struct json *in, struct order_task *task)
{
	char name[KIND_MAX] = "";
	const cJSON *args = NULL;

	*task = (struct order_task){.action = ORDER_REFUSE};
	json_take_all(in);
	json_text(in, "id", JSON_REQUIRED | JSON_FILLED, task->id, sizeof(task->id));
	if (in->status == 0 && !is_id(task->id))
		json_refuse(in, "id", "not the id of an order");
	json_text(in, "kind", JSON_REQUIRED, name, sizeof(name));
	json_borrow(in, "args", JSON_REQUIRED, &args);
	if (in->status == 0)
		judge(name, args, task);
}

int order_read(const char *text, size_t size, struct order_task tasks[ORDER_TASKS_MAX],
		unsigned *count, struct err *err)
{
	OWNED(json) cJSON *document = NULL;
	struct json in, list, one;
	unsigned used = 0;
	int r = json_parse(text, size, &document, err);

	if (r < 0)
		return r;
	json_begin(&in, document, err);
	json_take_all(&in);
	if (json_enter_list(&in, "orders", JSON_REQUIRED, ORDER_TASKS_MAX, &list)) {
		while (used < ORDER_TASKS_MAX && json_next_object(&list, &one)) {
			read_task(&one, &tasks[used++]);
			json_leave(&one);
		}
		json_leave(&list);
	}
	r = json_end(&in);
	if (r == 0)
		*count = used;
	return r;
}
