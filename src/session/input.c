/* SPDX-License-Identifier: Apache-2.0 */
#include "session/input.h"

#include <freerdp/input.h>
#include <linux/input-event-codes.h>

#include "session/keys.h"

enum {
	WHEEL_STEP_MAX = 255, /* of one event */
	WHEEL_MAX = 120 * 50, /* of one message: more is no hand */
};

unsigned input_utf16(uint32_t character, uint16_t units[2])
{
	if (character == 0 || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
		return 0;
	if (character < 0x10000) {
		units[0] = (uint16_t)character;
		return 1;
	}
	units[0] = (uint16_t)(0xd800 + ((character - 0x10000) >> 10));
	units[1] = (uint16_t)(0xdc00 + ((character - 0x10000) & 0x3ff));
	return 2;
}

uint16_t input_wheel_flags(uint16_t axis, int32_t *amount)
{
	int32_t step = *amount;

	if (step > WHEEL_STEP_MAX)
		step = WHEEL_STEP_MAX;
	if (step < -WHEEL_STEP_MAX)
		step = -WHEEL_STEP_MAX;
	*amount -= step;
	return (uint16_t)(axis | (step & 0x1ff));
}

uint16_t input_button_flags(uint32_t button, bool *is_extended)
{
	static const struct {
		uint32_t button;
		uint16_t flags;
		bool is_extended;
	} buttons[] = {
			{BTN_LEFT, PTR_FLAGS_BUTTON1, false},
			{BTN_RIGHT, PTR_FLAGS_BUTTON2, false},
			{BTN_MIDDLE, PTR_FLAGS_BUTTON3, false},
			{BTN_SIDE, PTR_XFLAGS_BUTTON1, true},
			{BTN_BACK, PTR_XFLAGS_BUTTON1, true},
			{BTN_EXTRA, PTR_XFLAGS_BUTTON2, true},
			{BTN_FORWARD, PTR_XFLAGS_BUTTON2, true},
	};

	for (unsigned i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++) {
		if (buttons[i].button != button)
			continue;
		*is_extended = buttons[i].is_extended;
		return buttons[i].flags;
	}
	return 0;
}

/* No key was held for it: it goes down and up at once, each half of a pair in turn. */
static void send_character(rdpInput *input, const struct wire_session_key *key)
{
	uint16_t units[2] = {0};
	unsigned count = key->is_down ? input_utf16(key->character, units) : 0;

	for (unsigned i = 0; i < count; i++)
		freerdp_input_send_unicode_keyboard_event(input, 0, units[i]);
	for (unsigned i = 0; i < count; i++)
		freerdp_input_send_unicode_keyboard_event(input, KBD_FLAGS_RELEASE, units[i]);
}

void input_send_key(struct session *session, const struct wire_session_key *key)
{
	if (!session->is_connected)
		return;
	rdpInput *input = session->rdp->input;
	if (key->code == 0) {
		send_character(input, key);
		return;
	}
	struct keys_sent sent = keys_send(&session->held_keys, key->code, key->is_down != 0);
	if (sent.scancode == KEYS_PAUSE)
		freerdp_input_send_keyboard_pause_event(input);
	else if (sent.scancode != KEYS_NONE)
		freerdp_input_send_keyboard_event_ex(input, key->is_down != 0, key->is_repeat != 0,
				sent.scancode);
	if (sent.is_click)
		freerdp_input_send_keyboard_event_ex(input, false, false, sent.scancode);
}

void input_send_locks(struct session *session, const struct wire_session_locks *locks)
{
	uint32_t flags = (locks->caps ? KBD_SYNC_CAPS_LOCK : 0U) |
	                 (locks->num ? KBD_SYNC_NUM_LOCK : 0U) |
	                 (locks->scroll ? KBD_SYNC_SCROLL_LOCK : 0U);

	if (session->is_connected)
		freerdp_input_send_synchronize_event(session->rdp->input, flags);
}

static void send_wheel(rdpInput *input, uint16_t axis, int32_t amount)
{
	if (amount > WHEEL_MAX || amount < -WHEEL_MAX)
		return;
	while (amount != 0)
		freerdp_input_send_mouse_event(input, input_wheel_flags(axis, &amount), 0, 0);
}

static uint16_t inside(int32_t value, uint32_t side)
{
	if (value < 0 || side == 0)
		return 0;
	return (uint16_t)((uint32_t)value < side ? (uint32_t)value : side - 1);
}

static void send_button(rdpInput *input, const struct wire_session_pointer *pointer, uint16_t x,
		uint16_t y)
{
	bool is_extended = false;
	uint16_t flags = input_button_flags(pointer->button, &is_extended);

	if (flags == 0)
		return;
	if (pointer->is_down)
		flags |= is_extended ? PTR_XFLAGS_DOWN : PTR_FLAGS_DOWN;
	if (is_extended)
		freerdp_input_send_extended_mouse_event(input, flags, x, y);
	else
		freerdp_input_send_mouse_event(input, flags, x, y);
}

void input_send_pointer(struct session *session, const struct wire_session_pointer *pointer)
{
	if (!session->is_connected)
		return;
	rdpInput *input = session->rdp->input;
	uint16_t x = inside(pointer->x, (uint32_t)session->picture->width);
	uint16_t y = inside(pointer->y, (uint32_t)session->picture->height);

	if (pointer->kind == WIRE_POINTER_MOTION) {
		freerdp_input_send_mouse_event(input, PTR_FLAGS_MOVE, x, y);
	} else if (pointer->kind == WIRE_POINTER_BUTTON) {
		send_button(input, pointer, x, y);
	} else if (pointer->kind == WIRE_POINTER_WHEEL) {
		send_wheel(input, PTR_FLAGS_HWHEEL, pointer->wheel_x);
		send_wheel(input, PTR_FLAGS_WHEEL, -pointer->wheel_y);
	}
}
