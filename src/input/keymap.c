/* SPDX-License-Identifier: Apache-2.0 */
#include "input/keymap.h"

#include <errno.h>
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>

#include <xkbcommon/xkbcommon-compose.h>
#include <xkbcommon/xkbcommon.h>

#include "base/text.h"

enum { EVDEV_OFFSET = 8, DEAD_TABLE_MAX = 16 * 1024 };

#define MOD_LEVEL3 "Mod5"

struct keymap {
	struct xkb_context *context;
	struct xkb_keymap *map;
	struct xkb_state *state;
	struct xkb_compose_table *table;
	struct xkb_compose_state *compose;
	bool is_multi; /* the sequence that is under way began with the Compose key */
};

/* What the Nordic and German dead keys make, for a device without X11's Compose file. */
struct dead_key {
	const char *name, *bases, *composed;
};

static const struct dead_key dead_keys[] = {
		{"dead_acute", "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"},
		{"dead_grave", "aeiouAEIOU", "àèìòùÀÈÌÒÙ"},
		{"dead_circumflex", "aeiouAEIOU", "âêîôûÂÊÎÔÛ"},
		{"dead_diaeresis", "aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"},
		{"dead_tilde", "anoANO", "ãñõÃÑÕ"},
		{"dead_abovering", "auAU", "åůÅŮ"},
		{"dead_cedilla", "cC", "çÇ"},
		{"dead_caron", "cszCSZ", "čšžČŠŽ"},
};

static const struct {
	const char *name, *alone;
} dead_alone[] = {
		{"dead_acute", "´"},
		{"dead_grave", "`"},
		{"dead_circumflex", "^"},
		{"dead_diaeresis", "¨"},
		{"dead_tilde", "~"},
		{"dead_abovering", "°"},
};

/* All composed letters above are two bytes of UTF-8, their bases one. */
static size_t dead_table(char *buffer, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < sizeof(dead_keys) / sizeof(dead_keys[0]); i++)
		for (size_t j = 0; dead_keys[i].bases[j]; j++)
			used += (size_t)snprintf(buffer + used, size - used,
					"<%s> <%c> : \"%.2s\"\n", dead_keys[i].name,
					dead_keys[i].bases[j], dead_keys[i].composed + 2 * j);
	for (size_t i = 0; i < sizeof(dead_alone) / sizeof(dead_alone[0]); i++)
		used += (size_t)snprintf(buffer + used, size - used,
				"<%s> <space> : \"%s\"\n<%s> <%s> : \"%s\"\n", dead_alone[i].name,
				dead_alone[i].alone, dead_alone[i].name, dead_alone[i].name,
				dead_alone[i].alone);
	return used;
}

static struct xkb_compose_table *make_table(struct xkb_context *context)
{
	OWNED(memory) char *buffer = NULL;
	struct xkb_compose_table *table = xkb_compose_table_new_from_locale(context, "en_US.UTF-8",
			XKB_COMPOSE_COMPILE_NO_FLAGS);

	if (table)
		return table;
	buffer = own_alloc(DEAD_TABLE_MAX);
	return xkb_compose_table_new_from_buffer(context, buffer,
			dead_table(buffer, DEAD_TABLE_MAX), "C", XKB_COMPOSE_FORMAT_TEXT_V1,
			XKB_COMPOSE_COMPILE_NO_FLAGS);
}

/* Its complaints about a layout that is not there are said once, by keymap_create. */
static void drop_log(struct xkb_context *context, enum xkb_log_level level, const char *format,
		va_list arguments)
{
	(void)context;
	(void)level;
	(void)format;
	(void)arguments;
}

static bool is_name(const char *name)
{
	return name && strlen(name) < 64 && !text_has_control(name, NULL) && !strpbrk(name, "/\"");
}

static int compile(struct keymap *keymap, const struct input_keymap *names, struct err *err)
{
	struct xkb_rule_names rules = {
			.rules = "evdev",
			.model = "pc105",
			.layout = names->layout[0] ? names->layout : "us",
			.variant = names->variant,
			.options = names->options,
	};

	keymap->context = xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES);
	if (!keymap->context)
		return err_set(err, ENOENT, "keyboard: the XKB data is not installed");
	xkb_context_set_log_fn(keymap->context, drop_log);
	keymap->map = xkb_keymap_new_from_names(keymap->context, &rules,
			XKB_KEYMAP_COMPILE_NO_FLAGS);
	if (!keymap->map)
		return err_set(err, EINVAL,
				"keyboard: no layout \"%s\" with variant \"%s\", options \"%s\"",
				rules.layout, rules.variant, rules.options);
	keymap->state = xkb_state_new(keymap->map);
	keymap->table = make_table(keymap->context);
	if (keymap->table)
		keymap->compose = xkb_compose_state_new(keymap->table, XKB_COMPOSE_STATE_NO_FLAGS);
	return keymap->state ? 0 : err_set(err, ENOMEM, "keyboard: no memory for the keymap");
}

