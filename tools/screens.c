/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens LOCALES OUT [PART]: draws every screen in every language at several sizes to
 * OUT/NAME-LANGUAGE-WIDTHxHEIGHT.png, or only those whose name contains PART, and one
 * contact sheet per size and language.
 */
#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "ui/ui.h"
#include "wire/session.h"

/* The first four are drawn always, the others when a part is named. */
static const struct ui_size sizes[] = {{1280, 720, 100}, {1920, 1080, 100}, {1024, 768, 100},
		{1080, 1920, 100}, {1366, 768, 100}, {2560, 1440, 100}, {3840, 2160, 200}};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), USUAL_SIZES = 4 };

static const char *const languages[] = {"en", "da", "sv", "nb", "fi"};

struct picture {
	const char *name;
	void (*fill)(struct ui_model *m);
};

static struct ui_model base_model(const char *language)
{
	struct ui_model m = {.clock = "13:37", .version = "0.1.0", .address = "10.20.30.40"};

	text_copy(m.language, sizeof(m.language), language);
	text_copy(m.identity.organisation, CONF_NAME_MAX, "Skovby Kommune");
	text_copy(m.identity.site, CONF_NAME_MAX, "Plejecenter Solbakken");
	text_copy(m.identity.device, CONF_NAME_MAX, "SKO-0117");
	text_copy(m.helpdesk.phone, sizeof(m.helpdesk.phone), "89 40 10 00");
	m.branding.accent = 0x1f6feb;
	m.branding.background = 0x0f2f4a;
	m.shows_password_button = true;
	m.has_leave_key = true;
	m.fields[UI_FIELD_USER].is_shown = m.fields[UI_FIELD_PASSWORD].is_shown = true;
	return m;
}

static void field(struct ui_model *m, enum ui_field_kind kind, const char *text)
{
	text_copy(m->fields[kind].text, UI_FIELD_MAX, text);
	m->fields[kind].cursor = (uint32_t)strlen(text);
}

static void message(struct ui_model *m, enum conf_severity severity, const char *text)
{
	struct conf_message *to = &m->messages[m->message_count++];

	to->severity = severity;
	text_copy(to->text, sizeof(to->text), text);
}

static void starting(struct ui_model *m)
{
	struct ui_model fresh = {.screen = UI_STARTING, .version = "0.1.0"};

	text_copy(fresh.language, sizeof(fresh.language), m->language);
	*m = fresh;
}

static void no_config(struct ui_model *m, enum ui_screen screen)
{
	starting(m);
	m->screen = screen;
	text_copy(m->address, sizeof(m->address), "10.20.30.40");
	text_copy(m->server, sizeof(m->server), "https://tynd.skovby.dk:8443");
}

static void network(struct ui_model *m)
{
	no_config(m, UI_NETWORK);
	m->reason = REASON_NET_NO_LINK;
	m->focus = UI_TARGET_PRIMARY;
	m->address[0] = m->server[0] = 0;
}

static void unreachable(struct ui_model *m)
{
	no_config(m, UI_NETWORK);
	m->reason = REASON_SERVER_UNREACHABLE;
	m->retry_in_s = 12;
	m->focus = UI_TARGET_PRIMARY;
}

static void server(struct ui_model *m)
{
	no_config(m, UI_SERVER);
	m->server[0] = 0;
	m->fields[UI_FIELD_SERVER].is_shown = true;
	field(m, UI_FIELD_SERVER, "tynd.skov");
	m->focus = UI_TARGET_FIELD_SERVER;
}

static void approval(struct ui_model *m)
{
	no_config(m, UI_APPROVAL);
	text_copy(m->code, sizeof(m->code), "K7QF-2M9P");
	text_copy(m->helpdesk.phone, sizeof(m->helpdesk.phone), "89 40 10 00");
}

static void keyboard(struct ui_model *m)
{
	m->screen = UI_KEYBOARD;
	text_copy(m->helpdesk.text, sizeof(m->helpdesk.text), "");
}

static void refused(struct ui_model *m)
{
	no_config(m, UI_REFUSED);
	m->reason = REASON_SERVER_REFUSED;
	m->focus = UI_TARGET_PRIMARY;
}

static void sign_in(struct ui_model *m)
{
	m->screen = UI_SIGN_IN;
	m->focus = UI_TARGET_FIELD_USER;
}

