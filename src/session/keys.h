/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of evdev as scancodes of the PC/AT keyboard, set 1, as RDP sends them. */
#ifndef SESSION_KEYS_H
#define SESSION_KEYS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	KEYS_EXTENDED = 0x100, /* prefix E0: FreeRDP's KBDEXT */
	KEYS_NONE = 0,         /* RDP has no scancode for it */
	KEYS_PAUSE = 0x10000,  /* a sequence of its own, [MS-RDPBCGR] 2.2.8.1.1.3.1.1.1 */
};

/* `code` is KEY_* of linux/input-event-codes.h; any number is fine. */
uint32_t keys_scancode(uint32_t code);

struct keys_sent {
	uint32_t scancode; /* KEYS_NONE: nothing */
	bool is_click;     /* down and up at once; its release is nothing */
};

/*
 * A key on its way. With Ctrl Pause is Break, with Alt PrintScreen is SysRq: keys of their own
 * in set 1, which go up at once. `held` begins with 0 and is the caller's to keep.
 */
struct keys_sent keys_send(uint32_t *held, uint32_t code, bool is_down);

#endif
