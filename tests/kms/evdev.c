/* SPDX-License-Identifier: Apache-2.0 */
/* What real devices of the kernel send, as it comes out of src/input. */
#include "unit/test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/loop.h"
#include "input/input.h"
#include "kms/uinput.h"
#include "session/keys.h"
#include "unit/scancodes.h"

enum { SEEN_MAX = 4096, BUS_USB = 3, BUS_I2C = 0x18, FLOOD = 100000 };

struct bench {
	struct loop *loop;
	struct input *input;
	unsigned devices, held, count;
	struct input_event events[SEEN_MAX];
	unsigned ticks;
	struct loop_timer *timer;
};

static void see(void *data, const struct input_event *event)
{
	struct bench *bench = data;

	if (event->kind == INPUT_DEVICES)
		bench->devices++;
	else if (event->kind == INPUT_HELD)
		bench->held += event->is_down;
	else if (bench->count < SEEN_MAX)
		bench->events[bench->count++] = *event;
}

static void wait_for(struct bench *bench, unsigned count)
{
	for (int i = 0; i < 500 && bench->count < count; i++)
		loop_step(bench->loop, 20);
}

static void rest(struct bench *bench, int ms)
{
	int64_t end_ms = loop_now_ms() + ms;

	while (loop_now_ms() < end_ms)
		loop_step(bench->loop, 5);
}

static int plug(struct bench *bench, enum uinput_kind kind, uint16_t bus, uint16_t product)
{
	unsigned before = bench->devices;
	int fd = uinput_plug(kind, bus, 0x1000, product);

	for (int i = 0; i < 500 && bench->devices == before; i++)
		loop_step(bench->loop, 20);
	CHECK(fd >= 0 && bench->devices > before);
	rest(bench, 20);
	bench->count = 0;
	return fd;
}

static void pull(struct bench *bench, int fd)
{
	unsigned before = bench->devices;

	close(fd);
	for (int i = 0; i < 500 && bench->devices == before; i++)
		loop_step(bench->loop, 20);
	CHECK(bench->devices > before);
}

static void type(struct bench *bench, int fd, uint16_t code)
{
	uinput_key(fd, code, 1);
	uinput_key(fd, code, 0);
	rest(bench, 1);
}

static uint32_t scancode_of(const char *text)
{
	if (strncmp(text, "E1", 2) == 0)
		return KEYS_PAUSE;
	return strncmp(text, "E0 ", 3) == 0 ? KEYS_EXTENDED | (uint32_t)strtoul(text + 3, NULL, 16)
	                                    : (uint32_t)strtoul(text, NULL, 16);
}

static void test_keys(struct bench *bench, int keyboard)
{
	TEST("every published key: evdev, libinput, xkbcommon, scancode") {
		for (size_t i = 0; i < PUBLISHED; i++) {
			bench->count = 0;
			uinput_key(keyboard, (uint16_t)published[i].key, 1);
			uinput_key(keyboard, (uint16_t)published[i].key, 0);
			wait_for(bench, 2);
			CHECK_INT(bench->count, 2);
			CHECK(bench->events[0].is_down && !bench->events[1].is_down);
			CHECK_INT(keys_scancode(bench->events[0].code),
					scancode_of(published[i].scancode));
		}
	}
	TEST("a key down twice, up without down") {
		bench->count = 0;
		uinput_key(keyboard, KEY_A, 0);
		uinput_key(keyboard, KEY_A, 1);
		uinput_key(keyboard, KEY_A, 1);
		uinput_key(keyboard, KEY_A, 0);
		uinput_key(keyboard, KEY_A, 0);
		rest(bench, 60);
		CHECK_INT(bench->count, 2);
	}
}

static void test_several(struct bench *bench, int first)
{
	int second = plug(bench, UINPUT_KEYBOARD, BUS_USB, 2);

	TEST("two keyboards hold the same key: one press, one release") {
		uinput_key(first, KEY_A, 1);
		rest(bench, 60);
		uinput_key(second, KEY_A, 1);
		rest(bench, 60);
		uinput_key(first, KEY_A, 0);
		rest(bench, 60);
		CHECK_INT(bench->count, 1);
		uinput_key(second, KEY_A, 0);
		wait_for(bench, 2);
		CHECK_INT(bench->count, 2);
	}
	TEST("a keyboard that is pulled out with keys held lets go of them") {
		bench->count = 0;
		uinput_key(second, KEY_LEFTCTRL, 1);
		rest(bench, 60);
		uinput_key(second, KEY_B, 1);
		wait_for(bench, 2);
		pull(bench, second);
		wait_for(bench, 4);
		CHECK_INT(bench->count, 4);
		CHECK(!bench->events[2].is_down && !bench->events[3].is_down);
	}
	TEST("events were lost: what is up is up") {
		bench->count = 0;
		uinput_key(first, KEY_X, 1);
		for (int i = 0; i < 2000; i++)
			uinput_key(first, KEY_Y, i % 2);
		uinput_key(first, KEY_X, 0);
		uinput_key(first, KEY_Y, 0);
		rest(bench, 200);
		CHECK(bench->count % 2 == 0);
		type(bench, first, KEY_Z);
		rest(bench, 60);
		CHECK_INT(bench->events[bench->count - 1].code, KEY_Z);
	}
}

