/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the kiosk's mind that does what the helpdesk orders. */
#include <errno.h>
#include <linux/input-event-codes.h>
#include <string.h>

#include <xkbcommon/xkbcommon-keysyms.h>

#include "base/text.h"
#include "kiosk/step_parts.h"

enum { SECOND_MS = 1000 };

static void say(const struct kiosk_state *state, const char *id, int64_t came_ms,
		enum wire_result result, const char *detail, struct kiosk_actions *actions)
{
	struct kiosk_action *action = step_do(actions, KIOSK_DO_RESULT);

	memcpy(action->id, id, sizeof(action->id));
	action->result = result;
	action->took_s = (uint32_t)((state->now_ms - came_ms) / SECOND_MS);
	action->detail = detail;
}

static void light(struct kiosk_state *state, struct kiosk_actions *actions)
{
	state->lit_ms = state->now_ms;
	step_light(state, actions);
}

static void notify(struct kiosk_state *state, enum ui_notice notice)
{
	state->orders.notice = notice;
	state->orders.notice_until_ms = state->now_ms + KIOSK_NOTICE_MS;
}

/* --- what stands */

const struct orders_entry *step_dialog(const struct kiosk_state *state)
{
	const struct orders *dialogs = &state->orders.dialogs;

	return dialogs->count > 0 && !dialogs->list[0].is_read ? &dialogs->list[0] : NULL;
}

const struct orders_entry *step_banner(const struct kiosk_state *state)
{
	const struct kiosk_orders *orders = &state->orders;

	if (orders->dialogs.count > 0 && orders->dialogs.list[0].is_read)
		return &orders->dialogs.list[0];
	return orders->banners.count > 0 ? &orders->banners.list[0] : NULL;
}

/* When it ends by itself: a countdown from when it was seen, a question from when it came. */
static int64_t end_ms(const struct orders_entry *entry)
{
	int64_t length_ms = (int64_t)entry->order.seconds * SECOND_MS;

	if (orders_is_countdown(&entry->order) || !entry->order.needs_confirmation)
		return entry->shown_ms < 0 || (!length_ms && !orders_is_countdown(&entry->order))
		                       ? -1
		                       : entry->shown_ms + length_ms;
	return length_ms ? entry->came_ms + length_ms : -1;
}

uint32_t step_seconds_left(const struct kiosk_state *state, const struct orders_entry *entry)
{
	int64_t left_ms = end_ms(entry) - state->now_ms;

	return end_ms(entry) < 0 || left_ms <= 0
	                       ? 0
	                       : (uint32_t)((left_ms + SECOND_MS - 1) / SECOND_MS);
}

/* The first of each queue is seen from now on. */
static void show_first(struct kiosk_state *state, struct kiosk_actions *actions)
{
	struct kiosk_orders *orders = &state->orders;
	struct orders_entry *banner = &orders->banners.list[0], *dialog = &orders->dialogs.list[0];

	if (orders->banners.count > 0 && banner->shown_ms < 0) {
		banner->shown_ms = state->now_ms;
		say(state, banner->order.id, banner->came_ms, WIRE_RESULT_DONE, "", actions);
		light(state, actions);
	}
	if (orders->dialogs.count == 0 || dialog->shown_ms >= 0)
		return;
	dialog->shown_ms = state->now_ms;
	orders->guard_ms = state->now_ms + KIOSK_GUARD_MS;
	/* What is asked is decided on purpose; what is told only has to be read. */
	orders->focus = dialog->order.kind == WIRE_ORDER_SCREENSHOT ? UI_TARGET_NONE
	                                                            : UI_TARGET_DIALOG_PRIMARY;
	state->hover = state->pressed = UI_TARGET_NONE;
	light(state, actions);
}

/* --- what an order does */

static void sign_out(struct kiosk_state *state, struct kiosk_actions *actions)
{
	bool was_there = step_is_open(state) || state->credentials.is_held;

	if (step_is_open(state))
		step_leave(state, actions);
	if (!was_there)
		return;
	step_sign_out(state);
	notify(state, UI_NOTICE_SIGNED_OUT);
}

