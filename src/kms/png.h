/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures into PNG files. */
#ifndef KMS_PNG_H
#define KMS_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Write XRGB8888 pixels (`stride` in bytes) as RGB; whoever reads the path sees all or nothing. */
int png_save(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height,
		uint32_t stride, struct err *err);

/* The same into memory; free(). */
int png_encode(const uint32_t *pixels, uint32_t width, uint32_t height, uint32_t stride,
		uint8_t **ret, size_t *ret_size, struct err *err);

#endif
