/* SPDX-License-Identifier: Apache-2.0 */
/* Who is online as events, and what is kept of orders: with a clock of the test's own. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "server/order.h"
#include "server/presence.h"
#include "unit/test.h"

static int64_t now_s = 1790000000;

int64_t server_now_s(void)
{
	return now_s;
}

static struct server server;

static void start(void)
{
	struct db_device device = {.id = "dev1",
			.name = "A-1",
			.hardware = "{}",
			.approved_by = "admin",
			.approved_s = 1};
	struct err err = {""};

	server.loop = loop_create();
	server.wheel = wheel_create(server.loop);
	server.park = park_create(server.wheel);
	server.events = events_create(&server);
	server.presence = presence_create(&server);
	server.order_counts = order_counts_create();
	server.jobs = jobs_create(&server);
	CHECK_INT(db_open(":memory:", &server.db, &err), 0);
	server.seen = seen_create(server.loop, server.db);
	CHECK_INT(orders_create(&server, &server.orders, &err), 0);
	CHECK_INT(db_device_add(server.db, &device, &err), 0);
}

static void finish(void)
{
	orders_destroy(server.orders);
	seen_destroy(server.seen);
	jobs_destroy(server.jobs);
	order_counts_destroy(server.order_counts);
	presence_destroy(server.presence);
	events_destroy(server.events);
	park_destroy(server.park);
	wheel_destroy(server.wheel);
	db_close(server.db);
	loop_destroy(server.loop);
}

/* The newest event's body, "" when there is none after `after`. */
static const char *newest(int64_t after)
{
	bool is_gap;
	const struct event *event = events_after(server.events, after, &is_gap);
	const char *body = "";

	for (; event; event = events_after(server.events, event->id, &is_gap))
		body = event->body;
	return body;
}

/* Changes are gathered for a second. */
static void wait_event(int64_t after)
{
	int64_t end_ms = loop_now_ms() + 5000;

	while (events_newest(server.events) == after && loop_now_ms() < end_ms)
		loop_step(server.loop, 100);
}

static void test_presence(void)
{
	int64_t last = events_newest(server.events);

	presence_heard(&server, "dev1");
	presence_heard(&server, "dev1");
	CHECK_TEXT(newest(last), "");
	wait_event(last);
	CHECK_HAS(newest(last), "\"id\":\"dev1\",\"name\":\"A-1\",\"online\":true");
	CHECK_INT(events_newest(server.events), last + 1);
	last = events_newest(server.events);
	now_s += SEEN_ONLINE_S;
	presence_sweep(server.presence);
	CHECK_TEXT(newest(last), "");
	/* Another server heard of it meanwhile. */
	now_s += 5;
	CHECK_INT(db_device_seen(server.db, "dev1", now_s, NULL), 0);
	presence_sweep(server.presence);
	CHECK_TEXT(newest(last), "");
	now_s += SEEN_ONLINE_S + 1;
	presence_sweep(server.presence);
	CHECK_HAS(newest(last), "\"online\":false");
	CHECK_INT(events_newest(server.events), last + 1);
	presence_sweep(server.presence);
	CHECK_INT(events_newest(server.events), last + 1);
}

static struct order_wish give(const char *kind)
{
	struct order_wish wish = {.kind = order_kind_find(kind)};
	struct err err = {""};

	(void)text_copy(wish.order.kind, sizeof(wish.order.kind), kind);
	strcpy(wish.order.args, "{}");
	strcpy(wish.order.scope, "device/dev1");
	wish.order.expires_s = wish.kind->never_expires ? 0 : 300;
	CHECK_INT(order_give(&server, &wish, &err), 0);
	CHECK_TEXT(err.text, "");
	return wish;
}

static int none(void *data, const struct db_order_task *task)
{
	*(struct db_order_task *)data = *task;
	return 0;
}

/* What waits stays, whatever its age; files go before their orders. */
static void test_forget(void)
{
	struct order_wish old = give("logs"), lock = give("lock");
	struct db_order_task task = {0};
	struct db_order order;
	char type[DB_ORDER_TYPE_MAX];
	void *data = NULL;
	size_t size;

	CHECK_INT((int)order_count_get(server.order_counts, "dev1"), 2);
	CHECK(strcmp(old.order.id, lock.order.id) < 0);
	CHECK_INT(db_order_tasks(server.db, "dev1", now_s, 1, none, &task, NULL), 0);
	CHECK_TEXT(task.order, old.order.id);
	CHECK_INT(db_order_tasks(server.db, "dev1", now_s + 301, 16, none, &task, NULL), 0);
	CHECK_TEXT(task.order, lock.order.id);
	CHECK_INT(db_order_taken(server.db, old.order.id, "dev1", now_s, NULL), 0);
	CHECK_INT(db_order_file_put(server.db, old.order.id, "dev1", "application/gzip", "x", 1,
				  now_s, NULL),
			0);
	CHECK_INT(db_order_forget(server.db, now_s, now_s, NULL), 0);
	CHECK_INT(db_order_file_get(server.db, old.order.id, "dev1", type, &data, &size, NULL), 0);
	free(data);
	CHECK_INT(db_order_forget(server.db, now_s, now_s + 1, NULL), 0);
	CHECK_INT(db_order_file_get(server.db, old.order.id, "dev1", type, &data, &size, NULL),
			-ENOENT);
	CHECK_INT(db_order_get(server.db, old.order.id, "", &order, NULL), 0);
	CHECK_INT(db_order_forget(server.db, now_s + 1, now_s + 1, NULL), 0);
	CHECK_INT(db_order_get(server.db, old.order.id, "", &order, NULL), -ENOENT);
	CHECK_INT(db_order_get(server.db, lock.order.id, "", &order, NULL), 0);
}

static void test_states(void)
{
	for (int now = 0; now < DB_ORDER_STATES; now++) {
		bool is_open = now == DB_ORDER_TAKEN;

		CHECK(order_may_follow((enum db_order_state)now, (enum db_order_state)now));
		CHECK_INT(order_may_follow((enum db_order_state)now, DB_ORDER_FAILED),
				is_open || now == DB_ORDER_FAILED);
		CHECK_INT(order_may_follow((enum db_order_state)now, DB_ORDER_CONFIRMED),
				is_open || now == DB_ORDER_DONE || now == DB_ORDER_CONFIRMED);
		CHECK_INT(order_may_follow((enum db_order_state)now, DB_ORDER_WAITING),
				now == DB_ORDER_WAITING);
	}
}

int main(void)
{
	start();
	TEST("online and offline are one event each, also when another server heard of it")
		test_presence();
	TEST("old orders go, what waits stays, files go first")
		test_forget();
	TEST("what may follow on what")
		test_states();
	finish();
	TEST_END();
}
