/* SPDX-License-Identifier: Apache-2.0 */
#include "server/park.h"

#include "base/text.h"
#include "unit/test.h"

static void count_call(void *data)
{
	++*(int *)data;
}

struct chain {
	struct wheel *wheel;
	struct wheel_entry *victim;
	struct wheel_entry again;
	int calls;
};

static void clear_other(void *data)
{
	struct chain *chain = data;

	chain->calls++;
	wheel_clear(chain->wheel, chain->victim);
	wheel_set(chain->wheel, &chain->again, 0, count_call, &chain->calls);
}

static void limit_comes_once(struct wheel *wheel)
{
	int calls = 0;
	struct wheel_entry entry = {0};

	wheel_set(wheel, &entry, 3, count_call, &calls);
	for (int i = 0; i < 3; i++)
		wheel_turn(wheel);
	CHECK_INT(calls, 0);
	wheel_turn(wheel);
	CHECK_INT(calls, 1);
	for (int i = 0; i < 2 * WHEEL_SLOTS; i++)
		wheel_turn(wheel);
	CHECK_INT(calls, 1);
}

static void set_anew(struct wheel *wheel)
{
	int calls = 0;
	struct wheel_entry one = {0}, two = {0};

	wheel_set(wheel, &one, 1, count_call, &calls);
	wheel_set(wheel, &two, 1, count_call, &calls);
	wheel_set(wheel, &one, 5, count_call, &calls);
	wheel_clear(wheel, &two);
	for (int i = 0; i < 5; i++)
		wheel_turn(wheel);
	CHECK_INT(calls, 0);
	wheel_turn(wheel);
	CHECK_INT(calls, 1);
}

static void clears_neighbour(struct wheel *wheel)
{
	int calls = 0;
	struct wheel_entry first = {0}, second = {0};
	struct chain chain = {.wheel = wheel, .victim = &second};

	wheel_set(wheel, &first, 0, clear_other, &chain);
	wheel_set(wheel, &second, 0, count_call, &calls);
	wheel_turn(wheel);
	CHECK_INT(calls, 0);
	CHECK_INT(chain.calls, 1);
	wheel_turn(wheel);
	CHECK_INT(chain.calls, 2);
}

static void wakes_a_key(struct park *park)
{
	struct park_entry entries[100] = {0};
	int woken[100] = {0}, all = 0;

	for (int i = 0; i < 100; i++) {
		char key[16];

		(void)text_format(key, sizeof(key), "device/%d", i % 50);
		park_add(park, &entries[i], key, 50, count_call, &woken[i]);
	}
	CHECK_INT(park_count(park), 100);
	park_wake(park, "device/7");
	park_wake(park, "device/none");
	for (int i = 0; i < 100; i++)
		all += woken[i];
	CHECK_INT(all, 2);
	CHECK_INT(woken[7] + woken[57], 2);
	park_remove(&entries[8]);
	park_remove(&entries[8]);
	park_remove(&entries[7]);
	CHECK_INT(park_count(park), 97);
	park_wake_all(park);
	CHECK_INT(park_count(park), 0);
	CHECK_INT(woken[8], 0);
	CHECK_INT(woken[58], 1);
}

static void called_at_limit(struct wheel *wheel, struct park *park)
{
	int calls = 0;
	struct park_entry entry = {0};

	park_add(park, &entry, "device/a", 1, count_call, &calls);
	wheel_turn(wheel);
	wheel_turn(wheel);
	CHECK_INT(calls, 1);
	park_wake(park, "device/a");
	CHECK_INT(calls, 1);
}

int main(void)
{
	struct loop *loop = loop_create();
	struct wheel *wheel = wheel_create(loop);
	struct park *park = park_create(wheel);

	TEST("a limit comes once, after its seconds and at most one more") {
		limit_comes_once(wheel);
	}
	TEST("set anew or cleared, the old limit is gone") {
		set_anew(wheel);
	}
	TEST("a call may clear its neighbour and set another") {
		clears_neighbour(wheel);
	}
	TEST("waking a key wakes all that wait for it and nobody else") {
		wakes_a_key(park);
	}
	TEST("who is not woken is called at the limit, once") {
		called_at_limit(wheel, park);
	}
	park_destroy(park);
	wheel_destroy(wheel);
	loop_destroy(loop);
	TEST_END();
}
