/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an output: its planes and framebuffers. */
#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "kms/kms.h"

struct plane_state kms_frame_state(const struct kms_output *output, unsigned frame)
{
	const struct dumb *buffer = &output->frames[frame];

	return (struct plane_state){
			.framebuffer = buffer->framebuffer,
			.source_width = buffer->width,
			.source_height = buffer->height,
			.width = output->mode.hdisplay,
			.height = output->mode.vdisplay,
			.rotation = output->is_turned_by_plane ? output->base.info.rotation
	                                                       : LAYOUT_0,
	};
}

enum layout_rotation kms_frame_rotation(const struct kms_output *output)
{
	return output->is_turned_by_plane ? LAYOUT_0 : output->base.info.rotation;
}

/* What a plane may lack is left as it is there. */
static void add_if_there(const struct kms_plane *plane, enum prop_plane prop, uint64_t value,
		struct atomic *atomic)
{
	if (plane->props[prop].id != 0)
		atomic_add(atomic, plane->id, &plane->props[prop], value);
}

void kms_plane_hide(const struct kms_plane *plane, struct atomic *atomic)
{
	atomic_add(atomic, plane->id, &plane->props[PLANE_FB_ID], 0);
	atomic_add(atomic, plane->id, &plane->props[PLANE_CRTC_ID], 0);
}

void kms_plane_set(const struct kms_plane *plane, const struct kms_crtc *crtc,
		const struct plane_state *state, struct atomic *atomic)
{
	const struct prop *props = plane->props;
	uint32_t id = plane->id;

	if (!state->framebuffer) {
		kms_plane_hide(plane, atomic);
		return;
	}
	atomic_add(atomic, id, &props[PLANE_FB_ID], state->framebuffer);
	atomic_add(atomic, id, &props[PLANE_CRTC_ID], crtc->id);
	atomic_add(atomic, id, &props[PLANE_SRC_X], (uint64_t)state->source_x << 16);
	atomic_add(atomic, id, &props[PLANE_SRC_Y], (uint64_t)state->source_y << 16);
	atomic_add(atomic, id, &props[PLANE_SRC_W], (uint64_t)state->source_width << 16);
	atomic_add(atomic, id, &props[PLANE_SRC_H], (uint64_t)state->source_height << 16);
	atomic_add(atomic, id, &props[PLANE_CRTC_X], (uint64_t)(int64_t)state->x);
	atomic_add(atomic, id, &props[PLANE_CRTC_Y], (uint64_t)(int64_t)state->y);
	atomic_add(atomic, id, &props[PLANE_CRTC_W], state->width);
	atomic_add(atomic, id, &props[PLANE_CRTC_H], state->height);
	add_if_there(plane, PLANE_ROTATION, props_rotation(state->rotation), atomic);
	if (state->is_yuv) {
		add_if_there(plane, PLANE_COLOR_ENCODING, state->encoding, atomic);
		add_if_there(plane, PLANE_COLOR_RANGE, state->range, atomic);
	}
}

static struct kms_plane *take_plane(struct kms *kms, const struct kms_crtc *crtc,
		enum plane_kind kind, uint32_t format)
{
	uint32_t bit = 1u << (crtc - kms->crtcs);

	for (unsigned i = 0; i < kms->plane_count; i++) {
		struct kms_plane *plane = &kms->planes[i];
		if (plane->can.kind != kind || plane->is_taken || !(plane->possible_crtcs & bit))
			continue;
		if (!plane_has_format(&plane->can, format)) {
			log_debug("plane %u is passed over: it lacks the format needed", plane->id);
			continue;
		}
		plane->is_taken = true;
		return plane;
	}
	return NULL;
}

/* True when all that it shows lies above the primary plane. */
static bool is_above(const struct kms_plane *plane, const struct kms_plane *primary)
{
	const struct prop *this = &plane->props[PLANE_ZPOS], *that = &primary->props[PLANE_ZPOS];

	return this->id && that->id ? this->value > that->value : plane->id > primary->id;
}

/* Overlay planes: those that only this crtc can use, and of shared ones not all. */
static void take_overlays(struct kms_output *output)
{
	struct kms *kms = output->kms;
	uint32_t bit = 1u << (output->crtc - kms->crtcs);
	unsigned shared_left = 2;

	for (unsigned i = 0; i < kms->plane_count; i++) {
		struct kms_plane *plane = &kms->planes[i];
		bool is_shared = plane->possible_crtcs != bit;
		if (plane->can.kind != PLANE_OVERLAY || plane->is_taken ||
				!(plane->possible_crtcs & bit) ||
				output->plane_count == KMS_OUTPUT_PLANES_MAX)
			continue;
		if (!is_above(plane, output->planes[0])) {
			log_debug("plane %u is passed over: it lies below the primary one",
					plane->id);
			continue;
		}
		if (is_shared && shared_left-- == 0)
			break;
		plane->is_taken = true;
		output->planes[output->plane_count++] = plane;
	}
}

