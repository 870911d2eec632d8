/* SPDX-License-Identifier: Apache-2.0 */
/* What the card does: atomic commits, events, the picture it puts out. */
#include <assert.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "base/own.h"
#include "fake/drm_card.h"
#include "unit/kms_reference.h"

struct _drmModeAtomicReq {
	unsigned count;
	struct {
		uint32_t object, prop;
		uint64_t value;
	} items[256];
};

drmModeAtomicReqPtr drmModeAtomicAlloc(void)
{
	return own_alloc(sizeof(drmModeAtomicReq));
}

void drmModeAtomicFree(drmModeAtomicReqPtr request)
{
	free(request);
}

int drmModeAtomicAddProperty(drmModeAtomicReqPtr request, uint32_t object, uint32_t prop,
		uint64_t value)
{
	unsigned at = request->count++;

	if (!object || !prop || !fake_drm_has_prop(object, (enum prop_id)prop))
		return -EINVAL;
	request->items[at].object = object;
	request->items[at].prop = prop;
	request->items[at].value = value;
	return (int)request->count;
}

/* The clips bound what the hardware looks at; without any it looks at all. */
static void scan_out(struct fake_plane *plane, const struct blob *clips)
{
	const struct buffer *buffer = &fake_card.buffers[plane->framebuffer];
	struct display_rect all = {0, 0, (int32_t)buffer->width, (int32_t)buffer->height};
	const struct display_rect *rects = clips ? clips->data : &all;
	size_t count = clips ? clips->size / sizeof *rects : 1;

	for (size_t i = 0; i < count; i++)
		for (int32_t y = rects[i].y1; y < rects[i].y2; y++)
			for (int32_t x = rects[i].x1; x < rects[i].x2; x++)
				plane->screen[y * FAKE_SIDE_MAX + x] =
						buffer->pixels[y * (int32_t)buffer->width + x];
}

/* A buffer that is on the screen must look as it did when it was put there. */
static void look_for_tearing(void)
{
	for (unsigned i = 0; i < fake_card.drm.plane_count; i++) {
		const struct fake_plane *plane = &fake_card.drm.planes[i];
		const struct buffer *buffer = &fake_card.buffers[plane->framebuffer];
		for (uint32_t y = 0; plane->framebuffer && y < buffer->height; y++)
			if (memcmp(plane->screen + y * FAKE_SIDE_MAX,
					    buffer->pixels + y * buffer->width,
					    buffer->width * 4)) {
				fake_card.drm.torn++;
				break;
			}
	}
}

static void set_plane(struct fake_plane *plane, uint32_t prop, uint64_t value,
		const struct blob **clips)
{
	switch (prop) {
	case P_FB_ID:
		plane->framebuffer = (uint32_t)value;
		break;
	case P_CRTC_ID:
		plane->crtc_id = (uint32_t)value;
		break;
	case P_CRTC_X:
		plane->x = (int32_t)(int64_t)value;
		break;
	case P_CRTC_Y:
		plane->y = (int32_t)(int64_t)value;
		break;
	case P_CRTC_W:
		plane->width = (uint32_t)value;
		break;
	case P_CRTC_H:
		plane->height = (uint32_t)value;
		break;
	case P_CLIPS:
		*clips = &fake_card.blobs[value - FIRST_BLOB];
		break;
	}
}

static void set_crtc(struct fake_crtc *crtc, uint32_t prop, uint64_t value)
{
	if (prop == P_ACTIVE)
		crtc->is_active = value;
	else
		crtc->has_mode = value;
}

static uint64_t value_of(const drmModeAtomicReq *request, uint32_t object, enum prop_id prop,
		uint64_t otherwise)
{
	for (unsigned i = 0; i < request->count; i++)
		if (request->items[i].object == object && request->items[i].prop == prop)
			otherwise = request->items[i].value;
	return otherwise;
}

/* A bit per crtc that the request is about. */
static uint32_t crtcs_of(const drmModeAtomicReq *request)
{
	uint32_t crtcs = 0;

	for (unsigned i = 0; i < request->count; i++) {
		uint32_t object = request->items[i].object, id = 0;
		if (object >= CRTCS && object < PLANES)
			id = object;
		else if (object >= PLANES)
			id = (uint32_t)value_of(request, object, P_CRTC_ID, 0);
		if (object >= PLANES && !id)
			id = fake_card.drm.planes[object - PLANES].crtc_id;
		if (id)
			crtcs |= 1u << (id - CRTCS);
	}
	return crtcs;
}

static int check_plane(const drmModeAtomicReq *request, uint32_t object)
{
	const struct fake_plane *plane = &fake_card.drm.planes[object - PLANES];
	int64_t x = (int64_t)value_of(request, object, P_CRTC_X, 0);
	int64_t y = (int64_t)value_of(request, object, P_CRTC_Y, 0);

	if (!value_of(request, object, P_FB_ID, 0))
		return 0;
	if (plane->refuses_edges && (x < 0 || y < 0))
		return -EINVAL;
	return plane->refusal;
}

