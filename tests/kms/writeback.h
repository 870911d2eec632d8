/* SPDX-License-Identifier: Apache-2.0 */
/* What the display hardware really puts out, all planes blended by it. */
#ifndef TESTS_KMS_WRITEBACK_H
#define TESTS_KMS_WRITEBACK_H

#include <stdint.h>

/* A crtc of a card whose master `fd` is. */
struct writeback_source {
	int fd;
	uint32_t crtc_id;
	unsigned crtc_index;
	uint32_t width, height;
};

/* The next frame as XRGB8888, width * 4 bytes a row; 0 or negative errno. */
int writeback_take(const struct writeback_source *source, uint32_t *pixels);

#endif
