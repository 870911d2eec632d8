/* SPDX-License-Identifier: Apache-2.0 */
/* What the person sees of the kiosk's state: a pure function. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "kiosk/step_parts.h"

/* The beginning of a longer text, cut at a character. */
static void copy_cut(char *buffer, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (length >= size)
		length = size - 1;
	while (length > 0 && !text_is_utf8(text, length))
		length--;
	memcpy(buffer, text, length);
	buffer[length] = '\0';
}

static bool is_closed(const struct kiosk_state *state, const struct conf_message *message)
{
	for (unsigned i = 0; i < state->closed_count; i++)
		if (strcmp(state->closed[i].id, message->id) == 0 &&
				strcmp(state->closed[i].text, message->text) == 0)
			return true;
	return false;
}

static void add_messages(const struct kiosk_state *state, struct ui_model *model)
{
	for (uint32_t i = 0; i < state->conf.message_count; i++)
		if (state->screen != UI_SESSION || !is_closed(state, &state->conf.messages[i]))
			model->messages[model->message_count++] = state->conf.messages[i];
}

static void add_fields(const struct kiosk_state *state, struct ui_model *model)
{
	memcpy(model->fields, state->fields, sizeof(model->fields));
	for (int i = 0; i < UI_FIELDS; i++)
		model->fields[i].is_shown = false;
	if (state->screen == UI_SIGN_IN) {
		model->fields[UI_FIELD_USER].is_shown = true;
		model->fields[UI_FIELD_PASSWORD].is_shown = true;
		model->fields[UI_FIELD_DOMAIN].is_shown = state->conf.sign_in.asks_domain;
	}
	model->fields[UI_FIELD_SERVER].is_shown = state->screen == UI_SERVER;
}

static enum reason agent_reason(const struct kiosk_state *state)
{
	bool is_trouble = state->screen == UI_NETWORK;

	if (!state->has_agent && is_trouble)
		return REASON_DEVICE_AGENT;
	if (state->has_status && state->status.reason != REASON_NONE)
		return (enum reason)state->status.reason;
	if (is_trouble && state->revision > 0)
		return REASON_CONFIG_NO_DESKTOP;
	if (is_trouble && (!state->has_status || state->status.phase != WIRE_AGENT_NETWORK))
		return REASON_CONFIG_NONE;
	return REASON_NONE;
}

static enum reason own_reason(const struct kiosk_state *state)
{
	enum reason reason;

	switch (state->screen) {
	case UI_ENDED:
	case UI_SIGN_IN:
		return state->reason;
	case UI_NETWORK:
	case UI_REFUSED:
		return agent_reason(state);
	case UI_SERVER:
		/* That nobody named a server is what the whole screen says. */
		reason = agent_reason(state);
		return reason == REASON_SERVER_UNKNOWN ? REASON_NONE : reason;
	default:
		return REASON_NONE;
	}
}

static void add_config(const struct kiosk_state *state, struct ui_model *model)
{
	const struct conf *conf = &state->conf;

	memcpy(model->language, conf->locale.language, sizeof(model->language));
	model->identity = conf->identity;
	model->helpdesk = conf->helpdesk;
	model->branding = conf->branding;
	model->shows_password_button = conf->sign_in.shows_password_button;
	model->has_leave_key = conf->kiosk_keys.leave_session != CONF_LEAVE_OFF;
	model->desktop_count = conf->desktop_count;
	for (uint32_t i = 0; i < conf->desktop_count; i++)
		memcpy(model->desktop_names[i], conf->desktops[i].name, CONF_NAME_MAX);
	if (state->screen == UI_CONNECTING || state->screen == UI_ENDED)
		memcpy(model->desktop_name, state->target.name, CONF_NAME_MAX);
	else if (state->screen == UI_SIGN_IN && conf->desktop_count == 1)
		memcpy(model->desktop_name, conf->desktops[0].name, CONF_NAME_MAX);
	if (state->screen != UI_LOCKED)
		add_messages(state, model);
}