static void test_mouse(struct bench *bench)
{
	static const uint16_t buttons[] = {BTN_LEFT, BTN_RIGHT, BTN_MIDDLE, BTN_SIDE, BTN_EXTRA};
	struct input_pointing pointing = {.is_left_handed = true, .speed = 50};
	int mouse = plug(bench, UINPUT_MOUSE, BUS_USB, 3);
	int other = plug(bench, UINPUT_MOUSE, BUS_USB, 4);

	TEST("five buttons, each pressed and released") {
		for (size_t i = 0; i < 5; i++) {
			bench->count = 0;
			uinput_key(mouse, buttons[i], 1);
			rest(bench, 60);
			uinput_key(mouse, buttons[i], 0);
			rest(bench, 60);
			CHECK_INT(bench->count, 2);
			CHECK_INT(bench->events[0].button, buttons[i]);
		}
	}
	TEST("a wheel of eighths of a notch, up, and one sideways") {
		bench->count = 0;
		uinput_emit(mouse, 2, 0x0b, 15);
		uinput_report(mouse);
		rest(bench, 60);
		for (int i = 0; i < 7; i++) {
			uinput_emit(mouse, 2, 0x0b, 15);
			uinput_report(mouse);
			rest(bench, 10);
		}
		uinput_emit(mouse, 2, 0x0c, 120);
		uinput_emit(mouse, 2, 0x06, 1);
		uinput_report(mouse);
		rest(bench, 60);
		int32_t x = 0, y = 0;
		for (unsigned i = 0; i < bench->count; i++) {
			x += bench->events[i].wheel_x;
			y += bench->events[i].wheel_y;
		}
		CHECK(bench->count >= 3);
		CHECK_INT(x, 120);
		CHECK_INT(y, -120);
	}
	TEST("two mice move one pointer and share its button") {
		bench->count = 0;
		uinput_emit(mouse, 2, 0, 5);
		uinput_report(mouse);
		wait_for(bench, 1);
		uinput_emit(other, 2, 0, -5);
		uinput_report(other);
		wait_for(bench, 2);
		CHECK(bench->events[0].kind == INPUT_MOTION && bench->events[0].x > 0);
		CHECK(bench->events[1].kind == INPUT_MOTION && bench->events[1].x < 0);
		bench->count = 0;
		uinput_key(mouse, BTN_LEFT, 1);
		uinput_key(other, BTN_LEFT, 1);
		rest(bench, 60);
		uinput_key(mouse, BTN_LEFT, 0);
		rest(bench, 60);
		CHECK_INT(bench->count, 1);
		pull(bench, other);
		wait_for(bench, 2);
		CHECK_INT(bench->count, 2);
	}
	TEST("left-handed: the right button is the left one") {
		input_set_pointing(bench->input, &pointing);
		bench->count = 0;
		uinput_key(mouse, BTN_RIGHT, 1);
		uinput_key(mouse, BTN_RIGHT, 0);
		wait_for(bench, 2);
		CHECK_INT(bench->events[0].button, BTN_LEFT);
		pointing = (struct input_pointing){.speed = 50, .has_tap_to_click = true};
		input_set_pointing(bench->input, &pointing);
	}
	TEST("50,000 movements are few, and add up") {
		double before = 0, sum = 0;

		bench->count = 0;
		for (int i = 0; i < 500; i++) {
			for (int j = 0; j < 10; j++) {
				uinput_emit(mouse, 2, 0, i % 2 ? 1 : -1);
				uinput_report(mouse);
			}
			loop_step(bench->loop, 0);
		}
		rest(bench, 60);
		for (unsigned i = 0; i < bench->count; i++)
			sum += bench->events[i].x;
		CHECK(bench->count <= 1200);
		CHECK(input_stats(bench->input).merged > 1000);
		CHECK(sum - before < 1000 && sum - before > -1000);
	}
	pull(bench, mouse);
}

static void finger(int fd, int slot, int is_down, int x, int y)
{
	static int tracking = 10;

	uinput_emit(fd, 3, 0x2f, slot);
	uinput_emit(fd, 3, 0x39, is_down ? tracking++ : -1);
	if (is_down) {
		uinput_emit(fd, 3, 0x35, x);
		uinput_emit(fd, 3, 0x36, y);
		uinput_emit(fd, 3, 0, x);
		uinput_emit(fd, 3, 1, y);
	}
}

