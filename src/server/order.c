/* SPDX-License-Identifier: Apache-2.0 */
#include "server/order.h"

#include <errno.h>
#include <search.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "server/bell.h"
#include "server/keys.h"
#include "server/park.h"
#include "server/people.h"

enum {
	ID_TIME = 9, /* characters of 5 bits: milliseconds until the year 3084 */
	ID_CHANCE = 11,
	RETRY_S = 5,
	TIMER_MAX_S = 3600,
	WAITING_MAX = 1000000,    /* orders that wait for some device */
	DEVICE_WAITING_MAX = 100, /* for one that is given orders alone */
};

/* In a ring: not an order, but a device that a neighbour called. */
static const char CALLED = '!';

struct orders {
	struct server *server;
	struct loop_timer *timer; /* at the next expiry */
	int64_t next_s;           /* 0: nothing expires */
	int64_t last_ms;          /* in ids */
	void *sleeping;           /* tree of ids: a neighbour called them */
};

/* --- what is in memory */

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int add_sleeping(void *data, const char *id)
{
	struct orders *orders = data;
	char *copy = own_copy_text(id);
	char **node = tsearch(copy, &orders->sleeping, by_text);

	if (!node)
		abort();
	if (*node != copy)
		free(copy);
	return 0;
}

static int set_carrier(void *data, const char *carrier, int64_t count)
{
	struct orders *orders = data;
	char key[PARK_KEY_MAX];

	order_count_set(orders->server->order_counts, carrier, (unsigned)count);
	if (text_format(key, sizeof(key), "device/%s", carrier) == 0)
		park_wake(orders->server->park, key);
	return 0;
}

static void set_timer(struct orders *orders, int64_t at_s)
{
	int64_t delay_s = at_s - server_now_s();

	orders->next_s = at_s;
	if (!at_s || delay_s > TIMER_MAX_S)
		delay_s = TIMER_MAX_S;
	loop_timer_set(orders->timer, delay_s > 0 ? delay_s * 1000 : 0);
}

static int add_carrier(void *data, const char *carrier, int64_t count)
{
	struct orders *orders = data;

	return set_carrier(data, carrier,
			count + order_count_get(orders->server->order_counts, carrier));
}

/* Everything, of the server's start or after an interruption. */
static int load(struct orders *orders, struct err *err)
{
	struct server *server = orders->server;
	int64_t next_s;

	int r = db_order_waiting(server->db, "", set_carrier, orders, err);
	if (r == 0)
		r = db_order_sleeping(server->db, add_sleeping, orders, err);
	if (r == 0)
		r = db_order_next_expiry(server->db, &next_s, err);
	if (r == 0)
		set_timer(orders, next_s);
	return r;
}

/* --- events */

static void emit(struct server *server, const struct db_order *order,
		const struct db_order_device *one, enum db_order_state state, const char *detail)
{
	char scope[DB_SCOPE_MAX];
	cJSON *body = json_new_object();

	json_put_text(body, "order", order->id);
	json_put_text(body, "kind", order->kind);
	json_put_text(body, "device", one->device);
	json_put_text(body, "name", one->name);
	json_put_text(body, "state", order_state_names[state]);
	people_put_text(body, "detail", detail);
	(void)text_format(scope, sizeof(scope), "device/%s", one->device);
	events_emit_about(server, "order", scope, body);
}

/* --- expiry */

struct expired {
	struct db_order order;
	struct db_order_device device;
};

static int note_expired(void *data, const struct db_order *order,
		const struct db_order_device *device)
{
	struct expired one = {.order = *order, .device = *device};

	/* What does not fit is not told one by one. */
	(void)array_append(data, &one, sizeof(one));
	return 0;
}

static int expire(struct server *server, struct array *expired, struct err *err)
{
	int r = db_begin(server->db, err);

	if (r == 0)
		r = db_order_expire(server->db, server_now_s(), note_expired, expired, err);
	if (r == 0)
		r = db_commit(server->db, err);
	if (r < 0)
		db_rollback(server->db);
	return r;
}

static void on_timer(void *data)
{
	struct orders *orders = data;
	struct server *server = orders->server;
	OWNED(array) struct array expired = {.max = 200 * sizeof(struct expired)};
	int64_t next_s = 0;
	struct err err;
	int r = orders->next_s && orders->next_s <= server_now_s() ? expire(server, &expired, &err)
	                                                           : 0;

	if (r == 0)
		r = db_order_next_expiry(server->db, &next_s, &err);
	if (r < 0) {
		log_warn("orders that are due do not expire: %s", err.text);
		next_s = server_now_s() + RETRY_S;
	}
	set_timer(orders, next_s);
	const struct expired *all = (const struct expired *)expired.data;
	for (size_t i = 0; i < expired.size / sizeof(*all); i++)
		emit(server, &all[i].order, &all[i].device, DB_ORDER_EXPIRED, "");
}

