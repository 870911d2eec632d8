/* SPDX-License-Identifier: Apache-2.0 */
/* Brightness by the table through which a crtc puts every pixel: it costs nothing and dims all planes. */
#include "kms/kms.h"

enum { ENTRIES_MAX = 4096 };

static uint64_t entries_of(const struct kms_output *output)
{
	return output->crtc->props[CRTC_GAMMA_LUT_SIZE].value;
}

bool kms_gamma_is_used(const struct kms_output *output)
{
	uint64_t entries = entries_of(output);

	return output->crtc->props[CRTC_GAMMA_LUT].id != 0 && entries >= 2 &&
	       entries <= ENTRIES_MAX && !output->is_gamma_refused;
}

bool kms_gamma_add(const struct kms_output *output, struct atomic *atomic)
{
	const struct kms_crtc *crtc = output->crtc;
	uint32_t percent = output->kms->base.brightness;
	uint64_t entries = entries_of(output);

	if (!kms_gamma_is_used(output) || output->gamma_percent == percent)
		return false;
	if (percent == 100) {
		atomic_add(atomic, crtc->id, &crtc->props[CRTC_GAMMA_LUT], 0);
		return true;
	}
	OWNED(memory) struct drm_color_lut *table = own_alloc_array(entries, sizeof *table);

	for (uint64_t i = 0; i < entries; i++)
		table[i].red = table[i].green = table[i].blue =
				(uint16_t)(i * 0xffff * percent / 100 / (entries - 1));
	atomic_add_blob(atomic, crtc->id, &crtc->props[CRTC_GAMMA_LUT], table,
			entries * sizeof *table);
	return true;
}
