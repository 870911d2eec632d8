/* SPDX-License-Identifier: Apache-2.0 */
/* H.264 by hand. */
#ifndef TESTS_UNIT_VIDEO_WRITER_H
#define TESTS_UNIT_VIDEO_WRITER_H

#include <stdint.h>

/* Bits of a stream, one after the other. */
struct writer {
	uint8_t bytes[256];
	unsigned at;
};

static inline void put(struct writer *w, uint32_t value, unsigned count)
{
	while (count-- > 0) {
		w->bytes[w->at / 8] |= (uint8_t)((value >> count & 1) << (7 - w->at % 8));
		w->at++;
	}
}

static inline void put_ue(struct writer *w, uint32_t value)
{
	unsigned bits = 0;

	while ((value + 1) >> (bits + 1))
		bits++;
	put(w, 0, bits);
	put(w, value + 1, bits + 1);
}

static inline void put_start(struct writer *w, uint32_t header)
{
	put(w, 1, w->at % 8 ? 1 : 0); /* the end of the unit before */
	w->at = (w->at + 7) / 8 * 8;
	put(w, 1, 24);
	put(w, header, 8);
}

#endif
