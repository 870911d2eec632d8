/* SPDX-License-Identifier: Apache-2.0 */
/* Who a monitor is, from its EDID (VESA E-EDID 1.4). Pure; the bytes may be anything. */
#ifndef KMS_EDID_H
#define KMS_EDID_H

#include <stddef.h>
#include <stdint.h>

#include "kms/layout.h"

struct edid {
	struct layout_identity identity; /* all "" when the EDID can't be believed */
	uint32_t width_mm, height_mm;    /* 0: not known */
};

/* Only the base block is looked at: all that is asked for stands there, whatever extensions say. */
struct edid edid_read(const void *bytes, size_t size);

#endif
