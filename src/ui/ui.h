/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the person sees, as a pure function: (model, size) -> picture. Knows
 * neither DRM nor libinput nor the kiosk. Text by pango, shapes by cairo, language
 * by gettext's catalogues (domain "tynd"). The model is a plain value; equal models give equal
 * pictures.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"
#include "wire/reason.h"

enum ui_screen {
	UI_STARTING,   /* the first picture; nothing is known yet */
	UI_NETWORK,    /* network or server trouble before there is a config: `reason`, `detail` */
	UI_SERVER,     /* asks for the server's address: field 0 */
	UI_APPROVAL,   /* big `code` to read to the helpdesk */
	UI_REFUSED,    /* the helpdesk said no */
	UI_SIGN_IN,    /* fields user, password, domain */
	UI_DESKTOPS,   /* choice of desktops */
	UI_CONNECTING, /* `phase` of connecting to `desktop_name` */
	UI_ENDED,      /* a session ended: `reason`, what to do, buttons */
	UI_SESSION,    /* the desktop is on screen: nothing but banner and notices over it */
	UI_BLANK,      /* a second monitor: background and identity only */
	UI_KEYBOARD,   /* whose keyboard is this that types faster than a person? */
	UI_LOCKED,     /* by its owner: whose it is and whom to call, nothing else */
};

enum ui_field_kind {
	UI_FIELD_USER,
	UI_FIELD_PASSWORD,
	UI_FIELD_DOMAIN,
	UI_FIELD_SERVER,
	UI_FIELDS
};

enum { UI_FIELD_MAX = 256 };

struct ui_field {
	bool is_shown;
	char text[UI_FIELD_MAX]; /* UTF-8 */
	uint32_t cursor;         /* byte offset into text */
};

/* What can have the focus, be hovered or be clicked. */
enum ui_target {
	UI_TARGET_NONE,
	UI_TARGET_FIELD_USER,
	UI_TARGET_FIELD_PASSWORD,
	UI_TARGET_FIELD_DOMAIN,
	UI_TARGET_FIELD_SERVER,
	UI_TARGET_SHOW_PASSWORD,
	/*
	 * The buttons, by screen (ui_focus_next says which of them are there):
	 *   NETWORK     primary: try again     secondary: another server address, where it may help
	 *   SERVER      primary: continue      secondary: back, when a server is known
	 *   REFUSED     primary: try again
	 *   SIGN_IN     primary: sign in       secondary: back, when there are several desktops
	 *                                      and `desktop_name` says for which one it is
	 *   DESKTOPS                           secondary: sign out
	 *   CONNECTING                         secondary: cancel
	 *   ENDED       primary: once more     secondary: back
	 *   KEYBOARD    primary: block it      secondary: use it
	 */
	UI_TARGET_PRIMARY,
	UI_TARGET_SECONDARY,
	UI_TARGET_MESSAGE_CLOSE, /* in SESSION: of messages[0], the one that is shown */
	UI_TARGET_BANNER_CLOSE,  /* of order.banner, where it is a message */
	UI_TARGET_DIALOG_PRIMARY,
	UI_TARGET_DIALOG_SECONDARY, /* where order.has_secondary */
	UI_TARGET_DESKTOP,          /* + index of the desktop */
	UI_TARGET_END = UI_TARGET_DESKTOP + CONF_DESKTOPS_MAX,
};

/* What stands above any screen because the helpdesk ordered it. */
enum ui_dialog {
	UI_DIALOG_NONE,
	UI_DIALOG_MESSAGE,  /* `text`; primary: it was read */
	UI_DIALOG_RESTART,  /* of the device, in `seconds`; primary: understood, secondary: later */
	UI_DIALOG_SIGN_OUT, /* the same, of the person; only primary */
	UI_DIALOG_SESSION,  /* the same: the session begins anew */
	UI_DIALOG_SCREENSHOT, /* may the helpdesk look? primary: yes, secondary: no */
};

enum ui_notice {
	UI_NOTICE_NONE,
	UI_NOTICE_SCREENSHOT, /* the helpdesk looked */
	UI_NOTICE_SIGNED_OUT,
	UI_NOTICE_SESSION, /* begins anew */
};

enum { UI_ORDER_TEXT_MAX = 1024, UI_NUMBER_MAX = 16 };

