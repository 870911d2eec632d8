/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A libavcodec with a driver for VA-API that does what it is told. Stands in front of the real
 * library for the calls that src/video/vaapi.c makes.
 */
#ifndef TESTS_FAKE_AV_H
#define TESTS_FAKE_AV_H

#include <stdbool.h>
#include <stdint.h>

struct fake_av {
	bool has_device, has_no_decoder;
	int open_result;
	int format;               /* of the surfaces: AVPixelFormat */
	uint64_t modifier;        /* of them */
	bool is_split;            /* a layer and an object per plane */
	bool is_odd;              /* three planes */
	int fail_at, fail_result; /* the n-th picture */
	int hang_at, hang_ms;
	int export_result;
	unsigned surfaces; /* used in turn */
	int pictures, exports, flushes;
};

extern struct fake_av fake_av;

#endif
