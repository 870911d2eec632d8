/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <drm_fourcc.h>

#include "kms/plane.h"

enum { ALL = (1 << DISPLAY_DESKTOP) | (1 << DISPLAY_CURSOR) };

struct row {
	const char *name;
	enum plane_kind kind; /* of the second plane */
	uint32_t format;      /* that it has */
	uint32_t refused;
	uint32_t cursor_side; /* of the picture; 0: hidden */
	int plane;            /* of the cursor */
	unsigned composed;
	const char *why;
};

static const struct row rows[] = {
		{"the cursor on its plane", PLANE_CURSOR, DRM_FORMAT_ARGB8888, 0, 64, 1,
				1 << DISPLAY_DESKTOP, ""},
		{"a hidden cursor needs none", PLANE_CURSOR, DRM_FORMAT_ARGB8888, 0, 0,
				PLANE_COMPOSED, 1 << DISPLAY_DESKTOP, ""},
		{"too large", PLANE_CURSOR, DRM_FORMAT_ARGB8888, 0, 65, PLANE_COMPOSED, ALL,
				"larger"},
		{"refused before", PLANE_CURSOR, DRM_FORMAT_ARGB8888, 1 << DISPLAY_CURSOR, 32,
				PLANE_COMPOSED, ALL, "refused"},
		{"another layer was refused", PLANE_CURSOR, DRM_FORMAT_ARGB8888, 1 << DISPLAY_VIDEO,
				32, 1, 1 << DISPLAY_DESKTOP, ""},
		{"without the format", PLANE_CURSOR, DRM_FORMAT_RGB565, 0, 32, PLANE_COMPOSED, ALL,
				"no ARGB8888"},
		{"an overlay is not a cursor plane", PLANE_OVERLAY, DRM_FORMAT_ARGB8888, 0, 32,
				PLANE_COMPOSED, ALL, "no cursor plane"},
};

int main(void)
{
	static uint32_t pixels[65 * 65];
	struct display_picture desktop = {DRM_FORMAT_XRGB8888, 65, 65, 260, pixels};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		TEST(rows[i].name) {
			const struct row *row = &rows[i];
			struct plane_can planes[2] = {
					{.kind = PLANE_PRIMARY},
					{.kind = row->kind, {row->format}, 1, 64, 64, row->refused},
			};
			struct display_picture cursor = {DRM_FORMAT_ARGB8888, row->cursor_side,
					row->cursor_side, 260, pixels};
			struct scene scene;
			scene_init(&scene, 100, 100);
			scene_set(&scene, DISPLAY_DESKTOP, &desktop, 0, 0, NULL, 0);
			if (row->cursor_side)
				scene_set(&scene, DISPLAY_CURSOR, &cursor, 5, 5, NULL, 0);
			struct plane_plan plan = plane_choose(planes, 2, &scene);
			CHECK_INT(plan.plane_of[DISPLAY_CURSOR], row->plane);
			CHECK_INT(plan.plane_of[DISPLAY_DESKTOP], PLANE_COMPOSED);
			CHECK_INT(plan.composed, row->composed);
			CHECK_HAS(plan.why[DISPLAY_CURSOR] ? plan.why[DISPLAY_CURSOR] : "",
					row->why);
			CHECK((plan.why[DISPLAY_CURSOR] != NULL) == (row->why[0] != 0));
			scene_finish(&scene);
		}
	TEST_END();
}
