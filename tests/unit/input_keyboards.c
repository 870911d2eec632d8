/* SPDX-License-Identifier: Apache-2.0 */
/* Several keyboards as one, and those that type by themselves. */
#include "unit/test.h"

#include "input/guard.h"
#include "input/keyboards.h"

enum { MS = 1000, SEEN_MAX = 4096, DUCK = 9 };

struct seen {
	unsigned count, down;
	struct {
		uint32_t code;
		bool is_down;
	} list[SEEN_MAX];
};

static void see(void *data, uint32_t code, bool is_down, int64_t time_us)
{
	struct seen *seen = data;

	(void)time_us;
	seen->down += is_down;
	if (seen->count < SEEN_MAX) {
		seen->list[seen->count].code = code;
		seen->list[seen->count++].is_down = is_down;
	}
}

static struct keyboards_device usb(uint32_t id)
{
	return (struct keyboards_device){.id = id,
			.group = id,
			.vendor = 0x1000,
			.product = (uint16_t)id,
			.is_typing = true,
			.name = "keyboard"};
}

static void add(struct keyboards *keyboards, struct keyboards_device device)
{
	keyboards_add(keyboards, &device);
}

static void type(struct keyboards *keyboards, uint32_t id, unsigned count, int64_t *now_us,
		int64_t gap_us)
{
	for (unsigned i = 0; i < count; i++) {
		keyboards_time(keyboards, *now_us);
		keyboards_key(keyboards, id, KEY_A + i % 8, true, *now_us);
		keyboards_key(keyboards, id, KEY_A + i % 8, false, *now_us + gap_us / 2);
		*now_us += gap_us;
	}
}

static void test_one(void)
{
	struct seen seen = {0};
	struct keyboards *keyboards = keyboards_create(see, &seen);

	TEST("a key that two keyboards hold goes up with the last of them") {
		add(keyboards, usb(1));
		add(keyboards, usb(2));
		keyboards_key(keyboards, 1, KEY_A, true, 1000 * MS);
		keyboards_key(keyboards, 2, KEY_A, true, 1100 * MS);
		keyboards_key(keyboards, 1, KEY_A, false, 1200 * MS);
		CHECK_INT(seen.count, 1);
		keyboards_key(keyboards, 2, KEY_A, false, 1300 * MS);
		CHECK_INT(seen.count, 2);
		CHECK(!keyboards_is_down(keyboards, KEY_A));
	}
	TEST("a mouse's button is merged alike, and no typing") {
		for (int i = 0; i < 50; i++) {
			keyboards_key(keyboards, 2, BTN_LEFT, true, 1400 * MS + i);
			keyboards_key(keyboards, 2, BTN_LEFT, false, 1400 * MS + i);
		}
		CHECK_INT(seen.count, 102);
		CHECK_INT(keyboards_asks(keyboards), 0);
	}
	TEST("a keyboard that is pulled out lets go of everything") {
		seen.count = 0;
		keyboards_key(keyboards, 1, KEY_LEFTCTRL, true, 2000 * MS);
		keyboards_key(keyboards, 1, KEY_B, true, 2100 * MS);
		keyboards_key(keyboards, 1, BTN_LEFT, true, 2200 * MS);
		keyboards_remove(keyboards, 1, 2300 * MS);
		CHECK_INT(seen.count, 6);
		for (unsigned i = 3; i < 6; i++)
			CHECK(!seen.list[i].is_down);
	}
	TEST("keys of nobody, of a device that went, and out of range") {
		seen.count = 0;
		keyboards_key(keyboards, 1, KEY_A, true, 3000 * MS);
		keyboards_key(keyboards, 77, KEY_A, true, 3000 * MS);
		keyboards_key(keyboards, 2, 0, true, 3000 * MS);
		keyboards_key(keyboards, 2, KEY_CNT, true, 3000 * MS);
		keyboards_key(keyboards, 2, UINT32_MAX, true, 3000 * MS);
		keyboards_key(keyboards, 2, KEY_C, false, 3000 * MS);
		CHECK_INT(seen.count, 0);
		keyboards_key(keyboards, 0, KEY_A, true, 3000 * MS);
		keyboards_key(keyboards, 0, KEY_A, false, 3000 * MS);
		CHECK_INT(seen.count, 2);
	}
	keyboards_destroy(keyboards);
}

