/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/order.h"

#include <errno.h>

#include "unit/test.h"

static struct wire_agent_order order(uint32_t kind)
{
	struct wire_agent_order order = {.kind = kind, .id = "o-17", .number = "42", .text = "Hi"};

	wire_init(&order, WIRE_AGENT_ORDER);
	return order;
}

static struct wire_agent_order_done done(uint32_t type, uint32_t result, uint32_t file_size)
{
	struct wire_agent_order_done done = {
			.result = result, .file_size = file_size, .id = "o-17"};

	wire_init(&done, type);
	return done;
}

static void test_orders(void)
{
	struct err err;

	TEST("every kind passes and has a name")
		for (uint32_t kind = WIRE_ORDER_IDENTIFY; kind <= WIRE_ORDER_CANCEL; kind++) {
			struct wire_agent_order good = order(kind);

			CHECK_INT(wire_order_check(&good, &err), 0);
			CHECK(strcmp(wire_order_name(kind), "?") != 0);
		}
	TEST("a number that is out of range is refused") {
		struct wire_agent_order bad[] = {order(0), order(WIRE_ORDER_CANCEL + 1),
				order(WIRE_ORDER_LOCK), order(WIRE_ORDER_LOCK),
				order(WIRE_ORDER_LOCK), order(WIRE_ORDER_LOCK)};

		bad[2].seconds = WIRE_ORDER_SECONDS_MAX + 1;
		bad[3].severity = WIRE_SEVERITY_ALARM + 1;
		bad[4].needs_confirmation = 2;
		bad[5].may_postpone = 2;
		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			CHECK_INT(wire_order_check(&bad[i], &err), -EINVAL);
	}
	TEST("texts end, are UTF-8 and have no control bytes but line ends") {
		struct wire_agent_order text = order(WIRE_ORDER_MESSAGE);

		memcpy(text.text, "two\nlines", 10);
		CHECK_INT(wire_order_check(&text, &err), 0);
		memcpy(text.text, "a\x1b[2J", 6);
		CHECK_INT(wire_order_check(&text, &err), -EINVAL);
		memcpy(text.text, "\xff", 2);
		CHECK_INT(wire_order_check(&text, &err), -EINVAL);
		memset(text.text, 'a', sizeof(text.text));
		CHECK_INT(wire_order_check(&text, &err), -EINVAL);
		text = order(WIRE_ORDER_MESSAGE);
		memset(text.id, 'a', sizeof(text.id));
		CHECK_INT(wire_order_check(&text, &err), -EINVAL);
		memcpy(text.id, "../x", 5);
		CHECK_INT(wire_order_check(&text, &err), -EINVAL);
	}
	TEST("a message has a text, and identify a number") {
		struct wire_agent_order message = order(WIRE_ORDER_MESSAGE);
		struct wire_agent_order identify = order(WIRE_ORDER_IDENTIFY);

		message.text[0] = identify.number[0] = '\0';
		CHECK_INT(wire_order_check(&message, &err), -EINVAL);
		CHECK_INT(wire_order_check(&identify, &err), -EINVAL);
	}
}

static void test_results(void)
{
	const struct {
		uint32_t type, result, file_size;
		int ret;
	} rows[] = {
			{WIRE_AGENT_ORDER_DONE, WIRE_RESULT_DONE, 0, 0},
			{WIRE_AGENT_ORDER_DONE, WIRE_RESULT_EXPIRED, 0, 0},
			{WIRE_AGENT_ORDER_DONE_FILE, WIRE_RESULT_DONE, 100, 0},
			{WIRE_AGENT_ORDER_DONE_FILE, WIRE_RESULT_DONE, WIRE_ORDER_FILE_MAX, 0},
			{WIRE_AGENT_ORDER_DONE, 0, 0, -EINVAL},
			{WIRE_AGENT_ORDER_DONE, WIRE_RESULT_EXPIRED + 1, 0, -EINVAL},
			{WIRE_AGENT_ORDER_DONE, WIRE_RESULT_DONE, 1, -EINVAL},
			{WIRE_AGENT_ORDER_DONE_FILE, WIRE_RESULT_DONE, 0, -EINVAL},
			{WIRE_AGENT_ORDER_DONE_FILE, WIRE_RESULT_REFUSED, 100, -EINVAL},
			{WIRE_AGENT_ORDER_DONE_FILE, WIRE_RESULT_DONE, WIRE_ORDER_FILE_MAX + 1,
					-EINVAL},
	};
	struct err err;

	TEST("a file comes exactly with the message that promises one")
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct wire_agent_order_done row =
					done(rows[i].type, rows[i].result, rows[i].file_size);

			CHECK_INT(wire_order_done_check(&row, &err), rows[i].ret);
		}
	TEST("a detail is one line") {
		struct wire_agent_order_done text =
				done(WIRE_AGENT_ORDER_DONE, WIRE_RESULT_DONE, 0);

		memcpy(text.detail, "two\nlines", 10);
		CHECK_INT(wire_order_done_check(&text, &err), -EINVAL);
	}
}

int main(void)
{
	test_orders();
	test_results();
	TEST_END();
}
