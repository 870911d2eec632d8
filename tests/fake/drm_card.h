/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the fake card share. */
#ifndef TESTS_FAKE_DRM_CARD_H
#define TESTS_FAKE_DRM_CARD_H

#include <stddef.h>

#include "fake/drm.h"

enum { CONNECTORS = 100, CRTCS = 200, PLANES = 300, FIRST_BLOB = 5000, TABLE_MAX = 256 };

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
	P_COUNT
};

struct buffer {
	uint32_t width, height;
	uint32_t *pixels;
};

struct blob {
	size_t size;
	void *data;
};

struct fake_card {
	struct fake_drm drm;
	int events;                       /* eventfd: stands for the card's descriptor */
	int uevents[2];                   /* [1] is read by the program */
	struct buffer buffers[TABLE_MAX]; /* by handle; a framebuffer has its buffer's number */
	struct blob blobs[TABLE_MAX];     /* by id - FIRST_BLOB */
};

extern struct fake_card fake_card;

bool fake_drm_has_prop(uint32_t object, enum prop_id prop);

#endif
