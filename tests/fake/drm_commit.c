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

	assert(at < sizeof request->items / sizeof *request->items);

	if (!object || !prop || !fake_drm_has_prop(object, (enum prop_id)prop))
		return -EINVAL;
	request->items[at].object = object;
	request->items[at].prop = prop;
	request->items[at].value = value;
	return (int)request->count;
}

int drmModeAtomicGetCursor(const drmModeAtomicReqPtr request)
{
	return (int)request->count;
}

void drmModeAtomicSetCursor(drmModeAtomicReqPtr request, int cursor)
{
	request->count = (unsigned)cursor;
}

/* The clips bound what the hardware looks at; without any it looks at all. */
static void scan_out(struct fake_plane *plane, const struct blob *clips)
{
	const struct framebuffer *from = fake_drm_framebuffer(plane->framebuffer);
	struct display_rect all = {0, 0, (int32_t)from->width, (int32_t)from->height};
	const struct display_rect *rects = clips ? clips->data : &all;
	size_t count = clips ? clips->size / sizeof *rects : 1;

	for (size_t i = 0; i < count; i++)
		for (int32_t y = rects[i].y1; y < rects[i].y2; y++)
			for (int32_t x = rects[i].x1; x < rects[i].x2; x++)
				plane->screen[y * FAKE_SIDE_MAX + x] = fake_drm_pixel(from, plane,
						(uint32_t)x, (uint32_t)y);
}

static bool is_torn(const struct fake_plane *plane)
{
	const struct framebuffer *from = fake_drm_framebuffer(plane->framebuffer);

	for (uint32_t y = 0; y < from->height; y++)
		for (uint32_t x = 0; x < from->width; x++)
			if (plane->screen[y * FAKE_SIDE_MAX + x] !=
					fake_drm_pixel(from, plane, x, y))
				return true;
	return false;
}

/* A buffer that is on the screen must look as it did when it was put there. */
static void look_for_tearing(void)
{
	for (unsigned i = 0; i < fake_card.drm.plane_count; i++)
		if (fake_card.drm.planes[i].framebuffer && is_torn(&fake_card.drm.planes[i]))
			fake_card.drm.torn++;
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
	case P_SRC_X:
	case P_SRC_Y:
	case P_SRC_W:
	case P_SRC_H:
		plane->source[prop - P_SRC_X] = (uint32_t)(value >> 16);
		break;
	case P_ROTATION:
		plane->rotation = value;
		break;
	case P_ENCODING:
		plane->encoding = value;
		break;
	case P_RANGE:
		plane->range = value;
		break;
	case P_CLIPS:
		*clips = &fake_card.blobs[value - FIRST_BLOB];
		break;
	}
}

static void set_crtc(struct fake_crtc *crtc, uint32_t prop, uint64_t value)
{
	const struct drm_color_lut *table;

	switch (prop) {
	case P_ACTIVE:
		crtc->is_active = value;
		break;
	case P_MODE_ID:
		crtc->has_mode = value;
		crtc->rate = fake_drm_rate(value);
		break;
	case P_GAMMA:
		table = value ? fake_card.blobs[value - FIRST_BLOB].data : NULL;
		crtc->white = table ? table[1].red : 0;
		break;
	}
}

uint64_t fake_drm_value(const drmModeAtomicReq *request, uint32_t object, enum prop_id prop,
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
			id = (uint32_t)fake_drm_value(request, object, P_CRTC_ID, 0);
		if (object >= PLANES && !id)
			id = fake_card.drm.planes[object - PLANES].crtc_id;
		if (id)
			crtcs |= 1u << (id - CRTCS);
	}
	return crtcs;
}

static bool has_format(const struct fake_plane *plane, uint32_t format)
{
	for (unsigned i = 0; i < plane->format_count; i++)
		if (plane->formats[i] == format)
			return true;
	return false;
}

/* What the kernel itself looks at, and the rules of this hardware. */
static int check_plane(const drmModeAtomicReq *request, uint32_t object)
{
	const struct fake_plane *plane = &fake_card.drm.planes[object - PLANES];
	uint32_t id = (uint32_t)fake_drm_value(request, object, P_FB_ID, plane->framebuffer);
	const struct framebuffer *shown = fake_drm_framebuffer(id);
	uint64_t crtc = fake_drm_value(request, object, P_CRTC_ID, plane->crtc_id);
	int64_t x = (int64_t)fake_drm_value(request, object, P_CRTC_X, 0);
	int64_t y = (int64_t)fake_drm_value(request, object, P_CRTC_Y, 0);
	uint64_t source[4], rotation = fake_drm_value(request, object, P_ROTATION, plane->rotation);

	if (!id)
		return crtc ? -EINVAL : 0;
	for (unsigned i = 0; i < 4; i++)
		source[i] = fake_drm_value(request, object, (enum prop_id)(P_SRC_X + i), 0) >> 16;
	if (!shown || !crtc || !(plane->possible_crtcs & 1u << (crtc - CRTCS)))
		return -EINVAL;
	if (!has_format(plane, shown->format))
		return -EINVAL;
	if (source[0] + source[2] > shown->width || source[1] + source[3] > shown->height)
		return -ENOSPC;
	bool is_turned = rotation & (DRM_MODE_ROTATE_90 | DRM_MODE_ROTATE_270);

	if (source[is_turned ? 3 : 2] != fake_drm_value(request, object, P_CRTC_W, 0) ||
			source[is_turned ? 2 : 3] != fake_drm_value(request, object, P_CRTC_H, 0))
		return -ERANGE;
	if (plane->refuses_edges && (x < 0 || y < 0))
		return -EINVAL;
	return plane->refusal;
}

