/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the kiosk's mind that knows about sessions: start, end, try again, give up. */
#include <string.h>

#include "base/text.h"
#include "kiosk/field.h"
#include "kiosk/step_parts.h"

enum { CRASH_WINDOW_MS = 60 * 1000, RETRY_FIRST_MS = 5000, RETRY_MOST_MS = 30000 };

bool step_is_network(enum reason reason)
{
	return reason == REASON_NET_NO_LINK || reason == REASON_NET_NO_ADDRESS;
}

/* The same credentials would be refused again, or somebody else may sit here by now. */
bool step_wants_sign_in(enum reason reason)
{
	switch (reason) {
	case REASON_SESSION_SIGNED_OUT:
	case REASON_SESSION_WRONG_PASSWORD:
	case REASON_SESSION_PASSWORD_EXPIRED:
	case REASON_SESSION_PASSWORD_MUST_CHANGE:
	case REASON_SESSION_ACCOUNT_LOCKED:
	case REASON_SESSION_ACCOUNT_DISABLED:
	case REASON_SESSION_ACCOUNT_EXPIRED:
	case REASON_SESSION_NOT_ALLOWED:
	case REASON_SESSION_KERBEROS:
	case REASON_SESSION_IDLE:
	case REASON_SESSION_REPLACED:
	case REASON_SESSION_BY_ADMIN:
	case REASON_SESSION_CERTIFICATE:
	case REASON_SESSION_SECURITY:
	case REASON_SESSION_LICENCE:
	case REASON_SESSION_NOT_PERMITTED:
		return true;
	default:
		return false;
	}
}

/* What may pass by itself. */
static bool is_passing(enum reason reason)
{
	switch (reason) {
	case REASON_NET_NO_LINK:
	case REASON_NET_NO_ADDRESS:
	case REASON_NET_NO_NAME:
	case REASON_SESSION_HOST_UNKNOWN:
	case REASON_SESSION_REFUSED:
	case REASON_SESSION_TIMEOUT:
	case REASON_SESSION_SERVER_CLOSED:
	case REASON_SESSION_SERVER_BUSY:
		return true;
	default:
		return false;
	}
}

void step_wipe(struct kiosk_state *state)
{
	text_wipe(&state->credentials, sizeof(state->credentials));
	field_wipe(&state->fields[UI_FIELD_PASSWORD]);
}

static void hold_credentials(struct kiosk_state *state)
{
	struct kiosk_credentials *credentials = &state->credentials;

	credentials->is_held = true;
	memcpy(credentials->user, state->fields[UI_FIELD_USER].text, UI_FIELD_MAX);
	memcpy(credentials->password, state->fields[UI_FIELD_PASSWORD].text, UI_FIELD_MAX);
	if (state->conf.sign_in.asks_domain)
		memcpy(credentials->domain, state->fields[UI_FIELD_DOMAIN].text, UI_FIELD_MAX);
	state->ended_ms = state->now_ms;
}

void step_sign_in(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (!state->fields[UI_FIELD_USER].text[0]) {
		state->focus = UI_TARGET_FIELD_USER;
		return;
	}
	if (!state->fields[UI_FIELD_PASSWORD].text[0]) {
		state->focus = UI_TARGET_FIELD_PASSWORD;
		return;
	}
	hold_credentials(state);
	state->reason = REASON_NONE;
	if (state->conf.desktop_count > 1)
		step_enter(state, UI_DESKTOPS);
	else
		step_connect(state, 0, actions);
}

static void report(const struct kiosk_state *state, bool is_running, enum reason reason,
		struct kiosk_actions *actions)
{
	struct kiosk_action *action = step_do(actions, KIOSK_DO_REPORT);

	action->session = state->number;
	action->is_on = is_running;
	action->reason = reason;
}

static void start(struct kiosk_state *state, uint32_t phase, struct kiosk_actions *actions)
{
	if (state->session != KIOSK_SESSION_NONE)
		step_do(actions, KIOSK_DO_KILL)->session = state->number;
	state->number++;
	state->session = KIOSK_SESSION_CONNECTING;
	state->phase = phase;
	state->deadline_ms = state->now_ms + KIOSK_CONNECT_MS;
	state->retry_ms = -1;
	step_enter(state, UI_CONNECTING);
	step_do(actions, KIOSK_DO_START)->session = state->number;
}

