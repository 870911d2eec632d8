/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of KMS objects by name. */
#ifndef KMS_PROPS_H
#define KMS_PROPS_H

#include <stdint.h>

#include "base/err.h"
#include "kms/layout.h"

struct prop {
	uint32_t id; /* 0: the object has no such property */
	uint64_t value;
};

enum prop_connector {
	CONNECTOR_CRTC_ID,
	CONNECTOR_REQUIRED, /* a connector may lack what follows */
	CONNECTOR_EDID = CONNECTOR_REQUIRED,
	CONNECTOR_LINK_STATUS,
	CONNECTOR_NON_DESKTOP,
	CONNECTOR_UNDERSCAN,
	CONNECTOR_CONTENT_TYPE,
	CONNECTOR_PROPS
};

enum prop_crtc {
	CRTC_ACTIVE,
	CRTC_MODE_ID,
	CRTC_REQUIRED, /* a crtc may lack what follows */
	CRTC_GAMMA_LUT = CRTC_REQUIRED,
	CRTC_GAMMA_LUT_SIZE,
	CRTC_PROPS
};

enum prop_plane {
	PLANE_TYPE,
	PLANE_FB_ID,
	PLANE_CRTC_ID,
	PLANE_SRC_X,
	PLANE_SRC_Y,
	PLANE_SRC_W,
	PLANE_SRC_H,
	PLANE_CRTC_X,
	PLANE_CRTC_Y,
	PLANE_CRTC_W,
	PLANE_CRTC_H,
	PLANE_REQUIRED, /* a plane may lack what follows */
	PLANE_FB_DAMAGE_CLIPS = PLANE_REQUIRED,
	PLANE_ROTATION,
	PLANE_ZPOS,
	PLANE_COLOR_ENCODING,
	PLANE_COLOR_RANGE,
	PLANE_PROPS
};

/* The value of a plane's property `rotation` for a picture turned clockwise. */
uint64_t props_rotation(enum layout_rotation rotation);

int props_of_connector(int fd, uint32_t id, struct prop ret[CONNECTOR_PROPS], struct err *err);
int props_of_crtc(int fd, uint32_t id, struct prop ret[CRTC_PROPS], struct err *err);
int props_of_plane(int fd, uint32_t id, struct prop ret[PLANE_PROPS], struct err *err);

#endif
