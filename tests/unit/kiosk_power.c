/* SPDX-License-Identifier: Apache-2.0 */
/* When the screens are darkened, off and lit again: by config, input, message and time of day. */
#include "unit/kiosk_world.h"

enum { MINUTE_MS = 60 * 1000 };

static void tell_clock(struct world *world, const char *clock)
{
	struct kiosk_event event = {.kind = KIOSK_CLOCK};

	snprintf(event.clock, sizeof(event.clock), "%s", clock);
	feed(world, event);
}

static void begin(struct world *world, struct conf_power power, uint16_t blank_after_min)
{
	struct conf_signed config = make_config(1, 8);

	with_desktops(world, 1);
	config.conf.power = power;
	config.conf.display.blank_after_min = blank_after_min;
	feed_config(world, &config);
}

/* After how many minutes without input it is dimmed and off; 0: never. */
static const struct {
	const char *name, *clock;
	struct conf_power power;
	uint16_t blank_after_min;
	int64_t dim_min, off_min;
} rows[] = {
		{"nothing", "12:00", {.dim_percent = 30}, 0, 0, 0},
		{"off only", "12:00", {.dim_percent = 30}, 10, 0, 10},
		{"dim, then off", "12:00", {5, 30, "", "", 0}, 10, 5, 10},
		{"dim only", "12:00", {5, 30, "", "", 0}, 0, 5, 0},
		{"dim later than off", "12:00", {10, 30, "", "", 0}, 10, 0, 10},
		{"dim to 100 %", "12:00", {5, 100, "", "", 0}, 10, 0, 10},
		{"by day", "12:00", {5, 30, "07:00", "16:00", 2}, 10, 5, 10},
		{"first minute of the day", "07:00", {0, 30, "07:00", "16:00", 2}, 10, 0, 10},
		{"last minute of the night", "06:59", {0, 30, "07:00", "16:00", 2}, 10, 0, 2},
		{"first minute of the night", "16:00", {5, 30, "07:00", "16:00", 2}, 10, 0, 2},
		{"never off by day", "09:00", {0, 30, "07:00", "16:00", 2}, 0, 0, 0},
		{"but at night", "23:59", {0, 30, "07:00", "16:00", 2}, 0, 0, 2},
		{"night as by day", "23:59", {5, 30, "07:00", "16:00", 0}, 10, 5, 10},
		{"dim at night", "23:59", {5, 30, "07:00", "16:00", 20}, 10, 5, 20},
		{"a night shift, at work", "03:00", {0, 30, "22:00", "06:00", 2}, 10, 0, 10},
		{"a night shift, at its end", "06:00", {0, 30, "22:00", "06:00", 2}, 10, 0, 2},
		{"equal times", "03:00", {0, 30, "06:00", "06:00", 2}, 10, 0, 10},
		{"one time is missing", "03:00", {0, 30, "06:00", "", 2}, 10, 0, 10},
		{"no clock yet", "", {0, 30, "06:00", "16:00", 2}, 10, 0, 10},
};

static void test_limits(void)
{
	static struct world world;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TEST(rows[i].name) {
			int64_t dim_min = 0, off_min = 0;

			begin(&world, rows[i].power, rows[i].blank_after_min);
			tell_clock(&world, rows[i].clock);
			for (int64_t minute = 1; minute <= 60; minute++) {
				wait_ms(&world, MINUTE_MS);
				if (world.state.is_dim && !dim_min)
					dim_min = minute;
				if (world.state.is_dark && !off_min)
					off_min = minute;
			}
			CHECK_INT(dim_min, rows[i].dim_min);
			CHECK_INT(off_min, rows[i].off_min);
			CHECK_INT(kiosk_wake_ms(&world.state), -1);
		}
}

static void release(struct world *world, uint32_t code, bool is_repeat)
{
	struct kiosk_event event = {.kind = KIOSK_INPUT,
			.input = {.kind = INPUT_KEY,
					.code = code,
					.keysym = XKB_KEY_a,
					.is_down = is_repeat,
					.is_repeat = is_repeat,
					.text = "x"}};

	feed(world, event);
}

static void test_waking(void)
{
	static struct world world;
	const struct conf_power power = {5, 30, "07:00", "16:00", 2};

	TEST("a dimmed screen is bright again with the key that is typed") {
		begin(&world, power, 10);
		wait_ms(&world, 5 * MINUTE_MS);
		CHECK(find(&world, KIOSK_DO_BRIGHTNESS) &&
				find(&world, KIOSK_DO_BRIGHTNESS)->percent == 30);
		type(&world, "a");
		CHECK(find(&world, KIOSK_DO_BRIGHTNESS) &&
				find(&world, KIOSK_DO_BRIGHTNESS)->percent == 100);
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "a");
	}
	TEST("the key that wakes a dark one is not typed, nor its repeats; the next is") {
		begin(&world, power, 10);
		wait_ms(&world, 5 * MINUTE_MS);
		wait_ms(&world, 5 * MINUTE_MS);
		CHECK(world.state.is_dark);
		type(&world, "a");
		CHECK(find(&world, KIOSK_DO_POWER) && find(&world, KIOSK_DO_POWER)->is_on);
		CHECK_INT(find(&world, KIOSK_DO_BRIGHTNESS)->percent, 100);
		release(&world, KEY_A, true);
		release(&world, KEY_A, true);
		release(&world, KEY_A, false);
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "");
		type(&world, "a");
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "a");
	}
	TEST("a session hears nothing of the key that woke the screen") {
		go_to(&world, UI_SESSION);
		world.state.conf.display.blank_after_min = 1;
		wait_ms(&world, MINUTE_MS);
		type(&world, "a");
		CHECK(!find(&world, KIOSK_DO_FORWARD));
		release(&world, KEY_A, false);
		CHECK(!find(&world, KIOSK_DO_FORWARD));
		type(&world, "a");
		CHECK(find(&world, KIOSK_DO_FORWARD));
	}
	TEST("a device that is plugged in wakes nobody") {
		begin(&world, power, 1);
		wait_ms(&world, MINUTE_MS);
		feed(&world, (struct kiosk_event){
					     .kind = KIOSK_INPUT, .input.kind = INPUT_DEVICES});
		CHECK(world.state.is_dark);
	}
}

