// SPDX-License-Identifier: Apache-2.0
#include "conf/code.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { LETTERS = 8, HALF = 4, BITS = 5 };

static const char prefix[] = "tynd-code-1"; /* its NUL is part of it */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void put_letter(char code[CODE_SIZE], unsigned index, char letter)
{
	code[index + (index >= HALF)] = letter;
	code[HALF] = '-';
	code[CODE_SIZE - 1] = '\0';
}

void code_make(const struct code_parts *parts, char code[CODE_SIZE])
{
	uint8_t text[sizeof(prefix) + sizeof(*parts)], hash[EVP_MAX_MD_SIZE];
	uint64_t bits = 0;

	_Static_assert(sizeof(*parts) == 5 * 32, "the parts are hashed as they lie");
	memcpy(text, prefix, sizeof(prefix));
	memcpy(text + sizeof(prefix), parts, sizeof(*parts));
	if (!EVP_Digest(text, sizeof(text), hash, NULL, EVP_sha256(), NULL))
		abort(); /* only without memory */
	for (unsigned i = 0; i < LETTERS * BITS / 8; i++)
		bits = bits << 8 | hash[i];
	for (unsigned i = 0; i < LETTERS; i++)
		put_letter(code, i, alphabet[bits >> (BITS * (LETTERS - 1 - i)) & 31]);
}

static char letter_of(char typed)
{
	char c = (char)toupper((unsigned char)typed);

	if (c == 'O')
		return '0';
	return c == 'I' || c == 'L' ? '1' : c;
}

int code_normalise(const char *typed, char code[CODE_SIZE], struct err *err)
{
	char normal[CODE_SIZE];
	unsigned count = 0;

	for (const char *at = typed; *at; at++) {
		if (*at == '-' || *at == ' ')
			continue;
		if (!strchr(alphabet, letter_of(*at)) || count == LETTERS)
			return err_set(err, EINVAL, "%s is not a code such as K7QF-2M9P",
					log_quote(typed));
		put_letter(normal, count++, letter_of(*at));
	}
	if (count != LETTERS)
		return err_set(err, EINVAL, "%s has %u of a code's 8 letters", log_quote(typed),
				count);
	memcpy(code, normal, sizeof(normal));
	return 0;
}
