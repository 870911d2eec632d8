/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rest of a slice header, ITU-T H.264 7.3.3, as far as whoever keeps the decoded picture buffer
 * must know it. Pure.
 */
#ifndef VIDEO_HEADER_H
#define VIDEO_HEADER_H

#include "video/h264.h"

enum { HEADER_MARKS_MAX = 33 };

/* memory_management_control_operation, 7.4.3.3 */
struct header_mark {
	uint8_t operation; /* 1..6 */
	uint32_t a, b;
};

struct header {
	uint32_t poc_lsb;
	int32_t delta_bottom, delta[2];
	bool is_long_term; /* of an IDR picture */
	bool is_adaptive;  /* `marks` instead of the sliding window */
	struct header_mark marks[HEADER_MARKS_MAX];
	unsigned mark_count;
	uint32_t poc_bits, marking_bits; /* their sizes in the stream */
};

int header_read(const struct h264_slice *slice, struct header *ret, struct err *err);

#endif