static int take_planes(struct kms_output *output, struct err *err)
{
	struct kms *kms = output->kms;
	struct kms_plane *primary =
			take_plane(kms, output->crtc, PLANE_PRIMARY, DRM_FORMAT_XRGB8888);

	if (!primary)
		return err_set(err, ENOTSUP, "crtc %u has no free primary plane with XRGB8888",
				output->crtc->id);
	output->planes[output->plane_count++] = primary;

	struct kms_plane *cursor = take_plane(kms, output->crtc, PLANE_CURSOR, DRM_FORMAT_ARGB8888);

	if (cursor)
		output->planes[output->plane_count++] = cursor;
	take_overlays(output);
	return 0;
}

/* Without a planner all is composed. */
static void make_planner(struct kms_output *output)
{
	uint32_t ids[KMS_OUTPUT_PLANES_MAX] = {0};
	struct err why;

	for (unsigned i = 0; i < output->plane_count; i++)
		ids[i] = output->planes[i]->id;
	output->planner = planner_create(output->kms->fd, output->crtc->id, ids,
			output->plane_count, &why);
	if (!output->planner)
		log_warn("%s: %s", output->base.info.name, why.text);
}

static void end_frames(struct kms_output *output)
{
	for (unsigned i = 0; i < 2; i++)
		dumb_destroy(output->kms->fd, &output->frames[i]);
}

static int make_frames(struct kms_output *output, struct err *err)
{
	const struct display_output_info *info = &output->base.info;
	uint32_t width = output->mode.hdisplay, height = output->mode.vdisplay;
	int ret = 0;

	if (output->is_turned_by_plane) {
		width = info->width;
		height = info->height;
	}
	for (unsigned i = 0; i < 2 && ret == 0; i++)
		ret = dumb_create(output->kms->fd, width, height, DRM_FORMAT_XRGB8888,
				&output->frames[i], err);
	output->shown[0] = kms_frame_state(output, 0);
	return ret;
}

/* The primary plane takes the frames as they are. */
static bool is_taken(struct kms_output *output)
{
	return kms_light(output->kms, &output, 1, true, true) == 0;
}

/* Turning by the plane is tried first: composition then has nothing to turn. */
static int make_buffers(struct kms_output *output, struct err *err)
{
	output->is_turned_by_plane = output->base.info.rotation != LAYOUT_0 &&
	                             output->planes[0]->props[PLANE_ROTATION].id != 0;
	int ret = make_frames(output, err);

	if (ret < 0 || !output->is_turned_by_plane || is_taken(output))
		return ret;
	log_debug("%s: plane %u does not turn the picture, composition does",
			output->base.info.name, output->planes[0]->id);
	end_frames(output);
	output->is_turned_by_plane = false;
	return make_frames(output, err);
}

static void free_output(struct kms_output *output)
{
	for (unsigned i = 0; i < output->plane_count; i++)
		output->planes[i]->is_taken = false;
	planner_destroy(output->planner);
	end_frames(output);
	for (unsigned i = 0; i < 2; i++)
		pixman_region32_fini(&output->stale[i]);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++)
		copy_finish(output->kms->fd, &output->copies[i]);
	compose_scratch_finish(&output->scratch);
	loop_timer_remove(output->timer);
	display_output_finish(&output->base);
	free(output);
}

void kms_output_destroy(struct kms_output *output)
{
	output->crtc->output = NULL;
	if (output->is_lit && !output->kms->is_lost)
		kms_light_end(output);
	free_output(output);
}

static struct kms_output *allocate(struct kms *kms, const struct display_output_info *info)
{
	struct kms_output *output = own_alloc(sizeof *output);

	display_output_init(&output->base, &kms->base, info);
	output->kms = kms;
	for (unsigned i = 0; i < 2; i++)
		pixman_region32_init(&output->stale[i]);
	for (unsigned i = 0; i < DISPLAY_LAYERS; i++) {
		copy_init(&output->copies[i]);
		output->plan.plane_of[i] = -1;
	}
	output->plan.is_frame_used = true;
	output->gamma_percent = 100;
	output->timer = loop_add_timer(kms->base.loop, kms_output_timeout, output);
	return output;
}

int kms_output_create(struct kms *kms, struct kms_connector *connector, struct kms_crtc *crtc,
		const drmModeModeInfo *mode, const struct display_output_info *info,
		struct kms_output **ret, struct err *err)
{
	struct kms_output *output = allocate(kms, info);

	output->crtc = crtc;
	output->connector = connector;
	output->mode = *mode;

	int result = take_planes(output, err);

	if (result == 0)
		result = make_buffers(output, err);
	if (result < 0) {
		free_output(output);
		return err_prefix(err, result, "%s", info->name);
	}
	make_planner(output);
	crtc->output = output;
	*ret = output;
	return 0;
}
