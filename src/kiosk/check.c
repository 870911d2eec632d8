/* SPDX-License-Identifier: Apache-2.0 */
/* The promises that hold between two steps, whatever happened. */
#include <string.h>

#include "kiosk/step.h"

static bool is_empty(const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static const char *check_session(const struct kiosk_state *state)
{
	bool is_connecting = state->session == KIOSK_SESSION_CONNECTING;
	bool is_showing = state->session == KIOSK_SESSION_SHOWING;
	bool has_deadline = state->deadline_ms >= 0;

	if (is_connecting && state->screen != UI_CONNECTING)
		return "a session connects, but the screen does not say so";
	if (is_showing && state->screen != UI_SESSION && state->screen != UI_CONNECTING)
		return "a session runs behind another screen";
	if (state->screen == UI_SESSION && !is_showing)
		return "the session's screen without a session";
	if (state->screen == UI_CONNECTING && !is_connecting && !is_showing)
		return "the screen says connecting, but nothing does";
	if ((is_connecting || state->session == KIOSK_SESSION_STOPPING) && !has_deadline)
		return "a wait without an end";
	if (state->session == KIOSK_SESSION_NONE && has_deadline)
		return "a deadline of no session";
	return NULL;
}

static const char *check_secrets(const struct kiosk_state *state)
{
	const struct kiosk_credentials *credentials = &state->credentials;
	bool is_open = state->screen == UI_CONNECTING || state->screen == UI_SESSION;

	if (!credentials->is_held && !is_empty(credentials, sizeof(*credentials)))
		return "credentials that are not held are not wiped";
	if (is_open && !credentials->is_held)
		return "a session without credentials";
	if (credentials->is_held && !is_open && state->screen != UI_DESKTOPS &&
			state->screen != UI_ENDED)
		return "credentials are held without need";
	if (state->screen != UI_SIGN_IN &&
			!is_empty(state->fields[UI_FIELD_PASSWORD].text, UI_FIELD_MAX))
		return "the password field is not wiped";
	if (state->screen == UI_DESKTOPS && state->conf.desktop_count < 2)
		return "a choice of one";
	if (state->retry_ms >= 0 && (state->screen != UI_ENDED || !credentials->is_held))
		return "a retry that can't be";
	return NULL;
}

const char *kiosk_check(const struct kiosk_state *state)
{
	const char *why = check_session(state);

	if (!why)
		why = check_secrets(state);
	if (why)
		return why;
	if (state->orders.is_locked != (state->screen == UI_LOCKED))
		return "locked, and the screen does not say so";
	if (state->orders.is_locked &&
			(state->credentials.is_held || state->session == KIOSK_SESSION_CONNECTING ||
					state->session == KIOSK_SESSION_SHOWING))
		return "locked, and somebody is signed in";
	if (state->is_restarting &&
			(state->session != KIOSK_SESSION_SHOWING || state->screen != UI_CONNECTING))
		return "a session restarts that does not run";
	if (state->screen > UI_SESSION && state->screen != UI_LOCKED)
		return "no such screen";
	if (state->focus >= UI_TARGET_END || state->hover >= UI_TARGET_END ||
			state->pressed >= UI_TARGET_END)
		return "no such target";
	for (int i = 0; i < UI_FIELDS; i++)
		if (state->fields[i].cursor > strnlen(state->fields[i].text, UI_FIELD_MAX - 1) ||
				(state->fields[i].text[state->fields[i].cursor] & 0xc0) == 0x80)
			return "a cursor inside of a character";
	return NULL;
}
