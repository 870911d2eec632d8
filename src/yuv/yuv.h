/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures in luma and chroma, and their way to XRGB8888: one place for all paths, so
 * that a picture looks the same on a plane, composed, and in the session. Pure:
 * memory in, memory out. All results lie within 1/255 of the exact matrices of
 * ITU-T H.273 table 4. Pixels are opaque: the highest byte is 255.
 */
#ifndef YUV_YUV_H
#define YUV_YUV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum yuv_encoding { YUV_BT601, YUV_BT709, YUV_BT2020 };
enum yuv_range { YUV_LIMITED, YUV_FULL };

/* Half open, pixels of luma. */
struct yuv_rect {
	int32_t x1, y1, x2, y2;
};

/* DRM_FORMAT_NV12 or DRM_FORMAT_P010: a plane of luma, one of interleaved chroma of half size. */
struct yuv_picture {
	uint32_t format;
	uint32_t width, height; /* of luma; may be odd: chroma then has one more */
	const uint8_t *luma, *chroma;
	uint32_t luma_stride, chroma_stride; /* bytes */
	enum yuv_encoding encoding;
	enum yuv_range range;
};

bool yuv_is_format(uint32_t format);

/*
 * Convert `rect` of the picture; its upper left pixel goes to `pixels`. `rect` lies inside
 * the picture; odd corners are fine and give what converting the whole would give.
 */
void yuv_to_xrgb(const struct yuv_picture *picture, struct yuv_rect rect, uint32_t *pixels,
		uint32_t stride);

/*
 * `source` of the picture scaled (bilinear) to width x height pixels; of these only `part` is
 * made, its upper left pixel at `pixels`. What is made does not depend on how it is cut in parts.
 * Nothing outside of `source` has a say. Of the same size it is yuv_to_xrgb.
 */
void yuv_scale_to_xrgb(const struct yuv_picture *picture, struct yuv_rect source, uint32_t width,
		uint32_t height, struct yuv_rect part, uint32_t *pixels, uint32_t stride);

/*
 * Chroma of AVC444 [MS-RDPEGFX] 3.3.8.3.2 (v1) and 3.3.8.3.3 (v2): the main picture has luma and a
 * quarter of chroma, the auxiliary one the rest. Writes `rect` as XRGB8888, its upper left
 * pixel at `pixels`. Both pictures are NV12 of the same encoding and size, in whole macroblocks
 * (sides are multiples of 16): what a crop hides of the auxiliary one is needed.
 */
void yuv444_to_xrgb(const struct yuv_picture *main, const struct yuv_picture *auxiliary,
		bool is_version2, struct yuv_rect rect, uint32_t *pixels, uint32_t stride);

#endif
