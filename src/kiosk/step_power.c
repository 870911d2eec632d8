/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the kiosk's mind that knows when the screens are darkened and when they are off.
 * It counts from the last input, or from what else lit them, by a clock that only grows; the
 * time of the day only says which of two limits holds, so a clock that jumps does no harm.
 */
#include <string.h>

#include "kiosk/step_parts.h"

enum { MINUTE_MS = 60 * 1000, NO_TIME = -1 };

/* Minutes since midnight of "HH:MM". */
static int minutes_of(const char *text)
{
	for (unsigned i = 0; i < 5; i++)
		if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9')
			return NO_TIME;
	return ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
}

static bool is_night(const struct kiosk_state *state)
{
	int now = minutes_of(state->clock);
	int start = minutes_of(state->conf.power.day_start);
	int end = minutes_of(state->conf.power.day_end);

	if (now < 0 || start < 0 || end < 0 || start == end)
		return false;
	return start < end ? now < start || now >= end : now >= end && now < start;
}

/* Minutes until the screens are off; 0: never. */
static int64_t off_after_min(const struct kiosk_state *state)
{
	const struct conf_power *power = &state->conf.power;

	return is_night(state) && power->night_off_after_min ? power->night_off_after_min
	                                                     : state->conf.display.blank_after_min;
}

static int64_t since_ms(const struct kiosk_state *state)
{
	return state->input_ms > state->lit_ms ? state->input_ms : state->lit_ms;
}

int64_t step_off_ms(const struct kiosk_state *state)
{
	int64_t after_min = off_after_min(state);

	return state->is_dark || !after_min ? -1 : since_ms(state) + after_min * MINUTE_MS;
}

int64_t step_dim_ms(const struct kiosk_state *state)
{
	int64_t after_min = state->conf.power.dim_after_min, off_min = off_after_min(state);

	if (state->is_dark || state->is_dim || !after_min || state->conf.power.dim_percent >= 100 ||
			(off_min && after_min >= off_min))
		return -1;
	return since_ms(state) + after_min * MINUTE_MS;
}

void step_light(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (state->is_dim)
		step_do(actions, KIOSK_DO_BRIGHTNESS)->percent = 100;
	if (state->is_dark)
		step_do(actions, KIOSK_DO_POWER)->is_on = true;
	state->is_dim = false;
	state->is_dark = false;
}

static bool is_due(const struct kiosk_state *state, int64_t at_ms)
{
	return at_ms >= 0 && state->now_ms >= at_ms;
}

void step_power_time(struct kiosk_state *state, struct kiosk_actions *actions)
{
	/* By day a screen may be one that is never dark. */
	if (state->is_dark && !off_after_min(state))
		step_light(state, actions);
	if (is_due(state, step_off_ms(state))) {
		state->is_dark = true;
		step_do(actions, KIOSK_DO_POWER)->is_on = false;
	}
	if (is_due(state, step_dim_ms(state))) {
		state->is_dim = true;
		step_do(actions, KIOSK_DO_BRIGHTNESS)->percent = state->conf.power.dim_percent;
	}
}

static bool has_message(const struct conf *conf, const struct conf_message *wanted)
{
	for (uint32_t i = 0; i < conf->message_count; i++)
		if (memcmp(&conf->messages[i], wanted, sizeof(*wanted)) == 0)
			return true;
	return false;
}

/* A message is to be seen by whoever passes, and what is never dark is lit at once. */
void step_power_config(struct kiosk_state *state, const struct conf *before,
		struct kiosk_actions *actions)
{
	bool is_new = false;

	for (uint32_t i = 0; i < state->conf.message_count; i++)
		is_new |= !has_message(before, &state->conf.messages[i]);
	if (is_new)
		state->lit_ms = state->now_ms;
	if (is_new || !off_after_min(state) ||
			(state->is_dim && memcmp(&before->power, &state->conf.power,
							  sizeof(before->power)) != 0))
		step_light(state, actions);
	step_power_time(state, actions);
}

/* Whoever plugs it in wants to see something on it; where there is light already it changes nothing. */
void step_monitor(struct kiosk_state *state, struct kiosk_actions *actions)
{
	if (!state->is_dark)
		return;
	state->input_ms = state->now_ms;
	step_light(state, actions);
}

/* What was pressed to wake the screen was pressed blindly: nobody gets any of it. */
bool step_wake(struct kiosk_state *state, const struct input_event *input,
		struct kiosk_actions *actions)
{
	bool is_key = input->kind == INPUT_KEY && input->code;

	if (state->is_dark) {
		state->waking_code = is_key && input->is_down ? input->code : 0;
		step_light(state, actions);
		return true;
	}
	step_light(state, actions);
	if (!is_key || input->code != state->waking_code)
		return false;
	if (input->is_down && !input->is_repeat) {
		state->waking_code = 0;
		return false;
	}
	if (!input->is_down)
		state->waking_code = 0;
	return true;
}
