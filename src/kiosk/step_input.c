/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the kiosk's mind that reads keyboard and mouse. */
#include <linux/input-event-codes.h>
#include <string.h>

#include <xkbcommon/xkbcommon-keysyms.h>

#include "base/text.h"
#include "kiosk/field.h"
#include "kiosk/step_parts.h"

static enum ui_field_kind field_of(enum ui_target target)
{
	switch (target) {
	case UI_TARGET_FIELD_USER:
		return UI_FIELD_USER;
	case UI_TARGET_FIELD_PASSWORD:
		return UI_FIELD_PASSWORD;
	case UI_TARGET_FIELD_DOMAIN:
		return UI_FIELD_DOMAIN;
	case UI_TARGET_FIELD_SERVER:
		return UI_FIELD_SERVER;
	default:
		return UI_FIELDS;
	}
}

static bool is_desktop(enum ui_target target)
{
	return target >= UI_TARGET_DESKTOP && target < UI_TARGET_END;
}

/* The banner is read; a message whose text changes comes back. */
static void close_banner(struct kiosk_state *state)
{
	struct ui_model model;

	kiosk_model(state, &model);
	if (model.message_count > 0) {
		if (state->closed_count == CONF_MESSAGES_MAX)
			memmove(state->closed, state->closed + 1,
					sizeof(state->closed[0]) * --state->closed_count);
		state->closed[state->closed_count++] = model.messages[0];
	}
	text_wipe(&model, sizeof(model));
}

static void send_server(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (!state->fields[UI_FIELD_SERVER].text[0])
		return;
	state->server_sent_ms = state->now_ms;
	state->is_server_wanted = false;
	step_do(actions, KIOSK_DO_SERVER);
}

/* The agent tries the server that it knows once more, now; or is waited for once more. */
static void try_again(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (state->waiting_ms >= 0)
		state->waiting_ms = state->now_ms;
	if (!state->has_status || !state->status.server[0])
		return;
	field_set(&state->fields[UI_FIELD_SERVER], state->status.server);
	send_server(state, actions);
}

bool step_has(const struct kiosk_state *state, enum ui_target wanted)
{
	struct ui_model model;

	kiosk_model(state, &model);
	bool is_there = step_has_target(&model, wanted);
	text_wipe(&model, sizeof(model)); /* it has the password field */
	return is_there;
}

static void do_primary(struct kiosk_state *state, struct kiosk_actions *actions)
{
	switch (state->screen) {
	case UI_SIGN_IN:
		step_sign_in(state, actions);
		break;
	case UI_SERVER:
		send_server(state, actions);
		break;
	case UI_NETWORK:
	case UI_REFUSED:
		try_again(state, actions);
		break;
	case UI_DESKTOPS:
		if (is_desktop(state->focus))
			step_connect(state, state->focus - UI_TARGET_DESKTOP, actions);
		break;
	case UI_ENDED:
		if (state->credentials.is_held)
			step_retry(state, actions);
		else
			step_enter(state, step_base(state));
		break;
	default:
		break;
	}
}

static void do_secondary(struct kiosk_state *state, struct kiosk_actions *actions)
{
	switch (state->screen) {
	case UI_CONNECTING:
		step_leave(state, actions);
		break;
	case UI_DESKTOPS:
	case UI_ENDED:
		step_sign_out(state);
		break;
	case UI_NETWORK:
		/* Only where another server may help; what the screen offers says it. */
		state->is_server_wanted = step_has(state, UI_TARGET_SECONDARY);
		break;
	case UI_SERVER:
		state->is_server_wanted = false;
		break;
	default:
		break;
	}
}

static void activate(struct kiosk_state *state, enum ui_target target,
		struct kiosk_actions *actions)
{
	if (is_desktop(target) && state->screen == UI_DESKTOPS)
		step_connect(state, target - UI_TARGET_DESKTOP, actions);
	else if (target == UI_TARGET_PRIMARY)
		do_primary(state, actions);
	else if (target == UI_TARGET_SECONDARY)
		do_secondary(state, actions);
	else if (target == UI_TARGET_SHOW_PASSWORD)
		state->is_password_shown = !state->is_password_shown;
	else if (target == UI_TARGET_MESSAGE_CLOSE)
		close_banner(state);
	else if (target == UI_TARGET_BANNER_CLOSE)
		step_close_banner(state);
}

