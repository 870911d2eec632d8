/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "session/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_session_start start = {
			.ca_size = (uint32_t)(size < WIRE_CA_MAX ? size : WIRE_CA_MAX)};
	struct err err;

	memcpy(start.ca, data, start.ca_size);
	trust_certificate(&start, "desk.example", data, size, &err);
	return 0;
}
