/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libdisplay-info gets one block that has the right header and checksum and says that
 * nothing follows: what a broken or hostile monitor writes into extensions, where most of
 * the format and all of its lengths are, never reaches a parser.
 */
#include "kms/edid.h"

#include <libdisplay-info/edid.h>
#include <libdisplay-info/info.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

enum {
	BLOCK = 128,
	EXTENSION_COUNT = 126,
	CHECKSUM = 127,
	MM_MIN = 50, /* less is an aspect ratio (16 x 9) or nonsense */
	MM_PER_CM = 10,
};

static void destroy_info(struct di_info *info)
{
	if (info) /* the library does not look */
		di_info_destroy(info);
}

OWN_DEFINE(display_info, struct di_info, destroy_info);

static uint8_t sum_of(const uint8_t *block)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < BLOCK; i++)
		sum += block[i];
	return (uint8_t)sum;
}

static bool take_block(const uint8_t *bytes, size_t size, uint8_t block[BLOCK])
{
	static const uint8_t header[] = {0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00};

	if (size < BLOCK || memcmp(bytes, header, sizeof header) != 0 || sum_of(bytes) != 0)
		return false;
	memcpy(block, bytes, BLOCK);
	block[CHECKSUM] = (uint8_t)(block[CHECKSUM] + block[EXTENSION_COUNT]);
	block[EXTENSION_COUNT] = 0;
	return true;
}

/* Letters that a person can read and write into a config; others and spaces around them go. */
static void take_text(const char *from, char *ret, size_t size)
{
	size_t at = 0;

	for (; from && *from && at < size - 1; from++)
		if (*from > ' ' ? *from <= '~' : *from == ' ' && at > 0)
			ret[at++] = *from;
	while (at > 0 && ret[at - 1] == ' ')
		at--;
	ret[at] = '\0';
}

static void take_maker(const char from[3], char ret[4])
{
	for (unsigned i = 0; i < 3; i++)
		if (from[i] < 'A' || from[i] > 'Z')
			return;
	memcpy(ret, from, 3);
}

static void take_identity(const struct di_edid *edid, struct layout_identity *ret)
{
	const struct di_edid_vendor_product *product = di_edid_get_vendor_product(edid);
	const struct di_edid_display_descriptor *const *all = di_edid_get_display_descriptors(edid);

	take_maker(product->manufacturer, ret->maker);
	for (unsigned i = 0; all[i]; i++) {
		const char *text = di_edid_display_descriptor_get_string(all[i]);
		enum di_edid_display_descriptor_tag tag =
				di_edid_display_descriptor_get_tag(all[i]);
		if (tag == DI_EDID_DISPLAY_DESCRIPTOR_PRODUCT_NAME && !ret->model[0])
			take_text(text, ret->model, sizeof ret->model);
		else if (tag == DI_EDID_DISPLAY_DESCRIPTOR_PRODUCT_SERIAL && !ret->serial[0])
			take_text(text, ret->serial, sizeof ret->serial);
	}
	if (!ret->model[0])
		text_format(ret->model, sizeof ret->model, "0x%04X", product->product);
	if (!ret->serial[0] && product->serial)
		text_format(ret->serial, sizeof ret->serial, "%u", product->serial);
}

static void take_size(const struct di_edid *edid, struct edid *ret)
{
	const struct di_edid_screen_size *size = di_edid_get_screen_size(edid);
	const struct di_edid_detailed_timing_def *const *timings =
			di_edid_get_detailed_timing_defs(edid);

	if (size->width_cm > 0 && size->height_cm > 0) {
		ret->width_mm = (uint32_t)size->width_cm * MM_PER_CM;
		ret->height_mm = (uint32_t)size->height_cm * MM_PER_CM;
	}
	if (!timings[0])
		return;
	int32_t width = timings[0]->horiz_image_mm, height = timings[0]->vert_image_mm;

	/* The same, told more exactly. */
	if (width > MM_MIN && height > MM_MIN && abs(width - (int32_t)ret->width_mm) <= MM_PER_CM &&
			abs(height - (int32_t)ret->height_mm) <= MM_PER_CM) {
		ret->width_mm = (uint32_t)width;
		ret->height_mm = (uint32_t)height;
	}
}

struct edid edid_read(const void *bytes, size_t size)
{
	struct edid ret = {.width_mm = 0};
	uint8_t block[BLOCK];

	if (!take_block(bytes, size, block))
		return ret;
	OWNED(display_info) struct di_info *info = di_info_parse_edid(block, sizeof block);
	const struct di_edid *edid = info ? di_info_get_edid(info) : NULL;

	if (edid) {
		take_identity(edid, &ret.identity);
		take_size(edid, &ret);
	}
	return ret;
}