struct ui_order {
	enum ui_dialog dialog; /* the keyboard is its own */
	bool has_secondary;
	uint32_t seconds; /* left, of dialog or banner */
	uint32_t waiting; /* further dialogs behind this one */
	enum conf_severity severity;
	char text[UI_ORDER_TEXT_MAX]; /* of dialog or of UI_LOCKED; lines end with \n */
	enum ui_dialog banner; /* MESSAGE: `banner_text`; RESTART, SIGN_OUT, SESSION: countdown */
	enum conf_severity banner_severity;
	char banner_text[UI_ORDER_TEXT_MAX];
	enum ui_notice notice;
	char number[UI_NUMBER_MAX]; /* over everything; "": none */
};

struct ui_model {
	enum ui_screen screen;
	char language[16]; /* "en", "da" */
	struct ui_field fields[UI_FIELDS];
	enum ui_target focus; /* draws the focus ring */
	enum ui_target hover;
	enum ui_target pressed;
	bool is_caps_lock_on; /* warning beside the password */
	bool is_password_shown;
	bool has_leave_key; /* Ctrl+Alt+Home leaves a session: said where there is room */
	bool is_busy;       /* a spinner's place: drawn as three dots, `tick` picks which is lit */
	uint32_t tick;
	enum reason reason;
	uint32_t detail;     /* FreeRDP's number behind the code, 0: none */
	uint32_t phase;      /* enum wire_phase while connecting */
	char code[16];       /* approval */
	char server[96];     /* small print */
	char address[64];    /* own IP address, small print */
	char version[32];    /* small print */
	uint32_t retry_in_s; /* 0: no automatic retry */
	bool is_offline;     /* small notice: works without the server */
	char clock[16];      /* "13:37", "" hides */
	struct conf_identity identity;
	struct conf_helpdesk helpdesk;
	struct conf_branding branding;
	uint32_t desktop_count;
	char desktop_names[CONF_DESKTOPS_MAX][CONF_NAME_MAX];
	char desktop_name[CONF_NAME_MAX]; /* the one being connected to, or that ended */
	uint32_t message_count;
	struct conf_message messages[CONF_MESSAGES_MAX];
	bool shows_password_button;
	struct ui_order order;
};

struct ui_size {
	uint32_t width, height; /* pixels */
	uint32_t scale_percent; /* 100..300 */
};

/* Pixels, half open. */
struct ui_rect {
	int32_t x1, y1, x2, y2;
};

struct ui;

/*
 * Fonts and catalogues: `locale_folder` holds LANG/LC_MESSAGES/tynd.mo; NULL: the
 * installed one. Expensive (fontconfig, with the first picture): once per process.
 * The font is Inter, Regular and SemiBold; any other sans-serif where it is missing.
 * Passwords are wiped from its memory before each function returns.
 */
int ui_create(const char *locale_folder, struct ui **ret, struct err *err);
void ui_destroy(struct ui *ui); /* takes NULL */

/* Nothing of it is to be seen: over a session without a message or an order. */
bool ui_is_empty(const struct ui_model *model);

/*
 * Draw `model` into `pixels` (premultiplied ARGB8888, `stride` bytes per row). When
 * `previous` is the model that the pixels show already, only what differs is drawn;
 * `damage` gets the bounding rectangle of what was drawn (empty: nothing).
 */
void ui_draw(struct ui *ui, const struct ui_model *model, const struct ui_model *previous,
		struct ui_size size, void *pixels, uint32_t stride, struct ui_rect *damage);

/* What lies at x, y: the same layout that ui_draw uses. */
enum ui_target ui_hit(struct ui *ui, const struct ui_model *model, struct ui_size size, int32_t x,
		int32_t y);

/* Where in a field's text a click at x falls: byte offset for ui_field.cursor. */
uint32_t ui_field_offset(struct ui *ui, const struct ui_model *model, struct ui_size size,
		enum ui_field_kind field, int32_t x);

/* The next target for Tab (or Shift+Tab), in reading order; wraps. */
enum ui_target ui_focus_next(const struct ui_model *model, bool is_backward);

/* The arrow of the mouse: premultiplied ARGB, side * side pixels into `pixels`. */
void ui_draw_cursor(uint32_t side, void *pixels, uint32_t *hot_x, uint32_t *hot_y);

#endif
