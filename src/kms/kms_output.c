/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an output: its planes and framebuffers. */
#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "kms/kms.h"

void kms_plane_show(const struct kms_plane *plane, const struct kms_crtc *crtc,
		const struct dumb *buffer, int32_t x, int32_t y, struct atomic *atomic)
{
	const struct prop *props = plane->props;
	uint32_t id = plane->id, width = buffer->width, height = buffer->height;

	atomic_add(atomic, id, &props[PLANE_FB_ID], buffer->framebuffer);
	atomic_add(atomic, id, &props[PLANE_CRTC_ID], crtc->id);
	atomic_add(atomic, id, &props[PLANE_SRC_X], 0);
	atomic_add(atomic, id, &props[PLANE_SRC_Y], 0);
	atomic_add(atomic, id, &props[PLANE_SRC_W], (uint64_t)width << 16);
	atomic_add(atomic, id, &props[PLANE_SRC_H], (uint64_t)height << 16);
	atomic_add(atomic, id, &props[PLANE_CRTC_X], (uint64_t)(int64_t)x);
	atomic_add(atomic, id, &props[PLANE_CRTC_Y], (uint64_t)(int64_t)y);
	atomic_add(atomic, id, &props[PLANE_CRTC_W], width);
	atomic_add(atomic, id, &props[PLANE_CRTC_H], height);
}

void kms_plane_hide(const struct kms_plane *plane, struct atomic *atomic)
{
	atomic_add(atomic, plane->id, &plane->props[PLANE_FB_ID], 0);
	atomic_add(atomic, plane->id, &plane->props[PLANE_CRTC_ID], 0);
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
	return 0;
}

static int make_buffers(struct kms_output *output, struct err *err)
{
	int fd = output->kms->fd, ret = 0;

	for (unsigned i = 0; i < 2 && ret == 0; i++)
		ret = dumb_create(fd, output->mode.hdisplay, output->mode.vdisplay,
				DRM_FORMAT_XRGB8888, &output->frames[i], err);
	if (ret < 0 || output->plane_count < 2)
		return ret;
	const struct plane_can *cursor = &output->planes[1]->can;
	struct err why;

	for (unsigned i = 0; i < 2; i++)
		if (dumb_create(fd, cursor->width_max, cursor->height_max, DRM_FORMAT_ARGB8888,
				    &output->cursors[i], &why) < 0) {
			log_debug("%s: no hardware cursor: %s", output->base.info.name, why.text);
			output->planes[--output->plane_count]->is_taken = false;
			break;
		}
	return 0;
}

static void free_output(struct kms_output *output)
{
	for (unsigned i = 0; i < output->plane_count; i++)
		output->planes[i]->is_taken = false;
	for (unsigned i = 0; i < 2; i++) {
		dumb_destroy(output->kms->fd, &output->frames[i]);
		dumb_destroy(output->kms->fd, &output->cursors[i]);
		pixman_region32_fini(&output->stale[i]);
	}
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
	crtc->output = output;
	*ret = output;
	return 0;
}
