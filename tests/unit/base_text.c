/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "unit/test.h"

struct utf8_row {
	const char *text;
	bool is_valid;
};

static const struct utf8_row utf8_rows[] = {
		{"", true},
		{"ascii", true},
		{"Skødstrup", true},
		{"\xe2\x82\xac", true},
		{"\xf0\x9f\x99\x82", true},
		{"\xf4\x8f\xbf\xbf", true},  /* the last code point */
		{"\xc0\x80", false},         /* overlong NUL */
		{"\xc1\xbf", false},         /* overlong */
		{"\xe0\x9f\xbf", false},     /* overlong in three bytes */
		{"\xf0\x8f\xbf\xbf", false}, /* overlong in four */
		{"\xed\xa0\x80", false},     /* surrogate */
		{"\xf4\x90\x80\x80", false}, /* above U+10FFFF */
		{"\xe2\x82", false},         /* cut */
		{"\x80", false},
		{"a\xff", false},
};

struct number_row {
	const char *text;
	uint64_t min, max;
	int ret;
	uint64_t value;
};

static const struct number_row number_rows[] = {
		{"0", 0, 9, 0, 0},
		{"65535", 1, 65535, 0, 65535},
		{"65536", 1, 65535, -ERANGE, 0},
		{"0", 1, 9, -ERANGE, 0},
		{"18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX},
		{"18446744073709551616", 0, UINT64_MAX, -ERANGE, 0},
		{"", 0, 9, -EINVAL, 0},
		{"01", 0, 9, -EINVAL, 0},
		{"+1", 0, 9, -EINVAL, 0},
		{"-1", 0, 9, -EINVAL, 0},
		{" 1", 0, 9, -EINVAL, 0},
		{"1 ", 0, 9, -EINVAL, 0},
		{"1.0", 0, 9, -EINVAL, 0},
		{"0x1", 0, 9, -EINVAL, 0},
};

struct base64_row {
	const char *encoded;
	long size; /* < 0: refused */
	const char *bytes;
};

/* RFC 4648 section 10, and what is not canonical. */
static const struct base64_row base64_rows[] = {
		{"", 0, ""},
		{"Zg==", 1, "f"},
		{"Zm8=", 2, "fo"},
		{"Zm9v", 3, "foo"},
		{"Zm9vYg==", 4, "foob"},
		{"Zm9vYmE=", 5, "fooba"},
		{"Zm9vYmFy", 6, "foobar"},
		{"Zg", -EINVAL, ""},
		{"Zg=", -EINVAL, ""},
		{"Zh==", -EINVAL, ""},
		{"Zm9=", -EINVAL, ""},
		{"Zg==Zg==", -EINVAL, ""},
		{"Z===", -EINVAL, ""},
		{"====", -EINVAL, ""},
		{"Zm9v\n", -EINVAL, ""},
		{"Zm-_", -EINVAL, ""},
		{"Zg=a", -EINVAL, ""},
		{"Zm9vYmFyMTIzNDU2", -E2BIG, ""},
};

static void test_base64(const struct base64_row *row)
{
	uint8_t bytes[8];
	char encoded[32];

	CHECK_INT(text_from_base64(row->encoded, bytes, sizeof(bytes)), row->size);
	if (row->size < 0)
		return;
	CHECK(memcmp(bytes, row->bytes, (size_t)row->size) == 0);
	text_to_base64(bytes, (size_t)row->size, encoded);
	CHECK_TEXT(encoded, row->encoded);
}

static void test_number(const struct number_row *row)
{
	uint64_t value = 0;

	CHECK_INT(text_to_number(row->text, row->min, row->max, &value), row->ret);
	CHECK_INT(value, row->value);
}

int main(void)
{
	char buffer[8] = "before";
	uint8_t bytes[3];

	for (size_t i = 0; i < sizeof(utf8_rows) / sizeof(utf8_rows[0]); i++)
		TEST("UTF-8 is well-formed or refused")
			CHECK_INT(text_is_utf8(utf8_rows[i].text, strlen(utf8_rows[i].text)),
					utf8_rows[i].is_valid);
	for (size_t i = 0; i < sizeof(number_rows) / sizeof(number_rows[0]); i++)
		TEST("a whole number is exact or refused")
			test_number(&number_rows[i]);
	for (size_t i = 0; i < sizeof(base64_rows) / sizeof(base64_rows[0]); i++)
		TEST("base64 is canonical or refused")
			test_base64(&base64_rows[i]);
	TEST("a text that does not fit leaves the buffer as it was") {
		CHECK_INT(text_copy(buffer, sizeof(buffer), "12345678"), -E2BIG);
		CHECK_TEXT(buffer, "before");
		CHECK_INT(text_copy(buffer, sizeof(buffer), "1234567"), 0);
		CHECK_TEXT(buffer, "1234567");
	}
	TEST("hex goes there and back, and nothing else is hex") {
		char hex[7];

		CHECK_INT(text_from_hex("00fFa1", bytes, 3), 0);
		text_to_hex(bytes, 3, hex);
		CHECK_TEXT(hex, "00ffa1");
		CHECK_INT(text_from_hex("00ff", bytes, 3), -EINVAL);
		CHECK_INT(text_from_hex("00ffg1", bytes, 3), -EINVAL);
		CHECK_INT(text_from_hex("00ff001", bytes, 3), -EINVAL);
	}
	TEST("a control byte is found unless it is allowed") {
		CHECK(text_has_control("a\nb", NULL));
		CHECK(!text_has_control("a\nb", "\n"));
		CHECK(text_has_control("a\x7f", "\n"));
		CHECK(!text_has_control("æ", NULL));
	}
	TEST("an array grows to its maximum and not beyond") {
		OWNED(array) struct array array = {.max = 1000};

		for (int i = 0; i < 100; i++)
			CHECK_INT(array_append(&array, "0123456789", 10), 0);
		CHECK_INT(array_append(&array, "x", 1), -EMSGSIZE);
		CHECK_INT(array.size, 1000);
		CHECK(memcmp(array.data + 990, "0123456789", 10) == 0);
	}
	TEST("outside text in a log line has no control bytes and is cut") {
		char text[1000];

		memset(text, 'a', sizeof(text));
		struct log_quoted quoted = log_quote_text("a\nb\"\x1b[31m", 9);

		CHECK_TEXT(quoted.text, "\"a\\x0ab\\x22\\x1b[31m\"");
		CHECK(strlen(log_quote_text(text, sizeof(text)).text) < LOG_QUOTE_MAX);
		memset(text, '\n', sizeof(text));
		CHECK(strlen(log_quote_text(text, sizeof(text)).text) < LOG_QUOTE_MAX);
	}
	TEST_END();
}
