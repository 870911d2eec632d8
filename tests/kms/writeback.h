/* SPDX-License-Identifier: Apache-2.0 */
/* What the display hardware really puts out, all planes blended by it. */
#ifndef TESTS_KMS_WRITEBACK_H
#define TESTS_KMS_WRITEBACK_H

#include <stdint.h>

#include "kms/kms.h"

/* The next frame of this output as XRGB8888, width * 4 bytes a row; 0 or negative errno. */
int writeback_take(struct kms_output *output, uint32_t *pixels);

#endif
