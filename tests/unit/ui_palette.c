/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/palette.h"
#include "unit/test.h"

/* WCAG 2.1: 1.4.3 contrast of text, 1.4.11 of what is needed to see a control. */
#define TEXT 4.5
#define SHAPE 3.0

/* Every 17th value of each channel: 4096 colours. */
static uint32_t colour_of(unsigned number)
{
	return (number >> 8 & 15) * 17 << 16 | (number >> 4 & 15) * 17 << 8 | (number & 15) * 17;
}

static unsigned count_poor(const struct palette *p)
{
	struct {
		uint32_t text, ground;
		double least;
	} pairs[] = {
			{p->on_backdrop, p->backdrop_top, TEXT},
			{p->on_backdrop, p->backdrop_bottom, TEXT},
			{p->on_backdrop_muted, p->backdrop_top, TEXT},
			{p->on_backdrop_muted, p->backdrop_bottom, TEXT},
			{p->text, p->card, TEXT},
			{p->muted, p->card, TEXT},
			{p->text, p->field, TEXT},
			{p->text, p->field_hover, TEXT},
			{p->field_border, p->card, SHAPE},
			{p->on_accent, p->accent, TEXT},
			{p->on_accent, p->accent_hover, TEXT},
			{p->on_accent, p->accent_pressed, TEXT},
			{p->accent, p->card, TEXT},
			{p->accent, p->accent_tint, TEXT},
			{p->accent, p->quiet_pressed, SHAPE},
			{p->text, p->quiet, TEXT},
			{p->text, p->quiet_hover, TEXT},
			{p->text, p->quiet_pressed, TEXT},
			{p->muted, p->quiet, TEXT},
			{p->muted, p->quiet_hover, TEXT},
			{p->muted, p->quiet_pressed, TEXT},
			{p->info, p->info_tint, TEXT},
			{p->warning, p->warning_tint, TEXT},
			{p->danger, p->danger_tint, TEXT},
			{p->text, p->info_tint, TEXT},
			{p->text, p->warning_tint, TEXT},
			{p->text, p->danger_tint, TEXT},
			{p->muted, p->info_tint, TEXT},
			{p->muted, p->warning_tint, TEXT},
			{p->muted, p->danger_tint, TEXT},
			{p->warning, p->card, TEXT},
	};
	unsigned poor = 0;

	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (palette_contrast(pairs[i].text, pairs[i].ground) >= pairs[i].least)
			continue;
		printf("pair %u: %06x on %06x has only %.2f\n", i, pairs[i].text & 0xffffff,
				pairs[i].ground & 0xffffff,
				palette_contrast(pairs[i].text, pairs[i].ground));
		poor++;
	}
	return poor;
}

int main(void)
{
	TEST("contrast is computed as WCAG says") {
		CHECK_INT(palette_contrast(0xffffff, 0) * 1000, 21000);
		CHECK_INT(palette_contrast(0x777777, 0xffffff) * 100, 447);
		CHECK_INT(palette_contrast(0xffffff, 0xffffff), 1);
	}
	TEST("every background keeps its texts readable") {
		for (unsigned i = 0; i < 4096 && test_ok; i++) {
			struct conf_branding branding = {
					.background = colour_of(i), .accent = 0x1f6feb};
			struct palette p = palette_of(&branding);

			CHECK_INT(count_poor(&p), 0);
		}
	}
	TEST("every accent keeps its texts readable") {
		for (unsigned i = 0; i < 4096 && test_ok; i++) {
			struct conf_branding branding = {
					.background = 0x0f2f4a, .accent = colour_of(i)};
			struct palette p = palette_of(&branding);

			CHECK_INT(count_poor(&p), 0);
		}
	}
	TEST("a good choice is taken as it is") {
		struct conf_branding branding = {.background = 0x0f2f4a, .accent = 0x1f5fc4};
		struct palette p = palette_of(&branding);

		CHECK_INT(p.accent, 0xff1f5fc4);
		CHECK_INT(p.on_backdrop, 0xffffffff);
	}
	TEST("without a choice there are colours of our own") {
		struct palette p = palette_of(&(struct conf_branding){0});

		CHECK(p.accent != 0xff000000);
		CHECK_INT(count_poor(&p), 0);
	}
	TEST_END();
}