void step_connect(struct kiosk_state *state, uint32_t desktop, struct kiosk_actions *actions)
{
	if (desktop >= state->conf.desktop_count || !state->credentials.is_held)
		return;
	state->target = state->conf.desktops[desktop];
	state->retries = 0;
	state->crashes = 0;
	start(state, WIRE_PHASE_REACHING, actions);
}

/* The desktop as the config has it now: the helpdesk may just have corrected it. */
void step_retry(struct kiosk_state *state, struct kiosk_actions *actions)
{
	for (uint32_t i = 0; i < state->conf.desktop_count; i++)
		if (strcmp(state->conf.desktops[i].id, state->target.id) == 0)
			state->target = state->conf.desktops[i];
	start(state, WIRE_PHASE_REACHING, actions);
}

/*
 * The same desktop once more, with what the person typed at the sign-in: nobody types it again,
 * and it is not kept longer. A desktop that shows is asked to end first.
 */
void step_restart_session(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (state->session != KIOSK_SESSION_SHOWING) {
		step_retry(state, actions);
		return;
	}
	state->is_restarting = true;
	state->phase = WIRE_PHASE_RECONNECTING;
	state->deadline_ms = state->now_ms + KIOSK_STOP_MS;
	step_enter(state, UI_CONNECTING);
	step_do(actions, KIOSK_DO_STOP)->session = state->number;
}

/* Back to the kiosk's own screens while the session ends behind them. */
void step_leave(struct kiosk_state *state, struct kiosk_actions *actions)
{
	bool was_showing = state->session == KIOSK_SESSION_SHOWING;

	state->is_restarting = false;
	state->session = was_showing ? KIOSK_SESSION_STOPPING : KIOSK_SESSION_NONE;
	state->deadline_ms = was_showing ? state->now_ms + KIOSK_STOP_MS : -1;
	state->ended_ms = state->now_ms;
	state->reason = REASON_SESSION_SIGNED_OUT;
	state->detail = 0;
	step_do(actions, was_showing ? KIOSK_DO_STOP : KIOSK_DO_KILL)->session = state->number;
	report(state, false, REASON_SESSION_SIGNED_OUT, actions);
	if (state->conf.desktop_count > 1 && step_base(state) == UI_SIGN_IN)
		step_enter(state, UI_DESKTOPS);
	else
		step_sign_out(state);
}

static int64_t retry_delay_ms(const struct kiosk_state *state)
{
	int64_t delay_ms = (int64_t)RETRY_FIRST_MS * (state->retries + 1);

	return delay_ms < RETRY_MOST_MS ? delay_ms : RETRY_MOST_MS;
}

/* The session is over, its worker gone or killed. */
void step_end(struct kiosk_state *state, enum reason reason, uint32_t detail,
		struct kiosk_actions *actions)
{
	bool was_wanted = state->session != KIOSK_SESSION_STOPPING;

	state->session = KIOSK_SESSION_NONE;
	state->deadline_ms = -1;
	if (state->is_restarting) {
		state->is_restarting = false;
		step_retry(state, actions);
		return;
	}
	if (!was_wanted)
		return;
	/* Without a network every failure is the network's. */
	if (state->has_status && is_passing(reason) &&
			step_is_network((enum reason)state->status.reason))
		reason = (enum reason)state->status.reason;
	state->ended_ms = state->now_ms;
	state->reason = reason;
	state->detail = detail;
	report(state, false, reason, actions);
	if (step_wants_sign_in(reason))
		step_wipe(state);
	if (reason == REASON_SESSION_SIGNED_OUT || step_base(state) != UI_SIGN_IN) {
		step_sign_out(state);
		return;
	}
	if (reason == REASON_SESSION_WRONG_PASSWORD) {
		/* Said beside the field where it is put right. */
		step_enter(state, UI_SIGN_IN);
		return;
	}
	if (is_passing(reason) && state->retries < KIOSK_RETRIES_MAX)
		state->retry_ms = state->now_ms + retry_delay_ms(state);
	step_enter(state, UI_ENDED);
}

