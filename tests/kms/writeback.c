/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/writeback.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "kms/atomic.h"
#include "kms/dumb.h"

enum { FENCE_LIMIT_MS = 1500 };

static struct prop prop_of(int fd, uint32_t object, const char *name)
{
	struct prop found = {0};
	drmModeObjectProperties *all =
			drmModeObjectGetProperties(fd, object, DRM_MODE_OBJECT_CONNECTOR);

	for (uint32_t i = 0; all && i < all->count_props; i++) {
		drmModePropertyRes *prop = drmModeGetProperty(fd, all->props[i]);
		if (prop && strcmp(prop->name, name) == 0)
			found = (struct prop){prop->prop_id, all->prop_values[i]};
		drmModeFreeProperty(prop);
	}
	drmModeFreeObjectProperties(all);
	return found;
}

/* The writeback connector that can take this crtc's picture; 0: none. */
static uint32_t find_connector(const struct writeback_source *source)
{
	int fd = source->fd;
	uint32_t id = 0, bit = 1u << source->crtc_index;

	drmSetClientCap(fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1);
	drmModeRes *all = drmModeGetResources(fd);
	for (int i = 0; all && i < all->count_connectors && id == 0; i++) {
		drmModeConnector *connector = drmModeGetConnector(fd, all->connectors[i]);
		if (connector && connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK &&
				drmModeConnectorGetPossibleCrtcs(fd, connector) & bit)
			id = connector->connector_id;
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(all);
	drmSetClientCap(fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 0);
	return id;
}

static int set_crtc(int fd, uint32_t connector, uint32_t crtc, uint32_t framebuffer, int *fence)
{
	OWNED(atomic) struct atomic atomic;
	struct prop crtc_id = prop_of(fd, connector, "CRTC_ID");
	struct prop fb_id = prop_of(fd, connector, "WRITEBACK_FB_ID");
	struct prop out_fence = prop_of(fd, connector, "WRITEBACK_OUT_FENCE_PTR");

	atomic_init(&atomic, fd);
	atomic_add(&atomic, connector, &crtc_id, crtc);
	if (framebuffer) {
		atomic_add(&atomic, connector, &fb_id, framebuffer);
		atomic_add(&atomic, connector, &out_fence, (uint64_t)(uintptr_t)fence);
	}
	return atomic_commit(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

/* 1: a fence was signalled in time. */
static int take(const struct writeback_source *source, uint32_t connector, const struct dumb *onto,
		int *fence, int older)
{
	int ret = set_crtc(source->fd, connector, source->crtc_id, onto->framebuffer, fence);
	struct pollfd wait[2] = {{.fd = *fence, .events = POLLIN}, {.fd = older, .events = POLLIN}};

	if (ret == 0)
		ret = poll(wait, 2, FENCE_LIMIT_MS) > 0;
	set_crtc(source->fd, connector, 0, 0, NULL);
	return ret;
}

/*
 * A job whose state another commit replaced before the vertical blank is never done; the kernel then takes the
 * end of the next one for it, and is late by one for ever. So with a second job either fence means that
 * the second picture is there.
 */
static int take_one_of(const struct writeback_source *source, uint32_t connector,
		const struct dumb onto[2], unsigned *ret)
{
	OWNED(fd) int first = -1;
	OWNED(fd) int second = -1;
	int code = take(source, connector, &onto[0], &first, -1);

	*ret = code == 0;
	if (code == 0)
		code = take(source, connector, &onto[1], &second, first);
	return code < 0 ? code : code > 0 ? 0 : -ETIMEDOUT;
}

int writeback_take(const struct writeback_source *source, uint32_t *pixels)
{
	uint32_t width = source->width, height = source->height;
	uint32_t connector = find_connector(source);
	struct dumb onto[2] = {0};
	unsigned taken = 0;

	if (connector == 0)
		return -ENODEV;
	int ret = dumb_create(source->fd, width, height, DRM_FORMAT_XRGB8888, &onto[0], NULL);
	if (ret == 0)
		ret = dumb_create(source->fd, width, height, DRM_FORMAT_XRGB8888, &onto[1], NULL);
	if (ret == 0)
		ret = take_one_of(source, connector, onto, &taken);
	for (uint32_t y = 0; ret == 0 && y < height; y++)
		memcpy(pixels + (size_t)y * width,
				(uint8_t *)onto[taken].pixels + (size_t)y * onto[taken].stride,
				(size_t)width * 4);
	dumb_destroy(source->fd, &onto[0]);
	dumb_destroy(source->fd, &onto[1]);
	return ret;
}