static void sign_in_full(struct ui_model *m)
{
	sign_in(m);
	field(m, UI_FIELD_USER, "annemette.soerensen");
	field(m, UI_FIELD_PASSWORD, "hemmeligt1");
	field(m, UI_FIELD_DOMAIN, "SKOVBY");
	m->fields[UI_FIELD_DOMAIN].is_shown = true;
	m->focus = UI_TARGET_FIELD_PASSWORD;
	m->is_caps_lock_on = true;
	m->hover = UI_TARGET_PRIMARY;
}

static void sign_in_wrong(struct ui_model *m)
{
	sign_in_full(m);
	m->fields[UI_FIELD_DOMAIN].is_shown = false;
	field(m, UI_FIELD_PASSWORD, "");
	m->is_caps_lock_on = false;
	m->reason = REASON_SESSION_WRONG_PASSWORD;
}

static void sign_in_messages(struct ui_model *m)
{
	sign_in(m);
	message(m, CONF_SEVERITY_WARNING,
			"Natten mellem torsdag og fredag opdaterer vi Cura. Log af, inden du går "
			"hjem, så er alt klar i morgen.");
	message(m, CONF_SEVERITY_INFO, "Vi øver brandalarm på onsdag kl. 10.");
	m->is_offline = true;
}

static void sign_in_busy(struct ui_model *m)
{
	sign_in_full(m);
	m->is_caps_lock_on = false;
	m->fields[UI_FIELD_DOMAIN].is_shown = false;
	m->is_busy = true;
	m->hover = UI_TARGET_NONE;
	m->branding.background = 0xf2efe9;
	m->branding.accent = 0xb8860b;
}

static void desktops(struct ui_model *m)
{
	static const char *const names[] = {"Administration", "Omsorg (Cura)", "Undervisning"};

	m->screen = UI_DESKTOPS;
	m->desktop_count = 3;
	for (unsigned i = 0; i < 3; i++)
		text_copy(m->desktop_names[i], CONF_NAME_MAX, names[i]);
	m->focus = UI_TARGET_DESKTOP;
	m->hover = UI_TARGET_DESKTOP + 1;
}

static void desktops_many(struct ui_model *m)
{
	m->screen = UI_DESKTOPS;
	m->desktop_count = 16;
	for (unsigned i = 0; i < 16; i++)
		text_format(m->desktop_names[i], CONF_NAME_MAX,
				i == 3 ? "Ejendomsadministrationsmedarbejderskrivebordet nr. %u"
				       : "Skrivebord %u",
				i + 1);
	m->focus = UI_TARGET_DESKTOP + 2;
}

static void connecting(struct ui_model *m)
{
	m->screen = UI_CONNECTING;
	m->phase = WIRE_PHASE_SECURING;
	text_copy(m->desktop_name, CONF_NAME_MAX, "Omsorg (Cura)");
	m->focus = UI_TARGET_SECONDARY;
	m->is_busy = true;
	m->tick = 1;
}

static void ended(struct ui_model *m)
{
	m->screen = UI_ENDED;
	m->reason = REASON_SESSION_SERVER_CLOSED;
	m->detail = 0x2000d;
	text_copy(m->desktop_name, CONF_NAME_MAX, "Omsorg (Cura)");
	text_copy(m->helpdesk.text, CONF_TEXT_MAX,
			"Helpdesk er åben mandag til fredag kl. 7-16. Uden for åbningstid: "
			"vagttelefonen 89 40 10 99.");
	m->retry_in_s = 8;
	m->focus = UI_TARGET_PRIMARY;
}

static void signed_out(struct ui_model *m)
{
	m->screen = UI_ENDED;
	m->reason = REASON_SESSION_SIGNED_OUT;
	m->focus = UI_TARGET_PRIMARY;
}

static void session(struct ui_model *m)
{
	m->screen = UI_SESSION;
	message(m, CONF_SEVERITY_URGENT,
			"Vi bliver angrebet: åbn ingen vedhæftede filer, før I hører fra os igen. "
			"Ring til helpdesk, hvis du allerede har gjort det.");
}

static void blank(struct ui_model *m)
{
	m->screen = UI_BLANK;
}

/* --- what the helpdesk ordered */

static const char *const long_text =
		"Natten mellem torsdag og fredag opdaterer vi Cura, Nexus og KMD Aula.\nLog af, "
		"inden "
		"du går hjem, og lad tyndklienten være tændt, så er alt klar i morgen. Spørgsmål: "
		"ring til helpdesk på 89 40 10 00 hele døgnet.";

static void order_dialog(struct ui_model *m, enum ui_dialog dialog, const char *text)
{
	m->order.dialog = dialog;
	m->order.seconds = 42;
	m->order.has_secondary = dialog == UI_DIALOG_RESTART || dialog == UI_DIALOG_SCREENSHOT;
	text_copy(m->order.text, sizeof(m->order.text), text);
	m->focus = UI_TARGET_DIALOG_PRIMARY;
}

