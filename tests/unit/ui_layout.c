/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every screen at every size: nothing outside, nothing out of reach. */
#include <stdlib.h>

#include "base/own.h"
#include "base/text.h"
#include "ui/layout.h"
#include "ui/ui.h"
#include "unit/test.h"

static const struct ui_size sizes[] = {{1280, 720, 100}, {1024, 768, 100}, {1366, 768, 100},
		{1920, 1080, 100}, {2560, 1440, 100}, {1080, 1920, 100}, {3840, 2160, 200},
		{1920, 1080, 150}};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static const char *build_folder(void)
{
	const char *build = getenv("TYND_BUILD");

	return build ? build : "build";
}

/* Long Danish words without a place to break, as long as the type allows. */
static void fill_long(char *text, size_t size)
{
	static const char word[] = "speciallægepraksisplanlægningsstabiliseringsperioden ";
	size_t length = 0;

	while (length + 1 < size) {
		text[length] = word[length % (sizeof(word) - 1)];
		length++;
	}
	text[length] = 0;
	/* Not through a letter of two bytes. */
	while (!text_is_utf8(text, strlen(text)))
		text[--length] = 0;
}

static void fill_everything(struct ui_model *m, enum ui_screen screen, const char *language)
{
	*m = (struct ui_model){.screen = screen,
			.is_caps_lock_on = true,
			.is_offline = true,
			.retry_in_s = 4000000000u,
			.reason = REASON_SERVER_UNREACHABLE,
			.detail = 0xffffffff,
			.desktop_count = CONF_DESKTOPS_MAX,
			.message_count = CONF_MESSAGES_MAX,
			.shows_password_button = true,
			.phase = 2};
	text_copy(m->language, sizeof(m->language), language);
	text_copy(m->code, sizeof(m->code), "K7QF-2M9P");
	text_copy(m->clock, sizeof(m->clock), "13:37");
	fill_long(m->identity.organisation, CONF_NAME_MAX);
	fill_long(m->identity.site, CONF_NAME_MAX);
	fill_long(m->identity.device, CONF_NAME_MAX);
	fill_long(m->helpdesk.phone, sizeof(m->helpdesk.phone));
	fill_long(m->helpdesk.text, sizeof(m->helpdesk.text));
	fill_long(m->desktop_name, CONF_NAME_MAX);
	fill_long(m->server, sizeof(m->server));
	fill_long(m->address, sizeof(m->address));
	fill_long(m->version, sizeof(m->version));
	for (unsigned i = 0; i < CONF_DESKTOPS_MAX; i++)
		fill_long(m->desktop_names[i], CONF_NAME_MAX);
	for (unsigned i = 0; i < CONF_MESSAGES_MAX; i++)
		fill_long(m->messages[i].text, CONF_TEXT_MAX);
	for (unsigned i = 0; i < UI_FIELDS; i++) {
		fill_long(m->fields[i].text, UI_FIELD_MAX);
		m->fields[i].is_shown = true;
		m->fields[i].cursor = (uint32_t)strlen(m->fields[i].text);
	}
}

static bool is_inside(struct ui_rect inner, struct ui_rect outer)
{
	return inner.x1 >= outer.x1 && inner.y1 >= outer.y1 && inner.x2 <= outer.x2 &&
	       inner.y2 <= outer.y2;
}

/* Texts may stand on boxes, never on each other. */
static void check_texts(const struct scene *scene, struct ui_size size)
{
	struct ui_rect all = {0, 0, (int32_t)size.width, (int32_t)size.height};

	for (uint32_t i = 0; i < scene->node_count; i++) {
		const struct node *a = &scene->nodes[i];

		if (a->kind != NODE_TEXT)
			continue;
		CHECK(is_inside(a->rect, all));
		if (!is_inside(a->rect, all))
			printf("%ux%u: \"%s\" at %d,%d..%d,%d\n", size.width, size.height, a->text,
					a->rect.x1, a->rect.y1, a->rect.x2, a->rect.y2);
		for (uint32_t j = i + 1; j < scene->node_count; j++) {
			const struct node *b = &scene->nodes[j];
			struct ui_rect common = rect_meet(a->rect, b->rect);

			/* Ink is given with a pixel around it. */
			if (b->kind != NODE_TEXT || common.x2 - common.x1 <= 2 ||
					common.y2 - common.y1 <= 2)
				continue;
			printf("%ux%u: \"%s\" and \"%s\" overlap\n", size.width, size.height,
					a->text, b->text);
			CHECK(!"texts overlap");
		}
	}
}

/* The middle of a target's place, or false. */
static bool find_target(const struct scene *scene, enum ui_target target, struct ui_rect *ret)
{
	for (uint32_t i = 0; i < scene->node_count; i++) {
		if (scene->nodes[i].target != target)
			continue;
		*ret = scene->nodes[i].rect;
		return true;
	}
	return false;
}

/* What Tab reaches can be clicked, and the other way round; each is large enough for a tired hand. */
static void check_targets(struct ui *ui, const struct ui_model *m, const struct scene *scene,
		struct ui_size size, int32_t least)
{
	enum ui_target targets[UI_TARGET_END];
	uint32_t count = layout_targets(m, targets), seen = 0;

