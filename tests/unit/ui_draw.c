/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing only what differs must give the same bytes as drawing everything. */
#include <stdlib.h>

#include "base/own.h"
#include "base/text.h"
#include "ui/ui.h"
#include "unit/test.h"
#include "wire/session.h"

enum { MODELS = 2000, MARGIN = 3, FILLER = 0x5a };

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void random_text(uint32_t *seed, char *text, size_t size)
{
	static const char *const words[] = {"", "a", "Log på ", "Wi", "ÆØÅ", "sundhedsplejerske ",
			"\xf0\x9f\x98\x80", "fi", "AV", "<b>&amp;", "\n", "1",
			"ejendomsadministrationsbygning"};
	size_t length = 0;

	for (uint32_t n = next(seed) % 4; n > 0; n--) {
		const char *word = words[next(seed) % (sizeof(words) / sizeof(words[0]))];

		if (length + strlen(word) >= size)
			break;
		memcpy(text + length, word, strlen(word));
		length += strlen(word);
	}
	text[length] = 0;
}

static void change_field(struct ui_model *m, uint32_t *seed)
{
	struct ui_field *field = &m->fields[next(seed) % UI_FIELDS];

	random_text(seed, field->text, sizeof(field->text));
	field->cursor = next(seed) % 2 ? (uint32_t)strlen(field->text) : 0;
	field->is_shown = next(seed) % 2;
}

static void change_message(struct ui_model *m, uint32_t *seed)
{
	struct conf_message *message = &m->messages[next(seed) % CONF_MESSAGES_MAX];

	m->message_count = next(seed) % 4;
	message->severity = (enum conf_severity)(next(seed) % 3);
	random_text(seed, message->text, sizeof(message->text));
}

static void change_desktops(struct ui_model *m, uint32_t *seed)
{
	m->desktop_count = next(seed) % (CONF_DESKTOPS_MAX + 2);
	random_text(seed, m->desktop_names[next(seed) % CONF_DESKTOPS_MAX], CONF_NAME_MAX);
	random_text(seed, m->desktop_name, CONF_NAME_MAX);
}

static void change_names(struct ui_model *m, uint32_t *seed)
{
	random_text(seed, m->identity.organisation, CONF_NAME_MAX);
	random_text(seed, m->identity.site, CONF_NAME_MAX);
	random_text(seed, m->identity.device, CONF_NAME_MAX);
	random_text(seed, m->helpdesk.phone, sizeof(m->helpdesk.phone));
	random_text(seed, m->helpdesk.text, sizeof(m->helpdesk.text));
	text_format(m->clock, sizeof(m->clock), "%02u:%02u", next(seed) % 24, next(seed) % 60);
}

/* One small thing, as between two pictures of a real evening. */
static void change(struct ui_model *m, uint32_t *seed)
{
	static const char *const languages[] = {"en", "da", "fi", "sv", "nb", "../x", ""};

	switch (next(seed) % 16) {
	case 0:
		m->screen = (enum ui_screen)(next(seed) % (UI_BLANK + 1));
		break;
	case 1:
		m->reason = (enum reason)(next(seed) % 80);
		break;
	case 2:
		m->is_caps_lock_on = !m->is_caps_lock_on;
		break;
	case 3:
		m->is_password_shown = !m->is_password_shown;
		break;
	case 4:
		m->is_busy = !m->is_busy;
		break;
	case 5:
		m->tick++;
		break;
	case 6:
		m->phase = next(seed) % 7;
		break;
	case 7:
		m->retry_in_s = next(seed) % 3;
		break;
	case 8:
		change_message(m, seed);
		break;
	case 9:
		change_desktops(m, seed);
		break;
	case 10:
		change_names(m, seed);
		break;
	case 11:
		text_copy(m->language, sizeof(m->language), languages[next(seed) % 7]);
		break;
	case 12:
		m->is_offline = !m->is_offline;
		m->shows_password_button = next(seed) % 2;
		break;
	case 13:
		m->branding.background =
				next(seed) % 4 ? m->branding.background : next(seed) & 0xffffff;
		break;
	case 14:
		m->focus = (enum ui_target)(next(seed) % UI_TARGET_END);
		m->hover = m->focus;
		break;
	default:
		change_field(m, seed);
	}
	if (m->code[0] == 0)
		text_copy(m->code, sizeof(m->code), "K7QF-2M9P");
}

