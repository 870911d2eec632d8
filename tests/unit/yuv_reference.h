/* SPDX-License-Identifier: Apache-2.0 */
/* ITU-T H.273 in floating point, as the tests of src/yuv expect it. */
#ifndef TESTS_UNIT_YUV_REFERENCE_H
#define TESTS_UNIT_YUV_REFERENCE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "yuv/yuv.h"

struct reference {
	double luma, black, red_v, green_u, green_v, blue_u, middle;
};

static inline struct reference reference_of(enum yuv_encoding encoding, enum yuv_range range,
		int bits)
{
	static const double weights[3][2] = {{0.299, 0.114}, {0.2126, 0.0722}, {0.2627, 0.0593}};
	double kr = weights[encoding][0], kb = weights[encoding][1], kg = 1 - kr - kb;
	double unit = 1 << (bits - 8), top = (1 << bits) - 1;
	double luma = range == YUV_LIMITED ? 255 / (219 * unit) : 255 / top;
	double chroma = range == YUV_LIMITED ? 255 / (224 * unit) : 255 / top;

	return (struct reference){luma, range == YUV_LIMITED ? 16 * unit : 0, 2 * (1 - kr) * chroma,
			-2 * (1 - kb) * kb / kg * chroma, -2 * (1 - kr) * kr / kg * chroma,
			2 * (1 - kb) * chroma, 128 * unit};
}

static inline double reference_clamp(double value)
{
	return value < 0 ? 0 : value > 255 ? 255 : value;
}

/* The largest distance of a channel of `pixel` from the exact value. */
static inline double reference_distance(const struct reference *r, double y, double u, double v,
		uint32_t pixel)
{
	double light = (y - r->black) * r->luma;
	u -= r->middle;
	v -= r->middle;
	double red = fabs(reference_clamp(light + v * r->red_v) - (pixel >> 16 & 255));
	double green = fabs(reference_clamp(light + u * r->green_u + v * r->green_v) -
			    (pixel >> 8 & 255));
	double blue = fabs(reference_clamp(light + u * r->blue_u) - (pixel & 255));
	double most = red > green ? red : green;
	return most > blue ? most : blue;
}

static inline uint32_t reference_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