int keymap_create(const struct input_keymap *names, struct keymap **ret, struct err *err)
{
	OWNED(keymap) struct keymap *keymap = NULL;
	int code;

	if (!is_name(names->layout) || !is_name(names->variant) || !is_name(names->options))
		return err_set(err, EINVAL,
				"keyboard: layout, variant and options are plain XKB names");
	keymap = own_alloc(sizeof(*keymap));
	code = compile(keymap, names, err);
	if (code < 0)
		return code;
	*ret = own_take(keymap);
	return 0;
}

void keymap_destroy(struct keymap *keymap)
{
	if (!keymap)
		return;
	xkb_compose_state_unref(keymap->compose);
	xkb_compose_table_unref(keymap->table);
	xkb_state_unref(keymap->state);
	xkb_keymap_unref(keymap->map);
	xkb_context_unref(keymap->context);
	free(keymap);
}

static bool has_mod(const struct keymap *keymap, const char *name)
{
	return xkb_state_mod_name_is_active(keymap->state, name, XKB_STATE_MODS_EFFECTIVE) > 0;
}

uint32_t keymap_modifiers(const struct keymap *keymap)
{
	return (has_mod(keymap, XKB_MOD_NAME_SHIFT) ? INPUT_SHIFT : 0u) |
	       (has_mod(keymap, XKB_MOD_NAME_CTRL) ? INPUT_CTRL : 0u) |
	       (has_mod(keymap, XKB_MOD_NAME_ALT) ? INPUT_ALT : 0u) |
	       (has_mod(keymap, XKB_MOD_NAME_LOGO) ? INPUT_LOGO : 0u) |
	       (has_mod(keymap, MOD_LEVEL3) ? INPUT_ALTGR : 0u);
}

/* Returns false when the key is part of a sequence: it types what is in `event`, or nothing. */
static bool compose(struct keymap *keymap, xkb_keysym_t keysym, struct input_event *event)
{
	if (!keymap->compose || xkb_compose_state_feed(keymap->compose, keysym) !=
						XKB_COMPOSE_FEED_ACCEPTED)
		return true;
	/* Dead keys are known to a desktop with this layout, the Compose key is not. */
	keymap->is_multi |= keysym == XKB_KEY_Multi_key;
	event->is_composed = keymap->is_multi;
	switch (xkb_compose_state_get_status(keymap->compose)) {
	case XKB_COMPOSE_COMPOSING:
		return false;
	case XKB_COMPOSE_CANCELLED:
		keymap_reset_compose(keymap);
		return false;
	case XKB_COMPOSE_COMPOSED:
		event->keysym = xkb_compose_state_get_one_sym(keymap->compose);
		if (xkb_compose_state_get_utf8(keymap->compose, event->text, sizeof(event->text)) >=
				(int)sizeof(event->text))
			event->text[0] = '\0';
		keymap_reset_compose(keymap);
		return false;
	case XKB_COMPOSE_NOTHING:
		keymap->is_multi = false;
		break;
	}
	return true;
}

void keymap_press(struct keymap *keymap, uint32_t code, struct input_event *event)
{
	xkb_keycode_t key = code + EVDEV_OFFSET;
	int length;

	event->keysym = xkb_state_key_get_one_sym(keymap->state, key);
	event->modifiers = keymap_modifiers(keymap);
	event->text[0] = '\0';
	if (!compose(keymap, event->keysym, event))
		return;
	length = xkb_state_key_get_utf8(keymap->state, key, event->text, sizeof(event->text));
	/* Enter, Tab, Ctrl+letter and the like are commands, not text. */
	if (length < 0 || length >= (int)sizeof(event->text) ||
			text_has_control(event->text, NULL) ||
			event->modifiers & (INPUT_CTRL | INPUT_ALT | INPUT_LOGO))
		event->text[0] = '\0';
}

uint32_t keymap_code(const struct keymap *keymap, uint32_t code)
{
	static const struct {
		xkb_keysym_t keysym;
		uint32_t code;
	} rows[] = {
			{XKB_KEY_Escape, KEY_ESC},
			{XKB_KEY_BackSpace, KEY_BACKSPACE},
			{XKB_KEY_Caps_Lock, KEY_CAPSLOCK},
			{XKB_KEY_Num_Lock, KEY_NUMLOCK},
			{XKB_KEY_Shift_L, KEY_LEFTSHIFT},
			{XKB_KEY_Shift_R, KEY_RIGHTSHIFT},
			{XKB_KEY_Control_L, KEY_LEFTCTRL},
			{XKB_KEY_Control_R, KEY_RIGHTCTRL},
			{XKB_KEY_Alt_L, KEY_LEFTALT},
			{XKB_KEY_Alt_R, KEY_RIGHTALT},
			{XKB_KEY_ISO_Level3_Shift, KEY_RIGHTALT},
			{XKB_KEY_Super_L, KEY_LEFTMETA},
			{XKB_KEY_Super_R, KEY_RIGHTMETA},
			{XKB_KEY_Menu, KEY_COMPOSE},
	};
	const xkb_keysym_t *keysyms;

	if (xkb_keymap_key_get_syms_by_level(keymap->map, code + EVDEV_OFFSET, 0, 0, &keysyms) != 1)
		return code;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].keysym == keysyms[0])
			return rows[i].code;
	return code;
}

