/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>

#include "kms/edid.h"
#include "kms_edid_bytes.h"

enum { LARGE = 64 * 1024 };

static uint8_t bytes[LARGE];

/* What a row does to a sound EDID of two blocks; returns how many bytes of it there are. */
typedef size_t (*change_fn)(void);

struct row {
	const char *name;
	change_fn change;
	const char *identity; /* "MAKER/MODEL/SERIAL" */
	uint32_t width_mm, height_mm;
};

static size_t leave(void)
{
	return EDID_BLOCK;
}

static size_t no_names(void)
{
	edid_bytes_make(bytes, "HPN", NULL, NULL);
	return EDID_BLOCK;
}

static size_t no_serial_at_all(void)
{
	edid_bytes_make(bytes, "HPN", "HP E24 G5", NULL);
	memset(bytes + 12, 0, 4);
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t full_names(void)
{
	edid_bytes_make(bytes, "SAM", "1234567890123", "ABCDEFGHIJKLM");
	return EDID_BLOCK;
}

static size_t odd_letters(void)
{
	edid_bytes_make(bytes, "SAM",
			" A\x1b[2J\xe6"
			"B\x7f\t ",
			"  \x01  ");
	return EDID_BLOCK;
}

static size_t empty_names(void)
{
	edid_bytes_make(bytes, "SAM", "", "");
	return EDID_BLOCK;
}

static size_t many_names(void)
{
	edid_bytes_text(bytes, 1, EDID_NAME, "first");
	edid_bytes_text(bytes, 2, EDID_NAME, "second");
	edid_bytes_text(bytes, 3, EDID_NAME, "third");
	return EDID_BLOCK;
}

static size_t no_end_of_text(void)
{
	memset(bytes + 54 + 18 + 5, 'x', 13);
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t odd_maker(void)
{
	bytes[8] = bytes[9] = 0;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t last_maker(void)
{
	bytes[8] = bytes[9] = 0x7f;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t old_version(void)
{
	bytes[19] = 0;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t other_version(void)
{
	bytes[18] = 2;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t newer_revision(void)
{
	bytes[19] = 99;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t projector(void)
{
	bytes[21] = bytes[22] = 0;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t aspect_ratio(void)
{
	bytes[66] = 16; /* "16 x 9 mm" */
	bytes[67] = 9;
	bytes[68] = 0;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t absurd_timing(void)
{
	memset(bytes + 54, 0xff, 18);
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t empty_timing(void)
{
	memset(bytes + 56, 0, 16);
	bytes[54] = 1;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t absurd_all(void)
{
	memset(bytes + 20, 0xff, 106);
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t extension_missing(void)
{
	bytes[126] = 1;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t extensions_lie(void)
{
	bytes[126] = 255;
	edid_bytes_seal(bytes);
	memset(bytes + EDID_BLOCK, 0xff, EDID_BLOCK);
	bytes[EDID_BLOCK] = 2; /* CEA, its data blocks longer than itself */
	return 2 * EDID_BLOCK;
}

static size_t extension_broken(void)
{
	bytes[126] = 1;
	edid_bytes_seal(bytes);
	memset(bytes + EDID_BLOCK, 0x70, EDID_BLOCK); /* DisplayID, wrong checksum */
	return 2 * EDID_BLOCK - 1;
}

static size_t too_large(void)
{
	bytes[126] = 255;
	edid_bytes_seal(bytes);
	for (unsigned at = EDID_BLOCK; at < LARGE; at += EDID_BLOCK)
		memcpy(bytes + at, bytes, EDID_BLOCK);
	return LARGE;
}

static size_t truncated(void)
{
	return EDID_BLOCK - 1;
}

static size_t header_only(void)
{
	return 8;
}

static size_t nothing(void)
{
	return 0;
}

static size_t wrong_checksum(void)
{
	bytes[EDID_BLOCK - 1]++;
	return EDID_BLOCK;
}

static size_t wrong_header(void)
{
	bytes[0] = 1;
	edid_bytes_seal(bytes);
	return EDID_BLOCK;
}

static size_t zeros(void)
{
	memset(bytes, 0, sizeof bytes);
	return EDID_BLOCK;
}

static size_t ones(void)
{
	memset(bytes, 0xff, sizeof bytes);
	return LARGE;
}

static const struct row rows[] = {
		{"a sound one", leave, "DEL/DELL U2722D/3F9XH83", 527, 296},
		{"without names: product code and number", no_names, "HPN/0x41D2/12345", 527, 296},
		{"without any serial number", no_serial_at_all, "HPN/HP E24 G5/", 527, 296},
		{"names that fill their place", full_names, "SAM/1234567890123/ABCDEFGHIJKLM", 527,
				296},
		{"control bytes in names", odd_letters, "SAM/A[2JB/12345", 527, 296},
		{"empty names", empty_names, "SAM/0x41D2/12345", 527, 296},
		{"three names: the first", many_names, "DEL/first/12345", 527, 296},
		{"a name without its end", no_end_of_text, "DEL/xxxxxxxxxxxxx/3F9XH83", 527, 296},
		{"a maker that is no letters", odd_maker, "/DELL U2722D/3F9XH83", 527, 296},
		{"a maker behind Z", last_maker, "/DELL U2722D/3F9XH83", 527, 296},
		{"EDID 1.0", old_version, "DEL/DELL U2722D/3F9XH83", 527, 296},
		{"EDID 2.0 is something else", other_version, "//", 0, 0},
		{"a revision that is to come", newer_revision, "DEL/DELL U2722D/3F9XH83", 527, 296},
		{"a projector without a size", projector, "DEL/DELL U2722D/3F9XH83", 0, 0},
		{"an aspect ratio for millimetres", aspect_ratio, "DEL/DELL U2722D/3F9XH83", 530,
				300},
		{"an absurd timing", absurd_timing, "DEL/DELL U2722D/3F9XH83", 530, 300},
		{"an empty timing", empty_timing, "DEL/DELL U2722D/3F9XH83", 530, 300},
		{"nothing but ones behind the maker", absurd_all, "DEL/0x41D2/12345", 2550, 2550},
		{"an extension that isn't there", extension_missing, "DEL/DELL U2722D/3F9XH83", 527,
				296},
		{"255 extensions, one there and a lie", extensions_lie, "DEL/DELL U2722D/3F9XH83",
				527, 296},
		{"an extension cut and broken", extension_broken, "DEL/DELL U2722D/3F9XH83", 527,
				296},
		{"64 KB of it", too_large, "DEL/DELL U2722D/3F9XH83", 527, 296},
		{"cut short", truncated, "//", 0, 0},
		{"only the header", header_only, "//", 0, 0},
		{"nothing", nothing, "//", 0, 0},
		{"a wrong checksum", wrong_checksum, "//", 0, 0},
		{"a wrong header", wrong_header, "//", 0, 0},
		{"zeros, whose checksum is right", zeros, "//", 0, 0},
		{"64 KB of ones", ones, "//", 0, 0},
};

static struct edid read_exactly(size_t size)
{
	uint8_t *copy = malloc(size ? size : 1); /* its end is where sanitizers look */

	memcpy(copy, bytes, size);
	struct edid edid = edid_read(copy, size);
	free(copy);
	return edid;
}

static void test_rows(void)
{
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		TEST(rows[i].name) {
			char text[64];
			memset(bytes, 0, sizeof bytes);
			edid_bytes_make(bytes, "DEL", "DELL U2722D", "3F9XH83");
			struct edid edid = read_exactly(rows[i].change());
			snprintf(text, sizeof text, "%s/%s/%s", edid.identity.maker,
					edid.identity.model, edid.identity.serial);
			CHECK_TEXT(text, rows[i].identity);
			CHECK_INT(edid.width_mm, rows[i].width_mm);
			CHECK_INT(edid.height_mm, rows[i].height_mm);
		}
}

/* Names are letters that can be shown, in their place. */
static bool is_sound(const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return length < size && (length == 0 || (text[0] != ' ' && text[length - 1] != ' '));
}

static void test_random(void)
{
	uint32_t seed = 3;

	TEST("any change to a sound one leaves sound names, sealed or not") {
		for (unsigned i = 0; i < 100000; i++) {
			edid_bytes_make(bytes, "DEL", "DELL U2722D", "3F9XH83");
			for (unsigned k = i % 7 + 1; k > 0; k--) {
				seed = seed * 1664525 + 1013904223;
				bytes[seed >> 25] = (uint8_t)(seed >> 12);
			}
			if (i % 16)
				edid_bytes_seal(bytes);
			struct edid edid = edid_read(bytes, EDID_BLOCK);
			CHECK(is_sound(edid.identity.maker, 4) &&
					is_sound(edid.identity.model, 14) &&
					is_sound(edid.identity.serial, 14));
		}
	}
}

int main(void)
{
	test_rows();
	test_random();
	TEST_END();
}