/* --- start and end */

int orders_create(struct server *server, struct orders **ret, struct err *err)
{
	struct orders *orders = own_alloc(sizeof(*orders));

	orders->server = server;
	orders->timer = loop_add_timer(server->loop, on_timer, orders);
	int r = load(orders, err);
	if (r < 0) {
		orders_destroy(orders);
		return r;
	}
	*ret = orders;
	return 0;
}

void orders_destroy(struct orders *orders)
{
	if (!orders)
		return;
	loop_timer_remove(orders->timer);
	tdestroy(orders->sleeping, free);
	free(orders);
}

void order_ring(struct server *server, const char *id)
{
	struct orders *orders = server->orders;
	int64_t next_s = 0;
	struct err err;
	int r;

	if (!orders)
		return;
	if (!id)
		r = load(orders, &err);
	else if (id[0] == CALLED)
		r = add_sleeping(orders, id + 1);
	else
		r = db_order_waiting(server->db, id, add_carrier, orders, &err);
	if (r == 0 && id && id[0] != CALLED)
		r = db_order_next_expiry(server->db, &next_s, &err);
	if (r < 0)
		log_warn("orders of another server are not told: %s", err.text);
	else if (id && id[0] != CALLED)
		set_timer(orders, next_s);
}

/* --- giving */

/* Sorts by time, also within a millisecond of this server. */
static void new_id(struct orders *orders, char id[DB_ID_MAX])
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (now_ms <= orders->last_ms)
		now_ms = orders->last_ms + 1;
	orders->last_ms = now_ms;
	for (int i = ID_TIME - 1; i >= 0; i--, now_ms >>= 5)
		id[i] = digits[now_ms & 31];
	key_random_text(id + ID_TIME, ID_CHANCE);
}

/* Two digits for a room, three for a site; where they begin is chance, as others order as well. */
static int choose_numbers(const struct order_wish *wish, int64_t count,
		struct db_order_numbers *ret, struct err *err)
{
	uint32_t chance;

	*ret = (struct db_order_numbers){.size = 1};
	if (strcmp(wish->kind->name, "identify") != 0)
		return 0;
	if (count > ORDER_NUMBERS_MAX)
		return err_set(err, EINVAL, "target: more than %d devices cannot be told apart",
				ORDER_NUMBERS_MAX);
	ret->first = count <= 30 ? 10 : count <= 400 ? 100 : 1000;
	ret->size = 9 * ret->first;
	key_random(&chance, sizeof(chance));
	ret->start = chance % ret->size;
	return 0;
}

static int check_count(const struct order_wish *wish, int64_t count, struct err *err)
{
	if (count == 0)
		return err_set(err, EINVAL, "target: there is no device");
	if (wish->kind->has_file && count > ORDER_FILES_MAX)
		return err_set(err, EINVAL, "target: %s is for at most %d devices at once",
				wish->kind->name, ORDER_FILES_MAX);
	if (strcmp(wish->kind->name, "wake") == 0 && count > ORDER_WAKE_MAX)
		return err_set(err, EINVAL, "target: wake is for at most %d devices at once",
				ORDER_WAKE_MAX);
	return 0;
}

static int add_devices(struct server *server, struct order_wish *wish, struct err *err)
{
	struct db_order *order = &wish->order;
	struct db_order_numbers numbers;
	int64_t count = wish->device_count;
	int r = 0;

	if (order->scope[0])
		r = db_device_below_count(server->db, order->scope, "", &count, err);
	if (r == 0)
		r = check_count(wish, count, err);
	if (r == 0)
		r = choose_numbers(wish, count, &numbers, err);
	if (r < 0)
		return r;
	if (order->scope[0])
		return db_order_add_below(server->db, order, &numbers, err);
	for (unsigned i = 0; r == 0 && i < wish->device_count; i++)
		r = db_order_add_device(server->db, order, wish->devices[i],
				numbers.first + (numbers.start + i) % numbers.size, err);
	return r;
}

