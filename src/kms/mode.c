/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/mode.h"

#include <stdbool.h>
#include <stdlib.h>

#include "kms/scene.h"

uint32_t mode_refresh_mhz(const drmModeModeInfo *mode)
{
	uint64_t pixels = (uint64_t)mode->htotal * mode->vtotal;

	if (pixels == 0 || mode->clock == 0)
		return mode->vrefresh * 1000;
	if (mode->flags & DRM_MODE_FLAG_DBLSCAN)
		pixels *= 2;
	uint64_t mhz = ((uint64_t)mode->clock * 1000000 + pixels / 2) / pixels;
	if (mode->flags & DRM_MODE_FLAG_INTERLACE)
		mhz *= 2;
	return mhz > UINT32_MAX ? UINT32_MAX : (uint32_t)mhz;
}

static bool is_usable(const drmModeModeInfo *mode)
{
	return mode->hdisplay > 0 && mode->vdisplay > 0 && mode->hdisplay <= SCENE_SIZE_MAX &&
	       mode->vdisplay <= SCENE_SIZE_MAX;
}

static uint32_t from_60_hz(const drmModeModeInfo *mode)
{
	int64_t away = (int64_t)mode_refresh_mhz(mode) - 60000;

	return (uint32_t)(away < 0 ? -away : away);
}

/* Orders two usable modes of whatever size: preferred, progressive, larger, nearer to 60 Hz. */
static bool is_better(const drmModeModeInfo *a, const drmModeModeInfo *b, bool is_sized)
{
	bool a_lines = a->flags & DRM_MODE_FLAG_INTERLACE,
	     b_lines = b->flags & DRM_MODE_FLAG_INTERLACE;
	bool a_liked = a->type & DRM_MODE_TYPE_PREFERRED,
	     b_liked = b->type & DRM_MODE_TYPE_PREFERRED;
	uint32_t a_size = (uint32_t)a->hdisplay * a->vdisplay;
	uint32_t b_size = (uint32_t)b->hdisplay * b->vdisplay;

	if (!is_sized && a_liked != b_liked)
		return a_liked;
	if (a_lines != b_lines)
		return b_lines;
	if (a_size != b_size)
		return a_size > b_size;
	return from_60_hz(a) < from_60_hz(b);
}

int mode_choose(const drmModeModeInfo *modes, unsigned count, uint32_t width, uint32_t height)
{
	int best = -1, sized = -1;

	for (unsigned i = 0; i < count; i++) {
		if (!is_usable(&modes[i]))
			continue;
		if (best < 0 || is_better(&modes[i], &modes[best], false))
			best = (int)i;
		if (modes[i].hdisplay == width && modes[i].vdisplay == height &&
				(sized < 0 || is_better(&modes[i], &modes[sized], true)))
			sized = (int)i;
	}
	return sized >= 0 ? sized : best;
}

/* The connector without a crtc yet that has the fewest to choose from; -1 when all are done. */
static int next_connector(const uint32_t *possible, unsigned count, const bool *is_done)
{
	int next = -1;

	for (unsigned i = 0; i < count; i++)
		if (!is_done[i] &&
				(next < 0 || __builtin_popcount(possible[i]) <
								__builtin_popcount(possible[next])))
			next = (int)i;
	return next;
}

void mode_assign_crtcs(const uint32_t *possible, unsigned count, uint32_t free_crtcs, int *ret)
{
	OWNED(memory) bool *is_done = own_alloc_array(count, sizeof *is_done);

	for (int i; (i = next_connector(possible, count, is_done)) >= 0;) {
		uint32_t usable = possible[i] & free_crtcs;
		is_done[i] = true;
		ret[i] = usable ? __builtin_ctz(usable) : -1;
		free_crtcs &= usable ? ~(1u << ret[i]) : UINT32_MAX;
	}
}