/* Who types how, in which company, and what becomes of it. */
static const struct {
	const char *what;
	bool has_other, is_internal, is_listed, is_allowed_all, is_at_start;
	int64_t gap_us;
	unsigned presses;
	bool is_held;
} rows[] = {
		{"a duck beside a keyboard", .has_other = true, .gap_us = 2 * MS, .presses = 200,
				.is_held = true},
		{"a duck that was there at the start", .has_other = true, .is_at_start = true,
				.gap_us = 2 * MS, .presses = 200, .is_held = true},
		{"a slow duck of 20 ms", .has_other = true, .gap_us = 20 * MS, .presses = 200,
				.is_held = true},
		{"the fastest typist, 300 words a minute", .has_other = true, .gap_us = 40 * MS,
				.presses = 200},
		{"a quick person", .has_other = true, .gap_us = 80 * MS, .presses = 200},
		{"a handful of keys at once", .has_other = true, .gap_us = 1 * MS, .presses = 5},
		{"the only keyboard", .gap_us = 2 * MS, .presses = 200},
		{"a built-in keyboard", .has_other = true, .is_internal = true, .gap_us = 2 * MS,
				.presses = 200},
		{"a barcode scanner from the list", .has_other = true, .is_listed = true,
				.gap_us = 2 * MS, .presses = 200},
		{"a policy that allows", .has_other = true, .is_allowed_all = true,
				.gap_us = 2 * MS, .presses = 200},
};

static void test_duck(size_t row)
{
	struct seen seen = {0};
	struct keyboards *keyboards = keyboards_create(see, &seen);
	struct keyboards_device duck = usb(DUCK);
	int64_t now_us = 10000 * MS;

	duck.is_internal = rows[row].is_internal;
	keyboards_set_policy(keyboards, !rows[row].is_allowed_all,
			rows[row].is_listed ? "05e0:1200,1000:0009" : "05e0:1200");
	if (rows[row].is_at_start)
		add(keyboards, duck);
	if (rows[row].has_other)
		add(keyboards, usb(1));
	keyboards_started(keyboards);
	if (!rows[row].is_at_start)
		add(keyboards, duck);
	type(keyboards, DUCK, rows[row].presses, &now_us, rows[row].gap_us);
	keyboards_time(keyboards, now_us + 100 * MS);
	CHECK_INT(keyboards_asks(keyboards), rows[row].is_held ? DUCK : 0);
	if (rows[row].is_held)
		CHECK(seen.down <= 1);
	else
		CHECK_INT(seen.down, rows[row].presses);
	CHECK_INT(seen.count, 2 * seen.down); /* nothing hangs */
	CHECK_INT(keyboards_wake_us(keyboards), -1);
	keyboards_destroy(keyboards);
}

static void test_answers(void)
{
	struct seen seen = {0};
	struct keyboards *keyboards = keyboards_create(see, &seen);
	struct keyboards_device mouse = usb(10);
	int64_t now_us = 10000 * MS;

	mouse.group = DUCK;
	mouse.is_typing = false;
	add(keyboards, usb(1));
	add(keyboards, usb(DUCK));
	add(keyboards, mouse);
	TEST("what hangs on the same plug is held with it, and what was there goes on") {
		keyboards_key(keyboards, 10, BTN_LEFT, true, now_us);
		type(keyboards, DUCK, 100, &now_us, 1 * MS);
		CHECK_INT(keyboards_asks(keyboards), DUCK);
		CHECK(keyboards_is_held(keyboards, DUCK) && keyboards_is_held(keyboards, 10));
		CHECK(!keyboards_is_held(keyboards, 1));
		CHECK(!keyboards_is_down(keyboards, BTN_LEFT));
		seen = (struct seen){0};
		keyboards_key(keyboards, 10, BTN_LEFT, true, now_us);
		keyboards_key(keyboards, 10, BTN_LEFT, false, now_us);
		CHECK_INT(seen.count, 0);
		keyboards_key(keyboards, 1, KEY_A, true, now_us);
		keyboards_key(keyboards, 1, KEY_A, false, now_us);
		CHECK_INT(seen.count, 2);
		CHECK(keyboards_stats(keyboards).refused > 90);
	}
	TEST("the person refuses it: not a word until it is plugged in again") {
		keyboards_answer(keyboards, false);
		CHECK_INT(keyboards_asks(keyboards), 0);
		seen = (struct seen){0};
		now_us += 1000 * MS;
		type(keyboards, DUCK, 10, &now_us, 200 * MS);
		CHECK_INT(seen.count, 0);
		CHECK_INT(keyboards_asks(keyboards), 0);
		keyboards_remove(keyboards, DUCK, now_us);
		keyboards_remove(keyboards, 10, now_us);
		add(keyboards, usb(DUCK));
		type(keyboards, DUCK, 10, &now_us, 200 * MS);
		CHECK_INT(seen.down, 10);
	}
	TEST("the person allows it: it types as it likes") {
		type(keyboards, DUCK, 100, &now_us, 1 * MS);
		CHECK_INT(keyboards_asks(keyboards), DUCK);
		seen = (struct seen){0};
		keyboards_answer(keyboards, true);
		type(keyboards, DUCK, 100, &now_us, 1 * MS);
		CHECK_INT(seen.down, 100);
	}
	TEST("held, then pulled out: nobody is asked any more") {
		keyboards_remove(keyboards, DUCK, now_us);
		add(keyboards, usb(DUCK));
		type(keyboards, DUCK, 100, &now_us, 1 * MS);
		CHECK_INT(keyboards_asks(keyboards), DUCK);
		keyboards_remove(keyboards, DUCK, now_us);
		CHECK_INT(keyboards_asks(keyboards), 0);
		keyboards_answer(keyboards, true);
	}
	TEST("held, then the policy allows: it is let go") {
		add(keyboards, usb(DUCK));
		type(keyboards, DUCK, 100, &now_us, 1 * MS);
		keyboards_set_policy(keyboards, false, "");
		CHECK_INT(keyboards_asks(keyboards), 0);
		seen = (struct seen){0};
		type(keyboards, DUCK, 50, &now_us, 1 * MS);
		CHECK_INT(seen.down, 50);
	}
	keyboards_destroy(keyboards);
}

