/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/step.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "kiosk/field.h"
#include "kiosk/step_parts.h"

enum { MINUTE_MS = 60 * 1000 };

void kiosk_init(struct kiosk_state *state, int64_t now_ms)
{
	*state = (struct kiosk_state){
			.now_ms = now_ms,
			.screen = UI_STARTING,
			.tick_ms = now_ms + KIOSK_TICK_MS,
			.waiting_ms = now_ms,
			.server_sent_ms = -1,
			.input_ms = now_ms,
			.lit_ms = now_ms,
			.deadline_ms = -1,
			.retry_ms = -1,
			.conf = conf_default(),
	};
}

struct kiosk_action *step_do(struct kiosk_actions *actions, enum kiosk_action_kind kind)
{
	assert(actions->count < KIOSK_ACTIONS_MAX);
	actions->list[actions->count] = (struct kiosk_action){.kind = kind};
	return &actions->list[actions->count++];
}

bool step_is_base(enum ui_screen screen)
{
	return screen <= UI_SIGN_IN || screen == UI_LOCKED;
}

/* Whether the agent still owes the first word about what is going on. */
static bool is_waiting(const struct kiosk_state *state)
{
	if (state->conf.desktop_count > 0)
		return false;
	return !state->has_agent || !state->has_status ||
	       state->status.phase == WIRE_AGENT_STARTING ||
	       state->status.phase == WIRE_AGENT_ONLINE;
}

static enum ui_screen screen_of_phase(const struct kiosk_state *state)
{
	switch (state->status.phase) {
	case WIRE_AGENT_NO_SERVER:
		return state->server_sent_ms < 0 ? UI_SERVER : UI_STARTING;
	case WIRE_AGENT_REACHING:
		if (state->status.reason == REASON_NONE || state->server_sent_ms >= 0)
			return UI_STARTING;
		return state->is_server_wanted ? UI_SERVER : UI_NETWORK;
	case WIRE_AGENT_APPROVAL:
		return UI_APPROVAL;
	case WIRE_AGENT_REFUSED:
		return UI_REFUSED;
	default:
		return state->is_server_wanted ? UI_SERVER : UI_NETWORK;
	}
}

enum ui_screen step_base(const struct kiosk_state *state)
{
	if (state->orders.is_locked)
		return UI_LOCKED;
	if (state->has_status && state->status.phase == WIRE_AGENT_REFUSED)
		return UI_REFUSED;
	if (state->conf.desktop_count > 0)
		return UI_SIGN_IN;
	if (!is_waiting(state))
		return screen_of_phase(state);
	return state->waiting_ms >= 0 && state->now_ms - state->waiting_ms >= KIOSK_MISSING_MS
	                       ? UI_NETWORK
	                       : UI_STARTING;
}

static enum ui_target first_focus(const struct kiosk_state *state)
{
	switch (state->screen) {
	case UI_SERVER:
		return UI_TARGET_FIELD_SERVER;
	case UI_SIGN_IN:
		return state->fields[UI_FIELD_USER].text[0] ? UI_TARGET_FIELD_PASSWORD
		                                            : UI_TARGET_FIELD_USER;
	case UI_DESKTOPS:
		return UI_TARGET_DESKTOP;
	case UI_ENDED:
	case UI_NETWORK:
	case UI_REFUSED:
		return UI_TARGET_PRIMARY;
	default:
		return UI_TARGET_NONE;
	}
}

/* The first desktop's hints stand in for what nobody has typed yet. */
static void fill_hints(struct kiosk_state *state)
{
	const struct conf_desktop *desktop = &state->conf.desktops[0];

	if (!state->fields[UI_FIELD_USER].text[0])
		field_set(&state->fields[UI_FIELD_USER], desktop->user);
	if (!state->fields[UI_FIELD_DOMAIN].text[0])
		field_set(&state->fields[UI_FIELD_DOMAIN], desktop->domain);
}

void step_enter(struct kiosk_state *state, enum ui_screen screen)
{
	state->screen = screen;
	state->hover = UI_TARGET_NONE;
	state->pressed = UI_TARGET_NONE;
	state->is_password_shown = false;
	field_wipe(&state->fields[UI_FIELD_PASSWORD]);
	if (screen == UI_SIGN_IN)
		fill_hints(state);
	state->focus = first_focus(state);
}

void step_sign_out(struct kiosk_state *state)
{
	step_wipe(state);
	state->reason = REASON_NONE;
	state->detail = 0;
	state->retry_ms = -1;
	state->retries = 0;
	state->crashes = 0;
	if (!state->conf.sign_in.remembers_user)
		field_wipe(&state->fields[UI_FIELD_USER]);
	field_wipe(&state->fields[UI_FIELD_DOMAIN]);
	step_enter(state, step_base(state));
}