static int check(const drmModeAtomicReq *request, uint32_t flags)
{
	struct fake_drm *drm = &fake_card.drm;
	uint32_t crtcs = crtcs_of(request);
	int ret = 0;

	if (drm->is_master_lost)
		return -EACCES;
	drm->impossible += !crtcs && flags & DRM_MODE_PAGE_FLIP_EVENT;
	for (unsigned i = 0; i < drm->crtc_count; i++)
		if (crtcs & 1u << i && flags & DRM_MODE_ATOMIC_NONBLOCK) {
			drm->impossible += !drm->crtcs[i].is_active;
			if (drm->crtcs[i].is_event_due)
				return -EBUSY;
		}
	for (unsigned i = 0; i < request->count && ret == 0; i++) {
		if (request->items[i].object >= PLANES)
			ret = check_plane(request, request->items[i].object);
		else if (!(flags & DRM_MODE_ATOMIC_ALLOW_MODESET))
			ret = -EINVAL;
	}
	return ret;
}

static void apply(const drmModeAtomicReq *request)
{
	const struct blob *clips[FAKE_PLANES_MAX] = {0};
	bool is_touched[FAKE_PLANES_MAX] = {0};

	for (unsigned i = 0; i < request->count; i++) {
		uint32_t object = request->items[i].object, prop = request->items[i].prop;
		uint64_t value = request->items[i].value;
		if (object >= PLANES) {
			is_touched[object - PLANES] = true;
			set_plane(&fake_card.drm.planes[object - PLANES], prop, value,
					&clips[object - PLANES]);
		} else if (object >= CRTCS) {
			set_crtc(&fake_card.drm.crtcs[object - CRTCS], prop, value);
		} else {
			fake_card.drm.connectors[object - CONNECTORS].crtc_id = (uint32_t)value;
		}
	}
	for (unsigned i = 0; i < fake_card.drm.plane_count; i++)
		if (is_touched[i] && fake_card.drm.planes[i].framebuffer)
			scan_out(&fake_card.drm.planes[i], clips[i]);
}

static int next_result(void)
{
	struct fake_drm *drm = &fake_card.drm;
	int result = drm->result_count ? drm->results[0] : 0;

	if (drm->result_count) {
		drm->result_count--;
		memmove(drm->results, drm->results + 1, drm->result_count * sizeof(int));
	}
	return result;
}

int drmModeAtomicCommit(int fd, const drmModeAtomicReqPtr request, uint32_t flags, void *data)
{
	struct fake_drm *drm = &fake_card.drm;
	int ret = check(request, flags);
	uint32_t crtcs = flags & DRM_MODE_PAGE_FLIP_EVENT ? crtcs_of(request) : 0;

	(void)fd;
	if (flags & DRM_MODE_ATOMIC_TEST_ONLY) {
		drm->tests++;
		return ret;
	}
	if (ret == 0)
		ret = next_result();
	if (ret < 0) {
		drm->refused++;
		return ret;
	}
	look_for_tearing();
	apply(request);
	drm->commits++;
	drm->modesets += (flags & DRM_MODE_ATOMIC_ALLOW_MODESET) != 0;
	for (unsigned i = 0; i < drm->crtc_count; i++)
		if (crtcs & 1u << i) {
			drm->crtcs[i].is_event_due = true;
			drm->crtcs[i].data = data;
		}
	return 0;
}

void fake_drm_vblank(void)
{
	uint64_t one = 1;
	bool has_any = false;

	for (unsigned i = 0; i < fake_card.drm.crtc_count; i++) {
		struct fake_crtc *crtc = &fake_card.drm.crtcs[i];
		crtc->is_event_ready |= crtc->is_event_due;
		crtc->is_event_due = false;
		has_any |= crtc->is_event_ready;
	}
	if (has_any && fake_card.events >= 0)
		assert(write(fake_card.events, &one, sizeof one) == sizeof one);
}

int drmHandleEvent(int fd, drmEventContextPtr context)
{
	uint64_t count;

	assert(read(fd, &count, sizeof count) == sizeof count);
	for (unsigned i = 0; i < fake_card.drm.crtc_count; i++) {
		struct fake_crtc *crtc = &fake_card.drm.crtcs[i];
		if (!crtc->is_event_ready)
			continue;
		crtc->is_event_ready = false;
		context->page_flip_handler2(fd, 1, 1, 500, CRTCS + i, crtc->data);
	}
	return 0;
}

uint32_t fake_drm_at(unsigned crtc, int32_t x, int32_t y)
{
	uint32_t pixel = 0;

	for (unsigned type = 0; type < 3 && fake_card.drm.crtcs[crtc].is_active; type++)
		for (unsigned i = 0; i < fake_card.drm.plane_count; i++) {
			const struct fake_plane *plane = &fake_card.drm.planes[i];
			static const uint32_t order[] = {DRM_PLANE_TYPE_PRIMARY,
					DRM_PLANE_TYPE_OVERLAY, DRM_PLANE_TYPE_CURSOR};
			int32_t column = x - plane->x, row = y - plane->y;
			if (plane->type != order[type] || plane->crtc_id != CRTCS + crtc ||
					column < 0 || row < 0 || column >= (int32_t)plane->width ||
					row >= (int32_t)plane->height)
				continue;
			uint32_t above = plane->screen[row * FAKE_SIDE_MAX + column];
			pixel = type ? reference_over(pixel, above) : above & 0xffffff;
		}
	return pixel;
}
