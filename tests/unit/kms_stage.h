/* SPDX-License-Identifier: Apache-2.0 */
/* A display on the card that exists only at link time, and what was heard of it. */
#ifndef TESTS_UNIT_KMS_STAGE_H
#define TESTS_UNIT_KMS_STAGE_H

#include <drm_fourcc.h>
#include <errno.h>
#include <xf86drmMode.h>

#include "base/log.h"
#include "fake/drm.h"
#include "kms/display.h"
#include "kms_reference.h"

enum { WIDTH = 64, HEIGHT = 70, CURSOR_PLANE = 1 };

struct seen {
	unsigned shown, outputs, lost;
	char why[128];
	struct display *destroy_when_shown;
};

struct stage {
	struct loop *loop;
	struct display *display;
	struct seen seen;
	int result;
	struct err err;
};

static inline void on_shown(void *data, struct display_output *output, int64_t time_us)
{
	struct seen *seen = data;

	(void)output;
	CHECK(time_us > 0);
	seen->shown++;
	display_destroy(seen->destroy_when_shown);
}

static inline void on_outputs(void *data)
{
	struct seen *seen = data;

	seen->outputs++;
}

static inline void on_lost(void *data, const char *why)
{
	struct seen *seen = data;

	seen->lost++;
	snprintf(seen->why, sizeof seen->why, "%s", why);
}

static inline void begin(struct stage *stage)
{
	struct display_handler handler = {on_outputs, on_shown, on_lost, &stage->seen};
	struct display_kms_options options = {.path = "card"};

	*stage = (struct stage){.loop = loop_create()};
	stage->result = display_create_kms(stage->loop, &options, &handler, &stage->display,
			&stage->err);
	fake_drm()->tests = 0; /* those of the mode sets */
}

/* Nothing of the card is left behind by a display that ended. */
static inline void end(struct stage *stage)
{
	display_destroy(stage->display);
	loop_destroy(stage->loop);
	CHECK_INT(fake_drm()->framebuffers, 0);
	CHECK_INT(fake_drm()->dumbs, 0);
	CHECK_INT(fake_drm()->blobs, 0);
	CHECK_INT(fake_drm()->impossible, 0);
	CHECK_INT(fake_drm()->torn, 0);
	fake_drm_finish();
}

static inline void run(struct stage *stage, unsigned frames)
{
	for (unsigned i = 0; i < frames; i++) {
		fake_drm_vblank();
		loop_step(stage->loop, 0);
	}
}

static inline struct display_output *first(struct stage *stage)
{
	return display_output_at(stage->display, 0);
}

static inline int import(void *data, const struct display_buffer_info *info,
		struct display_buffer **ret)
{
	struct stage *stage = data;
	struct err err;

	return display_import(stage->display, info, ret, &err);
}

/* The first output as its monitor is turned: pixels of the reference are the person's. */
static inline unsigned wrong_pixels(struct stage *stage, const struct reference *of)
{
	struct display_output_info info = display_output_info(first(stage));
	int32_t right = (int32_t)info.width - 1, bottom = (int32_t)info.height - 1;
	unsigned wrong = 0;

	for (int32_t y = 0; y <= bottom; y++)
		for (int32_t x = 0; x <= right; x++) {
			int32_t at[][2] = {{x, y}, {bottom - y, x}, {right - x, bottom - y},
					{y, right - x}};
			uint32_t seen = fake_drm_at(0, at[info.rotation][0], at[info.rotation][1]);
			wrong += !reference_fits(reference_at(of, x, y), seen);
		}
	return wrong;
}

#endif