static void touch(int fd, int is_down, int x, int y)
{
	finger(fd, 0, is_down, x, y);
	uinput_emit(fd, 1, BTN_TOUCH, is_down);
	uinput_report(fd);
}

static void test_touch(struct bench *bench)
{
	int screen = plug(bench, UINPUT_TOUCH, BUS_I2C, 5);

	TEST("a tap on a touch screen is a click there") {
		touch(screen, 1, 1000, 1500);
		rest(bench, 60);
		touch(screen, 0, 0, 0);
		wait_for(bench, 3);
		CHECK_INT(bench->count, 3);
		CHECK(bench->events[0].kind == INPUT_MOTION_ABSOLUTE && bench->events[0].is_panel);
		CHECK(bench->events[0].x > 0.24 && bench->events[0].x < 0.26);
		CHECK(bench->events[0].y > 0.49 && bench->events[0].y < 0.51);
		CHECK_INT(bench->events[1].button, BTN_LEFT);
		CHECK(bench->events[1].is_down && !bench->events[2].is_down);
	}
	TEST("a finger that rests is the right button, before it goes") {
		bench->count = 0;
		touch(screen, 1, 3000, 600);
		wait_for(bench, 3);
		CHECK_INT(bench->count, 3);
		CHECK_INT(bench->events[1].button, BTN_RIGHT);
		touch(screen, 0, 0, 0);
		rest(bench, 60);
		CHECK_INT(bench->count, 3);
	}
	TEST("a touch screen that goes away under the finger lets go") {
		bench->count = 0;
		touch(screen, 1, 1000, 1000);
		rest(bench, 20);
		uinput_emit(screen, 3, 0x35, 3500);
		uinput_emit(screen, 3, 0, 3500);
		uinput_report(screen);
		rest(bench, 60);
		pull(bench, screen);
		rest(bench, 60);
		int downs = 0;
		for (unsigned i = 0; i < bench->count; i++)
			if (bench->events[i].kind == INPUT_BUTTON)
				downs += bench->events[i].is_down ? 1 : -1;
		CHECK_INT(downs, 0);
	}
}

static void test_touchpad(struct bench *bench)
{
	int pad = plug(bench, UINPUT_TOUCHPAD, BUS_I2C, 6);

	TEST("a tap on a touchpad is a click") {
		finger(pad, 0, 1, 2000, 1500);
		uinput_emit(pad, 1, BTN_TOUCH, 1);
		uinput_emit(pad, 1, 0x145, 1);
		uinput_report(pad);
		rest(bench, 40);
		finger(pad, 0, 0, 0, 0);
		uinput_emit(pad, 1, BTN_TOUCH, 0);
		uinput_emit(pad, 1, 0x145, 0);
		uinput_report(pad);
		wait_for(bench, 2);
		CHECK(bench->count >= 2);
		CHECK_INT(bench->events[0].button, BTN_LEFT);
		rest(bench, 400);
	}
	TEST("two fingers scroll") {
		bench->count = 0;
		finger(pad, 0, 1, 1500, 800);
		finger(pad, 1, 1, 2300, 800);
		uinput_emit(pad, 1, BTN_TOUCH, 1);
		uinput_emit(pad, 1, 0x14d, 1);
		uinput_report(pad);
		rest(bench, 20);
		for (int y = 820; y < 2000; y += 40) {
			for (int slot = 0; slot < 2; slot++) {
				uinput_emit(pad, 3, 0x2f, slot);
				uinput_emit(pad, 3, 0x36, y);
			}
			uinput_emit(pad, 3, 1, y);
			uinput_report(pad);
			rest(bench, 12);
		}
		int32_t sum = 0;
		for (unsigned i = 0; i < bench->count; i++)
			sum += bench->events[i].kind == INPUT_WHEEL ? bench->events[i].wheel_y : 0;
		CHECK(sum > 60);
		for (int slot = 0; slot < 2; slot++)
			finger(pad, slot, 0, 0, 0);
		uinput_emit(pad, 1, BTN_TOUCH, 0);
		uinput_emit(pad, 1, 0x14d, 0);
		uinput_report(pad);
		rest(bench, 60);
	}
	pull(bench, pad);
}

static void pen_at(int fd, int x, int y, int pressure)
{
	uinput_emit(fd, 3, 0, x);
	uinput_emit(fd, 3, 1, y);
	uinput_emit(fd, 3, 0x18, pressure);
}

