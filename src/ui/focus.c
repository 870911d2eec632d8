/* SPDX-License-Identifier: Apache-2.0 */
/* Which targets a screen has, in reading order. */
#include "ui/layout.h"

uint32_t layout_desktop_count(const struct ui_model *model)
{
	return model->desktop_count < CONF_DESKTOPS_MAX ? model->desktop_count : CONF_DESKTOPS_MAX;
}

/* Where another address may help: the server was named by a person, perhaps wrongly. */
bool layout_has_address_button(const struct ui_model *model)
{
	return model->reason == REASON_NET_NO_NAME ||
	       (model->reason >= REASON_SERVER_UNKNOWN && model->reason <= REASON_SERVER_ERROR);
}

/* Back to the choice of desktops, or to the server that is known already. */
bool layout_has_back(const struct ui_model *model)
{
	if (model->screen == UI_SERVER)
		return model->server[0];
	return model->desktop_name[0] && layout_desktop_count(model) > 1;
}

static uint32_t sign_in_targets(const struct ui_model *model, enum ui_target *t)
{
	uint32_t n = 0;

	t[n++] = UI_TARGET_FIELD_USER;
	t[n++] = UI_TARGET_FIELD_PASSWORD;
	if (model->shows_password_button)
		t[n++] = UI_TARGET_SHOW_PASSWORD;
	if (model->fields[UI_FIELD_DOMAIN].is_shown)
		t[n++] = UI_TARGET_FIELD_DOMAIN;
	t[n++] = UI_TARGET_PRIMARY;
	if (layout_has_back(model))
		t[n++] = UI_TARGET_SECONDARY;
	return n;
}

static uint32_t desktop_targets(const struct ui_model *model, enum ui_target *t)
{
	uint32_t n = 0;

	for (; n < layout_desktop_count(model); n++)
		t[n] = (enum ui_target)(UI_TARGET_DESKTOP + n);
	t[n++] = UI_TARGET_SECONDARY;
	return n;
}

bool ui_is_empty(const struct ui_model *model)
{
	const struct ui_order *order = &model->order;

	return model->screen == UI_SESSION && model->message_count == 0 &&
	       order->dialog == UI_DIALOG_NONE && order->banner == UI_DIALOG_NONE &&
	       order->notice == UI_NOTICE_NONE && !order->number[0];
}

static uint32_t dialog_targets(const struct ui_model *model, enum ui_target *t)
{
	t[0] = UI_TARGET_DIALOG_PRIMARY;
	t[1] = UI_TARGET_DIALOG_SECONDARY;
	return model->order.has_secondary ? 2 : 1;
}

static uint32_t session_targets(const struct ui_model *model, enum ui_target *t)
{
	uint32_t n = 0;

	if (model->order.banner == UI_DIALOG_MESSAGE)
		t[n++] = UI_TARGET_BANNER_CLOSE;
	if (model->message_count > 0)
		t[n++] = UI_TARGET_MESSAGE_CLOSE;
	return n;
}

static uint32_t screen_targets(const struct ui_model *model, enum ui_target *t)
{
	t[0] = UI_TARGET_PRIMARY;
	switch (model->screen) {
	case UI_NETWORK:
		t[1] = UI_TARGET_SECONDARY;
		return layout_has_address_button(model) ? 2 : 1;
	case UI_SERVER:
		t[0] = UI_TARGET_FIELD_SERVER;
		t[1] = UI_TARGET_PRIMARY;
		t[2] = UI_TARGET_SECONDARY;
		return layout_has_back(model) ? 3 : 2;
	case UI_REFUSED:
		return 1;
	case UI_SIGN_IN:
		return sign_in_targets(model, t);
	case UI_DESKTOPS:
		return desktop_targets(model, t);
	case UI_CONNECTING:
		t[0] = UI_TARGET_SECONDARY;
		return 1;
	case UI_ENDED:
	case UI_KEYBOARD:
		t[1] = UI_TARGET_SECONDARY;
		return 2;
	case UI_SESSION:
		return session_targets(model, t);
	case UI_STARTING:
	case UI_APPROVAL:
	case UI_BLANK:
	case UI_LOCKED:
		break;
	}
	return 0;
}

/* Behind a dialog nothing can be reached. */
uint32_t layout_targets(const struct ui_model *model, enum ui_target *t)
{
	uint32_t n;

	if (model->order.dialog != UI_DIALOG_NONE)
		return dialog_targets(model, t);
	n = screen_targets(model, t);
	if (model->screen != UI_SESSION && model->order.banner == UI_DIALOG_MESSAGE)
		t[n++] = UI_TARGET_BANNER_CLOSE;
	return n;
}

enum ui_target ui_focus_next(const struct ui_model *model, bool is_backward)
{
	enum ui_target targets[UI_TARGET_END];
	uint32_t count = layout_targets(model, targets);

	if (!count)
		return UI_TARGET_NONE;
	for (uint32_t i = 0; i < count; i++)
		if (targets[i] == model->focus)
			return targets[(i + (is_backward ? count - 1 : 1)) % count];
	return is_backward ? targets[count - 1] : targets[0];
}
