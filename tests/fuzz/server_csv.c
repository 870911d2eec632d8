/* SPDX-License-Identifier: Apache-2.0 */
/* Any file that a person imports as CSV. */
#include <stdint.h>

#include "server/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWNED(csv) struct csv csv;
	struct err err;

	csv_begin(&csv, (const char *)data, size);
	while (csv_row(&csv, &err) > 0)
		continue;
	return 0;
}