static void want_shot(struct kiosk_state *state, const struct orders_entry *entry,
		struct kiosk_actions *actions)
{
	struct kiosk_shot *shot = &state->orders.shot;

	if (shot->is_wanted) {
		say(state, entry->order.id, entry->came_ms, WIRE_RESULT_FAILED,
				"another picture is being taken", actions);
		return;
	}
	light(state, actions);
	shot->is_wanted = true;
	memcpy(shot->id, entry->order.id, sizeof(shot->id));
	shot->came_ms = entry->came_ms;
	shot->until_ms = state->now_ms + KIOSK_SHOT_MS;
}

/* A countdown that has come to its end. */
static void carry_out(struct kiosk_state *state, const struct orders_entry *entry,
		struct kiosk_actions *actions)
{
	enum wire_result result = WIRE_RESULT_DONE;
	const char *detail = "";

	if (entry->order.kind == WIRE_ORDER_SIGN_OUT) {
		sign_out(state, actions);
	} else if (entry->order.kind == WIRE_ORDER_RESTART_SESSION) {
		if (state->credentials.is_held &&
				(step_is_open(state) || state->screen == UI_ENDED)) {
			step_restart_session(state, actions);
			notify(state, UI_NOTICE_SESSION);
		} else {
			result = WIRE_RESULT_REFUSED;
			detail = "there is no session";
		}
	} else if (entry->order.kind == WIRE_ORDER_SCREENSHOT) {
		result = WIRE_RESULT_REFUSED;
		detail = "nobody allowed it in time";
	}
	say(state, entry->order.id, entry->came_ms, result, detail, actions);
}

/* The first dialog is over: it leaves the queue before anything else happens. */
static struct orders_entry take_first(struct kiosk_state *state)
{
	struct orders_entry entry = state->orders.dialogs.list[0];

	orders_drop(&state->orders.dialogs, 0);
	state->hover = state->pressed = UI_TARGET_NONE;
	return entry;
}

static void answer(struct kiosk_state *state, bool is_primary, struct kiosk_actions *actions)
{
	struct orders_entry *first = &state->orders.dialogs.list[0], entry;

	if (is_primary && orders_is_countdown(&first->order) &&
			first->order.kind != WIRE_ORDER_SCREENSHOT) {
		first->is_read = true;
		state->hover = state->pressed = UI_TARGET_NONE;
		return;
	}
	entry = take_first(state);
	if (entry.order.kind == WIRE_ORDER_MESSAGE)
		say(state, entry.order.id, entry.came_ms, WIRE_RESULT_CONFIRMED, "", actions);
	else if (is_primary)
		want_shot(state, &entry, actions);
	else
		say(state, entry.order.id, entry.came_ms, WIRE_RESULT_REFUSED,
				entry.order.kind == WIRE_ORDER_SCREENSHOT
						? "the person said no"
						: "postponed by the person",
				actions);
}

/* --- orders that come */

static void add(struct kiosk_state *state, struct orders *queue,
		const struct wire_agent_order *order, struct kiosk_actions *actions)
{
	if (orders_add(queue, order, state->now_ms) == -ENOSPC)
		say(state, order->id, state->now_ms, WIRE_RESULT_FAILED,
				"too much waits on this screen", actions);
}

static void lock(struct kiosk_state *state, const struct wire_agent_order *order,
		struct kiosk_actions *actions)
{
	struct kiosk_orders *orders = &state->orders;

	orders->is_locked = true;
	memcpy(orders->lock_text, order->text, sizeof(orders->lock_text));
	orders->notice = UI_NOTICE_NONE;
	if (step_is_open(state))
		step_leave(state, actions);
	/* Whoever signs in when it is unlocked is somebody else. */
	step_sign_out(state);
	memset(state->fields, 0, sizeof(state->fields));
	light(state, actions);
	say(state, order->id, state->now_ms, WIRE_RESULT_DONE, "", actions);
}

