/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of evdev as scancodes of the PC/AT keyboard, set 1, as RDP sends them. */
#ifndef SESSION_KEYS_H
#define SESSION_KEYS_H

#include <stdint.h>

enum {
	KEYS_EXTENDED = 0x100, /* prefix E0: FreeRDP's KBDEXT */
	KEYS_NONE = 0,         /* RDP has no scancode for it */
	KEYS_PAUSE = 0x10000,  /* a sequence of its own, [MS-RDPBCGR] 2.2.8.1.1.3.1.1.1 */
};

/* `code` is KEY_* of linux/input-event-codes.h; any number is fine. */
uint32_t keys_scancode(uint32_t code);

#endif
