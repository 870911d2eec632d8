/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of samples on the way to pixels. Used by src/yuv only. */
#ifndef YUV_LINES_H
#define YUV_LINES_H

#include "yuv/yuv.h"

enum { YUV_LINE = 256 }; /* pixels at a time: lines and their pixels stay in the first cache */

/* One sample per pixel, less 128, 8 bits behind the point. */
struct yuv_line {
	int16_t y[YUV_LINE], u[YUV_LINE], v[YUV_LINE];
};

/* From such samples to channels with 5 bits behind the point; factors have 13. */
struct yuv_matrix {
	int16_t luma, offset, v_to_red, u_to_green, v_to_green, u_to_blue;
};

struct yuv_matrix yuv_matrix_of(const struct yuv_picture *picture);

/* `count` pixels, YUV_LINE at most, opaque. */
void yuv_mix(const struct yuv_matrix *matrix, const struct yuv_line *line, unsigned count,
		uint32_t *restrict pixels);

void yuv_load_bytes(const uint8_t *restrict from, unsigned count, int16_t *restrict to);
void yuv_load_luma(const struct yuv_picture *picture, uint32_t x, uint32_t y, unsigned count,
		int16_t *to);

#endif
