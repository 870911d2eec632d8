/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/mode.h"

#include <stdbool.h>
#include <string.h>

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

struct layout_mode mode_describe(const drmModeModeInfo *mode)
{
	return (struct layout_mode){
			.width = mode->hdisplay,
			.height = mode->vdisplay,
			.refresh_mhz = mode_refresh_mhz(mode),
			.is_preferred = mode->type & DRM_MODE_TYPE_PREFERRED,
			.is_interlaced = mode->flags & DRM_MODE_FLAG_INTERLACE,
	};
}

/* The planner could not tell them apart. */
static bool is_alike(const drmModeModeInfo *a, const drmModeModeInfo *b)
{
	return a->hdisplay == b->hdisplay && a->vdisplay == b->vdisplay &&
	       mode_refresh_mhz(a) == mode_refresh_mhz(b) &&
	       (a->flags & DRM_MODE_FLAG_INTERLACE) == (b->flags & DRM_MODE_FLAG_INTERLACE);
}

static bool is_there(const drmModeModeInfo *modes, unsigned count, const drmModeModeInfo *mode)
{
	for (unsigned i = 0; i < count; i++)
		if (is_alike(&modes[i], mode))
			return true;
	return false;
}

unsigned mode_select(const drmModeModeInfo *modes, unsigned count,
		drmModeModeInfo ret[LAYOUT_MODES_MAX])
{
	unsigned taken = 0;

	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < count && taken < LAYOUT_MODES_MAX; i++) {
			bool is_preferred = modes[i].type & DRM_MODE_TYPE_PREFERRED;
			if (is_preferred == (round == 0) && !is_there(ret, taken, &modes[i]))
				ret[taken++] = modes[i];
		}
	return taken;
}

/*
 * Bipartite matching by augmenting paths (Kuhn): a monitor without a crtc takes a free one, or
 * one whose monitor can move to another. Depth is bounded by `seen`, a bit per crtc tried.
 */
struct matching {
	const uint32_t *possible;
	unsigned count;
	uint32_t crtcs;
	int *ret;
	uint32_t seen;
};

static int owner_of(const struct matching *matching, int crtc)
{
	for (unsigned i = 0; i < matching->count; i++)
		if (matching->ret[i] == crtc)
			return (int)i;
	return -1;
}

/* -1: none. */
static int find_free(const struct matching *matching, unsigned monitor)
{
	uint32_t usable = matching->possible[monitor] & matching->crtcs;

	for (int crtc = 0; crtc < 32; crtc++)
		if (usable & 1u << crtc && owner_of(matching, crtc) < 0)
			return crtc;
	return -1;
}

/* A step of the path: `monitor` gets `crtc`, whose owner must find another one. */
struct step {
	unsigned monitor;
	int crtc; /* the next to try */
};

static void take(struct matching *matching, unsigned monitor)
{
	struct step path[LAYOUT_OUTPUTS_MAX + 1] = {{monitor, 0}};
	unsigned depth = 0;

	matching->seen = 0;
	for (;;) {
		struct step *step = &path[depth];
		int free_crtc = find_free(matching, step->monitor);
		if (free_crtc >= 0) {
			step->crtc = free_crtc;
			break;
		}
		uint32_t usable = matching->possible[step->monitor] & matching->crtcs &
		                  ~matching->seen;
		while (step->crtc < 32 && !(usable & 1u << step->crtc))
			step->crtc++;
		if (step->crtc == 32) {
			if (depth-- == 0)
				return;
			path[depth].crtc++;
			continue;
		}
		matching->seen |= 1u << step->crtc;
		path[++depth] = (struct step){(unsigned)owner_of(matching, step->crtc), 0};
	}
	for (unsigned i = 0; i <= depth; i++)
		matching->ret[path[i].monitor] = path[i].crtc;
}

void mode_assign_crtcs(const uint32_t *possible, unsigned count, uint32_t crtcs, int *ret)
{
	struct matching matching = {possible, count, crtcs, ret, 0};

	for (unsigned i = 0; i < count; i++)
		if (ret[i] >= 0 && !(possible[i] & crtcs & 1u << ret[i]))
			ret[i] = -1;
	for (unsigned i = 0; i < count; i++)
		if (ret[i] < 0 && possible[i])
			take(&matching, i);
}
