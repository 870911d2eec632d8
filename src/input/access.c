/* SPDX-License-Identifier: Apache-2.0 */
#include "input/access.h"

#include <stddef.h>

static const uint32_t mod_codes[ACCESS_MODS] = {KEY_LEFTSHIFT, KEY_RIGHTSHIFT, KEY_LEFTCTRL,
		KEY_RIGHTCTRL, KEY_LEFTALT, KEY_RIGHTALT, KEY_LEFTMETA, KEY_RIGHTMETA};

static bool is_through(const struct access *access, uint32_t code)
{
	return access->down[code / 8] & (1u << (code % 8));
}

static void put(struct access *access, uint32_t code, bool is_down, struct access_keys *ret)
{
	uint8_t bit = (uint8_t)(1u << (code % 8));

	if (is_through(access, code) == is_down)
		return;
	access->down[code / 8] ^= bit;
	ret->list[ret->count++] = (struct access_key){code, is_down};
}

static struct access_mod *find_mod(struct access *access, uint32_t code)
{
	for (unsigned i = 0; i < ACCESS_MODS; i++)
		if (mod_codes[i] == code)
			return &access->mods[i];
	return NULL;
}

static void end_spent(struct access *access, struct access_keys *ret)
{
	for (unsigned i = 0; i < ACCESS_MODS; i++) {
		if (!access->mods[i].is_spent)
			continue;
		access->mods[i].is_spent = false;
		access->mods[i].is_latched = false;
		if (!access->mods[i].is_held)
			put(access, mod_codes[i], false, ret);
	}
	access->spender = 0;
}

static void press_mod(struct access *access, struct access_mod *mod, uint32_t code, bool is_down,
		struct access_keys *ret)
{
	bool was_used = mod->is_used;

	mod->is_held = is_down;
	mod->is_used = false;
	if (is_down) {
		put(access, code, true, ret);
	} else if (mod->is_locked || was_used) {
		*mod = (struct access_mod){0};
		put(access, code, false, ret);
	} else if (mod->is_latched) {
		mod->is_latched = false;
		mod->is_locked = true;
	} else {
		mod->is_latched = true;
	}
}

static void press_other(struct access *access, uint32_t code, bool is_down, struct access_keys *ret)
{
	if (is_down)
		end_spent(access, ret);
	put(access, code, is_down, ret);
	if (!is_down && code == access->spender)
		end_spent(access, ret);
	for (unsigned i = 0; is_down && i < ACCESS_MODS; i++) {
		struct access_mod *mod = &access->mods[i];

		mod->is_used |= mod->is_held;
		mod->is_spent = mod->is_latched && !mod->is_held;
		if (mod->is_spent)
			access->spender = code;
	}
}

static void count(struct access *access, uint32_t code, bool is_down, struct access_keys *ret)
{
	struct access_mod *mod = access->settings.has_sticky ? find_mod(access, code) : NULL;

	if (mod)
		press_mod(access, mod, code, is_down, ret);
	else
		press_other(access, code, is_down, ret);
}

static bool is_deaf(const struct access *access, uint32_t code, int64_t time_us)
{
	return access->settings.bounce_ms && access->bounce_code == code &&
	       time_us < access->bounce_us;
}

void access_init(struct access *access, const struct access_settings *settings)
{
	*access = (struct access){.settings = *settings};
}

void access_press(struct access *access, uint32_t code, bool is_down, int64_t time_us,
		struct access_keys *ret)
{
	struct access_mod *mod = find_mod(access, code);

	ret->count = 0;
	if (is_down && is_deaf(access, code, time_us))
		return;
	if (is_down && access->settings.slow_ms) {
		access->slow_code = code;
		access->slow_us = time_us + (int64_t)access->settings.slow_ms * 1000;
		return;
	}
	if (is_down) {
		count(access, code, true, ret);
		return;
	}
	access->bounce_code = code;
	access->bounce_us = time_us + (int64_t)access->settings.bounce_ms * 1000;
	if (access->slow_code == code)
		access->slow_code = 0;
	else if (is_through(access, code) && (!access->settings.has_sticky || !mod || mod->is_held))
		count(access, code, false, ret);
}

void access_click(struct access *access, struct access_keys *ret)
{
	ret->count = 0;
	for (unsigned i = 0; i < ACCESS_MODS; i++) {
		access->mods[i].is_used |= access->mods[i].is_held;
		access->mods[i].is_spent = access->mods[i].is_latched && !access->mods[i].is_held;
	}
	end_spent(access, ret);
}

void access_time(struct access *access, int64_t now_us, struct access_keys *ret)
{
	uint32_t code = access->slow_code;

	ret->count = 0;
	if (!code || now_us < access->slow_us)
		return;
	access->slow_code = 0;
	count(access, code, true, ret);
}

int64_t access_wake_us(const struct access *access)
{
	return access->slow_code ? access->slow_us : -1;
}
