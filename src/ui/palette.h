/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The colours of all screens from the two that an organisation chooses. Whatever it
 * chooses, every text keeps the contrast of WCAG 2.1 AA (4.5 to 1).
 */
#ifndef UI_PALETTE_H
#define UI_PALETTE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"

/* 0xAARRGGBB, not premultiplied. */
struct palette {
	uint32_t backdrop_top, backdrop_bottom;
	uint32_t on_backdrop;       /* text straight on the background */
	uint32_t on_backdrop_muted; /* its small print */
	uint32_t on_backdrop_tint;  /* a breath of it: shapes behind icons */
	uint32_t card, shadow;
	uint32_t text, muted; /* on the card */
	uint32_t field, field_hover, field_border;
	uint32_t accent, accent_hover, accent_pressed, on_accent;
	uint32_t accent_tint;                       /* behind text in accent */
	uint32_t quiet, quiet_hover, quiet_pressed; /* secondary buttons, chips; `text` on them */
	uint32_t info, info_tint;
	uint32_t warning, warning_tint;
	uint32_t danger, danger_tint;
};

struct palette palette_of(const struct conf_branding *branding);

/* WCAG 2.1 contrast ratio of two opaque colours, 1..21. */
double palette_contrast(uint32_t a, uint32_t b);

/* `share` (0..1) of `b` in `a`, opaque. */
uint32_t palette_mix(uint32_t a, uint32_t b, double share);

#endif
