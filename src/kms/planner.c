/* SPDX-License-Identifier: Apache-2.0 */
#include "kms/planner.h"

#include <errno.h>
#include <libliftoff.h>
#include <string.h>
#include <xf86drmMode.h>

#include "base/log.h"
#include "base/own.h"
#include "kms/props.h"

/* Places change rarely, and what was found in time is always right: this bounds odd drivers. */
enum { LIMIT_MS = 50 };

struct planner {
	struct liftoff_device *device;
	struct liftoff_output *output;
	struct liftoff_layer *frame, *layers[DISPLAY_LAYERS];
	uint32_t crtc_id;
};

static const char *const layer_names[DISPLAY_LAYERS] = {"desktop", "video", "UI", "cursor"};

/* Why a plane refused a layer is what these lines tell. */
static void on_log(enum liftoff_log_priority priority, const char *format, va_list arguments)
{
	char text[512];

	(void)priority;
	vsnprintf(text, sizeof text, format, arguments);
	log_debug("planes: %s", text);
}

static void end_layers(struct planner *planner)
{
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		if (planner->layers[i])
			liftoff_layer_destroy(planner->layers[i]);
	if (planner->frame)
		liftoff_layer_destroy(planner->frame);
	planner->frame = NULL;
	memset(planner->layers, 0, sizeof planner->layers);
}

static bool make_layers(struct planner *planner)
{
	planner->frame = liftoff_layer_create(planner->output);
	if (!planner->frame)
		return false;
	liftoff_output_set_composition_layer(planner->output, planner->frame);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		planner->layers[i] = liftoff_layer_create(planner->output);
		if (!planner->layers[i])
			return false;
		log_debug("crtc %u: layer %p is the %s", planner->crtc_id,
				(void *)planner->layers[i], layer_names[i]);
	}
	return true;
}

static bool set_up(struct planner *planner, int fd, const uint32_t *planes, unsigned count)
{
	planner->device = liftoff_device_create(fd);
	if (!planner->device)
		return false;
	for (unsigned i = 0; i < count; i++)
		if (!liftoff_plane_create(planner->device, planes[i]))
			return false;
	planner->output = liftoff_output_create(planner->device, planner->crtc_id);
	return planner->output && make_layers(planner);
}

struct planner *planner_create(int fd, uint32_t crtc_id, const uint32_t *planes, unsigned count,
		struct err *err)
{
	struct planner *planner = own_alloc(sizeof *planner);

	liftoff_log_set_handler(on_log);
	liftoff_log_set_priority(LIFTOFF_DEBUG);
	planner->crtc_id = crtc_id;
	if (!set_up(planner, fd, planes, count)) {
		err_errno(err, errno ? errno : ENODEV, "planning for crtc %u", crtc_id);
		planner_destroy(planner);
		return NULL;
	}
	return planner;
}

void planner_destroy(struct planner *planner)
{
	if (!planner)
		return;
	end_layers(planner);
	liftoff_output_destroy(planner->output);
	liftoff_device_destroy(planner->device);
	free(planner);
}

static void set_place(struct liftoff_layer *layer, const struct plane_state *state)
{
	liftoff_layer_set_property(layer, "CRTC_X", (uint64_t)(int64_t)state->x);
	liftoff_layer_set_property(layer, "CRTC_Y", (uint64_t)(int64_t)state->y);
	liftoff_layer_set_property(layer, "CRTC_W", state->width);
	liftoff_layer_set_property(layer, "CRTC_H", state->height);
}

static void set_state(struct liftoff_layer *layer, const struct plane_state *state)
{
	liftoff_layer_set_property(layer, "FB_ID", state->framebuffer);
	liftoff_layer_set_property(layer, "SRC_X", (uint64_t)state->source_x << 16);
	liftoff_layer_set_property(layer, "SRC_Y", (uint64_t)state->source_y << 16);
	liftoff_layer_set_property(layer, "SRC_W", (uint64_t)state->source_width << 16);
	liftoff_layer_set_property(layer, "SRC_H", (uint64_t)state->source_height << 16);
	liftoff_layer_set_property(layer, "rotation", props_rotation(state->rotation));
	set_place(layer, state);
	if (state->is_yuv) {
		liftoff_layer_set_property(layer, "COLOR_ENCODING", state->encoding);
		liftoff_layer_set_property(layer, "COLOR_RANGE", state->range);
	} else {
		liftoff_layer_unset_property(layer, "COLOR_ENCODING");
		liftoff_layer_unset_property(layer, "COLOR_RANGE");
	}
}

static void stage(struct planner *planner, const struct planner_layer *layers)
{
	/* Hidden layers count as being where they are. */
	static const struct plane_state nowhere = {.x = -100000, .y = -100000};

	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		struct liftoff_layer *layer = planner->layers[i];
		liftoff_layer_set_property(layer, "zpos", i + 1);
		if (!layers[i].is_shown) {
			liftoff_layer_set_property(layer, "FB_ID", 0);
			set_place(layer, &nowhere);
		} else if (layers[i].is_composed) {
			liftoff_layer_set_fb_composited(layer);
			set_place(layer, &layers[i].state);
		} else {
			set_state(layer, &layers[i].state);
		}
	}
}

int planner_ask(struct planner *planner, const struct plane_state *frame,
		const struct planner_layer layers[DISPLAY_LAYERS], uint32_t ret[DISPLAY_LAYERS],
		bool *is_frame_used)
{
	struct liftoff_output_apply_options options = {.timeout_ns = LIMIT_MS * 1000000};

	if (!planner->frame && !make_layers(planner)) {
		end_layers(planner);
		return -ENOMEM;
	}
	drmModeAtomicReq *request = drmModeAtomicAlloc();

	if (!request)
		return -ENOMEM;
	set_state(planner->frame, frame);
	stage(planner, layers);

	int result = liftoff_output_apply(planner->output, request, 0, &options);

	drmModeAtomicFree(request);
	if (result < 0) {
		end_layers(planner); /* of which it holds half an answer */
		return result;
	}
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		struct liftoff_plane *plane = liftoff_layer_get_plane(planner->layers[i]);
		ret[i] = plane ? liftoff_plane_get_id(plane) : 0;
	}
	*is_frame_used = liftoff_layer_get_plane(planner->frame) != NULL;
	return 0;
}
