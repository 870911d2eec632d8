/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One decoder of V4L2 behind open, ioctl and poll, with a state of its own or asked by requests. It
 * takes a picture's bytes as soon as there is a buffer for the picture, and does what it is told at
 * the n-th.
 */
#ifndef TESTS_FAKE_V4L2_H
#define TESTS_FAKE_V4L2_H

#include <stdbool.h>
#include <stdint.h>

struct fake_v4l2 {
	bool is_there, is_stateless;
	int control_result;   /* of describing a picture */
	uint32_t format;      /* of pictures; 0: NV12 */
	bool has_only_format; /* and nothing else is to be had */
	int request_result;   /* of asking for buffers of pictures */
	int hang_at, broken_at, fail_at, resize_at;
	unsigned delay; /* pictures that are held back */
	uint32_t width, height;
	int pictures, exports;
	unsigned references; /* of the last picture, by its description */
};

extern struct fake_v4l2 fake_v4l2;
void fake_v4l2_reset(struct fake_v4l2 fake);

#endif
