/* SPDX-License-Identifier: Apache-2.0 */
/* A dumb buffer: memory of the card that the CPU writes and a plane shows. */
#ifndef KMS_DUMB_H
#define KMS_DUMB_H

#include <stdint.h>

#include "base/err.h"

struct dumb {
	uint32_t width, height;
	uint32_t stride; /* bytes */
	uint32_t handle, framebuffer;
	uint32_t *pixels; /* mapped; reading is slow */
	uint64_t size;
};

/* A zeroed buffer with a framebuffer of `format` (32 bits a pixel) over it. */
int dumb_create(int fd, uint32_t width, uint32_t height, uint32_t format, struct dumb *ret,
		struct err *err);
void dumb_destroy(int fd, struct dumb *dumb); /* takes one that is all zero */

#endif
