/* SPDX-License-Identifier: Apache-2.0 */
#include "input/input.h"

#include <errno.h>
#include <linux/input-event-codes.h>
#include <string.h>

#include "base/text.h"
#include "input/devices.h"
#include "input/keymap.h"

struct input {
	input_fn fn;
	void *data;
	struct keymap *keymap;
	struct devices *devices; /* NULL: events are fed by hand */
	struct keyboards *keyboards;
	struct access access;
	struct access_settings wanted; /* instead of the present ones, with the next wake-up */
	bool is_access_new;
	struct input_pointing pointing;
	bool is_asking; /* the person is asked about a keyboard */
	struct loop_timer *repeat, *wake;
	struct input_event repeated; /* code 0: no key repeats */
	uint32_t repeat_delay_ms, repeat_period_ms;
	bool is_scroll_locked;
	uint8_t down[(KEY_CNT + 7) / 8];
	uint8_t composed[(KEY_CNT + 7) / 8]; /* those of them that went into a Compose sequence */
	uint16_t sent[KEY_CNT];              /* as what code each of them was told */
};

static bool has_bit(const uint8_t *bits, uint32_t code)
{
	return bits[code / 8] & (1u << (code % 8));
}

static void set_bit(uint8_t *bits, uint32_t code, bool is_set)
{
	uint8_t bit = (uint8_t)(1u << (code % 8));

	if (is_set)
		bits[code / 8] |= bit;
	else
		bits[code / 8] &= (uint8_t)~bit;
}

static bool are_equal(struct input_locks a, struct input_locks b)
{
	return a.caps == b.caps && a.num == b.num && a.scroll == b.scroll;
}

struct input_locks input_locks(const struct input *input)
{
	struct input_locks locks = keymap_locks(input->keymap);

	locks.scroll = input->is_scroll_locked;
	return locks;
}

static void show_locks(struct input *input)
{
	if (input->devices)
		devices_set_leds(input->devices, input_locks(input));
}

void input_set_locks(struct input *input, struct input_locks locks)
{
	if (are_equal(locks, input_locks(input)))
		return;
	keymap_set_locks(input->keymap, locks);
	input->is_scroll_locked = locks.scroll;
	show_locks(input);
}

static void stop_repeat(struct input *input)
{
	input->repeated = (struct input_event){0}; /* its text may be of a password */
	loop_timer_set(input->repeat, -1);
}

static void repeat_key(void *data)
{
	struct input *input = data;
	struct input_event event = input->repeated;

	if (!event.code)
		return;
	loop_timer_set(input->repeat, input->repeat_period_ms);
	event.time_us = loop_now_us();
	event.is_repeat = true;
	input->fn(input->data, &event);
}

static void start_repeat(struct input *input, uint32_t code, const struct input_event *event)
{
	if (!keymap_repeats(input->keymap, code) || keymap_is_composing(input->keymap))
		return;
	stop_repeat(input);
	if (event->is_composed)
		return;
	if (!input->repeat_delay_ms || !input->repeat_period_ms)
		return;
	input->repeated = *event;
	loop_timer_set(input->repeat, input->repeat_delay_ms);
}

/* A key that counts: after all devices became one and the aids for hands had their say. */
static void feed_counted(struct input *input, uint32_t code, bool down, int64_t time_us)
{
	struct input_locks before = input_locks(input);
	struct input_event event = {.kind = INPUT_KEY, .time_us = time_us, .is_down = down};

	if (has_bit(input->down, code) == down)
		return;
	set_bit(input->down, code, down);
	if (down) {
		input->sent[code] = (uint16_t)keymap_code(input->keymap, code);
		keymap_press(input->keymap, code, &event);
		set_bit(input->composed, code, event.is_composed);
	} else {
		event.modifiers = keymap_modifiers(input->keymap);
		event.is_composed = has_bit(input->composed, code);
	}
	event.code = input->sent[code];
	keymap_update(input->keymap, code, down);
	if (down && code == KEY_SCROLLLOCK)
		input->is_scroll_locked = !input->is_scroll_locked;
	if (down)
		start_repeat(input, code, &event);
	else if (input->repeated.code == event.code)
		stop_repeat(input);
	if (!are_equal(before, input_locks(input)))
		show_locks(input);
	input->fn(input->data, &event);
	text_wipe(&event, sizeof(event));
}