static void unlock(struct kiosk_state *state, const struct wire_agent_order *order,
		struct kiosk_actions *actions)
{
	state->orders.is_locked = false;
	text_wipe(state->orders.lock_text, sizeof(state->orders.lock_text));
	light(state, actions);
	say(state, order->id, state->now_ms, WIRE_RESULT_DONE, "", actions);
}

static void identify(struct kiosk_state *state, const struct wire_agent_order *order,
		struct kiosk_actions *actions)
{
	uint32_t seconds = order->seconds ? order->seconds : KIOSK_NUMBER_S;

	memcpy(state->orders.number, order->number, sizeof(state->orders.number));
	state->orders.number_until_ms = state->now_ms + (int64_t)seconds * SECOND_MS;
	light(state, actions);
	say(state, order->id, state->now_ms, WIRE_RESULT_DONE, "", actions);
}

static void screenshot(struct kiosk_state *state, const struct wire_agent_order *order,
		struct kiosk_actions *actions)
{
	struct orders_entry entry = {.order = *order, .came_ms = state->now_ms, .shown_ms = -1};

	if (state->conf.helpdesk.screenshot == CONF_SCREENSHOT_OFF) {
		say(state, order->id, state->now_ms, WIRE_RESULT_REFUSED,
				"the config does not allow it: helpdesk.screenshot is off",
				actions);
	} else if (state->conf.helpdesk.screenshot == CONF_SCREENSHOT_ASK &&
			!state->orders.is_locked) {
		entry.order.seconds = KIOSK_ASK_S;
		add(state, &state->orders.dialogs, &entry.order, actions);
	} else {
		want_shot(state, &entry, actions);
	}
}

/* A result that was not given yet is given now. */
static void cancel(struct kiosk_state *state, const char *id, struct kiosk_actions *actions)
{
	int at = orders_find(&state->orders.dialogs, id);

	if (at >= 0) {
		say(state, id, state->orders.dialogs.list[at].came_ms, WIRE_RESULT_EXPIRED,
				"cancelled", actions);
		orders_drop(&state->orders.dialogs, (unsigned)at);
	}
	at = orders_find(&state->orders.banners, id);
	if (at < 0)
		return;
	if (state->orders.banners.list[at].shown_ms < 0)
		say(state, id, state->orders.banners.list[at].came_ms, WIRE_RESULT_EXPIRED,
				"cancelled", actions);
	orders_drop(&state->orders.banners, (unsigned)at);
}

/* With nobody there to wait for it happens at once. */
static void count_down(struct kiosk_state *state, const struct wire_agent_order *order,
		struct kiosk_actions *actions)
{
	struct orders_entry entry = {.order = *order, .came_ms = state->now_ms, .shown_ms = -1};
	bool is_of_session = order->kind != WIRE_ORDER_RESTART_WARNING;

	if (order->seconds == 0 || (is_of_session && state->screen != UI_SESSION))
		carry_out(state, &entry, actions);
	else
		add(state, &state->orders.dialogs, order, actions);
}

static bool is_possible_locked(uint32_t kind)
{
	return kind == WIRE_ORDER_IDENTIFY || kind == WIRE_ORDER_LOCK ||
	       kind == WIRE_ORDER_UNLOCK || kind == WIRE_ORDER_SCREENSHOT ||
	       kind == WIRE_ORDER_CANCEL;
}

static void take(struct kiosk_state *state, const struct wire_agent_order *order,
		struct kiosk_actions *actions)
{
	if (order->kind == WIRE_ORDER_IDENTIFY)
		identify(state, order, actions);
	else if (order->kind == WIRE_ORDER_LOCK)
		lock(state, order, actions);
	else if (order->kind == WIRE_ORDER_UNLOCK)
		unlock(state, order, actions);
	else if (order->kind == WIRE_ORDER_SCREENSHOT)
		screenshot(state, order, actions);
	else if (order->kind == WIRE_ORDER_CANCEL)
		cancel(state, order->id, actions);
	else if (order->kind == WIRE_ORDER_MESSAGE)
		add(state,
				order->needs_confirmation ? &state->orders.dialogs
							  : &state->orders.banners,
				order, actions);
	else
		count_down(state, order, actions);
}

