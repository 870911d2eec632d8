/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bits of an H.264 NAL unit, ITU-T H.264 7.2 and 9.1. Reading past the end gives zeros
 * and sets `is_past_end`, so that a parser may look once, at its end.
 */
#ifndef VIDEO_BITS_H
#define VIDEO_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bits {
	const uint8_t *bytes;
	size_t size;     /* bytes; emulation prevention is still in them */
	size_t at;       /* the byte that is being read */
	unsigned bit;    /* of it, 0 is the highest */
	unsigned zeros;  /* zero bytes in a row before it */
	size_t position; /* bits read, without emulation prevention */
	bool is_past_end;
};

struct bits bits_of(const uint8_t *bytes, size_t size);
unsigned bits_one(struct bits *bits);
uint32_t bits_read(struct bits *bits, unsigned count); /* u(n), 32 at most */
uint32_t bits_ue(struct bits *bits);                   /* ue(v); UINT32_MAX is not possible */
int32_t bits_se(struct bits *bits);                    /* se(v) */

/* Anything before rbsp_trailing_bits()? */
bool bits_more(const struct bits *bits);

#endif
