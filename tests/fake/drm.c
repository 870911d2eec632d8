/* SPDX-License-Identifier: Apache-2.0 */
/* What the card is: capabilities, lists of its parts, properties, buffers, its doors. */
#include <assert.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "base/own.h"
#include "fake/drm_card.h"
#include "kms/device_io.h"

struct fake_card fake_card;

static const char *const prop_names[P_COUNT] = {"", "CRTC_ID", "ACTIVE", "MODE_ID", "type", "FB_ID",
		"SRC_X", "SRC_Y", "SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H",
		"FB_DAMAGE_CLIPS", "zpos", "rotation", "COLOR_ENCODING", "COLOR_RANGE", "GAMMA_LUT",
		"GAMMA_LUT_SIZE", "EDID", "link-status", "non-desktop", "underscan",
		"content type"};

struct fake_drm *fake_drm(void)
{
	return &fake_card.drm;
}

void fake_drm_init(unsigned heads, uint32_t width, uint32_t height)
{
	struct fake_drm *drm = &fake_card.drm;

	memset(&fake_card, 0, sizeof fake_card);
	fake_card.events = fake_card.uevents[0] = fake_card.uevents[1] = -1;
	drm->connector_count = drm->crtc_count = heads;
	drm->cursor_side = 64;
	for (unsigned i = 0; i < heads; i++) {
		struct fake_plane plane = {
				.type = DRM_PLANE_TYPE_PRIMARY,
				.possible_crtcs = 1u << i,
				.formats = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888},
				.format_count = 2,
				.has_clips = i % 2 == 0,
		};
		drm->connectors[i] = (struct fake_connector){
				.possible_crtcs = (1u << heads) - 1,
				.width = width,
				.height = height,
				.is_connected = true,
		};
		drm->planes[drm->plane_count++] = plane;
		plane.type = DRM_PLANE_TYPE_CURSOR;
		plane.has_clips = false;
		drm->planes[drm->plane_count++] = plane;
	}
}

unsigned fake_drm_add_plane(uint32_t type, uint32_t possible_crtcs)
{
	struct fake_drm *drm = &fake_card.drm;

	drm->planes[drm->plane_count] = (struct fake_plane){
			.type = type,
			.possible_crtcs = possible_crtcs,
			.formats = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_NV12},
			.format_count = 3,
			.has_colours = true,
	};
	return drm->plane_count++;
}

void fake_drm_finish(void)
{
	own_end_fd(&fake_card.uevents[0]);
}

/* --- the three doors */

int device_io_open(const char *path)
{
	(void)path;
	if (fake_card.drm.open_result)
		return fake_card.drm.open_result;
	fake_card.events = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return fake_card.events;
}

int device_io_map(int fd, uint64_t offset, size_t size, void **ret)
{
	(void)fd;
	(void)size;
	*ret = fake_card.buffers[offset].memory;
	return 0;
}

void device_io_unmap(void *address, size_t size)
{
	(void)address;
	(void)size;
}

int device_io_dmabuf(int memfd)
{
	return fake_card.drm.has_no_udmabuf ? -ENOENT : dup(memfd);
}

void device_io_flush(int dmabuf)
{
	(void)dmabuf;
}

int device_io_uevents(void)
{
	int ret = socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
			fake_card.uevents);

	return ret < 0 ? -errno : fake_card.uevents[1];
}

void fake_drm_uevent(const char *action)
{
	char text[256];
	int size = snprintf(text, sizeof text,
			"%s@/devices/"
			"card0%cACTION=%s%cSUBSYSTEM=drm%cHOTPLUG=1%cMAJOR=226%cMINOR=0%c",
			action, 0, action, 0, 0, 0, 0, 0);

	assert(send(fake_card.uevents[0], text, (size_t)size, 0) == size);
}

/* --- capabilities and lists */

int drmSetMaster(int fd)
{
	(void)fd;
	errno = fake_card.drm.master_result;
	if (!fake_card.drm.master_result)
		fake_card.drm.is_master_lost = false;
	return fake_card.drm.master_result ? -1 : 0;
}

int drmSetClientCap(int fd, uint64_t capability, uint64_t value)
{
	(void)fd;
	(void)value;
	errno = EINVAL;
	if (capability == DRM_CLIENT_CAP_UNIVERSAL_PLANES)
		return fake_card.drm.has_no_universal_planes ? -1 : 0;
	return capability == DRM_CLIENT_CAP_ATOMIC && fake_card.drm.has_no_atomic ? -1 : 0;
}

int drmGetCap(int fd, uint64_t capability, uint64_t *value)
{
	(void)fd;
	*value = capability == DRM_CAP_TIMESTAMP_MONOTONIC ? 1 : fake_card.drm.cursor_side;
	return 0;
}

static uint32_t *ids(uint32_t first, unsigned count)
{
	uint32_t *list = own_alloc_array(count + 1, sizeof *list);

	for (unsigned i = 0; i < count; i++)
		list[i] = first + i;
	return list;
}

