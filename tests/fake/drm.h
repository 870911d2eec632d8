/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A graphics card that exists only at link time: the libdrm calls that src/kms
 * uses, over a small model of planes, crtcs and connectors. It updates its screen
 * as strictly as real hardware may: only inside the damage clips it was given. What it
 * should refuse, and when, is a field.
 */
#ifndef TESTS_FAKE_DRM_H
#define TESTS_FAKE_DRM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FAKE_HEADS_MAX = 8,
	FAKE_PLANES_MAX = 16,
	FAKE_SIDE_MAX = 96, /* pixels of an output, either way */
	FAKE_RESULTS_MAX = 256,
};

/* Of 60 Hz, unless `hz` says something else. */
struct fake_mode {
	uint32_t width, height, hz;
	bool is_preferred, is_interlaced;
};

struct fake_connector {
	uint32_t possible_crtcs;
	uint32_t width, height; /* its one mode, unless there is a list */
	uint32_t crtc_id;
	bool is_connected, is_writeback;
	const struct fake_mode *modes; /* ends with a width of 0 */
	const void *edid;
	size_t edid_size;
	uint64_t rate_max; /* pixels a second; 0: all */
	bool is_gone;      /* not listed any more, as that of a dock */
	bool is_forgotten; /* a request that names it is refused with ENOENT */
	bool has_link_status, is_link_bad;
	bool is_helmet;
	bool has_underscan, refuses_underscan; /* and content type */
	uint64_t underscan, content_type;      /* 99 so far: never set */
};

struct fake_crtc {
	uint64_t rate; /* of its mode, pixels a second */
	bool is_active, has_mode, is_event_due, is_event_ready;
	uint32_t first; /* 0xRRGGBB at 0, 0 when it was last switched on */
	uint16_t white; /* what its gamma table makes of white; 0: there is none */
	void *data;
};

struct fake_plane {
	uint32_t type; /* DRM_PLANE_TYPE_... */
	uint32_t possible_crtcs;
	uint32_t formats[4];
	unsigned format_count;
	bool has_clips; /* FB_DAMAGE_CLIPS */
	bool has_zpos;
	uint64_t zpos;    /* may not be set */
	bool has_colours; /* COLOR_ENCODING, COLOR_RANGE */
	bool has_rotation;
	const char *missing_prop; /* that it should have, or NULL */
	int refusal;              /* of a commit that shows something on it; 0: takes all */
	bool refuses_edges;       /* a place outside the screen, with EINVAL */
	uint32_t framebuffer, crtc_id;
	int32_t x, y;
	uint32_t width, height;
	uint32_t source[4]; /* x, y, width, height; pixels */
	uint64_t rotation;  /* 0: never set */
	uint64_t encoding, range;
	uint32_t screen[FAKE_SIDE_MAX * FAKE_SIDE_MAX]; /* what the hardware shows */
};

struct fake_drm {
	/* What it is. */
	unsigned connector_count, crtc_count, plane_count;
	struct fake_connector connectors[FAKE_HEADS_MAX];
	struct fake_crtc crtcs[FAKE_HEADS_MAX];
	struct fake_plane planes[FAKE_PLANES_MAX];
	uint32_t cursor_side;
	unsigned planes_max; /* that one crtc can show at a time; 0: all */
	bool has_no_atomic, has_no_universal_planes;
	bool has_no_udmabuf;
	bool has_gamma;     /* the crtcs have GAMMA_LUT, of 2 entries */
	uint64_t bandwidth; /* pixels a second of all crtcs together; 0: any */
	int import_result;  /* of drmPrimeFDToHandle: negative errno; 0: taken */
	int open_result;    /* negative errno; 0: a descriptor */
	int master_result;  /* of becoming master: a positive errno, 0: granted */
	bool is_master_lost;
	int dumb_result;               /* of making buffers: a negative errno, 0: made */
	int results[FAKE_RESULTS_MAX]; /* of the next commits that are no tests */
	unsigned result_count;

	/* What happened. */
	unsigned commits, tests, modesets;
	unsigned refused;    /* commits that were no tests, and tests without master */
	unsigned torn;       /* buffers painted while they were on the screen */
	unsigned impossible; /* requests that no kernel would take from a careful program */
	unsigned framebuffers, dumbs, handles, blobs; /* alive */
};

/* One card of `heads` connected monitors of this size, each with crtc, primary and cursor plane. */
void fake_drm_init(unsigned heads, uint32_t width, uint32_t height);
void fake_drm_finish(void);
struct fake_drm *fake_drm(void);

/* Of what a plane shows; 0: nothing. */
uint32_t fake_drm_format(unsigned plane);

/* One more plane above those that are there: its place in drm->planes. */
unsigned fake_drm_add_plane(uint32_t type, uint32_t possible_crtcs);

/* The vertical blank of all crtcs: events of finished commits become readable. */
void fake_drm_vblank(void);

/* The kernel's event "connectors changed" or "card removed". */
void fake_drm_uevent(const char *action);

/* 0xRRGGBB of what a crtc puts out, planes blended; black when off. */
uint32_t fake_drm_at(unsigned crtc, int32_t x, int32_t y);

#endif
