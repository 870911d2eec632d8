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
#include "kms/layout.h"
#include "yuv/yuv.h"

enum {
	DISPLAY_OUTPUTS_MAX = LAYOUT_OUTPUTS_MAX,
	DISPLAY_RECTS_MAX = 32,
};

enum display_layer { DISPLAY_DESKTOP, DISPLAY_VIDEO, DISPLAY_UI, DISPLAY_CURSOR, DISPLAY_LAYERS };

/* Half open, pixels. */
struct display_rect {
	int32_t x1, y1, x2, y2;
};

struct display;
struct display_output;
struct display_buffer;

/*
 * Pixels in memory: DRM_FORMAT_XRGB8888, premultiplied DRM_FORMAT_ARGB8888, NV12 or P010. With a
 * `buffer` the display may show them without touching them; without `pixels` it has to.
 */
struct display_picture {
	uint32_t format;
	uint32_t width, height;
	uint32_t stride; /* bytes; of luma with NV12 and P010 */
	const void *pixels;
	const void *chroma; /* NV12 and P010 only */
	uint32_t chroma_stride;
	enum yuv_encoding encoding;
	enum yuv_range range;
	struct display_buffer *buffer; /* NULL: only memory */
};

/* Memory of others that the hardware may read by itself. */
struct display_buffer_info {
	bool is_dmabuf; /* else a memfd, sealed against shrinking, mapped by the caller as well */
	int fds[2];     /* borrowed; fds[1] is -1 where all planes lie in one */
	uint32_t format;
	uint64_t modifier;
	uint32_t width, height;
	uint32_t offsets[2], strides[2];
};

/* Where a layer stands on its output; all zero: unscaled, at the corner. */
struct display_place {
	int32_t x, y;               /* pixels of the output */
	uint32_t width, height;     /* there; 0: as large as the source */
	struct display_rect source; /* of the picture; empty: all of it */
	/* What of the layer is seen, pixels of the output; 0: all. Layers below show elsewhere. */
	unsigned visible_count;
	struct display_rect visible[DISPLAY_RECTS_MAX];
};

struct display_output_info {
	char name[32];          /* "HDMI-A-1" */
	uint32_t width, height; /* pixels as the person sees them, after rotation */
	int32_t x, y;           /* in the plane that all outputs share */
	uint32_t refresh_mhz;
	uint32_t width_mm, height_mm; /* after rotation; 0: not known */
	enum layout_rotation rotation;
	uint32_t scale_percent;
	bool is_primary; /* exactly one is */
	struct layout_identity identity;
};

struct display_handler {
	/*
	 * Outputs came, went, moved or changed their size: ask display_output_count again and
	 * redraw all.
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
	uint64_t bytes_copied;  /* by composition, into framebuffers */
	uint64_t layers_direct; /* layers shown by a plane of their own, added up over commits */
	uint64_t videos_direct; /* those of them that are videos */
};

struct display_kms_options {
	const char *path;       /* "/dev/dri/card0", or NULL: the first card with a connector */
	uint32_t width, height; /* wanted mode, 0: preferred */
};

/*
 * What is wanted of the monitors: now, and whenever one comes. Outputs that stay as they are go
 * on without a flicker; on_outputs follows from the loop when anything changed. In the
 * beginning: extended, preferred modes.
 */
void display_configure(struct display *display, const struct layout_wishes *wishes);

/* What the last layout had to change against the wishes, for the report and the log. */
const struct layout *display_layout(const struct display *display);

/* Takes DRM master and lights every connected output with black. */
int display_create_kms(struct loop *loop, const struct display_kms_options *options,
		const struct display_handler *handler, struct display **ret, struct err *err);

/* `count` outputs of the given sizes; on_shown comes from the loop after each commit. */
int display_create_headless(struct loop *loop, const uint32_t (*sizes)[2], unsigned count,
		const struct display_handler *handler, struct display **ret, struct err *err);
void display_destroy(struct display *display); /* takes NULL */

/* A monitor of the headless display is plugged in or pulled out, for tests. */
int display_headless_plug(struct display *display, const char *name, uint32_t width,
		uint32_t height, struct err *err);
int display_headless_unplug(struct display *display, const char *name, struct err *err);

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

/* The same with scaling, cropping and parts that are not seen. display_set_layer is a short form. */
int display_place_layer(struct display_output *output, enum display_layer layer,
		const struct display_picture *picture, const struct display_place *place,
		const struct display_rect *damage, unsigned rect_count);

/*
 * Make memory known to the display. -ENOTSUP: no output can read it; show it from memory then.
 * The buffer belongs to the caller, who destroys it after it left the screen (takes NULL).
 */
int display_import(struct display *display, const struct display_buffer_info *info,
		struct display_buffer **ret, struct err *err);
void display_buffer_destroy(struct display_buffer *buffer);

/* Move a layer that is already there (the cursor): as cheap as the hardware allows. */
void display_move_layer(struct display_output *output, enum display_layer layer, int32_t x,
		int32_t y);

/*
 * Show what was staged: at the next vertical blank, or behind the commit that is still
 * under way. Staging may go on at once. False: nothing changed, and no on_shown comes.
 */
bool display_commit(struct display_output *output);

/* Backlight or picture darkened to `percent` (10..100) of all outputs; 100: as it was. */
void display_set_brightness(struct display *display, unsigned percent);

/* Power of all outputs: off shows nothing and costs nothing until it is on again. */
void display_set_power(struct display *display, bool is_on);

/* The composed picture of an output, all layers, as PNG (headless and kms alike). */
int display_save_png(struct display_output *output, const char *path, struct err *err);

/*
 * The same into `pixels`: XRGB8888 of the output's width and height, `stride` bytes per row.
 * Where a UI layer is shown, `ui` (NULL: what is shown) of the same size stands in for it.
 */
void display_read(struct display_output *output, const struct display_picture *ui, uint32_t *pixels,
		uint32_t stride);

/* XRGB8888 of one pixel of that picture; black outside of the output. */
uint32_t display_pixel(struct display_output *output, int32_t x, int32_t y);

#endif
