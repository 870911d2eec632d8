/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "kms/uevent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uevent_parse((const char *)data, size);
	return 0;
}
