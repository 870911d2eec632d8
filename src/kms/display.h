/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screens of this device. Two back ends stand behind the same calls: `kms`
 * (atomic commits on a DRM device) and `headless` (pictures in memory, PNG on
 * demand). Each output shows at most one layer of each kind, desktop below,
 * cursor on top. A layer's picture belongs to the caller and must stay unchanged
 * and alive until it was replaced and `on_shown` came for the commit that did so.
 * An unchanged screen makes no commit and no wake-up.
 */
#ifndef KMS_DISPLAY_H
#define KMS_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"

enum {
	DISPLAY_OUTPUTS_MAX = 8,
	DISPLAY_RECTS_MAX = 32,
};

enum display_layer { DISPLAY_DESKTOP, DISPLAY_VIDEO, DISPLAY_UI, DISPLAY_CURSOR, DISPLAY_LAYERS };

/* Half open, pixels. */
struct display_rect {
	int32_t x1, y1, x2, y2;
};

/* Pixels in memory: DRM_FORMAT_XRGB8888 or premultiplied DRM_FORMAT_ARGB8888. */
struct display_picture {
	uint32_t format;
	uint32_t width, height;
	uint32_t stride; /* bytes */
	const void *pixels;
};

struct display;
struct display_output;

struct display_output_info {
	char name[32];          /* "HDMI-A-1" */
	uint32_t width, height; /* pixels of the mode */
	uint32_t refresh_mhz;
	uint32_t width_mm, height_mm; /* 0: not known */
};

struct display_handler {
	/* Outputs came, went or changed their size: ask display_output_count again and redraw all.
	 */
	void (*on_outputs)(void *data);
	/* The commit is on the screen; `time_us` is CLOCK_MONOTONIC. */
	void (*on_shown)(void *data, struct display_output *output, int64_t time_us);
	/* The device is gone or refuses: this process should end and be restarted. */
	void (*on_lost)(void *data, const char *why);
	void *data;
};

/* Counters since creation: for tests and benchmarks. */
struct display_stats {
	uint64_t commits;
	uint64_t bytes_copied; /* by composition, into framebuffers */
};

struct display_kms_options {
	const char *path;       /* "/dev/dri/card0", or NULL: the first card with a connector */
	uint32_t width, height; /* wanted mode, 0: preferred */
};

/* Takes DRM master and lights every connected output with black. */
int display_create_kms(struct loop *loop, const struct display_kms_options *options,
		const struct display_handler *handler, struct display **ret, struct err *err);

/* `count` outputs of the given sizes; on_shown comes from the loop after each commit. */
int display_create_headless(struct loop *loop, const uint32_t (*sizes)[2], unsigned count,
		const struct display_handler *handler, struct display **ret, struct err *err);
void display_destroy(struct display *display); /* takes NULL */

unsigned display_output_count(const struct display *display);
struct display_output *display_output_at(struct display *display, unsigned index);
struct display_output_info display_output_info(const struct display_output *output);
struct display_stats display_stats(const struct display *display);

/*
 * Stage a layer: `picture` at x, y (cut at the edges; NULL hides the layer). `damage`
 * (rect_count rectangles in the picture's pixels) says what changed against the picture
 * staged before; rect_count 0 means all of it. Nothing is shown before display_commit.
 */
int display_set_layer(struct display_output *output, enum display_layer layer,
		const struct display_picture *picture, int32_t x, int32_t y,
		const struct display_rect *damage, unsigned rect_count);

/* Move a layer that is already there (the cursor): as cheap as the hardware allows. */
void display_move_layer(struct display_output *output, enum display_layer layer, int32_t x,
		int32_t y);

/*
 * Show what was staged: at the next vertical blank, or behind the commit that is still
 * under way. Staging may go on at once. Does nothing when nothing changed.
 */
void display_commit(struct display_output *output);

/* Power of all outputs: off shows nothing and costs nothing until it is on again. */
void display_set_power(struct display *display, bool is_on);

/* The composed picture of an output, all layers, as PNG (headless and kms alike). */
int display_save_png(struct display_output *output, const char *path, struct err *err);

#endif
