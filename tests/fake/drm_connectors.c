/* SPDX-License-Identifier: Apache-2.0 */
/* What hangs on the card: connectors, their monitors' EDIDs and modes, and what goes together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "base/own.h"
#include "fake/drm_card.h"

static drmModeModeInfo mode_of(const struct fake_mode *from)
{
	return (drmModeModeInfo){
			.hdisplay = (uint16_t)from->width,
			.vdisplay = (uint16_t)from->height,
			.vrefresh = from->hz ? from->hz : 60,
			.type = from->is_preferred ? DRM_MODE_TYPE_PREFERRED : 0,
			.flags = from->is_interlaced ? DRM_MODE_FLAG_INTERLACE : 0,
	};
}

drmModeConnectorPtr drmModeGetConnector(int fd, uint32_t id)
{
	const struct fake_connector *from = &fake_card.drm.connectors[id - CONNECTORS];
	const struct fake_mode own[] = {{from->width, from->height, 60, false, false}, {.hz = 0}};
	const struct fake_mode *modes = from->modes ? from->modes : own;
	drmModeConnector *connector = own_alloc(sizeof *connector);

	(void)fd;
	connector->connector_id = id;
	connector->connector_type = from->is_writeback ? DRM_MODE_CONNECTOR_WRITEBACK
	                                               : DRM_MODE_CONNECTOR_HDMIA;
	connector->connector_type_id = id - CONNECTORS + 1;
	connector->connection = from->is_connected ? DRM_MODE_CONNECTED : DRM_MODE_DISCONNECTED;
	while (modes[connector->count_modes].width)
		connector->count_modes++;
	connector->modes = own_alloc_array((size_t)connector->count_modes + 1,
			sizeof *connector->modes);
	for (int i = 0; i < connector->count_modes; i++)
		connector->modes[i] = mode_of(&modes[i]);
	return connector;
}

void drmModeFreeConnector(drmModeConnectorPtr connector)
{
	if (connector)
		free(connector->modes);
	free(connector);
}

uint32_t drmModeConnectorGetPossibleCrtcs(int fd, const drmModeConnector *connector)
{
	(void)fd;
	return fake_card.drm.connectors[connector->connector_id - CONNECTORS].possible_crtcs;
}

/* --- properties */

bool fake_drm_connector_has(const struct fake_connector *connector, enum prop_id prop)
{
	return prop == P_CRTC_ID || prop == P_EDID ||
	       (prop == P_LINK_STATUS && connector->has_link_status) ||
	       (prop == P_NON_DESKTOP && connector->is_helmet) ||
	       ((prop == P_UNDERSCAN || prop == P_CONTENT_TYPE) && connector->has_underscan);
}

uint64_t fake_drm_connector_value(uint32_t index, enum prop_id prop)
{
	const struct fake_connector *connector = &fake_card.drm.connectors[index];

	switch (prop) {
	case P_CRTC_ID:
		return connector->crtc_id;
	case P_EDID:
		return connector->edid ? FIRST_EDID + index : 0;
	case P_LINK_STATUS:
		return connector->is_link_bad;
	case P_NON_DESKTOP:
		return connector->is_helmet;
	default:
		return 0;
	}
}

void fake_drm_connector_set(struct fake_connector *connector, uint32_t prop, uint64_t value)
{
	if (prop == P_CRTC_ID)
		connector->crtc_id = (uint32_t)value;
	else if (prop == P_LINK_STATUS)
		connector->is_link_bad = value;
	else if (prop == P_UNDERSCAN)
		connector->underscan = value;
	else if (prop == P_CONTENT_TYPE)
		connector->content_type = value;
}

drmModePropertyBlobPtr drmModeGetPropertyBlob(int fd, uint32_t id)
{
	const struct fake_connector *connector = &fake_card.drm.connectors[id - FIRST_EDID];
	drmModePropertyBlobRes *blob;

	(void)fd;
	if (id < FIRST_EDID || id >= FIRST_EDID + FAKE_HEADS_MAX || !connector->edid)
		return NULL;
	blob = own_alloc(sizeof *blob);
	blob->length = (uint32_t)connector->edid_size;
	blob->data = own_alloc(connector->edid_size + 1);
	memcpy(blob->data, connector->edid, connector->edid_size);
	return blob;
}

void drmModeFreePropertyBlob(drmModePropertyBlobPtr blob)
{
	if (blob)
		free(blob->data);
	free(blob);
}

/* --- what goes together */

uint64_t fake_drm_rate(uint64_t blob)
{
	const drmModeModeInfo *mode = blob ? fake_card.blobs[blob - FIRST_BLOB].data : NULL;

	return mode ? (uint64_t)mode->hdisplay * mode->vdisplay * mode->vrefresh : 0;
}

static uint64_t rate_after(const struct _drmModeAtomicReq *request, uint32_t crtc)
{
	uint64_t blob = fake_drm_value(request, CRTCS + crtc, P_MODE_ID, UINT64_MAX);

	return blob == UINT64_MAX ? fake_card.drm.crtcs[crtc].rate : fake_drm_rate(blob);
}

static int check_connector(const struct _drmModeAtomicReq *request, uint32_t index,
		uint32_t *connected)
{
	const struct fake_connector *connector = &fake_card.drm.connectors[index];
	uint64_t nothing = UINT64_MAX;
	bool is_named = fake_drm_value(request, CONNECTORS + index, P_CRTC_ID, nothing) != nothing;
	uint32_t id = (uint32_t)fake_drm_value(request, CONNECTORS + index, P_CRTC_ID,
			connector->crtc_id);

	if (is_named && connector->is_forgotten)
		return -ENOENT;
	if (connector->refuses_underscan && fake_drm_value(request, CONNECTORS + index, P_UNDERSCAN,
							    nothing) != nothing)
		return -EINVAL;
	if (!id)
		return 0;
	/* A careful program looks at what a connector can use, and clones nothing. */
	fake_card.drm.impossible += is_named && !(connector->possible_crtcs & 1u << (id - CRTCS));
	fake_card.drm.impossible += (*connected & 1u << (id - CRTCS)) != 0;
	*connected |= 1u << (id - CRTCS);
	return connector->rate_max && rate_after(request, id - CRTCS) > connector->rate_max
	                       ? -EINVAL
	                       : 0;
}

int fake_drm_check_modes(const struct _drmModeAtomicReq *request)
{
	uint32_t connected = 0;
	uint64_t all = 0;
	int ret = 0;

	for (uint32_t i = 0; i < fake_card.drm.connector_count && ret == 0; i++)
		ret = check_connector(request, i, &connected);
	for (uint32_t i = 0; i < fake_card.drm.crtc_count && ret == 0; i++) {
		uint64_t rate = rate_after(request, i);
		if ((rate != 0) != (connected >> i & 1))
			ret = -EINVAL; /* a mode for nobody, or nothing for a monitor */
		all += rate;
	}
	if (ret == 0 && fake_card.drm.bandwidth && all > fake_card.drm.bandwidth)
		ret = -ENOSPC;
	return ret;
}