void keymap_update(struct keymap *keymap, uint32_t code, bool is_down)
{
	xkb_state_update_key(keymap->state, code + EVDEV_OFFSET,
			is_down ? XKB_KEY_DOWN : XKB_KEY_UP);
}

bool keymap_repeats(const struct keymap *keymap, uint32_t code)
{
	return xkb_keymap_key_repeats(keymap->map, code + EVDEV_OFFSET) > 0;
}

bool keymap_is_composing(const struct keymap *keymap)
{
	return keymap->compose &&
	       xkb_compose_state_get_status(keymap->compose) == XKB_COMPOSE_COMPOSING;
}

void keymap_reset_compose(struct keymap *keymap)
{
	keymap->is_multi = false;
	if (keymap->compose)
		xkb_compose_state_reset(keymap->compose);
}

struct input_locks keymap_locks(const struct keymap *keymap)
{
	return (struct input_locks){
			.caps = xkb_state_led_name_is_active(keymap->state, XKB_LED_NAME_CAPS) > 0,
			.num = xkb_state_led_name_is_active(keymap->state, XKB_LED_NAME_NUM) > 0,
	};
}

static xkb_mod_mask_t mod_mask(const struct keymap *keymap, const char *name)
{
	xkb_mod_index_t index = xkb_keymap_mod_get_index(keymap->map, name);

	return index == XKB_MOD_INVALID ? 0 : (xkb_mod_mask_t)1 << index;
}

void keymap_set_locks(struct keymap *keymap, struct input_locks locks)
{
	xkb_mod_mask_t caps = mod_mask(keymap, XKB_MOD_NAME_CAPS);
	xkb_mod_mask_t num = mod_mask(keymap, XKB_MOD_NAME_NUM);
	xkb_mod_mask_t locked = xkb_state_serialize_mods(keymap->state, XKB_STATE_MODS_LOCKED);

	locked = locks.caps ? locked | caps : locked & ~caps;
	locked = locks.num ? locked | num : locked & ~num;
	xkb_state_update_mask(keymap->state,
			xkb_state_serialize_mods(keymap->state, XKB_STATE_MODS_DEPRESSED),
			xkb_state_serialize_mods(keymap->state, XKB_STATE_MODS_LATCHED), locked,
			xkb_state_serialize_layout(keymap->state, XKB_STATE_LAYOUT_DEPRESSED),
			xkb_state_serialize_layout(keymap->state, XKB_STATE_LAYOUT_LATCHED),
			xkb_state_serialize_layout(keymap->state, XKB_STATE_LAYOUT_LOCKED));
}

/* The modifiers of one level as ours; false when the level needs anything else. */
static bool level_modifiers(const struct keymap *keymap, xkb_keycode_t key, xkb_level_index_t level,
		uint32_t *ret)
{
	xkb_mod_mask_t shift = mod_mask(keymap, XKB_MOD_NAME_SHIFT);
	xkb_mod_mask_t level3 = mod_mask(keymap, MOD_LEVEL3);
	xkb_mod_mask_t masks[16];
	size_t count = xkb_keymap_key_get_mods_for_level(keymap->map, key, 0, level, masks, 16);

	for (size_t i = 0; i < count; i++) {
		if (masks[i] & ~(shift | level3))
			continue;
		*ret = (masks[i] & shift ? INPUT_SHIFT : 0u) |
		       (masks[i] & level3 ? INPUT_ALTGR : 0u);
		return true;
	}
	return false;
}

int keymap_find(const struct keymap *keymap, uint32_t character, uint32_t *ret_code,
		uint32_t *ret_modifiers)
{
	xkb_keycode_t last = xkb_keymap_max_keycode(keymap->map);

	for (xkb_level_index_t level = 0; level < 4; level++)
		for (xkb_keycode_t key = xkb_keymap_min_keycode(keymap->map); key <= last; key++) {
			const xkb_keysym_t *keysyms;

			if (key < EVDEV_OFFSET ||
					level >= xkb_keymap_num_levels_for_key(keymap->map, key, 0))
				continue;
			if (xkb_keymap_key_get_syms_by_level(keymap->map, key, 0, level,
					    &keysyms) != 1 ||
					xkb_keysym_to_utf32(keysyms[0]) != character)
				continue;
			if (!level_modifiers(keymap, key, level, ret_modifiers))
				continue;
			*ret_code = key - EVDEV_OFFSET;
			return 0;
		}
	return -ENOENT;
}
