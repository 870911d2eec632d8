/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which layer gets a hardware plane of its own and which is composed in software
 * into the primary plane. Pure: what a plane refused in a test-only commit is
 * part of the question.
 */
#ifndef KMS_PLANE_H
#define KMS_PLANE_H

#include "kms/scene.h"

enum plane_kind { PLANE_OVERLAY, PLANE_PRIMARY, PLANE_CURSOR };

enum { PLANE_FORMATS_MAX = 128 };

/* What one plane of an output can show, in the order of the screen: later ones lie above. */
struct plane_can {
	enum plane_kind kind;
	uint32_t formats[PLANE_FORMATS_MAX];
	unsigned format_count;
	uint32_t width_max, height_max; /* of a cursor; 0: as large as the output */
	uint32_t refused;               /* a bit per layer that a commit did not take */
};

/* Not a plane: painted into the primary one. */
enum { PLANE_COMPOSED = -1 };

struct plane_plan {
	int plane_of[DISPLAY_LAYERS];    /* index of the plane, or PLANE_COMPOSED */
	const char *why[DISPLAY_LAYERS]; /* why a layer is composed, for the log; NULL: usual */
	unsigned composed;               /* a bit per layer that is shown and composed */
};

bool plane_has_format(const struct plane_can *plane, uint32_t format);

struct plane_plan plane_choose(const struct plane_can *planes, unsigned count,
		const struct scene *scene);

#endif
