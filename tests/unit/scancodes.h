/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every key of the keyboards that are sold sends, apart from our own tables. Written down from
 * knowledge of these documents, and not yet compared with them line by line:
 *   usage     USB HID Usage Tables 1.5: page 07 keyboard, 0C consumer, 01 system
 *   scancode  set 1, Microsoft "Keyboard Scan Code Specification" 1.3a and "USB HID to PS/2 Scan
 *             Code Translation Table" 1.0; F13 to F24 as the latter has them
 *   key       what Linux makes of the usage (Documentation/input/event-codes, hid-input)
 * The letter says on which keyboards the key is: I European with 105 keys, A American with 104,
 * L laptop and multimedia keys, J Japanese, B Brazilian, K Korean.
 */
#ifndef TESTS_UNIT_SCANCODES_H
#define TESTS_UNIT_SCANCODES_H

#include <linux/input-event-codes.h>
#include <stdint.h>

struct published {
	uint32_t key;
	uint32_t usage;       /* page << 16 | usage */
	const char *scancode; /* hex, as the table prints it */
	const char *boards;
};

static const struct published published[] = {
		/* row 1 */
		{KEY_ESC, 0x070029, "01", "IA"},
		{KEY_F1, 0x07003a, "3B", "IA"},
		{KEY_F2, 0x07003b, "3C", "IA"},
		{KEY_F3, 0x07003c, "3D", "IA"},
		{KEY_F4, 0x07003d, "3E", "IA"},
		{KEY_F5, 0x07003e, "3F", "IA"},
		{KEY_F6, 0x07003f, "40", "IA"},
		{KEY_F7, 0x070040, "41", "IA"},
		{KEY_F8, 0x070041, "42", "IA"},
		{KEY_F9, 0x070042, "43", "IA"},
		{KEY_F10, 0x070043, "44", "IA"},
		{KEY_F11, 0x070044, "57", "IA"},
		{KEY_F12, 0x070045, "58", "IA"},
		{KEY_SYSRQ, 0x070046, "E0 37", "IA"},
		{KEY_SCROLLLOCK, 0x070047, "46", "IA"},
		{KEY_PAUSE, 0x070048, "E1 1D 45", "IA"},
		/* row 2 */
		{KEY_GRAVE, 0x070035, "29", "IA"},
		{KEY_1, 0x07001e, "02", "IA"},
		{KEY_2, 0x07001f, "03", "IA"},
		{KEY_3, 0x070020, "04", "IA"},
		{KEY_4, 0x070021, "05", "IA"},
		{KEY_5, 0x070022, "06", "IA"},
		{KEY_6, 0x070023, "07", "IA"},
		{KEY_7, 0x070024, "08", "IA"},
		{KEY_8, 0x070025, "09", "IA"},
		{KEY_9, 0x070026, "0A", "IA"},
		{KEY_0, 0x070027, "0B", "IA"},
		{KEY_MINUS, 0x07002d, "0C", "IA"},
		{KEY_EQUAL, 0x07002e, "0D", "IA"},
		{KEY_BACKSPACE, 0x07002a, "0E", "IA"},
		/* row 3 */
		{KEY_TAB, 0x07002b, "0F", "IA"},
		{KEY_Q, 0x070014, "10", "IA"},
		{KEY_W, 0x07001a, "11", "IA"},
		{KEY_E, 0x070008, "12", "IA"},
		{KEY_R, 0x070015, "13", "IA"},
		{KEY_T, 0x070017, "14", "IA"},
		{KEY_Y, 0x07001c, "15", "IA"},
		{KEY_U, 0x070018, "16", "IA"},
		{KEY_I, 0x07000c, "17", "IA"},
		{KEY_O, 0x070012, "18", "IA"},
		{KEY_P, 0x070013, "19", "IA"},
		{KEY_LEFTBRACE, 0x07002f, "1A", "IA"},
		{KEY_RIGHTBRACE, 0x070030, "1B", "IA"},
		/* row 4 */
		{KEY_CAPSLOCK, 0x070039, "3A", "IA"},
		{KEY_A, 0x070004, "1E", "IA"},
		{KEY_S, 0x070016, "1F", "IA"},
		{KEY_D, 0x070007, "20", "IA"},
		{KEY_F, 0x070009, "21", "IA"},
		{KEY_G, 0x07000a, "22", "IA"},
		{KEY_H, 0x07000b, "23", "IA"},
		{KEY_J, 0x07000d, "24", "IA"},
		{KEY_K, 0x07000e, "25", "IA"},
		{KEY_L, 0x07000f, "26", "IA"},
		{KEY_SEMICOLON, 0x070033, "27", "IA"},
		{KEY_APOSTROPHE, 0x070034, "28", "IA"},
		{KEY_BACKSLASH, 0x070032, "2B", "I"}, /* Europe 1 */
		{KEY_BACKSLASH, 0x070031, "2B", "A"},
		{KEY_ENTER, 0x070028, "1C", "IA"},
		/* row 5 */
		{KEY_LEFTSHIFT, 0x0700e1, "2A", "IA"},
		{KEY_102ND, 0x070064, "56", "I"}, /* Europe 2 */
		{KEY_Z, 0x07001d, "2C", "IA"},
		{KEY_X, 0x07001b, "2D", "IA"},
		{KEY_C, 0x070006, "2E", "IA"},
		{KEY_V, 0x070019, "2F", "IA"},
		{KEY_B, 0x070005, "30", "IA"},
		{KEY_N, 0x070011, "31", "IA"},
		{KEY_M, 0x070010, "32", "IA"},
		{KEY_COMMA, 0x070036, "33", "IA"},
		{KEY_DOT, 0x070037, "34", "IA"},
		{KEY_SLASH, 0x070038, "35", "IA"},
		{KEY_RIGHTSHIFT, 0x0700e5, "36", "IA"},
		/* row 6 */
		{KEY_LEFTCTRL, 0x0700e0, "1D", "IA"},
		{KEY_LEFTMETA, 0x0700e3, "E0 5B", "IA"},
		{KEY_LEFTALT, 0x0700e2, "38", "IA"},
		{KEY_SPACE, 0x07002c, "39", "IA"},
		{KEY_RIGHTALT, 0x0700e6, "E0 38", "IA"},
		{KEY_RIGHTMETA, 0x0700e7, "E0 5C", "IA"},
		{KEY_COMPOSE, 0x070065, "E0 5D", "IA"}, /* Application */
		{KEY_RIGHTCTRL, 0x0700e4, "E0 1D", "IA"},
		/* the middle */
		{KEY_INSERT, 0x070049, "E0 52", "IA"},
		{KEY_HOME, 0x07004a, "E0 47", "IA"},
		{KEY_PAGEUP, 0x07004b, "E0 49", "IA"},
		{KEY_DELETE, 0x07004c, "E0 53", "IA"},
		{KEY_END, 0x07004d, "E0 4F", "IA"},
		{KEY_PAGEDOWN, 0x07004e, "E0 51", "IA"},
		{KEY_RIGHT, 0x07004f, "E0 4D", "IA"},
		{KEY_LEFT, 0x070050, "E0 4B", "IA"},
		{KEY_DOWN, 0x070051, "E0 50", "IA"},
		{KEY_UP, 0x070052, "E0 48", "IA"},
		/* the numbers */
		{KEY_NUMLOCK, 0x070053, "45", "IA"},
		{KEY_KPSLASH, 0x070054, "E0 35", "IA"},
		{KEY_KPASTERISK, 0x070055, "37", "IA"},
		{KEY_KPMINUS, 0x070056, "4A", "IA"},
		{KEY_KPPLUS, 0x070057, "4E", "IA"},
		{KEY_KPENTER, 0x070058, "E0 1C", "IA"},
		{KEY_KP1, 0x070059, "4F", "IA"},
		{KEY_KP2, 0x07005a, "50", "IA"},
		{KEY_KP3, 0x07005b, "51", "IA"},
		{KEY_KP4, 0x07005c, "4B", "IA"},
		{KEY_KP5, 0x07005d, "4C", "IA"},
		{KEY_KP6, 0x07005e, "4D", "IA"},
		{KEY_KP7, 0x07005f, "47", "IA"},
		{KEY_KP8, 0x070060, "48", "IA"},
		{KEY_KP9, 0x070061, "49", "IA"},
		{KEY_KP0, 0x070062, "52", "IA"},
		{KEY_KPDOT, 0x070063, "53", "IA"},
		/* laptops and multimedia */
		{KEY_KPEQUAL, 0x070067, "59", "L"},
		{KEY_F13, 0x070068, "64", "L"},
		{KEY_F14, 0x070069, "65", "L"},
		{KEY_F15, 0x07006a, "66", "L"},
		{KEY_F16, 0x07006b, "67", "L"},
		{KEY_F17, 0x07006c, "68", "L"},
		{KEY_F18, 0x07006d, "69", "L"},
		{KEY_F19, 0x07006e, "6A", "L"},
		{KEY_F20, 0x07006f, "6B", "L"},
		{KEY_F21, 0x070070, "6C", "L"},
		{KEY_F22, 0x070071, "6D", "L"},
		{KEY_F23, 0x070072, "6E", "L"},
		{KEY_F24, 0x070073, "76", "L"},
		{KEY_NEXTSONG, 0x0c00b5, "E0 19", "L"},
		{KEY_PREVIOUSSONG, 0x0c00b6, "E0 10", "L"},
		{KEY_STOPCD, 0x0c00b7, "E0 24", "L"},
		{KEY_PLAYPAUSE, 0x0c00cd, "E0 22", "L"},
		{KEY_MUTE, 0x0c00e2, "E0 20", "L"},
		{KEY_VOLUMEUP, 0x0c00e9, "E0 30", "L"},
		{KEY_VOLUMEDOWN, 0x0c00ea, "E0 2E", "L"},
		{KEY_CONFIG, 0x0c0183, "E0 6D", "L"}, /* media select */
		{KEY_MAIL, 0x0c018a, "E0 6C", "L"},
		{KEY_CALC, 0x0c0192, "E0 21", "L"},
		{KEY_FILE, 0x0c0194, "E0 6B", "L"}, /* my computer */
		{KEY_SEARCH, 0x0c0221, "E0 65", "L"},
		{KEY_HOMEPAGE, 0x0c0223, "E0 32", "L"},
		{KEY_BACK, 0x0c0224, "E0 6A", "L"},
		{KEY_FORWARD, 0x0c0225, "E0 69", "L"},
		{KEY_STOP, 0x0c0226, "E0 68", "L"},
		{KEY_REFRESH, 0x0c0227, "E0 67", "L"},
		{KEY_BOOKMARKS, 0x0c022a, "E0 66", "L"},
		{KEY_POWER, 0x010081, "E0 5E", "L"},
		{KEY_SLEEP, 0x010082, "E0 5F", "L"},
		{KEY_WAKEUP, 0x010083, "E0 63", "L"},
		/* other countries */
		{KEY_RO, 0x070087, "73", "JB"},
		{KEY_KATAKANAHIRAGANA, 0x070088, "70", "J"},
		{KEY_YEN, 0x070089, "7D", "J"},
		{KEY_HENKAN, 0x07008a, "79", "J"},
		{KEY_MUHENKAN, 0x07008b, "7B", "J"},
		{KEY_KPJPCOMMA, 0x07008c, "5C", "J"},
		{KEY_KPCOMMA, 0x070085, "7E", "B"},
		{KEY_KATAKANA, 0x070092, "78", "J"},
		{KEY_HIRAGANA, 0x070093, "77", "J"},
		/* Set 1 sends these two when they go down only, as F2 and F1: 72 and 71 with bit 7. */
		{KEY_HANGEUL, 0x070090, "72", "K"},
		{KEY_HANJA, 0x070091, "71", "K"},
};

enum { PUBLISHED = sizeof(published) / sizeof(published[0]) };

#endif