static void feed_list(struct input *input, const struct access_keys *keys, int64_t time_us)
{
	for (unsigned i = 0; i < keys->count; i++)
		feed_counted(input, keys->list[i].code, keys->list[i].is_down, time_us);
}

static void feed_button(struct input *input, uint32_t button, bool down, int64_t time_us)
{
	struct input_event event = {
			.kind = INPUT_BUTTON,
			.time_us = time_us,
			.button = button,
			.is_down = down,
	};
	struct access_keys keys;

	input->fn(input->data, &event);
	if (down)
		return;
	access_click(&input->access, &keys);
	feed_list(input, &keys, time_us);
}

static bool is_button(uint32_t code)
{
	return code >= BTN_MISC && code < KEY_OK;
}

/* From all devices as one. */
static void on_key(void *data, uint32_t code, bool down, int64_t time_us)
{
	struct input *input = data;
	struct access_keys keys;

	if (is_button(code)) {
		feed_button(input, code, down, time_us);
		return;
	}
	access_time(&input->access, time_us, &keys);
	feed_list(input, &keys, time_us);
	access_press(&input->access, code, down, time_us, &keys);
	feed_list(input, &keys, time_us);
}

/* The timer for what waits, and the question to the person. */
static void settle(struct input *input)
{
	int64_t now_us = loop_now_us(), at_us = keyboards_wake_us(input->keyboards);
	int64_t slow_us = access_wake_us(&input->access);
	bool asks = keyboards_asks(input->keyboards) != 0;

	if (slow_us >= 0 && (at_us < 0 || slow_us < at_us))
		at_us = slow_us;
	loop_timer_set(input->wake, at_us < 0        ? -1
				    : at_us > now_us ? (at_us - now_us + 999) / 1000
						     : 0);
	if (asks == input->is_asking)
		return;
	input->is_asking = asks;
	input_feed(input, &(struct input_event){.kind = INPUT_HELD, .is_down = asks});
}

static void on_wake(void *data)
{
	struct input *input = data;
	int64_t now_us = loop_now_us();
	struct access_keys keys;

	if (input->is_access_new) {
		input->is_access_new = false;
		input_release_all(input);
		access_init(&input->access, &input->wanted);
	}
	keyboards_time(input->keyboards, now_us);
	access_time(&input->access, now_us, &keys);
	feed_list(input, &keys, now_us);
	settle(input);
}

void input_device_key(struct input *input, uint32_t id, uint32_t code, bool down, int64_t time_us)
{
	keyboards_key(input->keyboards, id, code, down, time_us);
	settle(input);
}

void input_feed_key(struct input *input, uint32_t code, bool down)
{
	input_device_key(input, 0, code, down, loop_now_us());
}

static void say_change(struct input *input)
{
	settle(input);
	input_feed(input, &(struct input_event){.kind = INPUT_DEVICES});
}

void input_plug(struct input *input, const struct keyboards_device *device)
{
	keyboards_add(input->keyboards, device);
	say_change(input);
}

void input_unplug(struct input *input, uint32_t id)
{
	keyboards_remove(input->keyboards, id, loop_now_us());
	say_change(input);
}

void input_started(struct input *input)
{
	keyboards_started(input->keyboards);
}

bool input_is_held(const struct input *input, uint32_t id)
{
	return keyboards_is_held(input->keyboards, id);
}

void input_answer(struct input *input, bool is_allowed)
{
	keyboards_answer(input->keyboards, is_allowed);
	input->is_asking = false;
	loop_timer_set(input->wake, 0);
}

void input_set_guard(struct input *input, bool holds, const char *trusted)
{
	keyboards_set_policy(input->keyboards, holds, trusted);
	loop_timer_set(input->wake, 0);
}

void input_set_pointing(struct input *input, const struct input_pointing *pointing)
{
	input->pointing = *pointing;
	if (input->devices)
		devices_set_pointing(input->devices, pointing);
}

struct input_stats input_stats(const struct input *input)
{
	struct input_stats stats = {0};

	if (input->devices)
		devices_count(input->devices, &stats);
	stats.keys = keyboards_stats(input->keyboards);
	return stats;
}

