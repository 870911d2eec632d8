/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/props.h"

#include <errno.h>
#include <string.h>
#include <xf86drmMode.h>

#include "base/own.h"

OWN_DEFINE(drm_properties, drmModeObjectProperties, drmModeFreeObjectProperties);

static const char *const connector_names[CONNECTOR_PROPS] = {
		"CRTC_ID", "EDID", "link-status", "non-desktop", "underscan", "content type"};
static const char *const crtc_names[CRTC_PROPS] = {
		"ACTIVE", "MODE_ID", "GAMMA_LUT", "GAMMA_LUT_SIZE"};
static const char *const plane_names[PLANE_PROPS] = {"type", "FB_ID", "CRTC_ID", "SRC_X", "SRC_Y",
		"SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H", "FB_DAMAGE_CLIPS",
		"rotation", "zpos", "COLOR_ENCODING", "COLOR_RANGE"};

uint64_t props_rotation(enum layout_rotation rotation)
{
	/* DRM counts the other way round. */
	static const uint64_t values[] = {DRM_MODE_ROTATE_0, DRM_MODE_ROTATE_270,
			DRM_MODE_ROTATE_180, DRM_MODE_ROTATE_90};

	return values[rotation];
}

struct kind {
	const char *name;
	uint32_t type;
	const char *const *props;
	unsigned count, required;
};

static void read_one(int fd, uint32_t id, uint64_t value, const struct kind *kind, struct prop *ret)
{
	drmModePropertyRes *property = drmModeGetProperty(fd, id);

	if (!property)
		return;
	for (unsigned i = 0; i < kind->count; i++)
		if (strcmp(property->name, kind->props[i]) == 0)
			ret[i] = (struct prop){.id = id, .value = value};
	drmModeFreeProperty(property);
}

static int read_all(int fd, uint32_t object, const struct kind *kind, struct prop *ret,
		struct err *err)
{
	OWNED(drm_properties)
	drmModeObjectProperties *all = drmModeObjectGetProperties(fd, object, kind->type);

	if (!all)
		return err_errno(err, errno, "%s %u: reading its properties", kind->name, object);
	memset(ret, 0, kind->count * sizeof *ret);
	for (uint32_t i = 0; i < all->count_props; i++)
		read_one(fd, all->props[i], all->prop_values[i], kind, ret);
	for (unsigned i = 0; i < kind->required; i++)
		if (ret[i].id == 0)
			return err_set(err, ENOTSUP, "%s %u has no property %s", kind->name, object,
					kind->props[i]);
	return 0;
}

int props_of_connector(int fd, uint32_t id, struct prop ret[CONNECTOR_PROPS], struct err *err)
{
	static const struct kind kind = {"connector", DRM_MODE_OBJECT_CONNECTOR, connector_names,
			CONNECTOR_PROPS, CONNECTOR_REQUIRED};

	return read_all(fd, id, &kind, ret, err);
}

int props_of_crtc(int fd, uint32_t id, struct prop ret[CRTC_PROPS], struct err *err)
{
	static const struct kind kind = {
			"crtc", DRM_MODE_OBJECT_CRTC, crtc_names, CRTC_PROPS, CRTC_REQUIRED};

	return read_all(fd, id, &kind, ret, err);
}

int props_of_plane(int fd, uint32_t id, struct prop ret[PLANE_PROPS], struct err *err)
{
	static const struct kind kind = {
			"plane", DRM_MODE_OBJECT_PLANE, plane_names, PLANE_PROPS, PLANE_REQUIRED};

	return read_all(fd, id, &kind, ret, err);
}
