/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's modes as the planner reads them, and which crtc drives which monitor. Pure. */
#ifndef KMS_MODE_H
#define KMS_MODE_H

#include <stdint.h>
#include <xf86drmMode.h>

#include "kms/layout.h"

uint32_t mode_refresh_mhz(const drmModeModeInfo *mode);

/* What the planner reads. */
struct layout_mode mode_describe(const drmModeModeInfo *mode);

/*
 * The modes worth planning with: at most LAYOUT_MODES_MAX, none twice, preferred ones first to
 * stay when there are more. Returns how many.
 */
unsigned mode_select(const drmModeModeInfo *modes, unsigned count,
		drmModeModeInfo ret[LAYOUT_MODES_MAX]);

/*
 * Give each of `count` (at most LAYOUT_OUTPUTS_MAX) monitors a crtc of `crtcs` (a bit each) that
 * can drive it (possible[i]; 0: it wants none). On entry ret[i] is the crtc that drives it now or
 * -1. As many as can be get one; whoever has one keeps it unless another one would stay
 * without. -1 where none was left.
 */
void mode_assign_crtcs(const uint32_t *possible, unsigned count, uint32_t crtcs, int *ret);

#endif
