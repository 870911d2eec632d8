/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libicudata without data, for the image. FreeRDP's WinPR asks ICU for one thing only,
 * UTF-8 to UTF-16 and back, which ICU does by algorithm; the 32 MB of tables for
 * languages and code pages are never opened. ICU allows for a data library without
 * entries: a header (ICU's udata.h) and an empty table of contents, "ToCP".
 */
#include <stdint.h>

struct icu_data {
	uint16_t header_size;
	uint8_t magic[2];
	uint16_t info_size;
	uint16_t reserved;
	uint8_t is_big_endian;
	uint8_t charset; /* 0: ASCII */
	uint8_t char_size;
	uint8_t reserved_byte;
	uint8_t format[4];
	uint8_t format_version[4];
	uint8_t data_version[4];
	uint32_t padding[2]; /* to header_size, a multiple of 16 */
	uint32_t entry_count;
	uint32_t entries_reserved;
};

extern const struct icu_data ICU_ENTRY;

const struct icu_data ICU_ENTRY __attribute__((visibility("default"), aligned(16))) = {
		.header_size = 32,
		.magic = {0xda, 0x27},
		.info_size = 20,
		.char_size = 2,
		.format = {'T', 'o', 'C', 'P'},
		.format_version = {1},
};
