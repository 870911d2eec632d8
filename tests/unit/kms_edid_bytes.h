/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the base block of an EDID (VESA E-EDID 1.4), right or wrong as wanted. */
#ifndef TESTS_UNIT_KMS_EDID_BYTES_H
#define TESTS_UNIT_KMS_EDID_BYTES_H

#include <stdint.h>
#include <string.h>

enum { EDID_BLOCK = 128, EDID_NAME = 0xfc, EDID_SERIAL = 0xff };

static inline void edid_bytes_seal(uint8_t *block)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < EDID_BLOCK - 1; i++)
		sum += block[i];
	block[EDID_BLOCK - 1] = (uint8_t)(256 - sum % 256);
}

/* Descriptor `index` (1..3; 0 is the preferred timing): a text, ended by a line feed and spaces. */
static inline void edid_bytes_text(uint8_t *block, unsigned index, uint8_t tag, const char *text)
{
	uint8_t *at = block + 54 + index * 18;
	size_t length = strlen(text) < 13 ? strlen(text) : 13;

	memset(at, 0, 5);
	at[3] = tag;
	memset(at + 5, ' ', 13);
	memcpy(at + 5, text, length);
	if (length < 13)
		at[5 + length] = '\n';
	edid_bytes_seal(block);
}

/* 1920x1080 at 60 Hz on 527 x 296 mm; `model` and `serial` may be NULL: no such descriptor. */
static inline void edid_bytes_make(uint8_t block[EDID_BLOCK], const char *maker, const char *model,
		const char *serial)
{
	static const uint8_t timing[18] = {0x02, 0x3a, 0x80, 0x18, 0x71, 0x38, 0x2d, 0x40, 0x58,
			0x2c, 0x45, 0x00, 0x0f, 0x28, 0x21, 0x00, 0x00, 0x1e};
	unsigned letters = ((unsigned)(maker[0] - '@') << 10) | ((unsigned)(maker[1] - '@') << 5) |
	                   (unsigned)(maker[2] - '@');

	memset(block, 0, EDID_BLOCK);
	memset(block + 1, 0xff, 6);
	block[8] = (uint8_t)(letters >> 8);
	block[9] = (uint8_t)letters;
	block[10] = 0xd2; /* product 0x41d2 */
	block[11] = 0x41;
	block[12] = 0x39; /* serial number 12345 */
	block[13] = 0x30;
	block[16] = 12; /* week, year */
	block[17] = 33;
	block[18] = 1; /* EDID 1.4 */
	block[19] = 4;
	block[20] = 0xb5; /* DisplayPort, 10 bits */
	block[21] = 53;   /* cm */
	block[22] = 30;
	block[23] = 120; /* gamma 2.2 */
	block[24] = 0x3a;
	memset(block + 38, 1, 16); /* no standard timings */
	memcpy(block + 54, timing, sizeof timing);
	for (unsigned i = 1; i < 4; i++)
		block[54 + i * 18 + 3] = 0x10; /* dummy */
	if (model)
		edid_bytes_text(block, 1, EDID_NAME, model);
	if (serial)
		edid_bytes_text(block, 2, EDID_SERIAL, serial);
	edid_bytes_seal(block);
}

#endif
