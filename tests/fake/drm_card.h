/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the fake card share. */
#ifndef TESTS_FAKE_DRM_CARD_H
#define TESTS_FAKE_DRM_CARD_H

#include <stddef.h>

#include "fake/drm.h"

enum {
	CONNECTORS = 100,
	CRTCS = 200,
	PLANES = 300,
	FRAMEBUFFERS = 1000,
	FIRST_BLOB = 5000,
	FIRST_EDID = 9000,
	TABLE_MAX = 256,
};

enum prop_id {
	P_CRTC_ID = 1,
	P_ACTIVE,
	P_MODE_ID,
	P_TYPE,
	P_FB_ID,
	P_SRC_X,
	P_SRC_Y,
	P_SRC_W,
	P_SRC_H,
	P_CRTC_X,
	P_CRTC_Y,
	P_CRTC_W,
	P_CRTC_H,
	P_CLIPS,
	P_ZPOS,
	P_ROTATION,
	P_ENCODING,
	P_RANGE,
	P_GAMMA,
	P_GAMMA_SIZE,
	P_EDID,
	P_LINK_STATUS,
	P_NON_DESKTOP,
	P_UNDERSCAN,
	P_CONTENT_TYPE,
	P_COUNT
};

/* Memory that a handle stands for, kept by framebuffers as well. */
struct buffer {
	unsigned references;
	size_t size;
	uint8_t *memory;
	bool is_imported, is_open;
};

struct framebuffer {
	uint32_t format, width, height;
	uint32_t handles[4], offsets[4], strides[4];
};

struct blob {
	size_t size;
	void *data;
};

struct fake_card {
	struct fake_drm drm;
	int events;                                 /* eventfd: stands for the card's descriptor */
	int uevents[2];                             /* [1] is read by the program */
	struct buffer buffers[TABLE_MAX];           /* by handle */
	struct framebuffer framebuffers[TABLE_MAX]; /* by id - FRAMEBUFFERS */
	struct blob blobs[TABLE_MAX];               /* by id - FIRST_BLOB */
};

extern struct fake_card fake_card;

/* NULL: there is none of this id. */
struct framebuffer *fake_drm_framebuffer(uint32_t id);

/* 0xAARRGGBB of a framebuffer, converted if need be. */
uint32_t fake_drm_pixel(const struct framebuffer *of, const struct fake_plane *plane, uint32_t x,
		uint32_t y);

bool fake_drm_has_prop(uint32_t object, enum prop_id prop);

/* --- drm_connectors.c */

bool fake_drm_connector_has(const struct fake_connector *connector, enum prop_id prop);
uint64_t fake_drm_connector_value(uint32_t index, enum prop_id prop);
void fake_drm_connector_set(struct fake_connector *connector, uint32_t prop, uint64_t value);

/* Of an object in a request, or `otherwise`. */
struct _drmModeAtomicReq;
uint64_t fake_drm_value(const struct _drmModeAtomicReq *request, uint32_t object, enum prop_id prop,
		uint64_t otherwise);

/* Pixels a second of a mode in a blob; 0: none. */
uint64_t fake_drm_rate(uint64_t blob);

/* Whether connectors, crtcs and their modes would go together. */
int fake_drm_check_modes(const struct _drmModeAtomicReq *request);

#endif