void step_order(struct kiosk_state *state, const struct wire_agent_order *order,
		struct kiosk_actions *actions)
{
	if (state->orders.is_locked && !is_possible_locked(order->kind))
		say(state, order->id, state->now_ms, WIRE_RESULT_REFUSED, "the device is locked",
				actions);
	else
		take(state, order, actions);
	show_first(state, actions);
}

void step_shot(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	struct kiosk_shot *shot = &state->orders.shot;

	if (!shot->is_wanted)
		return;
	if (event->reason != REASON_NONE)
		say(state, shot->id, shot->came_ms, WIRE_RESULT_FAILED,
				"the picture could not be made", actions);
	else if (!state->orders.is_locked)
		notify(state, UI_NOTICE_SCREENSHOT);
	memset(shot, 0, sizeof(*shot));
}

/* --- time */

/* Countdowns of a session that is gone, and everything else once the device is locked. */
static bool is_pointless(const struct kiosk_state *state, const struct orders_entry *entry)
{
	return state->orders.is_locked ||
	       ((entry->order.kind == WIRE_ORDER_SIGN_OUT ||
				entry->order.kind == WIRE_ORDER_RESTART_SESSION) &&
			       !step_is_open(state));
}

static bool is_over(const struct kiosk_state *state, const struct orders_entry *entry)
{
	int64_t at_ms = end_ms(entry);

	return (at_ms >= 0 && state->now_ms >= at_ms) || is_pointless(state, entry);
}

static bool end_dialog(struct kiosk_state *state, struct kiosk_actions *actions)
{
	struct orders *dialogs = &state->orders.dialogs;
	struct orders_entry entry;
	unsigned at = 0;

	while (at < dialogs->count && !is_over(state, &dialogs->list[at]))
		at++;
	if (at == dialogs->count)
		return false;
	entry = dialogs->list[at];
	orders_drop(dialogs, at);
	if (state->orders.is_locked)
		say(state, entry.order.id, entry.came_ms, WIRE_RESULT_REFUSED,
				"the device is locked", actions);
	else if (entry.order.kind == WIRE_ORDER_MESSAGE)
		say(state, entry.order.id, entry.came_ms, WIRE_RESULT_EXPIRED,
				"nobody confirmed it in time", actions);
	else
		carry_out(state, &entry, actions);
	return true;
}

static void end_banners(struct kiosk_state *state)
{
	struct orders *banners = &state->orders.banners;

	if (state->orders.is_locked)
		memset(banners, 0, sizeof(*banners));
	else if (banners->count > 0 && is_over(state, &banners->list[0]))
		orders_drop(banners, 0);
}

void step_orders_time(struct kiosk_state *state, struct kiosk_actions *actions)
{
	struct kiosk_orders *orders = &state->orders;

	if (orders->number[0] && state->now_ms >= orders->number_until_ms)
		memset(orders->number, 0, sizeof(orders->number));
	if (orders->notice != UI_NOTICE_NONE && state->now_ms >= orders->notice_until_ms)
		orders->notice = UI_NOTICE_NONE;
	if (orders->shot.is_wanted && state->now_ms >= orders->shot.until_ms)
		step_shot(state, &(struct kiosk_event){.reason = REASON_SESSION_TIMEOUT}, actions);
	while (actions->count < KIOSK_ACTIONS_MAX / 2 && end_dialog(state, actions))
		;
	end_banners(state);
	show_first(state, actions);
}

static void earlier(int64_t *at_ms, int64_t other_ms)
{
	if (other_ms >= 0 && (*at_ms < 0 || other_ms < *at_ms))
		*at_ms = other_ms;
}