/* Enter goes on to the password before it signs in; in a field it is the primary button. */
static void press_enter(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (field_of(state->focus) < UI_FIELDS || state->focus == UI_TARGET_NONE)
		do_primary(state, actions);
	else
		activate(state, state->focus, actions);
}

static void move_focus(struct kiosk_state *state, bool is_backward)
{
	struct ui_model model;

	kiosk_model(state, &model);
	state->focus = ui_focus_next(&model, is_backward);
	text_wipe(&model, sizeof(model));
}

/* Returns false when the key edits nothing. */
static bool edit(struct ui_field *field, const struct input_event *input)
{
	switch (input->keysym) {
	case XKB_KEY_BackSpace:
		field_backspace(field);
		return true;
	case XKB_KEY_Delete:
	case XKB_KEY_KP_Delete:
		field_delete(field);
		return true;
	case XKB_KEY_Left:
	case XKB_KEY_KP_Left:
		field_left(field);
		return true;
	case XKB_KEY_Right:
	case XKB_KEY_KP_Right:
		field_right(field);
		return true;
	case XKB_KEY_Home:
	case XKB_KEY_KP_Home:
		field_home(field);
		return true;
	case XKB_KEY_End:
	case XKB_KEY_KP_End:
		field_end(field);
		return true;
	default:
		field_insert(field, input->text);
		return input->text[0] != '\0';
	}
}

static void press_key(struct kiosk_state *state, const struct input_event *input,
		struct kiosk_actions *actions)
{
	enum ui_field_kind field = field_of(state->focus);

	switch (input->keysym) {
	case XKB_KEY_Tab:
	case XKB_KEY_KP_Tab:
		move_focus(state, input->modifiers & INPUT_SHIFT);
		return;
	case XKB_KEY_ISO_Left_Tab:
	case XKB_KEY_Up:
	case XKB_KEY_KP_Up:
		move_focus(state, true);
		return;
	case XKB_KEY_Down:
	case XKB_KEY_KP_Down:
		move_focus(state, false);
		return;
	case XKB_KEY_Return:
	case XKB_KEY_KP_Enter:
		/* A key that is held since the screen before decides nothing here. */
		if (!input->is_repeat)
			press_enter(state, actions);
		return;
	case XKB_KEY_Escape:
		if (!input->is_repeat)
			do_secondary(state, actions);
		return;
	default:
		break;
	}
	if (field < UI_FIELDS && edit(&state->fields[field], input))
		return;
	if (input->keysym == XKB_KEY_space && !input->is_repeat)
		activate(state, state->focus, actions);
	else if (input->keysym == XKB_KEY_Left || input->keysym == XKB_KEY_Right)
		move_focus(state, input->keysym == XKB_KEY_Left);
}

static void press_button(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	enum ui_target pressed = state->pressed;

	if (event->input.button != BTN_LEFT)
		return;
	if (event->input.is_down) {
		enum ui_field_kind field = field_of(event->target);

		/* What lay there may belong to a screen that has just gone. */
		if (!step_has(state, event->target))
			return;
		state->pressed = event->target;
		if (event->target != UI_TARGET_SHOW_PASSWORD &&
				event->target != UI_TARGET_MESSAGE_CLOSE &&
				event->target != UI_TARGET_BANNER_CLOSE)
			state->focus = event->target;
		if (field < UI_FIELDS)
			field_place(&state->fields[field], event->offset);
		return;
	}
	state->pressed = UI_TARGET_NONE;
	if (pressed == event->target && step_has(state, pressed))
		activate(state, pressed, actions);
}

static void own_input(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	switch (event->input.kind) {
	case INPUT_KEY:
		if (event->input.is_down)
			press_key(state, &event->input, actions);
		break;
	case INPUT_MOTION:
	case INPUT_MOTION_ABSOLUTE:
		state->hover = event->target;
		break;
	case INPUT_BUTTON:
		press_button(state, event, actions);
		break;
	default:
		break;
	}
}

static bool is_leaving(const struct kiosk_state *state, const struct input_event *input)
{
	uint32_t both = INPUT_CTRL | INPUT_ALT;

	return state->conf.kiosk_keys.leave_session == CONF_LEAVE_CTRL_ALT_HOME &&
	       input->kind == INPUT_KEY && input->is_down && !input->is_repeat &&
	       (input->code == KEY_HOME || input->code == KEY_KP7) &&
	       (input->modifiers & both) == both;
}

