/* SPDX-License-Identifier: Apache-2.0 */
/* Mode setting: crtcs on with their connectors, asleep, and off. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "kms/kms.h"

/* Whatever showed something through this crtc before and is none of ours goes. */
static void clear_others(struct kms_output *output, struct atomic *atomic)
{
	struct kms *kms = output->kms;
	uint32_t crtc = output->crtc->id;

	for (unsigned i = 0; i < kms->connector_count; i++) {
		struct kms_connector *other = &kms->connectors[i];
		if (other->crtc_id == crtc && other != output->connector) {
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

void kms_light_add(const struct kms_output *output, struct atomic *atomic)
{
	const struct kms_connector *connector = output->connector;
	const struct kms_crtc *crtc = output->crtc;

	atomic_add(atomic, connector->id, &connector->props[CONNECTOR_CRTC_ID], crtc->id);
	atomic_add_blob(atomic, crtc->id, &crtc->props[CRTC_MODE_ID], &output->mode,
			sizeof output->mode);
	atomic_add(atomic, crtc->id, &crtc->props[CRTC_ACTIVE], 1);
	if (crtc->props[CRTC_GAMMA_LUT].id != 0) /* whoever was here before may have dimmed */
		atomic_add(atomic, crtc->id, &crtc->props[CRTC_GAMMA_LUT], 0);
	kms_plane_set(output->planes[0], crtc, &output->shown[0], atomic);
}

int kms_light(struct kms_output *output)
{
	OWNED(atomic) struct atomic atomic;

	atomic_init(&atomic, output->kms->fd);
	clear_others(output, &atomic);
	kms_light_add(output, &atomic);
	int ret = atomic_commit(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);

	if (ret < 0)
		return ret;
	output->is_lit = true;
	output->connector->crtc_id = output->crtc->id;
	output->planes[0]->crtc_id = output->crtc->id;
	output->kms->base.stats.commits++;
	return 0;
}

int kms_light_set_active(struct kms_output *output, bool is_active)
{
	OWNED(atomic) struct atomic atomic;
	struct kms_crtc *crtc = output->crtc;

	atomic_init(&atomic, output->kms->fd);
	atomic_add(&atomic, crtc->id, &crtc->props[CRTC_ACTIVE], is_active);
	output->kms->base.stats.commits++;
	return atomic_commit(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

/* Off for good: the crtc, its connector and its planes are free again. */
void kms_light_end(struct kms_output *output)
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