struct picture {
	struct ui_size size;
	uint32_t stride;
	uint8_t *pixels;
	size_t bytes;
};

static struct picture picture_of(struct ui_size size)
{
	struct picture p = {.size = size, .stride = (size.width + MARGIN) * 4};

	p.bytes = (size_t)p.stride * size.height;
	p.pixels = own_alloc(p.bytes);
	memset(p.pixels, FILLER, p.bytes);
	return p;
}

/* Nothing beyond the last column was written. */
static bool is_margin_whole(const struct picture *p)
{
	for (uint32_t y = 0; y < p->size.height; y++)
		for (uint32_t x = p->size.width * 4; x < p->stride; x++)
			if (p->pixels[(size_t)y * p->stride + x] != FILLER)
				return false;
	return true;
}

static bool is_inside(struct ui_rect r, uint32_t x, uint32_t y)
{
	return (int32_t)x >= r.x1 && (int32_t)x < r.x2 && (int32_t)y >= r.y1 && (int32_t)y < r.y2;
}

/* What changed lies inside of the damage. */
static bool is_damage_right(const struct picture *before, const struct picture *after,
		struct ui_rect damage)
{
	for (uint32_t y = 0; y < before->size.height; y++) {
		const uint8_t *a = before->pixels + (size_t)y * before->stride;
		const uint8_t *b = after->pixels + (size_t)y * after->stride;

		if (memcmp(a, b, before->stride) == 0)
			continue;
		for (uint32_t x = 0; x < before->size.width; x++)
			if (memcmp(a + x * 4, b + x * 4, 4) != 0 && !is_inside(damage, x, y))
				return false;
	}
	return true;
}

static void print_first_difference(const struct picture *full, const struct picture *part,
		unsigned number, enum ui_screen screen)
{
	size_t at = 0;

	while (full->pixels[at] == part->pixels[at])
		at++;
	printf("model %u, screen %d: byte %u should be %u at x %u, y %u\n", number, (int)screen,
			part->pixels[at], full->pixels[at], (uint32_t)(at % full->stride / 4),
			(uint32_t)(at / full->stride));
}

static void check_sequence(struct ui *ui, struct ui_size size, uint32_t seed, unsigned count)
{
	struct picture full = picture_of(size), part = picture_of(size), old = picture_of(size);
	struct ui_model *m = own_alloc(sizeof(*m)), *previous = own_alloc(sizeof(*previous));
	struct ui_rect damage;

	m->screen = UI_SIGN_IN;
	ui_draw(ui, m, NULL, size, part.pixels, part.stride, &damage);
	for (unsigned i = 0; i < count && test_ok; i++) {
		*previous = *m;
		for (uint32_t changes = 1 + next(&seed) % 3; changes > 0; changes--)
			change(m, &seed);
		memcpy(old.pixels, part.pixels, part.bytes);
		ui_draw(ui, m, previous, size, part.pixels, part.stride, &damage);
		CHECK(is_damage_right(&old, &part, damage));
		ui_draw(ui, m, NULL, size, full.pixels, full.stride, &damage);
		if (memcmp(full.pixels, part.pixels, full.bytes) != 0)
			print_first_difference(&full, &part, i, m->screen);
		CHECK(memcmp(full.pixels, part.pixels, full.bytes) == 0);
	}
	CHECK(is_margin_whole(&part) && is_margin_whole(&full));
	free(full.pixels);
	free(part.pixels);
	free(old.pixels);
	free(m);
	free(previous);
}