bool step_has_target(const struct ui_model *model, enum ui_target wanted)
{
	struct ui_model walk = *model;
	bool is_there = false;

	walk.focus = UI_TARGET_NONE;
	for (int i = 0; i < UI_TARGET_END && !is_there; i++) {
		walk.focus = ui_focus_next(&walk, false);
		is_there = walk.focus == wanted;
	}
	text_wipe(&walk, sizeof(walk));
	return is_there;
}

/* A new config may have taken away what had the focus. */
static void keep_focus(struct kiosk_state *state)
{
	struct ui_model model;

	if (state->focus == UI_TARGET_NONE)
		return;
	kiosk_model(state, &model);
	if (!step_has_target(&model, state->focus))
		state->focus = first_focus(state);
	text_wipe(&model, sizeof(model));
}

/* A hint that nobody has changed follows the config. */
static void update_hint(struct ui_field *field, const char *before)
{
	if (strcmp(field->text, before) == 0)
		field_wipe(field);
}

static void take_config(struct kiosk_state *state, const struct conf_signed *config,
		struct kiosk_actions *actions)
{
	struct conf before = state->conf;

	state->conf = config->conf;
	state->revision = config->revision;
	if (memcmp(&before.keyboard, &state->conf.keyboard, sizeof(before.keyboard)) != 0 ||
			memcmp(&before.mouse, &state->conf.mouse, sizeof(before.mouse)) != 0 ||
			memcmp(&before.devices, &state->conf.devices, sizeof(before.devices)) != 0)
		step_do(actions, KIOSK_DO_KEYBOARD);
	if (memcmp(&before.locale, &state->conf.locale, sizeof(before.locale)) != 0)
		step_do(actions, KIOSK_DO_LOCALE);
	if (memcmp(&before.display, &state->conf.display, sizeof(before.display)) != 0)
		step_do(actions, KIOSK_DO_DISPLAY);
	step_power_config(state, &before, actions);
	if (state->screen == UI_SIGN_IN) {
		update_hint(&state->fields[UI_FIELD_USER], before.desktops[0].user);
		update_hint(&state->fields[UI_FIELD_DOMAIN], before.desktops[0].domain);
		fill_hints(state);
	}
	keep_focus(state);
}

/* A new agent tells everything anew, and is told again which config stands. */
static void take_agent(struct kiosk_state *state, bool is_there)
{
	state->has_agent = is_there;
	state->has_status = state->has_status && state->conf.desktop_count > 0;
	state->status.reason = REASON_NONE;
	state->server_sent_ms = -1;
	state->confirmed = 0;
}

static void take_status(struct kiosk_state *state, const struct wire_agent_status *status,
		struct kiosk_actions *actions)
{
	enum reason before = state->has_status ? (enum reason)state->status.reason : REASON_NONE;

	state->status = *status;
	state->has_status = true;
	state->server_sent_ms = -1;
	step_session_status(state, before, actions);
}

static void take_shown(struct kiosk_state *state, uint64_t revision, struct kiosk_actions *actions)
{
	if (!revision || revision != state->revision || revision == state->confirmed)
		return;
	state->confirmed = revision;
	step_do(actions, KIOSK_DO_CONFIG_UP)->revision = revision;
}

bool step_is_open(const struct kiosk_state *state)
{
	return state->session == KIOSK_SESSION_CONNECTING ||
	       state->session == KIOSK_SESSION_SHOWING;
}

/* What an unattended kiosk must not keep: a session, credentials, somebody's typing. */
static bool has_traces(const struct kiosk_state *state)
{
	return step_is_open(state) || state->credentials.is_held || state->screen == UI_ENDED ||
	       state->fields[UI_FIELD_PASSWORD].text[0];
}

static int64_t idle_ms(const struct kiosk_state *state)
{
	if (!state->conf.sign_in.idle_min || !has_traces(state))
		return -1;
	return state->input_ms + (int64_t)state->conf.sign_in.idle_min * MINUTE_MS;
}

static int64_t held_ms(const struct kiosk_state *state)
{
	if (step_is_open(state) || !(state->credentials.is_held || state->screen == UI_ENDED))
		return -1;
	return state->ended_ms + KIOSK_HELD_MS;
}

static int64_t missing_ms(const struct kiosk_state *state)
{
	return state->waiting_ms >= 0 && state->screen == UI_STARTING
	                       ? state->waiting_ms + KIOSK_MISSING_MS
	                       : -1;
}