static void test_pen(struct bench *bench)
{
	int pen = plug(bench, UINPUT_PEN, BUS_USB, 7);
	int downs = 0, rights = 0;

	TEST("a pen points, its tip clicks, its button is the right one") {
		uinput_emit(pen, 1, 0x140, 1);
		pen_at(pen, 2000, 1500, 0);
		uinput_report(pen);
		rest(bench, 30);
		uinput_emit(pen, 1, BTN_TOUCH, 1);
		pen_at(pen, 2000, 1500, 600);
		uinput_report(pen);
		rest(bench, 30);
		uinput_emit(pen, 1, BTN_TOUCH, 0);
		pen_at(pen, 2000, 1500, 0);
		uinput_report(pen);
		rest(bench, 30);
		uinput_key(pen, 0x14b, 1);
		rest(bench, 30);
		uinput_key(pen, 0x14b, 0);
		rest(bench, 60);
		for (unsigned i = 0; i < bench->count; i++) {
			downs += bench->events[i].kind == INPUT_BUTTON &&
			         bench->events[i].button == BTN_LEFT;
			rights += bench->events[i].kind == INPUT_BUTTON &&
			          bench->events[i].button == BTN_RIGHT;
		}
		CHECK(bench->count > 0 && bench->events[0].kind == INPUT_MOTION_ABSOLUTE);
		CHECK(bench->events[0].x > 0.4 && bench->events[0].x < 0.6);
		CHECK_INT(downs, 2);
		CHECK_INT(rights, 2);
	}
	pull(bench, pen);
}

static void test_duck(struct bench *bench, int keyboard)
{
	int duck = plug(bench, UINPUT_KEYBOARD, BUS_USB, 8);

	TEST("a device that types by itself beside a keyboard is held") {
		for (int i = 0; i < 300; i++)
			type(bench, duck, (uint16_t)(KEY_Q + i % 10));
		rest(bench, 100);
		CHECK_INT(bench->held, 1);
		CHECK(bench->count <= 2);
		bench->count = 0;
		type(bench, keyboard, KEY_A);
		wait_for(bench, 2);
		CHECK_INT(bench->count, 2);
	}
	TEST("and heard when the person says so") {
		input_answer(bench->input, true);
		bench->count = 0;
		for (int i = 0; i < 100; i++)
			type(bench, duck, (uint16_t)(KEY_Q + i % 10));
		wait_for(bench, 200);
		CHECK_INT(bench->count, 200);
	}
	pull(bench, duck);
}

static void on_tick(void *data)
{
	struct bench *bench = data;

	bench->ticks++;
	loop_timer_set(bench->timer, 1);
}

static void test_flood(struct bench *bench, int keyboard)
{
	struct input_stats before = input_stats(bench->input), after;
	int64_t start_ms = loop_now_ms(), ms;
	int downs = 0;

	TEST("100,000 events of a keyboard gone mad starve nobody and leave nothing hanging") {
		bench->count = 0;
		bench->timer = loop_add_timer(bench->loop, on_tick, bench);
		loop_timer_set(bench->timer, 1);
		for (int i = 0; i < FLOOD; i += 20) {
			uinput_burst(keyboard, KEY_A, 10);
			loop_step(bench->loop, 0);
		}
		rest(bench, 100);
		ms = loop_now_ms() - start_ms;
		loop_timer_remove(bench->timer);
		after = input_stats(bench->input);
		printf("%d events in %lld ms: %llu keys came out, %llu presses dropped, %u turns "
		       "of the timer, at most %u events in a turn\n",
				FLOOD, (long long)ms,
				(unsigned long long)(after.keys.keys - before.keys.keys),
				(unsigned long long)(after.keys.dropped - before.keys.dropped),
				bench->ticks, after.turn_max);
		CHECK(bench->ticks >= 50);
		CHECK(after.turn_max <= 512);
		CHECK((after.keys.keys - before.keys.keys) / 2 <= (uint64_t)ms + 1000 + 1);
		for (unsigned i = 0; i < bench->count; i++)
			downs += bench->events[i].is_down ? 1 : -1;
		CHECK(bench->count == SEEN_MAX || downs == 0);
	}
	TEST("and a moment later it is a keyboard again") {
		rest(bench, 1100);
		bench->count = 0;
		type(bench, keyboard, KEY_A);
		wait_for(bench, 2);
		CHECK_INT(bench->count, 2);
	}
}

int main(void)
{
	static struct bench bench;
	struct input_keymap names = {.layout = "dk", .variant = "", .options = ""};
	struct err err = {""};
	int keyboard;

	bench.loop = loop_create();
	if (input_create(bench.loop, &names, see, &bench, &bench.input, &err) < 0) {
		printf("%s\n0 passed, 1 failed\n", err.text);
		return 1;
	}
	keyboard = plug(&bench, UINPUT_KEYBOARD, BUS_USB, 1);
	test_keys(&bench, keyboard);
	test_several(&bench, keyboard);
	test_mouse(&bench);
	test_touch(&bench);
	test_touchpad(&bench);
	test_pen(&bench);
	test_duck(&bench, keyboard);
	test_flood(&bench, keyboard);
	input_destroy(bench.input);
	loop_destroy(bench.loop);
	TEST_END();
}