static void order_message(struct ui_model *m)
{
	sign_in(m);
	order_dialog(m, UI_DIALOG_MESSAGE, long_text);
	m->order.waiting = 2;
	m->order.severity = CONF_SEVERITY_WARNING;
}

static void order_longest(struct ui_model *m)
{
	sign_in_messages(m);
	order_dialog(m, UI_DIALOG_MESSAGE, "");
	for (unsigned at = 0; at + 1 < UI_ORDER_TEXT_MAX; at++)
		m->order.text[at] = "Ejendomsadministrationsmedarbejder "[at % 35];
	m->order.severity = CONF_SEVERITY_URGENT;
}

static void order_restart(struct ui_model *m)
{
	m->screen = UI_SESSION;
	order_dialog(m, UI_DIALOG_RESTART, "");
}

static void order_sign_out(struct ui_model *m)
{
	m->screen = UI_SESSION;
	order_dialog(m, UI_DIALOG_SIGN_OUT, "Serveren skal have nye programmer.");
}

static void order_screenshot(struct ui_model *m)
{
	m->screen = UI_SESSION;
	order_dialog(m, UI_DIALOG_SCREENSHOT, "");
	m->focus = UI_TARGET_NONE;
}

static void order_banner(struct ui_model *m, enum conf_severity severity, const char *text)
{
	m->order.banner = UI_DIALOG_MESSAGE;
	m->order.banner_severity = severity;
	text_copy(m->order.banner_text, sizeof(m->order.banner_text), text);
}

static void order_info(struct ui_model *m)
{
	sign_in(m);
	order_banner(m, CONF_SEVERITY_INFO, "Printeren på 2. sal virker igen.");
	m->order.notice = UI_NOTICE_SIGNED_OUT;
}

static void order_warning(struct ui_model *m)
{
	sign_in_messages(m);
	order_banner(m, CONF_SEVERITY_WARNING, long_text);
}

static void order_alarm(struct ui_model *m)
{
	session(m);
	order_banner(m, CONF_SEVERITY_URGENT,
			"Brandalarm i bygning 3: forlad straks bygningen ad nærmeste nødudgang.");
	m->order.notice = UI_NOTICE_SCREENSHOT;
}

static void order_countdown(struct ui_model *m)
{
	m->screen = UI_SESSION;
	m->order.banner = UI_DIALOG_SESSION;
	m->order.seconds = 42;
	m->order.notice = UI_NOTICE_SESSION;
}

static void order_number(struct ui_model *m)
{
	sign_in(m);
	text_copy(m->order.number, sizeof(m->order.number), "17");
}

static void order_number_long(struct ui_model *m)
{
	sign_in(m);
	text_copy(m->order.number, sizeof(m->order.number), "SKO-0117-B-2026");
}

static void locked(struct ui_model *m)
{
	m->screen = UI_LOCKED;
}

static void locked_text(struct ui_model *m)
{
	m->screen = UI_LOCKED;
	text_copy(m->order.text, sizeof(m->order.text),
			"Maskinen er meldt stjålet den 12. november.\nDen kan ikke bruges.");
}

static void longest(struct ui_model *m)
{
	sign_in_full(m);
	memset(m->identity.organisation, 'W', CONF_NAME_MAX - 1);
	memset(m->identity.site, 'M', CONF_NAME_MAX - 1);
	memset(m->identity.device, 'W', CONF_NAME_MAX - 1);
	memset(m->helpdesk.phone, '8', sizeof(m->helpdesk.phone) - 1);
	memset(m->fields[UI_FIELD_USER].text, 'w', UI_FIELD_MAX - 1);
	m->focus = UI_TARGET_FIELD_USER;
	m->fields[UI_FIELD_USER].cursor = UI_FIELD_MAX - 1;
	for (unsigned i = 0; i < CONF_MESSAGES_MAX; i++) {
		message(m, (enum conf_severity)(i % 3), "");
		for (unsigned at = 0; at + 1 < CONF_TEXT_MAX; at++)
			m->messages[i].text[at] = "Ejendomsadministrationsmedarbejder "[at % 35];
	}
}

