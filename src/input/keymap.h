/* SPDX-License-Identifier: Apache-2.0 */
/* xkbcommon behind one small object: keymap, state, dead keys and Compose. */
#ifndef INPUT_KEYMAP_H
#define INPUT_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/own.h"
#include "input/input.h"

struct keymap;

/* -EINVAL for names that no keymap comes from. */
int keymap_create(const struct input_keymap *names, struct keymap **ret, struct err *err);
void keymap_destroy(struct keymap *keymap); /* takes NULL */
OWN_DEFINE(keymap, struct keymap, keymap_destroy);

/* What a key press types now, dead keys and Compose included: fills keysym, text, modifiers. */
void keymap_press(struct keymap *keymap, uint32_t code, struct input_event *event);

/* Move the modifiers on: after keymap_press, and for every release. */
void keymap_update(struct keymap *keymap, uint32_t code, bool is_down);

/*
 * The key that stands here after options of XKB have moved keys about (caps:escape,
 * ctrl:swapcaps, lv3:caps_switch): what a desktop that knows scancodes only has to get.
 */
uint32_t keymap_code(const struct keymap *keymap, uint32_t code);

uint32_t keymap_modifiers(const struct keymap *keymap);
bool keymap_repeats(const struct keymap *keymap, uint32_t code);

/* Whether a dead key or a Compose sequence waits for its next key; forget it. */
bool keymap_is_composing(const struct keymap *keymap);
void keymap_reset_compose(struct keymap *keymap);

/* Caps and Num Lock; Scroll Lock has no modifier in most keymaps and is not kept here. */
struct input_locks keymap_locks(const struct keymap *keymap);
void keymap_set_locks(struct keymap *keymap, struct input_locks locks);

/*
 * The key that types the code point by itself, with Shift or with AltGr (which modifiers:
 * INPUT_SHIFT | INPUT_ALTGR); -ENOENT when none does.
 */
int keymap_find(const struct keymap *keymap, uint32_t character, uint32_t *ret_code,
		uint32_t *ret_modifiers);

#endif
