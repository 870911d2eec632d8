/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a card and making it ours. */
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "base/log.h"
#include "base/text.h"
#include "kms/device_io.h"
#include "kms/kms.h"

enum { CARDS_MAX = 16 };

#ifndef DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT
#define DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT 6
#endif

OWN_DEFINE(drm_resources, drmModeRes, drmModeFreeResources);
OWN_DEFINE(drm_connector, drmModeConnector, drmModeFreeConnector);

static int make_ours(int fd, const char *path, struct err *err)
{
	if (drmSetMaster(fd) < 0 && errno != EINVAL)
		return err_errno(err, errno, "%s: another program has the screen", path);
	if (drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) < 0)
		return err_errno(err, errno, "%s: no universal planes", path);
	if (drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) < 0)
		return err_set(err, ENOTSUP, "%s: the driver has no atomic mode setting", path);
	/* Virtual cards hide their cursor plane from those who don't know of hot spots. */
	if (drmSetClientCap(fd, DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT, 1) < 0)
		log_debug("%s: cursor planes have no hot spot", path);
	return 0;
}

int kms_card_open(const char *path, struct err *err)
{
	OWNED(fd) int fd = device_io_open(path);

	if (fd < 0)
		return err_errno(err, -fd, "%s", path);
	int ret = make_ours(fd, path, err);

	return ret < 0 ? ret : own_take_fd(&fd);
}

static bool has_monitor(int fd, const drmModeRes *resources)
{
	for (int i = 0; i < resources->count_connectors; i++) {
		OWNED(drm_connector)
		drmModeConnector *connector = drmModeGetConnector(fd, resources->connectors[i]);
		if (connector && connector->connector_type != DRM_MODE_CONNECTOR_WRITEBACK &&
				connector->connection == DRM_MODE_CONNECTED)
			return true;
	}
	return false;
}

/* 2: a monitor hangs on the card, 1: a connector but no monitor, 0: no use for a screen. */
static int rate(const char *path)
{
	OWNED(fd) int fd = device_io_open(path);

	if (fd < 0)
		return 0;
	OWNED(drm_resources) drmModeRes *resources = drmModeGetResources(fd);

	if (!resources || resources->count_connectors == 0 || resources->count_crtcs == 0)
		return 0;
	return has_monitor(fd, resources) ? 2 : 1;
}

int kms_card_find(struct err *err)
{
	char path[32], best[32] = "";
	int best_rate = 0;

	for (unsigned i = 0; i < CARDS_MAX && best_rate < 2; i++) {
		text_format(path, sizeof path, "/dev/dri/card%u", i);
		int this = rate(path);
		if (this <= best_rate)
			continue;
		best_rate = this;
		text_copy(best, sizeof best, path);
	}
	if (best_rate == 0)
		return err_set(err, ENODEV, "no card with a connector among /dev/dri/card0..%d",
				CARDS_MAX - 1);
	return kms_card_open(best, err);
}