static void test_guard(void)
{
	struct seen seen = {0};
	struct keyboards *keyboards = keyboards_create(see, &seen);
	int64_t now_us = 10000 * MS;

	add(keyboards, usb(1));
	add(keyboards, usb(DUCK));
	TEST("a person's chord waits for 30 ms at most, in its order") {
		keyboards_key(keyboards, DUCK, KEY_LEFTCTRL, true, now_us);
		keyboards_key(keyboards, DUCK, KEY_LEFTALT, true, now_us + 5 * MS);
		keyboards_key(keyboards, DUCK, KEY_DELETE, true, now_us + 9 * MS);
		CHECK_INT(seen.count, 1);
		CHECK_INT(keyboards_wake_us(keyboards), now_us + 39 * MS);
		keyboards_time(keyboards, now_us + 38 * MS);
		CHECK_INT(seen.count, 1);
		keyboards_time(keyboards, now_us + 39 * MS);
		CHECK_INT(seen.count, 3);
		CHECK_INT(seen.list[1].code, KEY_LEFTALT);
		CHECK_INT(seen.list[2].code, KEY_DELETE);
		for (uint32_t code = KEY_CNT - 1; code > 0; code--)
			keyboards_key(keyboards, DUCK, code, false, now_us + 90 * MS);
		CHECK_INT(seen.count, 6);
	}
	TEST("a duck that stumbles on purpose is found by its rate") {
		now_us += 5000 * MS;
		for (int i = 0; i < 12; i++) {
			type(keyboards, DUCK, 4, &now_us, 3 * MS);
			now_us += 31 * MS;
		}
		CHECK_INT(keyboards_asks(keyboards), DUCK);
	}
	TEST("more devices than places are not heard, and nothing breaks") {
		for (uint32_t id = 100; id < 100 + 2 * KEYBOARDS_MAX; id++)
			add(keyboards, usb(id));
		for (uint32_t id = 100; id < 100 + 2 * KEYBOARDS_MAX; id++)
			keyboards_key(keyboards, id, KEY_A, true, now_us + id);
		for (uint32_t id = 100; id < 100 + 2 * KEYBOARDS_MAX; id++)
			keyboards_remove(keyboards, id, now_us + 1000 * MS);
		CHECK(!keyboards_is_down(keyboards, KEY_A));
	}
	keyboards_destroy(keyboards);
}

/* 100,000 events a second from a keyboard that has gone mad, the only one there is. */
static void test_flood(void)
{
	struct seen seen = {0};
	struct keyboards *keyboards = keyboards_create(see, &seen);
	int64_t now_us = 10000 * MS;

	add(keyboards, usb(1));
	TEST("100,000 events a second: 1000 presses a second count, none hangs") {
		for (unsigned i = 0; i < 300000; i++, now_us += 10)
			keyboards_key(keyboards, 1, KEY_A + (i / 2) % 8, i % 2 == 0, now_us);
		CHECK(seen.down >= 3 * KEYBOARDS_RATE && seen.down <= 5 * KEYBOARDS_RATE);
		CHECK_INT(keyboards_stats(keyboards).dropped, 150000 - seen.down);
		for (uint32_t code = 0; code < KEY_CNT; code++)
			CHECK(!keyboards_is_down(keyboards, code));
	}
	TEST("a moment later a person is heard again") {
		seen = (struct seen){0};
		now_us += 3000 * MS;
		type(keyboards, 1, 20, &now_us, 100 * MS);
		CHECK_INT(seen.down, 20);
	}
	keyboards_destroy(keyboards);
}

int main(void)
{
	test_one();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TEST(rows[i].what)
			test_duck(i);
	test_answers();
	test_guard();
	test_flood();
	TEST_END();
}
