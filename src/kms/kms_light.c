/* SPDX-License-Identifier: Apache-2.0 */
/* Mode setting: crtcs on with their connectors, asleep, and off. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "kms/kms.h"

enum {
	LINK_STATUS_GOOD = 0,
	UNDERSCAN_OFF = 0,
	CONTENT_GRAPHICS = 1, /* a television then leaves the edges where they are */
};

static void add_if_there(struct atomic *atomic, const struct kms_connector *connector,
		enum prop_connector prop, uint64_t value)
{
	if (connector->props[prop].id)
		atomic_add(atomic, connector->id, &connector->props[prop], value);
}

static bool is_ours(struct kms_output *const *outputs, unsigned count,
		const struct kms_connector *connector, const struct kms_plane *plane)
{
	for (unsigned i = 0; i < count; i++)
		if (outputs[i]->connector == connector || outputs[i]->planes[0] == plane)
			return true;
	return false;
}

static bool is_driven(struct kms_output *const *outputs, unsigned count, uint32_t crtc_id)
{
	for (unsigned i = 0; i < count && crtc_id; i++)
		if (outputs[i]->crtc->id == crtc_id)
			return true;
	return false;
}

/* Whatever shows something through these crtcs and is none of these outputs goes. */
static void clear_others(struct kms *kms, struct kms_output *const *outputs, unsigned count,
		struct atomic *atomic)
{
	for (unsigned i = 0; i < kms->connector_count; i++) {
		struct kms_connector *other = &kms->connectors[i];
		if (other->id && is_driven(outputs, count, other->crtc_id) &&
				!is_ours(outputs, count, other, NULL))
			atomic_add(atomic, other->id, &other->props[CONNECTOR_CRTC_ID], 0);
	}
	for (unsigned i = 0; i < kms->plane_count; i++) {
		struct kms_plane *other = &kms->planes[i];
		if (is_driven(outputs, count, other->crtc_id) &&
				!is_ours(outputs, count, NULL, other))
			kms_plane_hide(other, atomic);
	}
}

static void forget_others(struct kms *kms, struct kms_output *const *outputs, unsigned count)
{
	for (unsigned i = 0; i < kms->connector_count; i++)
		if (is_driven(outputs, count, kms->connectors[i].crtc_id))
			kms->connectors[i].crtc_id = 0;
	for (unsigned i = 0; i < kms->plane_count; i++)
		if (is_driven(outputs, count, kms->planes[i].crtc_id))
			kms->planes[i].crtc_id = 0;
}

static void add_output(const struct kms_output *output, struct atomic *atomic)
{
	const struct kms_connector *connector = output->connector;
	const struct kms_crtc *crtc = output->crtc;

	atomic_add(atomic, connector->id, &connector->props[CONNECTOR_CRTC_ID], crtc->id);
	add_if_there(atomic, connector, CONNECTOR_LINK_STATUS, LINK_STATUS_GOOD);
	if (!output->kms->is_plain) {
		add_if_there(atomic, connector, CONNECTOR_UNDERSCAN, UNDERSCAN_OFF);
		add_if_there(atomic, connector, CONNECTOR_CONTENT_TYPE, CONTENT_GRAPHICS);
	}
	atomic_add_blob(atomic, crtc->id, &crtc->props[CRTC_MODE_ID], &output->mode,
			sizeof output->mode);
	atomic_add(atomic, crtc->id, &crtc->props[CRTC_ACTIVE], output->kms->base.is_on);
	if (crtc->props[CRTC_GAMMA_LUT].id != 0) /* whoever was here before may have dimmed */
		atomic_add(atomic, crtc->id, &crtc->props[CRTC_GAMMA_LUT], 0);
	kms_plane_set(output->planes[0], crtc, &output->shown[0], atomic);
}

/* The crtc with all that hangs on it. */
static void add_end(const struct kms_output *output, bool has_gone, struct atomic *atomic)
{
	const struct kms_crtc *crtc = output->crtc;
	const struct kms *kms = output->kms;

	for (unsigned i = 0; i < kms->connector_count; i++) {
		const struct kms_connector *connector = &kms->connectors[i];
		if (connector->id && connector->crtc_id == crtc->id &&
				(has_gone || !connector->is_gone))
			atomic_add(atomic, connector->id, &connector->props[CONNECTOR_CRTC_ID], 0);
	}
	for (unsigned i = 0; i < output->plane_count; i++)
		kms_plane_hide(output->planes[i], atomic);
	atomic_add(atomic, crtc->id, &crtc->props[CRTC_ACTIVE], 0);
	atomic_add(atomic, crtc->id, &crtc->props[CRTC_MODE_ID], 0);
}

int kms_light(struct kms *kms, struct kms_output *const *outputs, unsigned count, bool is_test,
		bool alone)
{
	OWNED(atomic) struct atomic atomic;
	uint32_t flags = DRM_MODE_ATOMIC_ALLOW_MODESET;

	atomic_init(&atomic, kms->fd);
	for (unsigned i = 0; alone && i < kms->base.output_count; i++)
		add_end((struct kms_output *)kms->base.outputs[i], true, &atomic);
	clear_others(kms, outputs, count, &atomic);
	for (unsigned i = 0; i < count; i++)
		add_output(outputs[i], &atomic);
	int ret = atomic_commit(&atomic, is_test ? flags | DRM_MODE_ATOMIC_TEST_ONLY : flags, NULL);

	if (ret < 0 || is_test)
		return ret;
	forget_others(kms, outputs, count);
	for (unsigned i = 0; i < count; i++) {
		outputs[i]->is_lit = true;
		outputs[i]->is_asleep = !kms->base.is_on;
		outputs[i]->connector->crtc_id = outputs[i]->crtc->id;
		outputs[i]->planes[0]->crtc_id = outputs[i]->crtc->id;
	}
	kms->base.stats.commits++;
	return 0;
}

int kms_light_set_active(struct kms_output *output, bool is_active)
{
	OWNED(atomic) struct atomic atomic;
	struct kms_crtc *crtc = output->crtc;

	atomic_init(&atomic, output->kms->fd);
	atomic_add(&atomic, crtc->id, &crtc->props[CRTC_ACTIVE], is_active);
	output->kms->base.stats.commits++;
	int ret = atomic_commit(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);

	if (ret == 0)
		output->is_asleep = !is_active;
	return ret;
}

static int try_to_end(const struct kms_output *output, bool has_gone)
{
	OWNED(atomic) struct atomic atomic;

	atomic_init(&atomic, output->kms->fd);
	add_end(output, has_gone, &atomic);
	return atomic_commit(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

void kms_light_end(struct kms_output *output)
{
	struct kms *kms = output->kms;
	int ret = try_to_end(output, true);

	/* The kernel may know nothing any more of a connector that went with its dock. */
	if (ret == -ENOENT)
		ret = try_to_end(output, false);
	if (ret < 0)
		log_debug("%s: switching off failed: %s", output->base.info.name, strerror(-ret));
	for (unsigned i = 0; i < kms->connector_count; i++)
		if (kms->connectors[i].crtc_id == output->crtc->id)
			kms->connectors[i].crtc_id = 0;
	for (unsigned i = 0; i < output->plane_count; i++)
		output->planes[i]->crtc_id = 0;
}