/* How many planes a crtc would show. */
static unsigned planes_on(const drmModeAtomicReq *request, uint32_t crtc)
{
	unsigned count = 0;

	for (unsigned i = 0; i < fake_card.drm.plane_count; i++)
		count += fake_drm_value(request, PLANES + i, P_CRTC_ID,
					 fake_card.drm.planes[i].crtc_id) == crtc;
	return count;
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
		else if (!(flags & DRM_MODE_ATOMIC_ALLOW_MODESET) &&
				request->items[i].prop != P_GAMMA)
			ret = -EINVAL;
	}
	if (ret == 0 && flags & DRM_MODE_ATOMIC_ALLOW_MODESET)
		ret = fake_drm_check_modes(request);
	for (uint32_t i = 0; i < drm->crtc_count && ret == 0 && drm->planes_max; i++)
		if (crtcs & 1u << i && planes_on(request, CRTCS + i) > drm->planes_max)
			ret = -EINVAL;
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
			fake_drm_connector_set(&fake_card.drm.connectors[object - CONNECTORS], prop,
					value);
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
		drm->refused += ret == -EACCES;
		return ret;
	}
	if (ret == 0)
		ret = next_result();
	if (ret < 0) {
		drm->refused++;
		return ret;
	}
	bool was_active[FAKE_HEADS_MAX];

	for (unsigned i = 0; i < drm->crtc_count; i++)
		was_active[i] = drm->crtcs[i].is_active;
	look_for_tearing();
	apply(request);
	for (unsigned i = 0; i < drm->crtc_count; i++)
		if (drm->crtcs[i].is_active && !was_active[i])
			drm->crtcs[i].first = fake_drm_at(i, 0, 0);
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

/* The pixel of the plane's framebuffer at column, row of its place on the crtc. */
static uint32_t plane_at(const struct fake_plane *plane, int32_t column, int32_t row)
{
	int32_t x = column, y = row, right = (int32_t)plane->source[2] - 1,
		bottom = (int32_t)plane->source[3] - 1;

	if (plane->rotation == DRM_MODE_ROTATE_90)
		x = right - row, y = column;
	else if (plane->rotation == DRM_MODE_ROTATE_180)
		x = right - column, y = bottom - row;
	else if (plane->rotation == DRM_MODE_ROTATE_270)
		x = row, y = bottom - column;
	return plane->screen[((int32_t)plane->source[1] + y) * FAKE_SIDE_MAX +
			     (int32_t)plane->source[0] + x];
}

/* Above which other planes one lies: as `zpos` says, else by type and number. */
static uint64_t order_of(unsigned index)
{
	static const uint64_t order[] = {[DRM_PLANE_TYPE_PRIMARY] = 0,
			[DRM_PLANE_TYPE_OVERLAY] = 1,
			[DRM_PLANE_TYPE_CURSOR] = 2};
	const struct fake_plane *plane = &fake_card.drm.planes[index];

	return (plane->has_zpos ? plane->zpos : order[plane->type]) << 8 | index;
}

/* The next plane of the crtc upwards; -1: no more. */
static int next_plane(unsigned crtc, int64_t after)
{
	int found = -1;

	for (unsigned i = 0; i < fake_card.drm.plane_count; i++)
		if (fake_card.drm.planes[i].crtc_id == CRTCS + crtc &&
				(int64_t)order_of(i) > after &&
				(found < 0 || order_of(i) < order_of((unsigned)found)))
			found = (int)i;
	return found;
}

uint32_t fake_drm_at(unsigned crtc, int32_t x, int32_t y)
{
	uint32_t pixel = 0;
	int64_t order = -1;
	int index;

	if (!fake_card.drm.crtcs[crtc].is_active)
		return 0;
	while ((index = next_plane(crtc, order)) >= 0) {
		const struct fake_plane *plane = &fake_card.drm.planes[index];
		int32_t column = x - plane->x, row = y - plane->y;
		order = (int64_t)order_of((unsigned)index);
		if (column >= 0 && row >= 0 && column < (int32_t)plane->width &&
				row < (int32_t)plane->height)
			pixel = reference_over(pixel, plane_at(plane, column, row));
	}
	return pixel;
}
