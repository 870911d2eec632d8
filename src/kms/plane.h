/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What could be shown by a hardware plane of its own, and what cannot from the
 * start. Pure. Whether a plane really takes it is found out by planner.h.
 */
#ifndef KMS_PLANE_H
#define KMS_PLANE_H

#include "kms/scene.h"

enum plane_kind { PLANE_OVERLAY, PLANE_PRIMARY, PLANE_CURSOR };

enum {
	PLANE_FORMATS_MAX = 128,
	PLANE_CURSOR_MAX = 256, /* pixels either way of a cursor that an overlay plane shows */
};

/* What one plane of an output can show. */
struct plane_can {
	enum plane_kind kind;
	uint32_t formats[PLANE_FORMATS_MAX];
	unsigned format_count;
	uint32_t width_max, height_max; /* of a cursor; 0: as large as the output */
};

bool plane_has_format(const struct plane_can *plane, uint32_t format);

/* What a plane shows and where on the crtc. All zero: nothing. Compared byte by byte. */
struct plane_state {
	uint32_t framebuffer;
	uint32_t source_x, source_y, source_width, source_height; /* pixels of the framebuffer */
	int32_t x, y;
	uint32_t width, height;
	enum layout_rotation rotation; /* by the plane, clockwise */
	uint32_t is_yuv;
	enum yuv_encoding encoding;
	enum yuv_range range;
};

enum plane_way {
	PLANE_HIDDEN,
	PLANE_COMPOSED, /* painted into the frame of the primary plane */
	PLANE_BUFFER,   /* its own memory is read */
	PLANE_COPY,     /* its pixels are copied into a framebuffer of ours, as they are */
};

struct plane_wish {
	enum plane_way way;
	const char *why; /* why it is composed, for the log; NULL: as usual */
};

/* What is known of an output. */
struct plane_case {
	const struct plane_can *const *planes; /* without the primary one */
	unsigned plane_count;
	enum layout_rotation rotation;
	bool is_dimmed;    /* in software */
	unsigned refused;  /* by a commit, a bit per layer */
	unsigned readable; /* the buffer is a framebuffer of this card, a bit per layer */
};

/* The best way that can be tried for each layer. */
void plane_wish(const struct scene *scene, const struct plane_case *known,
		struct plane_wish ret[DISPLAY_LAYERS]);

/* How large a cursor may be; 0: no plane can show one. */
uint32_t plane_cursor_max(const struct plane_case *known);

/* Where a layer's own buffer goes, turned by the plane. */
struct plane_state plane_state_of_buffer(const struct scene *scene, enum display_layer layer,
		enum layout_rotation rotation, uint32_t framebuffer);

#endif