static void add_status(const struct kiosk_state *state, struct ui_model *model)
{
	const struct wire_agent_status *status = &state->status;

	if (state->has_status) {
		copy_cut(model->code, sizeof(model->code), status->code);
		copy_cut(model->server, sizeof(model->server), status->server);
		copy_cut(model->address, sizeof(model->address), status->address);
	}
	model->is_offline =
			state->revision > 0 &&
			(!state->has_agent ||
					(state->has_status &&
							(status->phase == WIRE_AGENT_OFFLINE ||
									status->phase ==
											WIRE_AGENT_NETWORK)));
}

static enum ui_dialog dialog_of(const struct orders_entry *entry)
{
	switch (entry->order.kind) {
	case WIRE_ORDER_RESTART_WARNING:
		return UI_DIALOG_RESTART;
	case WIRE_ORDER_SIGN_OUT:
		return UI_DIALOG_SIGN_OUT;
	case WIRE_ORDER_RESTART_SESSION:
		return UI_DIALOG_SESSION;
	case WIRE_ORDER_SCREENSHOT:
		return UI_DIALOG_SCREENSHOT;
	default:
		return UI_DIALOG_MESSAGE;
	}
}

static void add_dialog(const struct kiosk_state *state, const struct orders_entry *entry,
		struct ui_order *order)
{
	order->dialog = dialog_of(entry);
	order->has_secondary = order->dialog == UI_DIALOG_SCREENSHOT ||
	                       (order->dialog == UI_DIALOG_RESTART && entry->order.may_postpone);
	if (order->dialog != UI_DIALOG_MESSAGE)
		order->seconds = step_seconds_left(state, entry);
	order->waiting = state->orders.dialogs.count - 1;
	order->severity = (enum conf_severity)entry->order.severity;
	copy_cut(order->text, sizeof(order->text), entry->order.text);
}

static void add_banner(const struct kiosk_state *state, const struct orders_entry *entry,
		struct ui_order *order)
{
	order->banner = dialog_of(entry);
	if (order->banner == UI_DIALOG_MESSAGE) {
		order->banner_severity = (enum conf_severity)entry->order.severity;
		copy_cut(order->banner_text, sizeof(order->banner_text), entry->order.text);
	} else {
		order->seconds = step_seconds_left(state, entry);
	}
}

static void add_orders(const struct kiosk_state *state, struct ui_model *model)
{
	const struct kiosk_orders *orders = &state->orders;
	const struct orders_entry *dialog = step_dialog(state), *banner = step_banner(state);

	memcpy(model->order.number, orders->number, sizeof(model->order.number));
	if (orders->is_locked) {
		copy_cut(model->order.text, sizeof(model->order.text), orders->lock_text);
		return;
	}
	model->order.notice = orders->notice;
	if (banner)
		add_banner(state, banner, &model->order);
	/* The question about a keyboard comes first. */
	if (!dialog || state->is_asking)
		return;
	add_dialog(state, dialog, &model->order);
	model->focus = orders->focus;
}

void kiosk_model(const struct kiosk_state *state, struct ui_model *ret)
{
	/* Padding is zero as well: equal models are equal bytes. */
	memset(ret, 0, sizeof(*ret));
	bool is_asking = state->is_asking && !state->orders.is_locked;

	ret->screen = is_asking ? UI_KEYBOARD : state->screen;
	ret->focus = is_asking ? state->ask_focus : state->focus;
	ret->hover = state->hover;
	ret->pressed = state->pressed;
	ret->is_caps_lock_on = state->is_caps_lock_on;
	ret->is_password_shown = state->is_password_shown;
	ret->is_busy = state->screen == UI_STARTING || state->screen == UI_CONNECTING;
	ret->tick = ret->is_busy ? state->tick : 0;
	ret->reason = own_reason(state);
	ret->detail = state->screen == UI_ENDED ? state->detail : 0;
	ret->phase = state->screen == UI_CONNECTING ? state->phase : 0;
	if (state->screen == UI_ENDED && state->retry_ms > state->now_ms)
		ret->retry_in_s = (uint32_t)((state->retry_ms - state->now_ms + 999) / 1000);
	memcpy(ret->clock, state->clock, sizeof(ret->clock));
	snprintf(ret->version, sizeof(ret->version), "%s", TYND_VERSION);
	add_fields(state, ret);
	add_status(state, ret);
	add_config(state, ret);
	add_orders(state, ret);
}
