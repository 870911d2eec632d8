/* SPDX-License-Identifier: Apache-2.0 */
/* One function per screen: what stands in its column, from the top down. */
#include <stdio.h>

#include "ui/build.h"
#include "ui/texts.h"

static void add_code(struct build *b)
{
	char code[48];

	if (b->model->reason == REASON_NONE)
		return;
	if (b->model->detail)
		snprintf(code, sizeof(code), "%s (0x%x)", reason_code(b->model->reason),
				b->model->detail);
	else
		snprintf(code, sizeof(code), "%s", reason_code(b->model->reason));
	add_gap(b, 22);
	add_chip(b, tr(b, "Code"), code);
}

static void add_retry(struct build *b)
{
	char text[128];

	if (!b->model->retry_in_s)
		return;
	snprintf(text, sizeof(text), tr(b, "Trying again in %u s"), b->model->retry_in_s);
	add_gap(b, 18);
	add_paragraph(b, b->palette.muted, text, 2);
}

/* What the helpdesk wants to be read where something is wrong. */
static void add_help_text(struct build *b)
{
	if (!b->model->helpdesk.text[0])
		return;
	add_gap(b, 14);
	add_paragraph(b, b->palette.muted, b->model->helpdesk.text, b->text_lines);
}

static void add_starting(struct build *b)
{
	struct type type = type_of(b, 24, true);
	int32_t dots = px(b, 40);

	type.width = b->w;
	type.align = TYPE_CENTRE;
	b->y += put_text(b, b->x, b->y, &type, b->palette.on_backdrop, tr(b, "Starting"));
	add_gap(b, 26);
	put_dots(b, b->x + (b->w - dots) / 2, b->y, b->palette.on_backdrop);
	add_gap(b, 8);
}

static void add_reason(struct build *b, enum icon icon)
{
	const struct text_reason *text = text_of_reason(b->model->reason);

	add_badge(b, icon, b->palette.warning, b->palette.warning_tint);
	add_gap(b, 20);
	if (b->model->desktop_name[0] && b->model->screen == UI_ENDED) {
		add_small(b, b->model->desktop_name);
		add_gap(b, 4);
	}
	add_heading(b, tr(b, text->title));
	add_gap(b, 10);
	add_paragraph(b, b->palette.text, tr(b, text->hint), 0);
}

static void add_network(struct build *b)
{
	if (b->model->reason == REASON_NONE) {
		add_badge(b, ICON_NETWORK, b->palette.accent, b->palette.accent_tint);
		add_gap(b, 22);
		add_heading(b, tr(b, "Connecting to the network"));
		add_gap(b, 10);
		add_paragraph(b, b->palette.text, tr(b, "This takes a moment."), 2);
	} else {
		add_reason(b, ICON_NETWORK);
		add_help_text(b);
		add_code(b);
	}
	add_retry(b);
	add_gap(b, 26);
	if (layout_has_address_button(b->model))
		add_buttons(b, tr(b, "Try again"), tr(b, "Change address"));
	else
		add_button(b, UI_TARGET_PRIMARY, tr(b, "Try again"));
}

static void add_server(struct build *b)
{
	add_heading(b, tr(b, "Where is your server?"));
	add_gap(b, 10);
	add_paragraph(b, b->palette.text,
			tr(b, "Enter the address you got from the helpdesk, for example "
			      "tynd.example.org."),
			0);
	if (b->model->reason != REASON_NONE) {
		add_gap(b, 18);
		add_problem(b);
	}
	add_gap(b, 22);
	add_field(b, UI_FIELD_SERVER, tr(b, "Server address"));
	add_gap(b, 24);
	if (layout_has_back(b->model))
		add_buttons(b, tr(b, "Continue"), tr(b, "Back"));
	else
		add_button(b, UI_TARGET_PRIMARY, tr(b, "Continue"));
}

static void add_approval(struct build *b)
{
	add_heading(b, tr(b, "Call the helpdesk and read this code aloud"));
	add_gap(b, 10);
	add_paragraph(b, b->palette.text,
			tr(b, "This screen changes by itself as soon as the device is approved."),
			0);
	add_gap(b, 28);
	add_code_tiles(b, b->model->code);
	if (b->model->helpdesk.phone[0]) {
		add_gap(b, 22);
		add_phone(b);
	}
	if (b->model->helpdesk.text[0])
		add_gap(b, 12);
	add_help_text(b);
	add_gap(b, 28);
	add_waiting(b, tr(b, "Waiting for approval"));
}

static void add_refused(struct build *b)
{
	add_badge(b, ICON_WARNING, b->palette.danger, b->palette.danger_tint);
	add_gap(b, 22);
	add_heading(b, tr(b, "This device was not approved"));
	add_gap(b, 10);
	add_paragraph(b, b->palette.text, tr(b, "Call the helpdesk if it should be in use."), 0);
	add_help_text(b);
	add_code(b);
	add_retry(b);
	add_gap(b, 26);
	add_button(b, UI_TARGET_PRIMARY, tr(b, "Try again"));
}

/* The one key that is the kiosk's while a desktop is on screen. */
static void add_leave_key(struct build *b)
{
	if (!b->model->has_leave_key)
		return;
	add_gap(b, 18);
	add_small(b, tr(b, "Ctrl+Alt+Home brings you back here"));
}