static void test_monitor(void)
{
	static const struct {
		const char *name, *clock;
		int64_t after_min;
		bool was_dark, is_dark_later; /* as long after the plug as after any input */
	} rows_of_plugs[] = {
			{"a monitor that is plugged in lights dark screens", "12:00", 10, true,
					false},
			{"for as long as an input would", "12:00", 10, true, true},
			{"at night too", "23:00", 2, true, true},
			{"where there is light it is no input", "12:00", 5, false, true},
	};
	const struct conf_power power = {0, 30, "07:00", "16:00", 2};
	static struct world world;

	for (size_t i = 0; i < sizeof(rows_of_plugs) / sizeof(rows_of_plugs[0]); i++)
		TEST(rows_of_plugs[i].name) {
			int64_t after_ms = rows_of_plugs[i].after_min * MINUTE_MS;

			begin(&world, power, 10);
			tell_clock(&world, rows_of_plugs[i].clock);
			wait_ms(&world, after_ms);
			CHECK_INT(world.state.is_dark, rows_of_plugs[i].was_dark);
			feed_kind(&world, KIOSK_MONITOR);
			CHECK(!world.state.is_dark);
			CHECK_INT(find(&world, KIOSK_DO_POWER) != NULL, rows_of_plugs[i].was_dark);
			CHECK(!find(&world, KIOSK_DO_FORWARD));
			wait_ms(&world, after_ms - !rows_of_plugs[i].is_dark_later);
			CHECK_INT(world.state.is_dark, rows_of_plugs[i].is_dark_later);
		}
	TEST("the key after it is typed") {
		begin(&world, power, 10);
		wait_ms(&world, 10 * MINUTE_MS);
		feed_kind(&world, KIOSK_MONITOR);
		type(&world, "a");
		CHECK_TEXT(world.state.fields[UI_FIELD_USER].text, "a");
	}
}

static void test_night(void)
{
	static struct world world;
	static struct conf_signed config;
	const struct conf_power power = {0, 30, "07:00", "16:00", 2};

	TEST("at the end of the day a screen that nobody used is off at once") {
		begin(&world, power, 0);
		tell_clock(&world, "15:59");
		wait_ms(&world, 30 * MINUTE_MS);
		CHECK(!world.state.is_dark);
		tell_clock(&world, "16:00");
		CHECK(world.state.is_dark);
	}
	TEST("one that is never dark by day is lit when it begins") {
		tell_clock(&world, "07:00");
		CHECK(!world.state.is_dark && find(&world, KIOSK_DO_POWER)->is_on);
	}
	TEST("input at night lights it for the night's while") {
		tell_clock(&world, "23:00");
		CHECK(world.state.is_dark);
		type(&world, "a");
		wait_ms(&world, 2 * MINUTE_MS - 1);
		CHECK(!world.state.is_dark);
		wait_ms(&world, 1);
		CHECK(world.state.is_dark);
	}
	TEST("a message at night lights it for a while, and then it is off again") {
		config = make_config(1, 9);
		config.conf.power = power;
		config.conf.message_count = 1;
		strcpy(config.conf.messages[0].id, "m");
		strcpy(config.conf.messages[0].text, "Fire drill at 02:00");
		feed_config(&world, &config);
		CHECK(!world.state.is_dark && find(&world, KIOSK_DO_POWER)->is_on);
		wait_ms(&world, 2 * MINUTE_MS);
		CHECK(world.state.is_dark);
		config.revision = 10;
		feed_config(&world, &config);
		CHECK(world.state.is_dark);
	}
	TEST("a clock that jumps moves no deadline") {
		begin(&world, power, 10);
		tell_clock(&world, "08:00");
		wait_ms(&world, 9 * MINUTE_MS);
		tell_clock(&world, "15:59");
		tell_clock(&world, "07:00");
		CHECK(!world.state.is_dark);
		tell_clock(&world, "00:00");
		CHECK(world.state.is_dark);
		tell_clock(&world, "08:01");
		CHECK(world.state.is_dark);
		type(&world, "a");
		wait_ms(&world, 10 * MINUTE_MS);
		CHECK(world.state.is_dark);
	}
}

int main(void)
{
	test_limits();
	test_waking();
	test_monitor();
	test_night();
	TEST_END();
}