	for (uint32_t i = 0; i < scene->node_count; i++)
		seen += scene->nodes[i].target != UI_TARGET_NONE;
	CHECK_INT(seen, count);
	for (uint32_t i = 0; i < count; i++) {
		struct ui_rect r = {0};

		CHECK(find_target(scene, targets[i], &r));
		if (r.x2 - r.x1 < least || r.y2 - r.y1 < least)
			printf("%ux%u: target %d is %d x %d\n", size.width, size.height,
					(int)targets[i], r.x2 - r.x1, r.y2 - r.y1);
		CHECK(r.x2 - r.x1 >= least && r.y2 - r.y1 >= least);
		CHECK_INT(scene_hit(scene, (r.x1 + r.x2) / 2, (r.y1 + r.y2) / 2), targets[i]);
		if (i == 0)
			CHECK_INT(ui_hit(ui, m, size, (r.x1 + r.x2) / 2, (r.y1 + r.y2) / 2),
					targets[i]);
	}
	CHECK_INT(scene_hit(scene, 0, 0), UI_TARGET_NONE);
	CHECK_INT(scene_hit(scene, -5, 1 << 20), UI_TARGET_NONE);
}

static void check_focus(struct ui_model *m)
{
	enum ui_target targets[UI_TARGET_END];
	uint32_t count = layout_targets(m, targets);

	m->focus = UI_TARGET_NONE;
	for (uint32_t i = 0; i < count; i++) {
		m->focus = ui_focus_next(m, false);
		CHECK_INT(m->focus, targets[i]);
	}
	if (!count)
		CHECK_INT(ui_focus_next(m, false), UI_TARGET_NONE);
	m->focus = UI_TARGET_NONE;
	for (uint32_t i = count; i-- > 0;) {
		m->focus = ui_focus_next(m, true);
		CHECK_INT(m->focus, targets[i]);
	}
	m->focus = UI_TARGET_NONE;
}

static void check_screens(struct ui *ui, const char *language, bool is_full)
{
	struct typesetter *setter = typesetter_create();
	struct layout *layout = own_alloc(sizeof(*layout));
	struct ui_model *m = own_alloc(sizeof(*m));
	struct catalogue *catalogue = NULL;
	char folder[512];

	text_format(folder, sizeof(folder), "%s/locale", build_folder());
	if (strcmp(language, "en") != 0)
		CHECK_INT(catalogue_open(folder, language, &catalogue, NULL), 0);
	for (enum ui_screen screen = UI_STARTING; screen <= UI_BLANK; screen++) {
		/* Danish at every size, the others at three. */
		for (unsigned i = 0; i < SIZES; i += strcmp(language, "da") == 0 ? 1 : 3) {
			fill_everything(m, screen, language);
			if (!is_full)
				m->message_count = 0, m->helpdesk.text[0] = 0, m->desktop_count = 5;
			layout_make(setter, catalogue, m, sizes[i], layout);
			check_texts(&layout->scene, sizes[i]);
			check_targets(ui, m, &layout->scene, sizes[i],
					(int32_t)(sizes[i].scale_percent * (is_full ? 18 : 28) /
							100));
			check_focus(m);
		}
	}
	catalogue_destroy(catalogue);
	typesetter_destroy(setter);
	free(layout);
	free(m);
}

static void check_field(struct ui *ui, bool is_password_shown, const char *text, uint32_t step)
{
	struct ui_size size = {1280, 720, 100};
	struct ui_model m = {.screen = UI_SIGN_IN,
			.is_password_shown = is_password_shown,
			.focus = UI_TARGET_FIELD_PASSWORD};
	struct ui_field *field = &m.fields[UI_FIELD_PASSWORD];
	uint32_t last = 0, length = (uint32_t)strlen(text);

	text_copy(field->text, UI_FIELD_MAX, text);
	field->cursor = length;
	for (int32_t x = 0; x < 1280; x++) {
		uint32_t offset = ui_field_offset(ui, &m, size, UI_FIELD_PASSWORD, x);

		CHECK(offset >= last && offset <= length && offset % step == 0);
		last = offset;
	}
	CHECK_INT(last, length);
	CHECK_INT(ui_field_offset(ui, &m, size, UI_FIELD_SERVER, 640), 0);
}

int main(void)
{
	static const char *const languages[] = {"en", "da", "fi", "nb", "sv"};
	struct ui *ui = NULL;
	struct err err;
	char folder[512];

	text_format(folder, sizeof(folder), "%s/locale", build_folder());
	TEST("there is something to lay out with")
		CHECK_INT(ui_create(folder, &ui, &err), 0);
	for (unsigned i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		TEST("texts fit and targets can be reached")
			check_screens(ui, languages[i], false);
	TEST("even when every text is as long as it may be")
		check_screens(ui, "da", true);
	TEST("a click in a field falls between two letters") {
		check_field(ui, true, "ææææææ", 2);
		check_field(ui, false, "ææææææ", 2);
		check_field(ui, false, "", 1);
		check_field(ui, true, "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", 1);
	}
	ui_destroy(ui);
	TEST_END();
}