static void add_keyboard(struct build *b)
{
	add_badge(b, ICON_KEYBOARD, b->palette.warning, b->palette.warning_tint);
	add_gap(b, 22);
	add_heading(b, tr(b, "Is this your keyboard?"));
	add_gap(b, 10);
	add_paragraph(b, b->palette.text,
			tr(b, "Something that was plugged in types faster than a person can. What "
			      "it types reaches nobody until you decide."),
			0);
	add_gap(b, 10);
	add_paragraph(b, b->palette.text,
			tr(b, "If it is your scanner or card reader, use it. If you do not know "
			      "it, block it and pull it out."),
			0);
	add_help_text(b);
	add_gap(b, 26);
	add_buttons(b, tr(b, "Block it"), tr(b, "Use it"));
}

static void add_sign_in(struct build *b)
{
	add_heading(b, tr(b, "Sign in"));
	if (b->model->desktop_name[0]) {
		add_gap(b, 4);
		add_paragraph(b, b->palette.muted, b->model->desktop_name, 2);
	}
	if (b->model->reason != REASON_NONE) {
		add_gap(b, 16);
		add_problem(b);
	}
	add_gap(b, 22);
	add_field(b, UI_FIELD_USER, tr(b, "User name"));
	add_gap(b, 16);
	add_field(b, UI_FIELD_PASSWORD, tr(b, "Password"));
	if (b->model->fields[UI_FIELD_DOMAIN].is_shown) {
		add_gap(b, 16);
		add_field(b, UI_FIELD_DOMAIN, tr(b, "Domain"));
	}
	add_gap(b, 26);
	if (layout_has_back(b->model))
		add_buttons(b, tr(b, "Sign in"), tr(b, "Back"));
	else
		add_button(b, UI_TARGET_PRIMARY, tr(b, "Sign in"));
	add_leave_key(b);
}

static void add_desktops(struct build *b)
{
	uint32_t count = layout_desktop_count(b->model);

	add_heading(b, tr(b, "Choose a desktop"));
	add_gap(b, 22);
	add_desktop_grid(b, count);
	add_gap(b, 20);
	add_button(b, UI_TARGET_SECONDARY, tr(b, "Sign out"));
}

static void add_connecting(struct build *b)
{
	const char *name = b->model->desktop_name;

	add_badge(b, ICON_MONITOR, b->palette.accent, b->palette.accent_tint);
	add_gap(b, 22);
	add_heading(b, name[0] ? name : tr(b, "Your desktop"));
	add_gap(b, 8);
	add_phase(b, tr(b, text_of_phase(b->model->phase)));
	add_gap(b, 20);
	add_progress(b);
	add_gap(b, 30);
	add_button(b, UI_TARGET_SECONDARY, tr(b, "Cancel"));
	add_leave_key(b);
}

/* A session that stood goes on after signing in; one that never came is tried again. */
static const char *ended_label(enum reason reason)
{
	switch (reason) {
	case REASON_SESSION_SIGNED_OUT:
	case REASON_SESSION_SERVER_CLOSED:
	case REASON_SESSION_IDLE:
	case REASON_SESSION_REPLACED:
	case REASON_SESSION_BY_ADMIN:
	case REASON_SESSION_CRASHED:
		return N_("Sign in again");
	default:
		return N_("Try again");
	}
}

static void add_ended(struct build *b)
{
	if (b->model->reason == REASON_SESSION_SIGNED_OUT) {
		const struct text_reason *text = text_of_reason(b->model->reason);

		add_badge(b, ICON_CHECK, b->palette.accent, b->palette.accent_tint);
		add_gap(b, 22);
		add_heading(b, tr(b, text->title));
		add_gap(b, 10);
		add_paragraph(b, b->palette.text, tr(b, text->hint), 0);
	} else {
		add_reason(b, ICON_WARNING);
		add_help_text(b);
		add_code(b);
	}
	add_retry(b);
	add_gap(b, 28);
	add_buttons(b, tr(b, ended_label(b->model->reason)), tr(b, "Back"));
}

double screen_width(const struct ui_model *model)
{
	switch (model->screen) {
	case UI_SIGN_IN:
		return 460;
	case UI_DESKTOPS:
		return layout_desktop_count(model) > 8   ? 1080
		       : layout_desktop_count(model) > 4 ? 820
		                                         : 520;
	case UI_APPROVAL:
		return 600;
	default:
		return 520;
	}
}

void add_screen(struct build *b)
{
	static void (*const add[])(struct build *) = {
			[UI_STARTING] = add_starting,
			[UI_NETWORK] = add_network,
			[UI_SERVER] = add_server,
			[UI_APPROVAL] = add_approval,
			[UI_REFUSED] = add_refused,
			[UI_SIGN_IN] = add_sign_in,
			[UI_DESKTOPS] = add_desktops,
			[UI_CONNECTING] = add_connecting,
			[UI_ENDED] = add_ended,
			[UI_BLANK] = add_identity,
			[UI_KEYBOARD] = add_keyboard,
			[UI_LOCKED] = add_locked,
	};

	if ((unsigned)b->model->screen < sizeof(add) / sizeof(add[0]))
		add[b->model->screen](b);
}
