/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int text_copy(char *buffer, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (length >= size)
		return -E2BIG;
	memcpy(buffer, text, length + 1);
	return 0;
}

int text_format(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(buffer, size, format, arguments);
	va_end(arguments);
	return length < 0 || (size_t)length >= size ? -E2BIG : 0;
}

/* Length of the well-formed sequence at `s` (Unicode 15, table 3-7), 0 when it is not one. */
static size_t utf8_sequence(const unsigned char *s, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t length;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (left < length)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

bool text_is_utf8(const char *text, size_t size)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t i = 0, length; i < size; i += length) {
		length = utf8_sequence(s + i, size - i);
		if (length == 0)
			return false;
	}
	return true;
}

bool text_has_control(const char *text, const char *allowed)
{
	for (const unsigned char *s = (const unsigned char *)text; *s; s++)
		if ((*s < 0x20 || *s == 0x7f) && !(allowed && strchr(allowed, *s)))
			return true;
	return false;
}

void text_to_hex(const uint8_t *bytes, size_t size, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * size] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int text_from_hex(const char *hex, uint8_t *bytes, size_t size)
{
	if (strlen(hex) != 2 * size)
		return -EINVAL;
	for (size_t i = 0; i < 2 * size; i++)
		if (hex_digit(hex[i]) < 0)
			return -EINVAL;
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
	return 0;
}

static const char base64_digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void text_to_base64(const uint8_t *bytes, size_t size, char *encoded)
{
	char *out = encoded;

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t group = (uint32_t)bytes[i] << 16;

		if (left > 1)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (left > 2)
			group |= bytes[i + 2];
		*out++ = base64_digits[group >> 18];
		*out++ = base64_digits[group >> 12 & 63];
		*out++ = left > 1 ? base64_digits[group >> 6 & 63] : '=';
		*out++ = left > 2 ? base64_digits[group & 63] : '=';
	}
	*out = '\0';
}

/* How many of the four characters are digits (2..4), 0 for a malformed group. */
static size_t base64_group(const char *text, uint32_t *group)
{
	size_t digits = 0;

	*group = 0;
	while (digits < 4 && text[digits] != '=') {
		const char *digit = text[digits] ? strchr(base64_digits, text[digits]) : NULL;

		if (!digit)
			return 0;
		*group |= (uint32_t)(digit - base64_digits) << (18 - 6 * digits);
		digits++;
	}
	for (size_t i = digits; i < 4; i++)
		if (text[i] != '=')
			return 0;
	/* Bits that no byte takes must be zero: one value has one encoding. */
	if (digits < 2 || (digits == 2 && *group & 0xffff) || (digits == 3 && *group & 0xff))
		return 0;
	return digits;
}

long text_from_base64(const char *encoded, uint8_t *bytes, size_t max)
{
	size_t length = strlen(encoded), used = 0;

	if (length % 4 != 0)
		return -EINVAL;
	for (size_t i = 0; i < length; i += 4) {
		uint32_t group;
		size_t digits = base64_group(encoded + i, &group);

		if (digits == 0 || (digits < 4 && i + 4 < length))
			return -EINVAL;
		if (used + digits - 1 > max)
			return -E2BIG;
		for (size_t b = 0; b + 1 < digits; b++)
			bytes[used++] = (uint8_t)(group >> (16 - 8 * b));
	}
	return (long)used;
}

int text_to_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return -EINVAL;
	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10, &value) ||
				__builtin_add_overflow(value, (uint64_t)(*c - '0'), &value))
			return -ERANGE;
	}
	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

void text_wipe(void *secret, size_t size)
{
	explicit_bzero(secret, size);
}
