/* SPDX-License-Identifier: Apache-2.0 */
/* What tests and benchmarks may ask of the headless back end beyond display.h. */
#ifndef KMS_HEADLESS_H
#define KMS_HEADLESS_H

#include "kms/display.h"

/* XRGB8888 as shown now, rows of width * 4 bytes; borrowed, for headless outputs only. */
const uint32_t *headless_pixels(const struct display_output *output);

#endif