void input_feed(struct input *input, const struct input_event *event)
{
	struct input_event copy = *event;

	if (!copy.time_us)
		copy.time_us = loop_now_us();
	if (copy.kind == INPUT_KEY && copy.code)
		input_device_key(input, 0, copy.code, copy.is_down, copy.time_us);
	else if (copy.kind == INPUT_BUTTON && is_button(copy.button))
		input_device_key(input, 0, copy.button, copy.is_down, copy.time_us);
	else
		input->fn(input->data, &copy);
}

int input_feed_character(struct input *input, uint32_t character)
{
	uint32_t code, modifiers;

	if (keymap_find(input->keymap, character, &code, &modifiers) < 0)
		return -ENOENT;
	if (modifiers & INPUT_SHIFT)
		input_feed_key(input, KEY_LEFTSHIFT, true);
	if (modifiers & INPUT_ALTGR)
		input_feed_key(input, KEY_RIGHTALT, true);
	input_feed_key(input, code, true);
	input_feed_key(input, code, false);
	if (modifiers & INPUT_ALTGR)
		input_feed_key(input, KEY_RIGHTALT, false);
	if (modifiers & INPUT_SHIFT)
		input_feed_key(input, KEY_LEFTSHIFT, false);
	return 0;
}

void input_release_all(struct input *input)
{
	struct access_settings settings = input->access.settings;

	for (uint32_t code = 1; code < KEY_CNT; code++)
		if (has_bit(input->down, code))
			feed_counted(input, code, false, loop_now_us());
	access_init(&input->access, &settings);
	keymap_reset_compose(input->keymap);
	settle(input);
}

void input_set_access(struct input *input, const struct access_settings *settings)
{
	const struct access_settings *now = &input->access.settings;

	input->wanted = *settings;
	input->is_access_new = now->has_sticky != settings->has_sticky ||
	                       now->slow_ms != settings->slow_ms ||
	                       now->bounce_ms != settings->bounce_ms;
	if (input->is_access_new)
		loop_timer_set(input->wake, 0);
}

static void set_repeat(struct input *input, const struct input_keymap *names)
{
	input->repeat_delay_ms = names->repeat_delay_ms;
	input->repeat_period_ms = names->repeat_per_second ? 1000 / names->repeat_per_second : 0;
	stop_repeat(input);
}

int input_set_keymap(struct input *input, const struct input_keymap *names, struct err *err)
{
	struct input_locks locks = input_locks(input);
	OWNED(keymap) struct keymap *keymap = NULL;
	int ret = keymap_create(names, &keymap, err);

	if (ret < 0)
		return ret;
	/* Held modifiers stay held; a held Caps Lock toggles here and is put right below. */
	for (uint32_t code = 1; code < KEY_CNT; code++)
		if (has_bit(input->down, code))
			keymap_update(keymap, code, true);
	keymap_set_locks(keymap, locks);
	keymap_destroy(input->keymap);
	input->keymap = own_take(keymap);
	set_repeat(input, names);
	return 0;
}

void input_destroy(struct input *input)
{
	if (!input)
		return;
	devices_destroy(input->devices);
	loop_timer_remove(input->repeat);
	loop_timer_remove(input->wake);
	keyboards_destroy(input->keyboards);
	keymap_destroy(input->keymap);
	free(input);
}
OWN_DEFINE(input, struct input, input_destroy);

int input_create_manual(struct loop *loop, const struct input_keymap *names, input_fn fn,
		void *data, struct input **ret, struct err *err)
{
	OWNED(input) struct input *input = own_alloc(sizeof(*input));
	int code = keymap_create(names, &input->keymap, err);

	if (code < 0)
		return code;
	input->fn = fn;
	input->data = data;
	input->repeat = loop_add_timer(loop, repeat_key, input);
	input->wake = loop_add_timer(loop, on_wake, input);
	input->keyboards = keyboards_create(on_key, input);
	input->pointing = (struct input_pointing){.speed = 50, .has_tap_to_click = true};
	set_repeat(input, names);
	*ret = own_take(input);
	return 0;
}

int input_create(struct loop *loop, const struct input_keymap *names, input_fn fn, void *data,
		struct input **ret, struct err *err)
{
	OWNED(input) struct input *input = NULL;
	int code = input_create_manual(loop, names, fn, data, &input, err);

	if (code < 0)
		return code;
	code = devices_create(loop, input, &input->pointing, &input->devices, err);
	if (code < 0)
		return code;
	*ret = own_take(input);
	return 0;
}
