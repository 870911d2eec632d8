/* SPDX-License-Identifier: Apache-2.0 */
/* What the config says about keyboards, mice and what may be plugged in. */
#include <linux/input-event-codes.h>
#include <string.h>

#include "base/log.h"
#include "kiosk/parts.h"
#include "kiosk/step_parts.h"

static void apply_num_lock(struct kiosk *kiosk)
{
	enum conf_num_lock wanted = kiosk->state.conf.keyboard.num_lock;
	struct input_locks locks = input_locks(kiosk->input);

	/* Once: afterwards it is the person's and the session's. */
	if (wanted == kiosk->num_lock)
		return;
	kiosk->num_lock = wanted;
	locks.num = wanted == CONF_NUM_LOCK_KEEP ? locks.num : wanted == CONF_NUM_LOCK_ON;
	input_set_locks(kiosk->input, locks);
}

void kiosk_apply_keyboard(struct kiosk *kiosk)
{
	const struct conf_keyboard *keyboard = &kiosk->state.conf.keyboard;
	const struct conf_mouse *mouse = &kiosk->state.conf.mouse;
	const struct conf_devices *devices = &kiosk->state.conf.devices;
	struct input_keymap keymap = {
			.layout = keyboard->layout,
			.variant = keyboard->variant,
			.options = keyboard->options,
			.repeat_delay_ms = keyboard->is_repeat_off ? 0 : keyboard->repeat_delay_ms,
			.repeat_per_second = keyboard->repeat_per_second,
	};
	struct access_settings access = {
			.has_sticky = keyboard->has_sticky_keys,
			.slow_ms = keyboard->slow_keys_ms,
			.bounce_ms = keyboard->bounce_keys_ms,
	};
	struct input_pointing pointing = {
			.is_left_handed = mouse->is_left_handed,
			.has_natural_scroll = mouse->has_natural_scroll,
			.has_tap_to_click = mouse->has_tap_to_click,
			.speed = mouse->speed,
	};
	struct err err;

	if (input_set_keymap(kiosk->input, &keymap, &err) < 0)
		log_error("%s; the keyboard stays as it is", err.text);
	input_set_access(kiosk->input, &access);
	input_set_pointing(kiosk->input, &pointing);
	input_set_guard(kiosk->input, devices->new_keyboards == CONF_NEW_KEYBOARDS_HOLD,
			devices->trusted_keyboards);
	apply_num_lock(kiosk);
}

/* How the kernel names the connectors of screens that are built in. */
static bool is_built_in(const char *name)
{
	static const char *const kinds[] = {"eDP", "LVDS", "DSI"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

struct pointer_area kiosk_panel_area(const struct kiosk *kiosk)
{
	struct pointer_area area = {.count = 1};
	bool has_panel = false;

	for (unsigned i = 0; i < display_output_count(kiosk->display); i++) {
		struct display_output_info info =
				display_output_info(display_output_at(kiosk->display, i));
		bool is_panel = is_built_in(info.name);

		if (has_panel || (!is_panel && !info.is_primary))
			continue;
		has_panel = is_panel;
		area.rects[0] = (struct display_rect){info.x, info.y, info.x + (int32_t)info.width,
				info.y + (int32_t)info.height};
	}
	return area;
}

static bool is_end(const struct input_event *input)
{
	return input->kind == INPUT_KEY && (input->code == KEY_END || input->code == KEY_KP1);
}

struct input_event kiosk_session_key(struct kiosk *kiosk, const struct input_event *input)
{
	uint32_t both = INPUT_CTRL | INPUT_ALT;
	struct input_event key = *input;

	if (!is_end(input))
		return key;
	if (input->is_down && !input->is_repeat)
		kiosk->is_end_delete = kiosk->state.conf.kiosk_keys.ctrl_alt_end ==
		                                       CONF_CTRL_ALT_END_DELETE &&
		                       (input->modifiers & both) == both;
	if (kiosk->is_end_delete)
		key.code = KEY_DELETE;
	return key;
}

void kiosk_follow_locks(struct kiosk *kiosk)
{
	bool has_keys = kiosk->session && kiosk->state.screen == UI_SESSION &&
	                !kiosk->state.is_asking && !step_dialog(&kiosk->state);

	/* What was toggled while the keys were not the desktop's it has not seen. */
	if (has_keys && !kiosk->has_session_keys)
		session_locks(kiosk->session, input_locks(kiosk->input));
	kiosk->has_session_keys = has_keys;
}
