/* SPDX-License-Identifier: Apache-2.0 */
/* A dumb buffer: memory of the card that the CPU writes and a plane shows. */
#ifndef KMS_DUMB_H
#define KMS_DUMB_H

#include <stdint.h>

#include "base/err.h"

struct dumb {
	uint32_t width, height, format;
	uint32_t stride; /* bytes; of luma and chroma alike */
	uint32_t handle, framebuffer;
	uint32_t *pixels; /* mapped; reading is slow */
	uint8_t *chroma;  /* NV12 and P010, behind the luma */
	uint64_t size;
};

/* A zeroed buffer with a framebuffer over it: 32 bits a pixel, NV12 or P010. */
int dumb_create(int fd, uint32_t width, uint32_t height, uint32_t format, struct dumb *ret,
		struct err *err);
void dumb_destroy(int fd, struct dumb *dumb); /* takes one that is all zero */

#endif
