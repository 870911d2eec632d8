/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes into a decoder at all. Pure. It knows the parameter sets, finds key frames and lost
 * pictures, and holds everything back from an error to the next key frame. The same for every
 * back end, so that a hand-over begins where any of them can begin.
 */
#ifndef VIDEO_GATE_H
#define VIDEO_GATE_H

#include "base/array.h"
#include "base/err.h"
#include "video/h264.h"

enum { GATE_SETS_MAX = 64 * 1024 };

struct gate {
	struct h264_sets *sets;
	struct array raw; /* the newest SPS and the parameter sets since, as a byte stream */
	bool is_waiting;  /* for a key frame */
	bool has_previous;
	uint32_t previous_frame_num; /* of the last picture for reference */
};

/* An access unit, as far as decoders must know it. */
struct gate_unit {
	bool has_picture;
	bool is_key; /* a decoder may begin here */
	bool is_passed;
	bool has_waited;            /* this is the key frame that was waited for */
	const struct h264_sps *sps; /* of a picture that is passed; lives until the next call */
};

void gate_init(struct gate *gate);
void gate_finish(struct gate *gate);

/* Hold back all pictures from here to the next key frame. */
void gate_wait(struct gate *gate);

/* -EBADMSG: broken, or a picture before it is missing; then the gate waits. */
int gate_look(struct gate *gate, const uint8_t *bytes, size_t size, struct gate_unit *ret,
		struct err *err);

#endif
