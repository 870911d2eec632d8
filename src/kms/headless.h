/* SPDX-License-Identifier: Apache-2.0 */
/* What tests and benchmarks may ask of the headless back end beyond display.h. */
#ifndef KMS_HEADLESS_H
#define KMS_HEADLESS_H

#include "kms/backend.h"

/* XRGB8888 as shown now, rows of width * 4 bytes; borrowed, for headless outputs only. */
const uint32_t *headless_pixels(const struct display_output *output);

/* A display in memory and the monitors that are plugged into it. */
struct headless {
	struct display base; /* first: the two share their address */
	struct layout_monitor monitors[DISPLAY_OUTPUTS_MAX];
	unsigned monitor_count;
	struct loop_timer *change;
};

/* Make an output and hand it to the display. */
void headless_add_output(struct display *display, const struct display_output_info *info);

/* --- headless_plug.c */

/* Monitors "headless-1" and following, planned and lit. */
void headless_begin(struct headless *headless, const uint32_t (*sizes)[2], unsigned count);
void headless_configure(struct display *display);

#endif
