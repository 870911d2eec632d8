/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keyboards and pointers of this device: libinput (udev seat0) and xkbcommon.
 * Without devices (`input_create_manual`) events come from input_feed_*, through
 * the same keymap code: for the headless kiosk and for tests.
 */
#ifndef INPUT_INPUT_H
#define INPUT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "input/access.h"
#include "input/keyboards.h"

enum input_kind {
	INPUT_KEY,
	INPUT_MOTION,          /* relative: dx, dy in pixels, accelerated */
	INPUT_MOTION_ABSOLUTE, /* x, y in 0..1 of the output area, or of one output: is_panel */
	INPUT_BUTTON,
	INPUT_WHEEL,
	INPUT_DEVICES, /* a device came or went */
	INPUT_HELD,    /* is_down: a keyboard that types by itself waits for input_answer */
};

enum { INPUT_SHIFT = 1, INPUT_CTRL = 2, INPUT_ALT = 4, INPUT_LOGO = 8, INPUT_ALTGR = 16 };

struct input_event {
	enum input_kind kind;
	int64_t time_us;
	/* KEY */
	uint32_t code;      /* evdev, after options of XKB that move keys (caps:escape) */
	bool is_down;       /* BUTTON as well */
	bool is_repeat;     /* made by the repeat timer of this module */
	uint32_t keysym;    /* XKB keysym, after dead keys and Compose */
	char text[16];      /* UTF-8 that the key types, "" for none */
	uint32_t modifiers; /* INPUT_SHIFT | ... */
	bool is_composed;   /* of a Compose sequence: only its text counts, and that once */
	/* MOTION (dx, dy), MOTION_ABSOLUTE */
	double x, y;
	bool is_panel; /* of a touch screen or a pen display: one output, the built-in one if any */
	/* BUTTON */
	uint32_t button; /* BTN_LEFT ... */
	/* WHEEL: 120 = one notch, down and right positive */
	int32_t wheel_x, wheel_y;
};

struct input_locks {
	bool caps, num, scroll;
};

struct input_keymap {
	const char *layout, *variant, *options; /* XKB names, "" for the default */
	uint32_t repeat_delay_ms;               /* 0: no repeat */
	uint32_t repeat_per_second;
};

struct input;

/* May be called before input_create returns, for the devices that are there already. */
typedef void (*input_fn)(void *data, const struct input_event *event);

int input_create(struct loop *loop, const struct input_keymap *keymap, input_fn fn, void *data,
		struct input **ret, struct err *err);
int input_create_manual(struct loop *loop, const struct input_keymap *keymap, input_fn fn,
		void *data, struct input **ret, struct err *err);
void input_destroy(struct input *input); /* takes NULL */

/* An unknown layout gives -EINVAL and leaves the present one. Keys that are down stay down. */
int input_set_keymap(struct input *input, const struct input_keymap *keymap, struct err *err);

struct input_locks input_locks(const struct input *input);
/* Set the lock states and the keyboards' lights (the session's LEDs message). */
void input_set_locks(struct input *input, struct input_locks locks);

/* Sticky, slow and bounce keys, from the loop's next turn on; what is down then is let go. */
void input_set_access(struct input *input, const struct access_settings *settings);

struct input_pointing {
	bool is_left_handed, has_natural_scroll, has_tap_to_click;
	uint32_t speed; /* 0..100, 50: as the device is */
};

/* For all pointing devices, also those that come later. */
void input_set_pointing(struct input *input, const struct input_pointing *pointing);

/* Whether keyboards that type by themselves are held; `trusted` as in keyboards.h. */
void input_set_guard(struct input *input, bool holds, const char *trusted);
/* The person's word about the keyboard that is held; INPUT_HELD follows if there is another. */
void input_answer(struct input *input, bool is_allowed);

/* Key-up events for all keys that are down: before another process gets the keyboard. */
void input_release_all(struct input *input);

struct input_stats {
	struct keyboards_stats keys;
	uint64_t merged;   /* motions and turns of the wheel that went along with a later one */
	uint64_t turns;    /* of the loop, with events of devices */
	uint32_t turn_max; /* events in one of them */
};

struct input_stats input_stats(const struct input *input);

/* RDP keyboard layout identifier for XKB names, e.g. 0x00000406 for "dk"; 0x409 when unknown. */
uint32_t input_rdp_layout(const char *layout, const char *variant);

/* As if a device had sent it. A key that is down already (or up) changes nothing. */
void input_feed_key(struct input *input, uint32_t code, bool is_down);

/* Press and release what types the code point with this keymap; -ENOENT when nothing does. */
int input_feed_character(struct input *input, uint32_t character);
void input_feed(struct input *input, const struct input_event *event);

/* A device with keys or buttons, its keys, and its end: what devices.c says, and tests. */
void input_plug(struct input *input, const struct keyboards_device *device);
void input_unplug(struct input *input, uint32_t id);
void input_device_key(struct input *input, uint32_t id, uint32_t code, bool is_down,
		int64_t time_us);
/* The devices of the start are all there. */
void input_started(struct input *input);
/* Whether a device may move the mouse. */
bool input_is_held(const struct input *input, uint32_t id);

#endif