static int store(struct server *server, struct order_wish *wish, struct err *err)
{
	struct db_order *order = &wish->order;
	char ring[PARK_KEY_MAX];
	int r = db_order_add(server->db, order, err);

	if (r == 0)
		r = add_devices(server, wish, err);
	if (r == 0 && strcmp(order->kind, "wake") == 0)
		r = db_order_find_neighbours(server->db, order, order->time_s - SEEN_ONLINE_S, err);
	if (r == 0)
		r = db_order_count(server->db, order->id, &order->device_count, err);
	(void)text_format(ring, sizeof(ring), "order/%s", order->id);
	return r < 0 ? r : db_ring(server->db, ring, err);
}

static int check_place(struct server *server, const struct order_wish *wish, struct err *err)
{
	const char *scope = wish->order.scope;
	int64_t waiting;

	if (strncmp(scope, "device/", 7) == 0 &&
			order_count_get(server->order_counts, scope + 7) >= DEVICE_WAITING_MAX)
		return err_set(err, EDQUOT, "%d orders wait for this device already",
				DEVICE_WAITING_MAX);
	int r = db_order_waiting_count(server->db, &waiting, err);

	if (r == 0 && waiting > WAITING_MAX)
		r = err_set(err, EDQUOT, "more than %d orders wait already", WAITING_MAX);
	return r;
}

int order_give(struct server *server, struct order_wish *wish, struct err *err)
{
	struct orders *orders = server->orders;
	struct db_order *order = &wish->order;

	int r = check_place(server, wish, err);
	if (r < 0)
		return r;
	new_id(orders, order->id);
	order->time_s = server_now_s();
	if (order->expires_s)
		order->expires_s += order->time_s;
	if (strcmp(order->kind, "wake") == 0)
		seen_flush(server->seen);
	r = db_begin(server->db, err);
	if (r == 0)
		r = store(server, wish, err);
	if (r == 0)
		r = db_commit(server->db, err);
	if (r < 0) {
		db_rollback(server->db);
		return r;
	}
	order_ring(server, order->id);
	return 0;
}

int order_cancel(struct server *server, const struct db_order *order, const char *person,
		int64_t *ret, struct err *err)
{
	int r = db_begin(server->db, err);

	if (r == 0)
		r = db_order_cancel(server->db, order->id, person, server_now_s(), ret, err);
	if (r == 0)
		r = db_commit(server->db, err);
	if (r < 0)
		db_rollback(server->db);
	return r;
}

/* --- answers */

/* It may come back at any server. */
static void note_called(struct server *server, const char *device)
{
	char ring[PARK_KEY_MAX];
	struct err err;

	(void)add_sleeping(server->orders, device);
	(void)text_format(ring, sizeof(ring), "order/%c%s", CALLED, device);
	if (db_ring(server->db, ring, &err) < 0)
		log_warn("other servers do not wait for %s: %s", device, err.text);
}

int order_answer(struct server *server, const struct db_order *order,
		const struct db_order_device *device, enum db_order_state state, const char *detail,
		struct err *err)
{
	if (device->state == state)
		return 0;
	int r = db_order_result(server->db, order->id, device->device, state, detail,
			server_now_s(), err);
	if (r < 0)
		return r;
	if (state == DB_ORDER_SENT)
		note_called(server, device->device);
	emit(server, order, device, state, detail);
	return 0;
}

struct woken {
	struct server *server;
	struct db_order order;
	struct db_order_device device;
	bool is_found;
};

static int find_sent(void *data, const struct db_order *order, const struct db_order_device *device)
{
	struct woken *woken = data;

	if (device->state != DB_ORDER_SENT)
		return 0;
	woken->order = *order;
	woken->device = *device;
	woken->is_found = true;
	return 1;
}

/* Of the newest few orders: one that is older than these was answered long ago or never will be. */
static int note_awake(struct server *server, const char *id, struct err *err)
{
	OWNED(memory) struct woken *woken = own_alloc(sizeof(*woken));
	const struct db_page page = {.after = "", .limit = 50};

	do {
		woken->is_found = false;
		int r = db_order_of_device(server->db, id, &page, find_sent, woken, err);
		if (r < 0)
			return r;
		if (woken->is_found)
			r = order_answer(server, &woken->order, &woken->device, DB_ORDER_DONE,
					"it is awake", err);
		if (r < 0)
			return r;
	} while (woken->is_found);
	return 0;
}

void order_heard(struct server *server, const char *device)
{
	struct orders *orders = server->orders;
	struct err err;

	if (!orders->sleeping)
		return;
	char **node = tfind(device, &orders->sleeping, by_text);
	if (!node)
		return;
	char *id = *node;
	tdelete(device, &orders->sleeping, by_text);
	if (note_awake(server, id, &err) < 0)
		log_warn("that %s is awake could not be stored: %s", id, err.text);
	free(id);
}
