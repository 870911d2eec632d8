/* SPDX-License-Identifier: Apache-2.0 */
#include "video/bits.h"

struct bits bits_of(const uint8_t *bytes, size_t size)
{
	return (struct bits){.bytes = bytes, .size = size};
}

/* 00 00 03: the 03 is not part of the content. */
static void skip_prevention(struct bits *bits)
{
	if (bits->zeros >= 2 && bits->at < bits->size && bits->bytes[bits->at] == 3) {
		bits->at++;
		bits->zeros = 0;
	}
}

unsigned bits_one(struct bits *bits)
{
	if (bits->bit == 0)
		skip_prevention(bits);
	if (bits->at >= bits->size) {
		bits->is_past_end = true;
		return 0;
	}
	unsigned one = bits->bytes[bits->at] >> (7 - bits->bit) & 1;
	bits->position++;
	if (++bits->bit == 8) {
		bits->zeros = bits->bytes[bits->at] == 0 ? bits->zeros + 1 : 0;
		bits->bit = 0;
		bits->at++;
	}
	return one;
}

uint32_t bits_read(struct bits *bits, unsigned count)
{
	uint32_t value = 0;

	while (count-- > 0)
		value = value << 1 | bits_one(bits);
	return value;
}

uint32_t bits_ue(struct bits *bits)
{
	unsigned zeros = 0;

	while (bits_one(bits) == 0) {
		if (++zeros > 31 || bits->is_past_end) {
			bits->is_past_end = true;
			return 0;
		}
	}
	return ((uint32_t)1 << zeros) - 1 + bits_read(bits, zeros);
}

int32_t bits_se(struct bits *bits)
{
	uint32_t code = bits_ue(bits);
	int32_t half = (int32_t)(code / 2);

	return code % 2 ? half + 1 : -half;
}

bool bits_more(const struct bits *bits)
{
	size_t last = bits->size;

	while (last > 0 && bits->bytes[last - 1] == 0)
		last--;
	if (last == 0 || bits->at >= last)
		return false;
	if (bits->at < last - 1)
		return true;
	/* The last byte: is there a one before its last one? */
	unsigned rest = (bits->bytes[last - 1] << bits->bit) & 0xff;
	return (rest & (rest - 1)) != 0;
}
