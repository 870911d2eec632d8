/* SPDX-License-Identifier: Apache-2.0 */
#include "input/input.h"

#include <errno.h>
#include <linux/input-event-codes.h>
#include <string.h>

#include "input/devices.h"
#include "input/keymap.h"

struct input {
	input_fn fn;
	void *data;
	struct keymap *keymap;
	struct devices *devices; /* NULL: events are fed by hand */
	struct loop_timer *repeat;
	struct input_event repeated; /* code 0: no key repeats */
	uint32_t repeat_delay_ms, repeat_period_ms;
	bool is_scroll_locked;
	uint8_t down[(KEY_CNT + 7) / 8];
};

static bool is_down(const struct input *input, uint32_t code)
{
	return input->down[code / 8] & (1u << (code % 8));
}

static void set_down(struct input *input, uint32_t code, bool down)
{
	uint8_t bit = (uint8_t)(1u << (code % 8));

	if (down)
		input->down[code / 8] |= bit;
	else
		input->down[code / 8] &= (uint8_t)~bit;
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

static void start_repeat(struct input *input, const struct input_event *event)
{
	if (!keymap_repeats(input->keymap, event->code) || keymap_is_composing(input->keymap))
		return;
	stop_repeat(input);
	if (!input->repeat_delay_ms || !input->repeat_period_ms)
		return;
	input->repeated = *event;
	loop_timer_set(input->repeat, input->repeat_delay_ms);
}

void input_feed_key(struct input *input, uint32_t code, bool down)
{
	struct input_locks before = input_locks(input);
	struct input_event event = {
			.kind = INPUT_KEY,
			.time_us = loop_now_us(),
			.code = code,
			.is_down = down,
	};

	if (!code || code >= KEY_CNT || is_down(input, code) == down)
		return;
	set_down(input, code, down);
	if (down)
		keymap_press(input->keymap, code, &event);
	else
		event.modifiers = keymap_modifiers(input->keymap);
	keymap_update(input->keymap, code, down);
	if (down && code == KEY_SCROLLLOCK)
		input->is_scroll_locked = !input->is_scroll_locked;
	if (down)
		start_repeat(input, &event);
	else if (input->repeated.code == code)
		stop_repeat(input);
	if (!are_equal(before, input_locks(input)))
		show_locks(input);
	input->fn(input->data, &event);
}

void input_feed(struct input *input, const struct input_event *event)
{
	struct input_event copy = *event;

	if (!copy.time_us)
		copy.time_us = loop_now_us();
	if (copy.kind == INPUT_KEY && copy.code)
		input_feed_key(input, copy.code, copy.is_down);
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
	for (uint32_t code = 1; code < KEY_CNT; code++)
		if (is_down(input, code))
			input_feed_key(input, code, false);
	keymap_reset_compose(input->keymap);
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
		if (is_down(input, code))
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
	code = devices_create(loop, input, &input->devices, err);
	if (code < 0)
		return code;
	*ret = own_take(input);
	return 0;
}