static int64_t server_ms(const struct kiosk_state *state)
{
	return state->server_sent_ms >= 0 ? state->server_sent_ms + KIOSK_SERVER_MS : -1;
}

static bool is_due(const struct kiosk_state *state, int64_t at_ms)
{
	return at_ms >= 0 && state->now_ms >= at_ms;
}

static void pass_time(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (is_due(state, state->tick_ms)) {
		state->tick++;
		state->tick_ms = state->now_ms + KIOSK_TICK_MS;
	}
	if (is_due(state, server_ms(state)))
		state->server_sent_ms = -1;
	step_session_time(state, actions);
	if (is_due(state, idle_ms(state))) {
		if (step_is_open(state))
			step_leave(state, actions);
		step_sign_out(state);
	}
	if (is_due(state, held_ms(state)))
		step_sign_out(state);
	step_orders_time(state, actions);
	step_power_time(state, actions);
}

static bool is_animated(const struct kiosk_state *state)
{
	return !state->is_dark && (state->screen == UI_STARTING || state->screen == UI_CONNECTING);
}

/* Bring the screen in line with what is known now. */
static void settle(struct kiosk_state *state)
{
	enum ui_screen base;

	if (step_base(state) == UI_SIGN_IN || state->screen == UI_APPROVAL)
		state->is_server_wanted = false;
	if (!is_waiting(state))
		state->waiting_ms = -1;
	else if (state->waiting_ms < 0)
		state->waiting_ms = state->now_ms;
	base = step_base(state);
	if (step_is_base(state->screen) && state->screen != base)
		step_sign_out(state);
	if (state->screen == UI_DESKTOPS && (base != UI_SIGN_IN || state->conf.desktop_count < 2))
		step_sign_out(state);
	if (state->screen == UI_ENDED && base != UI_SIGN_IN)
		step_sign_out(state);
	if (!is_animated(state))
		state->tick_ms = -1;
	else if (state->tick_ms < 0)
		state->tick_ms = state->now_ms + KIOSK_TICK_MS;
}

static void take(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	switch (event->kind) {
	case KIOSK_CLOCK:
		memcpy(state->clock, event->clock, sizeof(state->clock));
		state->clock[sizeof(state->clock) - 1] = '\0';
		step_power_time(state, actions);
		break;
	case KIOSK_INPUT:
		step_input(state, event, actions);
		break;
	case KIOSK_LOCKS:
		state->is_caps_lock_on = event->is_caps_lock_on;
		break;
	case KIOSK_MONITOR:
		step_monitor(state, actions);
		break;
	case KIOSK_AGENT_UP:
	case KIOSK_AGENT_GONE:
		take_agent(state, event->kind == KIOSK_AGENT_UP);
		break;
	case KIOSK_STATUS:
		take_status(state, event->status, actions);
		break;
	case KIOSK_CONFIG:
		take_config(state, event->config, actions);
		break;
	case KIOSK_SHOWN:
		take_shown(state, event->revision, actions);
		break;
	case KIOSK_PHASE:
	case KIOSK_FRAME:
	case KIOSK_ENDED:
	case KIOSK_CRASHED:
	case KIOSK_BROKEN:
		if (event->session == state->number)
			step_session(state, event, actions);
		break;
	case KIOSK_ORDER:
		step_order(state, event->order, actions);
		break;
	case KIOSK_SHOT:
		step_shot(state, event, actions);
		break;
	case KIOSK_TIME:
	case KIOSK_EVENTS:
		break;
	}
}

void kiosk_step(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	actions->count = 0;
	if (event->now_ms > state->now_ms)
		state->now_ms = event->now_ms;
	pass_time(state, actions);
	take(state, event, actions);
	settle(state);
}

/* The moment when the number of seconds until the next try changes on the screen. */
static int64_t countdown_ms(const struct kiosk_state *state)
{
	int64_t left_ms = state->retry_ms - state->now_ms;

	if (state->retry_ms < 0 || state->is_dark || left_ms <= 0)
		return state->retry_ms;
	return state->retry_ms - (left_ms - 1) / 1000 * 1000;
}

int64_t kiosk_wake_ms(const struct kiosk_state *state)
{
	const int64_t moments[] = {
			state->tick_ms,
			state->deadline_ms,
			countdown_ms(state),
			idle_ms(state),
			step_dim_ms(state),
			step_off_ms(state),
			held_ms(state),
			missing_ms(state),
			server_ms(state),
			step_orders_ms(state),
	};
	int64_t wake_ms = -1;

	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		if (moments[i] >= 0 && (wake_ms < 0 || moments[i] < wake_ms))
			wake_ms = moments[i];
	return wake_ms;
}
