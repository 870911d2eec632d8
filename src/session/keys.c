/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel numbers the keys of the old 83-key block like scancode set 1, so evdev codes up
 * to KEY_KPDOT are scancodes themselves; the rest has E0 before it or is a later addition.
 * Scancodes of multimedia keys: Microsoft, "Keyboard Scan Code Specification", revision 1.3a.
 */
#include "session/keys.h"

#include <linux/input-event-codes.h>
#include <stddef.h>

#define E0(code) (KEYS_EXTENDED | (code))

static const struct {
	uint16_t key;
	uint32_t scancode;
} others[] = {
		{KEY_ZENKAKUHANKAKU, 0x29},
		{KEY_102ND, 0x56},
		{KEY_F11, 0x57},
		{KEY_F12, 0x58},
		{KEY_RO, 0x73},
		{KEY_KATAKANA, 0x78},
		{KEY_HIRAGANA, 0x77},
		{KEY_HENKAN, 0x79},
		{KEY_KATAKANAHIRAGANA, 0x70},
		{KEY_MUHENKAN, 0x7b},
		{KEY_KPJPCOMMA, 0x5c},
		{KEY_KPENTER, E0(0x1c)},
		{KEY_RIGHTCTRL, E0(0x1d)},
		{KEY_KPSLASH, E0(0x35)},
		{KEY_SYSRQ, E0(0x37)},
		{KEY_RIGHTALT, E0(0x38)},
		{KEY_HOME, E0(0x47)},
		{KEY_UP, E0(0x48)},
		{KEY_PAGEUP, E0(0x49)},
		{KEY_LEFT, E0(0x4b)},
		{KEY_RIGHT, E0(0x4d)},
		{KEY_END, E0(0x4f)},
		{KEY_DOWN, E0(0x50)},
		{KEY_PAGEDOWN, E0(0x51)},
		{KEY_INSERT, E0(0x52)},
		{KEY_DELETE, E0(0x53)},
		{KEY_MUTE, E0(0x20)},
		{KEY_VOLUMEDOWN, E0(0x2e)},
		{KEY_VOLUMEUP, E0(0x30)},
		{KEY_POWER, E0(0x5e)},
		{KEY_KPEQUAL, 0x59},
		{KEY_PAUSE, KEYS_PAUSE},
		{KEY_KPCOMMA, 0x7e},
		{KEY_HANGEUL, 0x72},
		{KEY_HANJA, 0x71},
		{KEY_YEN, 0x7d},
		{KEY_LEFTMETA, E0(0x5b)},
		{KEY_RIGHTMETA, E0(0x5c)},
		{KEY_COMPOSE, E0(0x5d)},
		{KEY_MENU, E0(0x5d)},
		{KEY_CALC, E0(0x21)},
		{KEY_SLEEP, E0(0x5f)},
		{KEY_WAKEUP, E0(0x63)},
		{KEY_WWW, E0(0x32)},
		{KEY_HOMEPAGE, E0(0x32)},
		{KEY_MAIL, E0(0x6c)},
		{KEY_EMAIL, E0(0x6c)},
		{KEY_BOOKMARKS, E0(0x66)},
		{KEY_COMPUTER, E0(0x6b)},
		{KEY_FILE, E0(0x6b)},
		{KEY_BACK, E0(0x6a)},
		{KEY_FORWARD, E0(0x69)},
		{KEY_NEXTSONG, E0(0x19)},
		{KEY_PLAYPAUSE, E0(0x22)},
		{KEY_PREVIOUSSONG, E0(0x10)},
		{KEY_STOPCD, E0(0x24)},
		{KEY_STOP, E0(0x68)},
		{KEY_REFRESH, E0(0x67)},
		{KEY_SEARCH, E0(0x65)},
		{KEY_MEDIA, E0(0x6d)},
		{KEY_CONFIG, E0(0x6d)},
		{KEY_F13, 0x64},
		{KEY_F14, 0x65},
		{KEY_F15, 0x66},
		{KEY_F16, 0x67},
		{KEY_F17, 0x68},
		{KEY_F18, 0x69},
		{KEY_F19, 0x6a},
		{KEY_F20, 0x6b},
		{KEY_F21, 0x6c},
		{KEY_F22, 0x6d},
		{KEY_F23, 0x6e},
		{KEY_F24, 0x76},
		{KEY_PRINT, E0(0x37)},
};

uint32_t keys_scancode(uint32_t code)
{
	if (code >= KEY_ESC && code <= KEY_KPDOT)
		return code;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].key == code)
			return others[i].scancode;
	return KEYS_NONE;
}

enum { LEFT_CTRL = 1, RIGHT_CTRL = 2, LEFT_ALT = 4, RIGHT_ALT = 8, PRINT = 16 };

static uint32_t bit_of(uint32_t code)
{
	switch (code) {
	case KEY_LEFTCTRL:
		return LEFT_CTRL;
	case KEY_RIGHTCTRL:
		return RIGHT_CTRL;
	case KEY_LEFTALT:
		return LEFT_ALT;
	case KEY_RIGHTALT:
		return RIGHT_ALT;
	case KEY_SYSRQ:
	case KEY_PRINT:
		return PRINT;
	default:
		return 0;
	}
}

struct keys_sent keys_send(uint32_t *held, uint32_t code, bool is_down)
{
	uint32_t before = *held, bit = bit_of(code);

	*held = is_down ? before | bit : before & ~bit;
	if (code == KEY_PAUSE && !is_down)
		return (struct keys_sent){KEYS_NONE, false};
	if (code == KEY_PAUSE && before & (LEFT_CTRL | RIGHT_CTRL))
		return (struct keys_sent){E0(0x46), true};
	if (bit == PRINT && !is_down && !(before & PRINT))
		return (struct keys_sent){KEYS_NONE, false};
	if (bit == PRINT && is_down && !(before & PRINT) && before & (LEFT_ALT | RIGHT_ALT)) {
		*held &= ~(uint32_t)PRINT;
		return (struct keys_sent){0x54, true};
	}
	return (struct keys_sent){keys_scancode(code), false};
}
