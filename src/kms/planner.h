/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which plane of an output takes which layer: found by test-only commits, through
 * libliftoff. It plans; the commits that show something are made elsewhere.
 */
#ifndef KMS_PLANNER_H
#define KMS_PLANNER_H

#include "base/err.h"
#include "kms/plane.h"

struct planner;

/* One layer of the question. */
struct planner_layer {
	bool is_shown;
	bool is_composed;         /* no plane is wanted; only the place of `state` counts */
	struct plane_state state; /* with a framebuffer of the right kind */
};

/* `planes` are those that only this crtc uses. NULL and `err` when the card does not answer. */
struct planner *planner_create(int fd, uint32_t crtc_id, const uint32_t *planes, unsigned count,
		struct err *err);
void planner_destroy(struct planner *planner); /* takes NULL */

/*
 * `ret` gets the plane's id for each layer, 0 where it has to be composed; what is composed
 * goes into `frame`, on the primary plane, unless *is_frame_used says that nothing does.
 * Negative errno: the card refused to answer, nothing is written.
 */
int planner_ask(struct planner *planner, const struct plane_state *frame,
		const struct planner_layer layers[DISPLAY_LAYERS], uint32_t ret[DISPLAY_LAYERS],
		bool *is_frame_used);

#endif
