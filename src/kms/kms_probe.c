/* SPDX-License-Identifier: Apache-2.0 */
/* What the card has and what hangs on it, at the start and after every hot-plug. */
#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "base/log.h"
#include "base/text.h"
#include "kms/kms.h"
#include "kms/mode.h"

OWN_DEFINE(drm_resources, drmModeRes, drmModeFreeResources);
OWN_DEFINE(drm_plane_resources, drmModePlaneRes, drmModeFreePlaneResources);
OWN_DEFINE(drm_plane, drmModePlane, drmModeFreePlane);
OWN_DEFINE(drm_connector, drmModeConnector, drmModeFreeConnector);

/* A monitor that should be lit. */
struct monitor {
	struct kms_connector *connector;
	drmModeModeInfo mode;
	uint32_t possible_crtcs;
	struct display_output_info info;
	bool is_lit; /* already, just so */
};

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
	struct err err;

	for (unsigned i = 0; i < kms->connector_count; i++)
		if (kms->connectors[i].id == id)
			return &kms->connectors[i];
	if (kms->connector_count == KMS_CONNECTORS_MAX)
		return NULL;
	struct kms_connector *connector = &kms->connectors[kms->connector_count];

	if (props_of_connector(kms->fd, id, connector->props, &err) < 0) {
		log_debug("%s", err.text);
		return NULL;
	}
	connector->id = id;
	connector->crtc_id = (uint32_t)connector->props[CONNECTOR_CRTC_ID].value;
	kms->connector_count++;
	return connector;
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

static void describe_output(const drmModeConnector *from, const drmModeModeInfo *mode,
		struct display_output_info *ret)
{
	const char *type = drmModeGetConnectorTypeName(from->connector_type);

	*ret = (struct display_output_info){
			.width = mode->hdisplay,
			.height = mode->vdisplay,
			.refresh_mhz = mode_refresh_mhz(mode),
			.width_mm = from->mmWidth,
			.height_mm = from->mmHeight,
	};
	text_format(ret->name, sizeof ret->name, "%s-%u", type ? type : "Unknown",
			from->connector_type_id);
}

/* True when a monitor hangs on it that can be lit. */
static bool look_at(struct kms *kms, uint32_t id, struct monitor *ret)
{
	OWNED(drm_connector) drmModeConnector *from = drmModeGetConnector(kms->fd, id);

	if (!from || from->connection != DRM_MODE_CONNECTED ||
			from->connector_type == DRM_MODE_CONNECTOR_WRITEBACK)
		return false;
	int mode = mode_choose(from->modes, from->count_modes < 0 ? 0 : (unsigned)from->count_modes,
			kms->wanted_width, kms->wanted_height);

	*ret = (struct monitor){.connector = find_connector(kms, id)};
	if (mode < 0 || !ret->connector) {
		log_debug("connector %u: a monitor without a mode that can be used", id);
		return false;
	}
	ret->mode = from->modes[mode];
	ret->possible_crtcs = drmModeConnectorGetPossibleCrtcs(kms->fd, from);
	describe_output(from, &ret->mode, &ret->info);
	return true;
}

static unsigned find_monitors(struct kms *kms, struct monitor *ret)
{
	OWNED(drm_resources) drmModeRes *resources = drmModeGetResources(kms->fd);
	unsigned count = 0;

	for (int i = 0; resources && i < resources->count_connectors; i++)
		if (count < DISPLAY_OUTPUTS_MAX &&
				look_at(kms, resources->connectors[i], &ret[count]))
			count++;
	return count;
}

/* Outputs whose monitor is gone or has another mode now end; the others mark theirs as lit. */
static bool drop_outputs(struct kms *kms, struct monitor *monitors, unsigned count)
{
	bool has_changed = false;

	for (unsigned i = kms->base.output_count; i-- > 0;) {
		struct kms_output *output = (struct kms_output *)kms->base.outputs[i];
		bool is_kept = false;
		for (unsigned k = 0; k < count; k++)
			if (monitors[k].connector == output->connector &&
					memcmp(&monitors[k].mode, &output->mode,
							sizeof output->mode) == 0)
				is_kept = monitors[k].is_lit = true;
		if (is_kept)
			continue;
		log_debug("%s: gone", output->base.info.name);
		display_remove_output(&kms->base, &output->base);
		has_changed = true;
	}
	return has_changed;
}

static bool light(struct kms *kms, const struct monitor *monitor, int crtc)
{
	struct kms_output *output = NULL;
	struct err err;

	if (crtc < 0) {
		log_warn("%s: no crtc is left for this monitor", monitor->info.name);
		return false;
	}
	if (kms_output_create(kms, monitor->connector, &kms->crtcs[crtc], &monitor->mode,
			    &monitor->info, &output, &err) < 0) {
		log_warn("%s", err.text);
		return false;
	}
	int ret = kms_light(output);

	if (ret < 0) {
		log_warn("%s: setting %ux%u: %s", monitor->info.name, monitor->info.width,
				monitor->info.height, strerror(-ret));
		kms_output_destroy(output);
		return false;
	}
	log_debug("%s: %ux%u at %u.%03u Hz, crtc %u, primary plane %u%s", monitor->info.name,
			monitor->info.width, monitor->info.height, monitor->info.refresh_mhz / 1000,
			monitor->info.refresh_mhz % 1000, output->crtc->id, output->planes[0]->id,
			output->plane_count > 1 ? ", with a cursor plane" : "");
	if (!kms->base.is_on)
		kms_light_set_active(output, false);
	display_add_output(&kms->base, &output->base);
	return true;
}

struct kms_probed kms_probe(struct kms *kms)
{
	struct monitor monitors[DISPLAY_OUTPUTS_MAX];
	uint32_t possible[DISPLAY_OUTPUTS_MAX] = {0}, free_crtcs = 0;
	int crtcs[DISPLAY_OUTPUTS_MAX];
	unsigned count = find_monitors(kms, monitors);
	struct kms_probed probed = {.has_changed = drop_outputs(kms, monitors, count)};

	for (unsigned i = 0; i < count; i++)
		possible[i] = monitors[i].is_lit ? 0 : monitors[i].possible_crtcs;
	for (unsigned i = 0; i < kms->crtc_count; i++)
		free_crtcs |= kms->crtcs[i].output ? 0 : 1u << i;
	mode_assign_crtcs(possible, count, free_crtcs, crtcs);
	for (unsigned i = 0; i < count; i++) {
		if (monitors[i].is_lit)
			continue;
		bool is_lit = light(kms, &monitors[i], crtcs[i]);
		probed.has_changed |= is_lit;
		probed.dark += !is_lit && crtcs[i] >= 0;
	}
	return probed;
}
