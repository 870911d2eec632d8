/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an output: its planes and framebuffers, mode set and crtc off. */
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

/* Whatever showed something through this crtc before and is none of ours goes. */
static void clear_others(struct kms_output *output, struct atomic *atomic)
{
	struct kms *kms = output->kms;
	uint32_t crtc = output->crtc->id;

	for (unsigned i = 0; i < kms->connector_count; i++) {
		struct kms_connector *other = &kms->connectors[i];
		if (other->crtc_id == crtc && other->id != output->connector_id) {
			atomic_add(atomic, other->id, &other->props[CONNECTOR_CRTC_ID], 0);
			other->crtc_id = 0;
		}
	}
	for (unsigned i = 0; i < kms->plane_count; i++) {
		struct kms_plane *other = &kms->planes[i];
		if (other->crtc_id == crtc && other != output->planes[0]) {
			kms_plane_hide(other, atomic);
			other->crtc_id = 0;
		}
	}
}

static int set_mode(struct kms_output *output, struct kms_connector *connector)
{
	OWNED(atomic) struct atomic atomic;
	struct kms_crtc *crtc = output->crtc;
	struct kms_plane *primary = output->planes[0];

	atomic_init(&atomic, output->kms->fd);
	atomic_add(&atomic, connector->id, &connector->props[CONNECTOR_CRTC_ID], crtc->id);
	atomic_add_blob(&atomic, crtc->id, &crtc->props[CRTC_MODE_ID], &output->mode,
			sizeof output->mode);
	atomic_add(&atomic, crtc->id, &crtc->props[CRTC_ACTIVE], 1);
	clear_others(output, &atomic);
	kms_plane_show(primary, crtc, &output->frames[0], 0, 0, &atomic);

	int ret = atomic_commit(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);

	if (ret == 0) {
		connector->crtc_id = crtc->id;
		primary->crtc_id = crtc->id;
		output->kms->base.stats.commits++;
	}
	return ret;
}

int kms_output_set_active(struct kms_output *output, bool is_active)
{
	OWNED(atomic) struct atomic atomic;
	struct kms_crtc *crtc = output->crtc;

	atomic_init(&atomic, output->kms->fd);
	atomic_add(&atomic, crtc->id, &crtc->props[CRTC_ACTIVE], is_active);
	output->kms->base.stats.commits++;
	return atomic_commit(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

/* Off for good: the crtc, its connector and its planes are free again. */
static void switch_off(struct kms_output *output)
{
	OWNED(atomic) struct atomic atomic;
	struct kms_crtc *crtc = output->crtc;
	struct kms *kms = output->kms;

	atomic_init(&atomic, kms->fd);
	for (unsigned i = 0; i < kms->connector_count; i++)
		if (kms->connectors[i].crtc_id == crtc->id) {
			atomic_add(&atomic, kms->connectors[i].id,
					&kms->connectors[i].props[CONNECTOR_CRTC_ID], 0);
			kms->connectors[i].crtc_id = 0;
		}
	for (unsigned i = 0; i < output->plane_count; i++) {
		kms_plane_hide(output->planes[i], &atomic);
		output->planes[i]->crtc_id = 0;
	}
	atomic_add(&atomic, crtc->id, &crtc->props[CRTC_ACTIVE], 0);
	atomic_add(&atomic, crtc->id, &crtc->props[CRTC_MODE_ID], 0);

	int ret = atomic_commit(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);

	if (ret < 0)
		log_debug("%s: switching off failed: %s", output->base.info.name, strerror(-ret));
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
	if (!output->kms->is_lost)
		switch_off(output);
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
	output->connector_id = connector->id;
	output->mode = *mode;

	int result = take_planes(output, err);

	if (result == 0)
		result = make_buffers(output, err);
	if (result == 0) {
		result = set_mode(output, connector);
		if (result < 0)
			err_errno(err, -result, "setting %ux%u", info->width, info->height);
	}
	if (result < 0) {
		free_output(output);
		return err_prefix(err, result, "%s", info->name);
	}
	crtc->output = output;
	*ret = output;
	return 0;
}
