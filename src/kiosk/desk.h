/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outputs as one desk: which of them show the session's picture, what part of it, and
 * where. Places of the desk are pixels of the plane that all outputs share. Mirrored outputs
 * show the primary one's part, scaled and centred where their sizes differ. Pure.
 */
#ifndef KIOSK_DESK_H
#define KIOSK_DESK_H

#include "conf/conf.h"
#include "kms/display.h"
#include "wire/session.h"

struct desk_output {
	int32_t x, y;
	uint32_t width, height; /* as the person sees it */
	uint32_t width_mm, height_mm;
	uint32_t scale_percent;
	enum layout_rotation rotation;
	bool is_primary;
	bool has_session; /* shows a part of the session's picture; desk_plan says it */
};

struct desk {
	unsigned count;
	struct desk_output outputs[DISPLAY_OUTPUTS_MAX];
	bool is_mirror;
	unsigned primary;        /* has the kiosk's own screens */
	unsigned lead;           /* has the kiosk's messages over a session */
	struct display_rect box; /* around all that show the session */
	unsigned left_out;       /* outputs that did not fit into a picture of a session */
};

/* What a session is told: the layout in pixels of its picture. */
struct desk_layout {
	uint32_t width, height, scale_percent;
	unsigned count;
	struct wire_monitor monitors[DISPLAY_OUTPUTS_MAX];
};

struct desk_output desk_output_of(const struct display_output_info *info);

/* From count and outputs to all the rest. The picture of a session has at most WIRE_SIDE_MAX. */
void desk_plan(struct desk *desk, enum conf_monitors monitors);

/* Without any output: one of a usual size. */
void desk_layout(const struct desk *desk, struct desk_layout *ret);

/* Where the corner of a session's picture lies: at that of the box; another size is centred. */
void desk_picture(const struct desk *desk, uint32_t width, uint32_t height, int32_t *ret_x,
		int32_t *ret_y);

/*
 * How `source` of a picture at `target` of the desk is shown by an output; false: not at all.
 * `visible`, in places of the desk too, are the parts that are seen (0: all).
 */
bool desk_place(const struct desk *desk, unsigned index, struct display_rect source,
		struct display_rect target, const struct display_rect *visible,
		unsigned visible_count, struct display_place *ret);

#endif
