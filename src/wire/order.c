/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/order.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

static bool is_text(const char *text, size_t size, const char *allowed)
{
	return memchr(text, '\0', size) && text_is_utf8(text, strlen(text)) &&
	       !text_has_control(text, allowed);
}

static bool is_id(const char id[WIRE_ORDER_ID_MAX])
{
	static const char fit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789._-";

	return memchr(id, '\0', WIRE_ORDER_ID_MAX) && id[0] && !id[strspn(id, fit)];
}

int wire_order_check(const struct wire_agent_order *order, struct err *err)
{
	if (!is_id(order->id))
		return err_set(err, EINVAL, "an order's id must be 1..%d of [A-Za-z0-9._-]",
				WIRE_ORDER_ID_MAX - 1);
	if (order->kind < WIRE_ORDER_IDENTIFY || order->kind > WIRE_ORDER_CANCEL)
		return err_set(err, EINVAL, "order %s: kind %u is not known", order->id,
				order->kind);
	if (order->seconds > WIRE_ORDER_SECONDS_MAX)
		return err_set(err, EINVAL, "order %s: %u s is not in 0..%d", order->id,
				order->seconds, WIRE_ORDER_SECONDS_MAX);
	if (order->severity > WIRE_SEVERITY_ALARM || order->needs_confirmation > 1 ||
			order->may_postpone > 1)
		return err_set(err, EINVAL, "order %s: a number is out of range", order->id);
	if (!is_text(order->number, sizeof(order->number), NULL) ||
			!is_text(order->text, sizeof(order->text), "\n"))
		return err_set(err, EINVAL, "order %s: a text is not UTF-8 of one line", order->id);
	if (order->kind == WIRE_ORDER_MESSAGE && !order->text[0])
		return err_set(err, EINVAL, "order %s: a message without a text", order->id);
	if (order->kind == WIRE_ORDER_IDENTIFY && !order->number[0])
		return err_set(err, EINVAL, "order %s: identify without a number", order->id);
	return 0;
}

int wire_order_done_check(const struct wire_agent_order_done *done, struct err *err)
{
	bool has_file = done->header.type == WIRE_AGENT_ORDER_DONE_FILE;

	if (!is_id(done->id))
		return err_set(err, EINVAL, "a result's id must be 1..%d of [A-Za-z0-9._-]",
				WIRE_ORDER_ID_MAX - 1);
	if (done->result < WIRE_RESULT_DONE || done->result > WIRE_RESULT_EXPIRED)
		return err_set(err, EINVAL, "order %s: result %u is not known", done->id,
				done->result);
	if (!is_text(done->detail, sizeof(done->detail), NULL))
		return err_set(err, EINVAL, "order %s: the detail is not a line of UTF-8",
				done->id);
	if (has_file != (done->file_size > 0) || done->file_size > WIRE_ORDER_FILE_MAX ||
			(has_file && done->result != WIRE_RESULT_DONE))
		return err_set(err, EINVAL, "order %s: a file of %u bytes does not fit", done->id,
				done->file_size);
	return 0;
}

const char *wire_order_name(uint32_t kind)
{
	static const char *const names[] = {
			[WIRE_ORDER_IDENTIFY] = "identify",
			[WIRE_ORDER_MESSAGE] = "message",
			[WIRE_ORDER_LOCK] = "lock",
			[WIRE_ORDER_UNLOCK] = "unlock",
			[WIRE_ORDER_SCREENSHOT] = "screenshot",
			[WIRE_ORDER_RESTART_SESSION] = "restart_session",
			[WIRE_ORDER_SIGN_OUT] = "sign_out",
			[WIRE_ORDER_RESTART_WARNING] = "restart_warning",
			[WIRE_ORDER_CANCEL] = "cancel",
	};

	return kind >= WIRE_ORDER_IDENTIFY && kind <= WIRE_ORDER_CANCEL ? names[kind] : "?";
}