drmModeResPtr drmModeGetResources(int fd)
{
	drmModeRes *all = own_alloc(sizeof *all);

	(void)fd;
	all->connectors = ids(CONNECTORS, fake_card.drm.connector_count);
	for (unsigned i = 0; i < fake_card.drm.connector_count; i++)
		if (!fake_card.drm.connectors[i].is_gone)
			all->connectors[all->count_connectors++] = CONNECTORS + i;
	all->count_crtcs = (int)fake_card.drm.crtc_count;
	all->crtcs = ids(CRTCS, fake_card.drm.crtc_count);
	return all;
}

void drmModeFreeResources(drmModeResPtr all)
{
	if (!all)
		return;
	free(all->connectors);
	free(all->crtcs);
	free(all);
}

drmModePlaneResPtr drmModeGetPlaneResources(int fd)
{
	drmModePlaneRes *all = own_alloc(sizeof *all);

	(void)fd;
	all->count_planes = fake_card.drm.plane_count;
	all->planes = ids(PLANES, fake_card.drm.plane_count);
	return all;
}

void drmModeFreePlaneResources(drmModePlaneResPtr all)
{
	if (all)
		free(all->planes);
	free(all);
}

drmModePlanePtr drmModeGetPlane(int fd, uint32_t id)
{
	struct fake_plane *from = &fake_card.drm.planes[id - PLANES];
	drmModePlane *plane = own_alloc(sizeof *plane);

	(void)fd;
	plane->plane_id = id;
	plane->possible_crtcs = from->possible_crtcs;
	plane->crtc_id = from->crtc_id;
	plane->count_formats = from->format_count;
	plane->formats = from->formats;
	return plane;
}

void drmModeFreePlane(drmModePlanePtr plane)
{
	free(plane);
}

/* --- properties */

bool fake_drm_has_prop(uint32_t object, enum prop_id prop)
{
	if (object >= PLANES) {
		const struct fake_plane *plane = &fake_card.drm.planes[object - PLANES];
		if (plane->missing_prop && strcmp(plane->missing_prop, prop_names[prop]) == 0)
			return false;
		return prop == P_CRTC_ID || (prop >= P_TYPE && prop <= P_CRTC_H) ||
		       (prop == P_CLIPS && plane->has_clips) ||
		       (prop == P_ZPOS && plane->has_zpos) ||
		       (prop == P_ROTATION && plane->has_rotation) ||
		       ((prop == P_ENCODING || prop == P_RANGE) && plane->has_colours);
	}
	if (object >= CRTCS)
		return prop == P_ACTIVE || prop == P_MODE_ID ||
		       ((prop == P_GAMMA || prop == P_GAMMA_SIZE) && fake_card.drm.has_gamma);
	return fake_drm_connector_has(&fake_card.drm.connectors[object - CONNECTORS], prop);
}

drmModeObjectPropertiesPtr drmModeObjectGetProperties(int fd, uint32_t object, uint32_t type)
{
	drmModeObjectProperties *all = own_alloc(sizeof *all);

	(void)fd;
	(void)type;
	all->props = own_alloc_array(P_COUNT, sizeof *all->props);
	all->prop_values = own_alloc_array(P_COUNT, sizeof *all->prop_values);
	for (uint32_t i = 1; i < P_COUNT; i++) {
		if (!fake_drm_has_prop(object, (enum prop_id)i))
			continue;
		if (i == P_TYPE)
			all->prop_values[all->count_props] =
					fake_card.drm.planes[object - PLANES].type;
		if (i == P_ZPOS)
			all->prop_values[all->count_props] =
					fake_card.drm.planes[object - PLANES].zpos;
		if (object < CRTCS)
			all->prop_values[all->count_props] =
					fake_drm_connector_value(object - CONNECTORS,
							(enum prop_id)i);
		if (i == P_GAMMA_SIZE)
			all->prop_values[all->count_props] = 2;
		all->props[all->count_props++] = i;
	}
	return all;
}

void drmModeFreeObjectProperties(drmModeObjectPropertiesPtr all)
{
	if (!all)
		return;
	free(all->props);
	free(all->prop_values);
	free(all);
}

drmModePropertyPtr drmModeGetProperty(int fd, uint32_t id)
{
	drmModePropertyRes *prop = own_alloc(sizeof *prop);

	(void)fd;
	prop->prop_id = id;
	snprintf(prop->name, sizeof prop->name, "%s", prop_names[id]);
	return prop;
}

void drmModeFreeProperty(drmModePropertyPtr prop)
{
	free(prop);
}

int drmModeCreatePropertyBlob(int fd, const void *data, size_t size, uint32_t *id)
{
	(void)fd;
	for (uint32_t i = 0; i < TABLE_MAX; i++)
		if (!fake_card.blobs[i].data) {
			fake_card.blobs[i] = (struct blob){size, own_alloc(size)};
			memcpy(fake_card.blobs[i].data, data, size);
			*id = FIRST_BLOB + i;
			fake_card.drm.blobs++;
			return 0;
		}
	return -ENOSPC;
}

int drmModeDestroyPropertyBlob(int fd, uint32_t id)
{
	struct blob *blob = &fake_card.blobs[id - FIRST_BLOB];

	(void)fd;
	free(blob->data);
	*blob = (struct blob){0};
	fake_card.drm.blobs--;
	return 0;
}
