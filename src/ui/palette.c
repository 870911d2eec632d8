/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/palette.h"

#include <math.h>

enum { OPAQUE = 0xff000000u };

#define WHITE 0xffffffffu
#define INK 0xff131c26u /* nearly black, a little blue: text on light grounds */
#define SMALL 4.5       /* contrast of text, WCAG 2.1 1.4.3 */
#define STRONG 7.0      /* what the large texts on the background get, 1.4.6 */

static double channel_linear(uint32_t value)
{
	double v = value / 255.0;

	return v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t colour)
{
	return 0.2126 * channel_linear(colour >> 16 & 0xff) +
	       0.7152 * channel_linear(colour >> 8 & 0xff) + 0.0722 * channel_linear(colour & 0xff);
}

double palette_contrast(uint32_t a, uint32_t b)
{
	double la = luminance(a) + 0.05, lb = luminance(b) + 0.05;

	return la > lb ? la / lb : lb / la;
}

static uint32_t mix_channel(uint32_t a, uint32_t b, unsigned shift, double share)
{
	double from = a >> shift & 0xff, to = b >> shift & 0xff;

	return (uint32_t)lround(from + (to - from) * share) << shift;
}

uint32_t palette_mix(uint32_t a, uint32_t b, double share)
{
	return OPAQUE | mix_channel(a, b, 16, share) | mix_channel(a, b, 8, share) |
	       mix_channel(a, b, 0, share);
}

/* Move `colour` towards `end` in small steps until it stands out from `ground` enough. */
static uint32_t until_contrast(uint32_t colour, uint32_t end, uint32_t ground, double contrast)
{
	for (int step = 0; step <= 50; step++) {
		uint32_t moved = palette_mix(colour, end, step / 50.0);

		if (palette_contrast(moved, ground) >= contrast)
			return moved;
	}
	return end;
}

static void choose_backdrop(struct palette *p, uint32_t colour)
{
	bool is_dark = palette_contrast(WHITE, colour) >= SMALL;
	uint32_t end = is_dark ? OPAQUE : WHITE;

	p->on_backdrop = is_dark ? WHITE : INK;
	p->shadow = is_dark ? 0x48000000u : 0x1e000000u;
	for (int step = 0; step <= 50; step++) {
		uint32_t base = palette_mix(colour, end, step / 50.0);

		p->backdrop_top = palette_mix(base, WHITE, is_dark ? 0.07 : 0.30);
		p->backdrop_bottom = palette_mix(base, OPAQUE, is_dark ? 0.22 : 0.04);
		if (palette_contrast(p->on_backdrop, p->backdrop_top) >= STRONG &&
				palette_contrast(p->on_backdrop, p->backdrop_bottom) >= STRONG)
			break;
	}
	uint32_t worst = is_dark ? p->backdrop_top : p->backdrop_bottom;
	uint32_t soft = palette_mix(p->on_backdrop, worst, 0.28);

	p->on_backdrop_muted = until_contrast(soft, p->on_backdrop, worst, SMALL + 0.5);
	p->on_backdrop_tint = (p->on_backdrop & 0xffffff) | (is_dark ? 0x24000000u : 0x14000000u);
}

static void choose_accent(struct palette *p, uint32_t colour)
{
	p->accent = until_contrast(colour, OPAQUE, WHITE, SMALL + 0.5);
	p->accent_hover = palette_mix(p->accent, OPAQUE, 0.14);
	p->accent_pressed = palette_mix(p->accent, OPAQUE, 0.28);
	p->on_accent = WHITE;
	p->accent_tint = palette_mix(p->accent, WHITE, 0.90);
	p->accent_tint = until_contrast(p->accent_tint, WHITE, p->accent, SMALL);
}

struct palette palette_of(const struct conf_branding *branding)
{
	bool is_unset = branding->accent == 0 && branding->background == 0;
	struct palette p = {
			.card = WHITE,
			.text = INK,
			.muted = 0xff4c5a68u,
			.field = 0xfff5f7f9u,
			.field_hover = 0xffeef1f4u,
			.field_border = 0xff7c8997u,
			.quiet = 0xffeceff3u,
			.quiet_hover = 0xffe0e5ea,
			.quiet_pressed = 0xffd2d9e0u,
			.info = 0xff0a4fa8u,
			.info_tint = 0xffe8f1fcu,
			.warning = 0xff7a4a00u,
			.warning_tint = 0xfffff2d9u,
			.danger = 0xffa3201au,
			.danger_tint = 0xfffdecebu,
	};

	choose_backdrop(&p, OPAQUE | (is_unset ? 0x14394bu : branding->background));
	choose_accent(&p, OPAQUE | (is_unset ? 0x1a6a8au : branding->accent));
	return p;
}
