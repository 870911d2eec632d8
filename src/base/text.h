/* SPDX-License-Identifier: Apache-2.0 */
/* Text in fixed arrays: copied whole or not at all, always NUL-terminated. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copy `text` into `buffer` of `size` bytes; -E2BIG and nothing written when it does not fit. */
int text_copy(char *buffer, size_t size, const char *text);

/* snprintf that says -E2BIG when the text was cut (the cut text is still there). */
int text_format(char *buffer, size_t size, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(const char *text, size_t size);

/* Any byte below 0x20 or 0x7f; `allowed` (may be NULL) lists exceptions such as "\n". */
bool text_has_control(const char *text, const char *allowed);

/* Lower-case hex of `size` bytes; `hex` holds 2 * size + 1 bytes. */
void text_to_hex(const uint8_t *bytes, size_t size, char *hex);

/* Exactly 2 * size hex digits into `size` bytes; -EINVAL otherwise. */
int text_from_hex(const char *hex, uint8_t *bytes, size_t size);

/* RFC 4648 base64 with padding, strict. `encoded` holds 4 * ((size + 2) / 3) + 1 bytes. */
void text_to_base64(const uint8_t *bytes, size_t size, char *encoded);

/* Returns the number of bytes written, -EINVAL for anything not canonical, -E2BIG above `max`. */
long text_from_base64(const char *encoded, uint8_t *bytes, size_t max);

/* A whole decimal number in min..max, no sign, no space, no leading zeros; -EINVAL / -ERANGE. */
int text_to_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

/* Overwrite a secret so that the compiler keeps the writes. */
void text_wipe(void *secret, size_t size);

#endif
