/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a certificate request. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/ca.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	uint8_t hash[32];
	struct err err;

	(void)ca_check_csr(text, hash, &err);
	free(text);
	return 0;
}
