/* SPDX-License-Identifier: Apache-2.0 */
/* Which mode a monitor gets and which crtc drives it. Pure. */
#ifndef KMS_MODE_H
#define KMS_MODE_H

#include <stdint.h>
#include <xf86drmMode.h>

/*
 * The mode of `width` x `height` nearest to 60 Hz, progressive before interlaced; without such
 * a size (or 0 x 0) the preferred one, else the largest progressive. -1: none can be used.
 */
int mode_choose(const drmModeModeInfo *modes, unsigned count, uint32_t width, uint32_t height);

uint32_t mode_refresh_mhz(const drmModeModeInfo *mode);

/*
 * Give each of `count` connectors a crtc of `free_crtcs` (a bit each) that it can use
 * (possible[i]), the ones with the least choice first; -1 where none was left.
 */
void mode_assign_crtcs(const uint32_t *possible, unsigned count, uint32_t free_crtcs, int *ret);

#endif
