/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sticky, slow and bounce keys, after X11's AccessX (The X Keyboard Extension, 10.6). Pure: keys
 * with their times go in, the keys that count come out.
 *
 * Slow:   a key counts when it was held for slow_ms; another press begins anew with that key.
 * Bounce: after a key was released it is deaf for bounce_ms; each release begins that anew.
 * Sticky: a modifier pressed and released alone stays down until the next other key was
 *         released; pressed twice it stays until it is pressed once more.
 */
#ifndef INPUT_ACCESS_H
#define INPUT_ACCESS_H

#include <linux/input-event-codes.h>
#include <stdbool.h>
#include <stdint.h>

enum { ACCESS_MODS = 8, ACCESS_KEYS_MAX = 2 * ACCESS_MODS + 2 };

struct access_settings {
	bool has_sticky;
	uint32_t slow_ms, bounce_ms; /* 0: off */
};

struct access_mod {
	bool is_held;               /* by a finger */
	bool is_used, is_spent;     /* another key came meanwhile; it goes with that key */
	bool is_latched, is_locked; /* stays down without a finger */
};

struct access {
	struct access_settings settings;
	struct access_mod mods[ACCESS_MODS];
	uint32_t spender; /* the key that takes the latched modifiers with it; 0: none */
	uint32_t slow_code, bounce_code;
	int64_t slow_us, bounce_us;      /* when the first counts; until when the second is deaf */
	uint8_t down[(KEY_CNT + 7) / 8]; /* keys that were let through */
};

struct access_key {
	uint32_t code;
	bool is_down;
};

/* In the order in which they count. */
struct access_keys {
	unsigned count;
	struct access_key list[ACCESS_KEYS_MAX];
};

/* Nothing is down. */
void access_init(struct access *access, const struct access_settings *settings);

/* `code` < KEY_CNT; `ret` is filled anew. Wants access_time for the same moment before. */
void access_press(struct access *access, uint32_t code, bool is_down, int64_t time_us,
		struct access_keys *ret);

/* A mouse button was released: what was latched is used up. */
void access_click(struct access *access, struct access_keys *ret);

/* The moment access_wake_us spoke of has come. */
void access_time(struct access *access, int64_t now_us, struct access_keys *ret);
int64_t access_wake_us(const struct access *access); /* -1: never */

#endif