static const struct picture pictures[] = {
		{"starting", starting},
		{"network", network},
		{"unreachable", unreachable},
		{"server", server},
		{"approval", approval},
		{"refused", refused},
		{"keyboard", keyboard},
		{"sign-in", sign_in},
		{"sign-in-full", sign_in_full},
		{"sign-in-wrong", sign_in_wrong},
		{"sign-in-messages", sign_in_messages},
		{"sign-in-busy", sign_in_busy},
		{"desktops", desktops},
		{"desktops-many", desktops_many},
		{"connecting", connecting},
		{"ended", ended},
		{"signed-out", signed_out},
		{"session", session},
		{"blank", blank},
		{"longest", longest},
		{"order-message", order_message},
		{"order-longest", order_longest},
		{"order-restart", order_restart},
		{"order-sign-out", order_sign_out},
		{"order-screenshot", order_screenshot},
		{"order-info", order_info},
		{"order-warning", order_warning},
		{"order-alarm", order_alarm},
		{"order-countdown", order_countdown},
		{"order-number", order_number},
		{"order-number-long", order_number_long},
		{"locked", locked},
		{"locked-text", locked_text},
};

enum { PICTURES = sizeof(pictures) / sizeof(pictures[0]), COLUMNS = 4, THUMB = 640 };

static cairo_surface_t *draw(struct ui *ui, const struct ui_model *m, struct ui_size size)
{
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)size.width,
			(int)size.height);
	struct ui_rect damage;

	ui_draw(ui, m, NULL, size, cairo_image_surface_get_data(s),
			(uint32_t)cairo_image_surface_get_stride(s), &damage);
	cairo_surface_mark_dirty(s);
	return s;
}

static void put_thumb(cairo_t *sheet, cairo_surface_t *s, unsigned i, double scale, double step)
{
	cairo_save(sheet);
	cairo_translate(sheet, i % COLUMNS * (THUMB + 8.0), i / COLUMNS * step);
	cairo_scale(sheet, scale, scale);
	cairo_set_source_surface(sheet, s, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(sheet), CAIRO_FILTER_BEST);
	cairo_paint(sheet);
	cairo_restore(sheet);
}

struct sheet {
	const char *out, *language, *part;
	struct ui_size size;
};

/* The path of a picture, and whether it was asked for. */
static bool is_wanted(const struct sheet *sheet, const char *name, char *path, size_t size)
{
	text_format(path, size, "%s/%s-%s-%ux%u.png", sheet->out, name, sheet->language,
			sheet->size.width, sheet->size.height);
	return !sheet->part || strstr(path, sheet->part);
}

static int draw_all(struct ui *ui, const struct sheet *sheet)
{
	char path[512];
	double scale = (double)THUMB / sheet->size.width, step = sheet->size.height * scale + 8;
	unsigned rows = ((unsigned)PICTURES + COLUMNS - 1) / COLUMNS;
	cairo_surface_t *all = cairo_image_surface_create(CAIRO_FORMAT_RGB24, COLUMNS * (THUMB + 8),
			(int)(rows * step));
	cairo_t *cr = cairo_create(all);
	bool is_sheet_wanted = is_wanted(sheet, "sheet", path, sizeof(path));
	int r = 0;

	for (unsigned i = 0; i < PICTURES && r == 0; i++) {
		struct ui_model m = base_model(sheet->language);
		bool is_one_wanted = is_wanted(sheet, pictures[i].name, path, sizeof(path));

		if (!is_one_wanted && !is_sheet_wanted)
			continue;
		pictures[i].fill(&m);
		cairo_surface_t *s = draw(ui, &m, sheet->size);

		put_thumb(cr, s, i, scale, step);
		if (is_one_wanted)
			r = (int)cairo_surface_write_to_png(s, path);
		cairo_surface_destroy(s);
	}
	is_wanted(sheet, "sheet", path, sizeof(path));
	if (r == 0 && is_sheet_wanted)
		r = (int)cairo_surface_write_to_png(all, path);
	cairo_destroy(cr);
	cairo_surface_destroy(all);
	return r;
}

int main(int argc, char **argv)
{
	struct ui *ui = NULL;
	struct err err;
	int failed = 0;

	if (argc < 3)
		return fprintf(stderr, "usage: screens LOCALES OUT [PART]\n"), 2;
	if (ui_create(argv[1], &ui, &err) < 0)
		return fprintf(stderr, "%s\n", err.text), 1;
	for (unsigned s = 0; s < (argc > 3 ? SIZES : USUAL_SIZES); s++)
		for (unsigned l = 0; l < sizeof(languages) / sizeof(languages[0]); l++)
			failed |= draw_all(ui,
					&(struct sheet){argv[2], languages[l],
							argc > 3 ? argv[3] : NULL, sizes[s]});
	ui_destroy(ui);
	return failed ? 1 : 0;
}