static bool is_close(enum ui_target target)
{
	return target == UI_TARGET_MESSAGE_CLOSE || target == UI_TARGET_BANNER_CLOSE;
}

/* All belongs to the session but one combination and the banner's closing cross. */
static void session_input(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	bool is_ours = is_close(event->target) || is_close(state->pressed);

	if (is_leaving(state, &event->input)) {
		step_leave(state, actions);
		return;
	}
	if (event->input.kind == INPUT_MOTION || event->input.kind == INPUT_MOTION_ABSOLUTE)
		state->hover = is_ours ? event->target : UI_TARGET_NONE;
	if (event->input.kind == INPUT_BUTTON && is_ours) {
		press_button(state, event, actions);
		return;
	}
	if (event->input.kind != INPUT_DEVICES)
		step_do(actions, KIOSK_DO_FORWARD)->session = state->number;
}

/* --- the question about a keyboard --- */

/* It may come above anything, also in the dark; what was pressed before is forgotten. */
static void ask(struct kiosk_state *state, bool is_asking, struct kiosk_actions *actions)
{
	if (is_asking) {
		state->lit_ms = state->now_ms;
		step_light(state, actions);
	}
	state->is_asking = is_asking;
	state->ask_focus = UI_TARGET_NONE;
	state->hover = UI_TARGET_NONE;
	state->pressed = UI_TARGET_NONE;
}

static void answer(struct kiosk_state *state, enum ui_target target, struct kiosk_actions *actions)
{
	if (target != UI_TARGET_PRIMARY && target != UI_TARGET_SECONDARY)
		return;
	step_do(actions, KIOSK_DO_ANSWER)->is_on = target == UI_TARGET_SECONDARY;
	ask(state, false, actions);
}

static void ask_key(struct kiosk_state *state, const struct input_event *input,
		struct kiosk_actions *actions)
{
	struct ui_model model;

	switch (input->keysym) {
	case XKB_KEY_Tab:
	case XKB_KEY_ISO_Left_Tab:
	case XKB_KEY_Left:
	case XKB_KEY_Right:
	case XKB_KEY_Up:
	case XKB_KEY_Down:
		kiosk_model(state, &model);
		state->ask_focus = ui_focus_next(&model,
				input->keysym == XKB_KEY_ISO_Left_Tab ||
						input->keysym == XKB_KEY_Left ||
						input->keysym == XKB_KEY_Up);
		text_wipe(&model, sizeof(model));
		break;
	case XKB_KEY_Return:
	case XKB_KEY_KP_Enter:
	case XKB_KEY_space:
		answer(state, state->ask_focus, actions);
		break;
	default:
		break;
	}
}

static void ask_input(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	const struct input_event *input = &event->input;
	enum ui_target pressed = state->pressed;

	/* What was held when the question came goes up in the desktop as well. */
	if (!input->is_down && state->screen == UI_SESSION && pressed == UI_TARGET_NONE &&
			(input->kind == INPUT_KEY || input->kind == INPUT_BUTTON))
		step_do(actions, KIOSK_DO_FORWARD)->session = state->number;
	if (input->kind == INPUT_MOTION || input->kind == INPUT_MOTION_ABSOLUTE) {
		state->hover = event->target;
	} else if (input->kind == INPUT_KEY && input->is_down && !input->is_repeat) {
		ask_key(state, input, actions);
	} else if (input->kind == INPUT_BUTTON && input->button == BTN_LEFT) {
		state->pressed = input->is_down && step_has(state, event->target) ? event->target
		                                                                  : UI_TARGET_NONE;
		if (!input->is_down && pressed == event->target)
			answer(state, pressed, actions);
	}
}

void step_input(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	if (event->input.kind == INPUT_DEVICES)
		return;
	if (event->input.kind == INPUT_HELD) {
		ask(state, event->input.is_down, actions);
		return;
	}
	state->input_ms = state->now_ms;
	if (step_wake(state, &event->input, actions))
		return;
	/* Who owns the device is all that a locked one says. */
	if (state->orders.is_locked)
		return;
	if (state->is_asking)
		ask_input(state, event, actions);
	else if (step_dialog(state))
		step_dialog_input(state, event, actions);
	else if (state->screen == UI_SESSION)
		session_input(state, event, actions);
	else
		own_input(state, event, actions);
}