static void kill_and_end(struct kiosk_state *state, enum reason reason,
		struct kiosk_actions *actions)
{
	step_do(actions, KIOSK_DO_KILL)->session = state->number;
	step_end(state, reason, 0, actions);
}

/* A worker that died under a running desktop is started again at once; not endlessly. */
static void crash(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (state->is_restarting || state->session != KIOSK_SESSION_SHOWING ||
			!state->credentials.is_held) {
		step_end(state, REASON_SESSION_CRASHED, 0, actions);
		return;
	}
	if (state->crashes == 0 || state->now_ms - state->crash_ms > CRASH_WINDOW_MS) {
		state->crashes = 0;
		state->crash_ms = state->now_ms;
	}
	if (++state->crashes > KIOSK_CRASHES_MAX) {
		step_end(state, REASON_SESSION_CRASHED, 0, actions);
		return;
	}
	state->session = KIOSK_SESSION_NONE;
	start(state, WIRE_PHASE_RECONNECTING, actions);
}

static void frame(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (state->session == KIOSK_SESSION_CONNECTING)
		report(state, true, REASON_NONE, actions);
	state->session = KIOSK_SESSION_SHOWING;
	state->phase = WIRE_PHASE_SHOWING;
	state->deadline_ms = -1;
	state->retries = 0;
	if (state->screen != UI_SESSION)
		step_enter(state, UI_SESSION);
}

static void phase(struct kiosk_state *state, uint32_t phase, struct kiosk_actions *actions)
{
	state->phase = phase;
	if (state->session == KIOSK_SESSION_SHOWING && phase == WIRE_PHASE_SHOWING) {
		frame(state, actions);
		return;
	}
	state->deadline_ms = state->now_ms + KIOSK_CONNECT_MS;
	if (state->screen == UI_SESSION)
		step_enter(state, UI_CONNECTING);
}

void step_session(struct kiosk_state *state, const struct kiosk_event *event,
		struct kiosk_actions *actions)
{
	bool is_open = state->session == KIOSK_SESSION_CONNECTING ||
	               state->session == KIOSK_SESSION_SHOWING;

	if (state->session == KIOSK_SESSION_NONE)
		return;
	switch (event->kind) {
	case KIOSK_PHASE:
		if (is_open && !state->is_restarting)
			phase(state, event->phase, actions);
		break;
	case KIOSK_FRAME:
		if (is_open && !state->is_restarting)
			frame(state, actions);
		break;
	case KIOSK_ENDED:
		step_end(state,
				event->reason == REASON_NONE ? REASON_SESSION_SERVER_CLOSED
							     : event->reason,
				event->detail, actions);
		break;
	case KIOSK_CRASHED:
		crash(state, actions);
		break;
	case KIOSK_BROKEN:
		kill_and_end(state, REASON_SESSION_CRASHED, actions);
		break;
	default:
		break;
	}
}

/* The cable is out: nobody has to wait for a connection that can't come. */
void step_session_status(struct kiosk_state *state, enum reason before,
		struct kiosk_actions *actions)
{
	enum reason now = (enum reason)state->status.reason;

	if (state->session == KIOSK_SESSION_CONNECTING && step_is_network(now))
		kill_and_end(state, now, actions);
	else if (state->retry_ms >= 0 && step_is_network(before) && !step_is_network(now))
		state->retry_ms = state->now_ms;
}

void step_session_time(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (state->deadline_ms >= 0 && state->now_ms >= state->deadline_ms) {
		if (state->session == KIOSK_SESSION_STOPPING) {
			step_do(actions, KIOSK_DO_KILL)->session = state->number;
			state->session = KIOSK_SESSION_NONE;
			state->deadline_ms = -1;
		} else {
			kill_and_end(state, REASON_SESSION_TIMEOUT, actions);
		}
	}
	if (state->retry_ms < 0 || state->now_ms < state->retry_ms)
		return;
	if (state->has_status && step_is_network((enum reason)state->status.reason)) {
		state->retry_ms = state->now_ms + RETRY_FIRST_MS;
		return;
	}
	state->retries++;
	step_retry(state, actions);
}