static void check_one_change(struct ui *ui)
{
	struct ui_size size = {1280, 720, 100};
	struct picture p = picture_of(size);
	struct ui_model before = {.screen = UI_SIGN_IN, .focus = UI_TARGET_FIELD_USER}, after;
	struct ui_rect damage;

	ui_draw(ui, &before, NULL, size, p.pixels, p.stride, &damage);
	CHECK_INT(damage.x2, 1280);
	after = before;
	ui_draw(ui, &after, &before, size, p.pixels, p.stride, &damage);
	CHECK(damage.x1 >= damage.x2 || damage.y1 >= damage.y2);
	text_copy(after.fields[UI_FIELD_USER].text, UI_FIELD_MAX, "a");
	after.fields[UI_FIELD_USER].cursor = 1;
	ui_draw(ui, &after, &before, size, p.pixels, p.stride, &damage);
	CHECK(damage.x2 > damage.x1);
	CHECK(damage.x2 - damage.x1 < 440);
	CHECK(damage.y2 - damage.y1 < 60);
	free(p.pixels);
}

static bool is_see_through(const struct picture *p, uint32_t x, uint32_t y)
{
	uint32_t pixel;

	memcpy(&pixel, p->pixels + (size_t)y * p->stride + (size_t)x * 4, 4);
	return pixel == 0;
}

static void check_session(struct ui *ui)
{
	struct ui_size size = {1280, 720, 100};
	struct picture p = picture_of(size);
	struct ui_model m = {.screen = UI_SESSION};
	struct ui_rect damage;

	ui_draw(ui, &m, NULL, size, p.pixels, p.stride, &damage);
	for (uint32_t y = 0; y < 720; y += 7)
		for (uint32_t x = 0; x < 1280; x += 7)
			CHECK(is_see_through(&p, x, y));
	m.message_count = 1;
	text_copy(m.messages[0].text, CONF_TEXT_MAX, "Hello");
	ui_draw(ui, &m, &(struct ui_model){.screen = UI_SESSION}, size, p.pixels, p.stride,
			&damage);
	CHECK(!is_see_through(&p, 640, 30));
	CHECK(is_see_through(&p, 640, 400));
	CHECK(damage.y2 < 200);
	free(p.pixels);
}

static void check_cursor(uint32_t side)
{
	uint32_t *pixels = own_alloc((size_t)side * side * 4), hot_x = side, hot_y = side, seen = 0;

	ui_draw_cursor(side, pixels, &hot_x, &hot_y);
	for (uint32_t i = 0; i < side * side; i++) {
		uint32_t alpha = pixels[i] >> 24;

		seen += alpha != 0;
		CHECK((pixels[i] & 0xff) <= alpha && (pixels[i] >> 8 & 0xff) <= alpha);
	}
	CHECK(hot_x < side && hot_y < side);
	CHECK(seen > 0 && seen < side * side);
	free(pixels);
}

int main(void)
{
	static const struct ui_size sizes[] = {
			{640, 480, 100}, {853, 480, 100}, {480, 854, 125}, {400, 300, 300}};
	const char *build = getenv("TYND_BUILD");
	struct ui *ui = NULL;
	struct err err;
	char folder[512];

	text_format(folder, sizeof(folder), "%s/locale", build ? build : "build");
	TEST("there is something to draw with")
		CHECK_INT(ui_create(folder, &ui, &err), 0);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		TEST("drawing what differs equals drawing everything")
			check_sequence(ui, sizes[i], 77 + i, MODELS / 4);
	TEST("a key press draws about the field")
		check_one_change(ui);
	TEST("over a desktop only messages are seen")
		check_session(ui);
	for (uint32_t side = 8; side <= 256; side += 31)
		TEST("the arrow is drawn at any size")
			check_cursor(side);
	TEST("screens that are too small for anything still draw") {
		static const struct ui_size tiny[] = {
				{1, 1, 100}, {64, 32, 100}, {200, 700, 300}, {320, 200, 0}};

		for (unsigned i = 0; i < sizeof(tiny) / sizeof(tiny[0]); i++)
			check_sequence(ui, tiny[i], 9, 25);
	}
	ui_destroy(ui);
	TEST_END();
}
