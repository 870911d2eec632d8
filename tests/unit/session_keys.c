/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

#include <freerdp/scancode.h>
#include <linux/input-event-codes.h>

#include "session/keys.h"

static const struct {
	uint32_t key, scancode;
} rows[] = {
		{KEY_ESC, RDP_SCANCODE_ESCAPE},
		{KEY_1, RDP_SCANCODE_KEY_1},
		{KEY_A, RDP_SCANCODE_KEY_A},
		{KEY_Z, RDP_SCANCODE_KEY_Z},
		{KEY_ENTER, RDP_SCANCODE_RETURN},
		{KEY_SPACE, RDP_SCANCODE_SPACE},
		{KEY_LEFTCTRL, RDP_SCANCODE_LCONTROL},
		{KEY_RIGHTCTRL, RDP_SCANCODE_RCONTROL},
		{KEY_LEFTSHIFT, RDP_SCANCODE_LSHIFT},
		{KEY_RIGHTSHIFT, RDP_SCANCODE_RSHIFT},
		{KEY_LEFTALT, RDP_SCANCODE_LMENU},
		{KEY_RIGHTALT, RDP_SCANCODE_RMENU},
		{KEY_LEFTMETA, RDP_SCANCODE_LWIN},
		{KEY_RIGHTMETA, RDP_SCANCODE_RWIN},
		{KEY_COMPOSE, RDP_SCANCODE_APPS},
		{KEY_CAPSLOCK, RDP_SCANCODE_CAPSLOCK},
		{KEY_NUMLOCK, RDP_SCANCODE_NUMLOCK},
		{KEY_SCROLLLOCK, RDP_SCANCODE_SCROLLLOCK},
		{KEY_F1, RDP_SCANCODE_F1},
		{KEY_F10, RDP_SCANCODE_F10},
		{KEY_F11, RDP_SCANCODE_F11},
		{KEY_F12, RDP_SCANCODE_F12},
		{KEY_F24, 0x76}, /* FreeRDP's 0x6F is no key of Windows' layouts */
		{KEY_102ND, RDP_SCANCODE_OEM_102},
		{KEY_GRAVE, RDP_SCANCODE_OEM_3},
		{KEY_HOME, RDP_SCANCODE_HOME},
		{KEY_END, RDP_SCANCODE_END},
		{KEY_INSERT, RDP_SCANCODE_INSERT},
		{KEY_DELETE, RDP_SCANCODE_DELETE},
		{KEY_PAGEUP, RDP_SCANCODE_PRIOR},
		{KEY_PAGEDOWN, RDP_SCANCODE_NEXT},
		{KEY_UP, RDP_SCANCODE_UP},
		{KEY_DOWN, RDP_SCANCODE_DOWN},
		{KEY_LEFT, RDP_SCANCODE_LEFT},
		{KEY_RIGHT, RDP_SCANCODE_RIGHT},
		{KEY_SYSRQ, RDP_SCANCODE_PRINTSCREEN},
		{KEY_KP0, RDP_SCANCODE_NUMPAD0},
		{KEY_KP9, RDP_SCANCODE_NUMPAD9},
		{KEY_KPDOT, RDP_SCANCODE_DECIMAL},
		{KEY_KPPLUS, RDP_SCANCODE_ADD},
		{KEY_KPMINUS, RDP_SCANCODE_SUBTRACT},
		{KEY_KPASTERISK, RDP_SCANCODE_MULTIPLY},
		{KEY_KPSLASH, RDP_SCANCODE_DIVIDE},
		{KEY_KPENTER, RDP_SCANCODE_RETURN_KP},
		{KEY_MUTE, RDP_SCANCODE_VOLUME_MUTE},
		{KEY_VOLUMEUP, RDP_SCANCODE_VOLUME_UP},
		{KEY_VOLUMEDOWN, RDP_SCANCODE_VOLUME_DOWN},
		{KEY_NEXTSONG, RDP_SCANCODE_MEDIA_NEXT_TRACK},
		{KEY_PREVIOUSSONG, RDP_SCANCODE_MEDIA_PREV_TRACK},
		{KEY_PLAYPAUSE, RDP_SCANCODE_MEDIA_PLAY_PAUSE},
		{KEY_STOPCD, RDP_SCANCODE_MEDIA_STOP},
		{KEY_BACK, RDP_SCANCODE_BROWSER_BACK},
		{KEY_MAIL, RDP_SCANCODE_LAUNCH_MAIL},
		{KEY_PAUSE, KEYS_PAUSE},
		{0, KEYS_NONE},
		{KEY_MICMUTE, KEYS_NONE},
		{KEY_MAX, KEYS_NONE},
		{UINT32_MAX, KEYS_NONE},
};

/* Keys of a full ISO keyboard: two must never send the same. */
static const uint32_t keyboard[] = {KEY_SYSRQ, KEY_PAUSE, KEY_102ND, KEY_F11, KEY_F12, KEY_KPENTER,
		KEY_RIGHTCTRL, KEY_KPSLASH, KEY_RIGHTALT, KEY_HOME, KEY_UP, KEY_PAGEUP, KEY_LEFT,
		KEY_RIGHT, KEY_END, KEY_DOWN, KEY_PAGEDOWN, KEY_INSERT, KEY_DELETE, KEY_LEFTMETA,
		KEY_RIGHTMETA, KEY_COMPOSE};

int main(void)
{
	TEST("keys are the scancodes that FreeRDP names") {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			if (keys_scancode(rows[i].key) != rows[i].scancode)
				printf("key %u:\n", rows[i].key);
			CHECK_INT(keys_scancode(rows[i].key), rows[i].scancode);
		}
	}
	TEST("all 105 keys have a scancode of their own") {
		uint32_t seen[256];
		unsigned count = 0;

		for (uint32_t key = KEY_ESC; key <= KEY_KPDOT; key++)
			seen[count++] = keys_scancode(key);
		for (size_t i = 0; i < sizeof(keyboard) / sizeof(keyboard[0]); i++)
			seen[count++] = keys_scancode(keyboard[i]);
		CHECK_INT(count, 105);
		for (unsigned i = 0; i < count; i++) {
			CHECK(seen[i] != KEYS_NONE);
			for (unsigned j = 0; j < i; j++)
				CHECK(seen[i] != seen[j]);
		}
	}
	TEST_END();
}
