/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as a monitor sends them, and the same with header and checksum made right. */
#include <stdint.h>
#include <string.h>

#include "kms/edid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t block[128] = {0};
	unsigned sum = 0;

	edid_read(data, size);
	memcpy(block, data, size < sizeof block ? size : sizeof block);
	memset(block + 1, 0xff, 6);
	block[0] = block[7] = block[127] = 0;
	block[18] = 1;
	for (unsigned i = 0; i < sizeof block; i++)
		sum += block[i];
	block[127] = (uint8_t)(256 - sum % 256);
	edid_read(block, sizeof block);
	return 0;
}