/* The moment when the seconds that are seen change. */
static int64_t second_ms(const struct kiosk_state *state, const struct orders_entry *entry)
{
	int64_t at_ms = entry ? end_ms(entry) : -1, left_ms = at_ms - state->now_ms;

	if (!entry || !orders_is_countdown(&entry->order) || left_ms <= 0 || state->is_dark)
		return at_ms;
	return at_ms - (left_ms - 1) / SECOND_MS * SECOND_MS;
}

int64_t step_orders_ms(const struct kiosk_state *state)
{
	const struct kiosk_orders *orders = &state->orders;
	int64_t at_ms = orders->number[0] ? orders->number_until_ms : -1;

	if (orders->notice != UI_NOTICE_NONE)
		earlier(&at_ms, orders->notice_until_ms);
	if (orders->shot.is_wanted)
		earlier(&at_ms, orders->shot.until_ms);
	for (unsigned i = 0; i < orders->dialogs.count; i++) {
		earlier(&at_ms, is_over(state, &orders->dialogs.list[i])
						? state->now_ms
						: end_ms(&orders->dialogs.list[i]));
	}
	if (orders->dialogs.count > 0)
		earlier(&at_ms, second_ms(state, &orders->dialogs.list[0]));
	if (orders->banners.count > 0)
		earlier(&at_ms, end_ms(&orders->banners.list[0]));
	return at_ms;
}

/* --- input */

void step_close_banner(struct kiosk_state *state)
{
	const struct orders_entry *banner = step_banner(state);

	if (banner == &state->orders.banners.list[0])
		orders_drop(&state->orders.banners, 0);
}

static void move_focus(struct kiosk_state *state, bool is_backward)
{
	struct ui_model model;

	kiosk_model(state, &model);
	state->orders.focus = ui_focus_next(&model, is_backward);
	text_wipe(&model, sizeof(model));
}

static void press_key(struct kiosk_state *state, const struct input_event *input,
		struct kiosk_actions *actions)
{
	int64_t typing_ms = state->now_ms + KIOSK_TYPING_MS;

	switch (input->keysym) {
	case XKB_KEY_Tab:
	case XKB_KEY_Right:
	case XKB_KEY_Down:
		move_focus(state, false);
		break;
	case XKB_KEY_ISO_Left_Tab:
	case XKB_KEY_Left:
	case XKB_KEY_Up:
		move_focus(state, true);
		break;
	case XKB_KEY_Return:
	case XKB_KEY_KP_Enter:
	case XKB_KEY_space:
		if (state->now_ms >= state->orders.guard_ms &&
				state->orders.focus != UI_TARGET_NONE)
			answer(state, state->orders.focus == UI_TARGET_DIALOG_PRIMARY, actions);
		break;
	default:
		if (typing_ms > state->orders.guard_ms)
			state->orders.guard_ms = typing_ms;
		break;
	}
}

/* As with a keyboard that is held: what was down before goes up where it was. */
void step_dialog_input(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	const struct input_event *input = &event->input;
	enum ui_target pressed = state->pressed;

	if (!input->is_down && state->screen == UI_SESSION && pressed == UI_TARGET_NONE &&
			(input->kind == INPUT_KEY || input->kind == INPUT_BUTTON))
		step_do(actions, KIOSK_DO_FORWARD)->session = state->number;
	if (input->kind == INPUT_MOTION || input->kind == INPUT_MOTION_ABSOLUTE) {
		state->hover = event->target;
	} else if (input->kind == INPUT_KEY && input->is_down && !input->is_repeat) {
		press_key(state, input, actions);
	} else if (input->kind == INPUT_BUTTON && input->button == BTN_LEFT) {
		state->pressed = input->is_down && step_has(state, event->target) ? event->target
		                                                                  : UI_TARGET_NONE;
		if (!input->is_down && pressed == event->target && step_has(state, pressed))
			answer(state, pressed == UI_TARGET_DIALOG_PRIMARY, actions);
	}
	show_first(state, actions);
}
