/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "session/start.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_session_start start = {0};
	struct err err;

	memcpy(&start, data, size < sizeof(start) ? size : sizeof(start));
	start_check(&start, &err);
	return 0;
}
