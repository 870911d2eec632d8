// SPDX-License-Identifier: Apache-2.0
#include "conf/code.h"

#include <errno.h>

#include "unit/test.h"

static const struct {
	const char *typed;
	const char *code; /* NULL: refused */
} typed[] = {
		{"K7QF-2M9P", "K7QF-2M9P"},
		{"k7qf2m9p", "K7QF-2M9P"},
		{" k7 qf - 2m 9p ", "K7QF-2M9P"},
		{"oOiI-lL01", "0011-1101"},
		{"K7QF-2M9", NULL},
		{"K7QF-2M9PX", NULL},
		{"U7QF-2M9P", NULL},
		{"K7QF_2M9P", NULL},
		{"", NULL},
		{"----", NULL},
};

int main(void)
{
	/* The expected code was computed with Python's hashlib from the text of docs/protocol.md. */
	struct code_parts parts;
	char code[CODE_SIZE];
	struct err err;

	TEST("the code of five parts of equal bytes 1..5") {
		memset(parts.device_nonce, 1, 32);
		memset(parts.server_nonce, 2, 32);
		memset(parts.key_hash, 3, 32);
		memset(parts.ca_hash, 4, 32);
		memset(parts.config_key, 5, 32);
		code_make(&parts, code);
		CHECK_TEXT(code, "QN11-TQW4");
	}
	TEST("every part changes the code") {
		for (size_t i = 0; i < sizeof(parts); i += 31) {
			char other[CODE_SIZE];
			((uint8_t *)&parts)[i] ^= 1;
			code_make(&parts, other);
			CHECK(strcmp(code, other) != 0);
			((uint8_t *)&parts)[i] ^= 1;
		}
	}
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		TEST(typed[i].typed) {
			strcpy(code, "before");
			int r = code_normalise(typed[i].typed, code, &err);
			CHECK_INT(r, typed[i].code ? 0 : -EINVAL);
			CHECK_TEXT(code, typed[i].code ? typed[i].code : "before");
		}
	TEST_END();
}
