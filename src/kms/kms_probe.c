/* SPDX-License-Identifier: Apache-2.0 */
/* What the card has and what hangs on it, at the start and after every hot-plug. */
#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "base/log.h"
#include "base/text.h"
#include "kms/edid.h"
#include "kms/kms.h"
#include "kms/mode.h"

OWN_DEFINE(drm_resources, drmModeRes, drmModeFreeResources);
OWN_DEFINE(drm_plane_resources, drmModePlaneRes, drmModeFreePlaneResources);
OWN_DEFINE(drm_plane, drmModePlane, drmModeFreePlane);
OWN_DEFINE(drm_blob, drmModePropertyBlobRes, drmModeFreePropertyBlob);
OWN_DEFINE(drm_connector, drmModeConnector, drmModeFreeConnector);

static int read_crtcs(struct kms *kms, const drmModeRes *resources, struct err *err)
{
	for (int i = 0; i < resources->count_crtcs && i < KMS_CRTCS_MAX; i++) {
		struct kms_crtc *crtc = &kms->crtcs[kms->crtc_count++];
		crtc->id = resources->crtcs[i];
		int ret = props_of_crtc(kms->fd, crtc->id, crtc->props, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static void describe_plane(struct kms *kms, const drmModePlane *from, struct kms_plane *plane)
{
	uint64_t width = 64, height = 64;

	plane->possible_crtcs = from->possible_crtcs;
	plane->crtc_id = from->crtc_id;
	for (uint32_t i = 0; i < from->count_formats && i < PLANE_FORMATS_MAX; i++)
		plane->can.formats[plane->can.format_count++] = from->formats[i];
	switch (plane->props[PLANE_TYPE].value) {
	case DRM_PLANE_TYPE_PRIMARY:
		plane->can.kind = PLANE_PRIMARY;
		break;
	case DRM_PLANE_TYPE_CURSOR:
		plane->can.kind = PLANE_CURSOR;
		drmGetCap(kms->fd, DRM_CAP_CURSOR_WIDTH, &width);
		drmGetCap(kms->fd, DRM_CAP_CURSOR_HEIGHT, &height);
		plane->can.width_max = (uint32_t)(width < 512 ? width : 512);
		plane->can.height_max = (uint32_t)(height < 512 ? height : 512);
		break;
	default:
		plane->can.kind = PLANE_OVERLAY;
		break;
	}
}

static int read_planes(struct kms *kms, struct err *err)
{
	OWNED(drm_plane_resources)
	drmModePlaneRes *resources = drmModeGetPlaneResources(kms->fd);

	if (!resources)
		return err_errno(err, errno, "reading the planes");
	for (uint32_t i = 0; i < resources->count_planes && i < KMS_PLANES_MAX; i++) {
		OWNED(drm_plane)
		drmModePlane *from = drmModeGetPlane(kms->fd, resources->planes[i]);
		if (!from)
			continue;
		struct kms_plane *plane = &kms->planes[kms->plane_count];
		plane->id = from->plane_id;
		int ret = props_of_plane(kms->fd, plane->id, plane->props, err);
		if (ret < 0)
			return ret;
		describe_plane(kms, from, plane);
		kms->plane_count++;
	}
	return 0;
}

/* The entry of a connector; new ones (docks bring theirs) are added. NULL: unknown or too many. */
static struct kms_connector *find_connector(struct kms *kms, uint32_t id)
{
	struct kms_connector *place = NULL;
	struct err err;

	for (unsigned i = 0; i < kms->connector_count; i++) {
		if (kms->connectors[i].id == id)
			return &kms->connectors[i];
		if (kms->connectors[i].id == 0 && !place)
			place = &kms->connectors[i];
	}
	if (!place && kms->connector_count == KMS_CONNECTORS_MAX)
		return NULL;
	struct kms_connector connector = {.id = id};

	if (props_of_connector(kms->fd, id, connector.props, &err) < 0) {
		log_debug("%s", err.text);
		return NULL;
	}
	connector.crtc_id = (uint32_t)connector.props[CONNECTOR_CRTC_ID].value;
	if (!place)
		place = &kms->connectors[kms->connector_count++];
	*place = connector;
	return place;
}

int kms_read_resources(struct kms *kms, struct err *err)
{
	OWNED(drm_resources) drmModeRes *resources = drmModeGetResources(kms->fd);

	if (!resources)
		return err_errno(err, errno, "reading what the card has");
	if (resources->count_connectors == 0 || resources->count_crtcs == 0)
		return err_set(err, ENODEV, "the card has no connector");
	for (int i = 0; i < resources->count_connectors; i++)
		find_connector(kms, resources->connectors[i]);
	int ret = read_crtcs(kms, resources, err);

	return ret < 0 ? ret : read_planes(kms, err);
}

static void read_identity(struct kms *kms, const struct kms_connector *connector,
		struct layout_monitor *ret)
{
	uint32_t id = (uint32_t)connector->props[CONNECTOR_EDID].value;

	if (id == 0)
		return;
	OWNED(drm_blob) drmModePropertyBlobRes *blob = drmModeGetPropertyBlob(kms->fd, id);

	if (!blob)
		return;
	struct edid edid = edid_read(blob->data, blob->length);

	ret->identity = edid.identity;
	if (edid.width_mm) {
		ret->width_mm = edid.width_mm;
		ret->height_mm = edid.height_mm;
	}
}

static void describe_monitor(struct kms *kms, const drmModeConnector *from,
		struct layout_monitor *seen, struct kms_monitor *own)
{
	const char *type = drmModeGetConnectorTypeName(from->connector_type);

	*seen = (struct layout_monitor){.width_mm = from->mmWidth, .height_mm = from->mmHeight};
	text_format(seen->connector, sizeof seen->connector, "%s-%u", type ? type : "Unknown",
			from->connector_type_id);
	read_identity(kms, own->connector, seen);
	seen->mode_count = mode_select(from->modes,
			from->count_modes < 0 ? 0 : (unsigned)from->count_modes, own->modes);
	for (unsigned i = 0; i < seen->mode_count; i++)
		seen->modes[i] = mode_describe(&own->modes[i]);
	own->possible_crtcs = drmModeConnectorGetPossibleCrtcs(kms->fd, from);
	own->is_link_bad = own->connector->props[CONNECTOR_LINK_STATUS].value ==
	                   DRM_MODE_LINK_STATUS_BAD;
}

/* A helmet is no place for a desktop. */
static bool is_monitor(struct kms *kms, const drmModeConnector *from,
		struct kms_connector *connector)
{
	struct err err;

	if (from->connection != DRM_MODE_CONNECTED ||
			from->connector_type == DRM_MODE_CONNECTOR_WRITEBACK || !connector)
		return false;
	uint32_t crtc_id = connector->crtc_id;

	/* The look above may have brought another EDID. */
	if (props_of_connector(kms->fd, connector->id, connector->props, &err) < 0)
		log_debug("%s", err.text);
	connector->crtc_id = crtc_id;
	return connector->props[CONNECTOR_NON_DESKTOP].value != 1;
}

static void look_at(struct kms *kms, uint32_t id, struct kms_monitors *ret)
{
	OWNED(drm_connector) drmModeConnector *from = drmModeGetConnector(kms->fd, id);

	if (!from)
		return;
	struct kms_connector *connector = find_connector(kms, id);

	if (!is_monitor(kms, from, connector))
		return;
	if (ret->count == LAYOUT_OUTPUTS_MAX) {
		ret->left_out++;
		return;
	}
	ret->own[ret->count].connector = connector;
	describe_monitor(kms, from, &ret->seen[ret->count], &ret->own[ret->count]);
	ret->count++;
}

/* A dock that was pulled out took its connectors along; a new one may get the same numbers. */
static void forget_connectors(struct kms *kms, const drmModeRes *resources)
{
	for (unsigned i = 0; i < kms->connector_count; i++) {
		struct kms_connector *connector = &kms->connectors[i];
		bool is_there = false;
		for (int k = 0; k < resources->count_connectors; k++)
			is_there |= resources->connectors[k] == connector->id;
		connector->is_gone = connector->id && !is_there;
	}
}

static bool is_alike(const struct kms_monitors *a, const struct kms_monitors *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++) {
		const struct layout_monitor *one = &a->seen[i], *other = &b->seen[i];
		if (strcmp(one->connector, other->connector) != 0 ||
				memcmp(&one->identity, &other->identity, sizeof one->identity) !=
						0 ||
				one->mode_count != other->mode_count ||
				memcmp(a->own[i].modes, b->own[i].modes,
						one->mode_count * sizeof *a->own[i].modes) != 0)
			return false;
	}
	return true;
}

/* As long as the same monitors are there, what the card refused is not asked again. */
static void keep_refusals(const struct kms_monitors *before, struct kms_monitors *now)
{
	if (!is_alike(before, now))
		return;
	for (unsigned i = 0; i < now->count; i++)
		for (unsigned k = 0; k < now->seen[i].mode_count; k++)
			now->seen[i].modes[k].is_refused = before->seen[i].modes[k].is_refused;
}

void kms_look(struct kms *kms)
{
	OWNED(drm_resources) drmModeRes *resources = drmModeGetResources(kms->fd);
	OWNED(memory) struct kms_monitors *found = own_alloc(sizeof *found);

	if (resources)
		forget_connectors(kms, resources);
	for (int i = 0; resources && i < resources->count_connectors; i++)
		look_at(kms, resources->connectors[i], found);
	keep_refusals(&kms->monitors, found);
	kms->monitors = *found;
}
