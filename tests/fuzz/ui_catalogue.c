/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct catalogue *catalogue = NULL;

	if (catalogue_parse(data, size, &catalogue, NULL) == 0)
		catalogue_text(catalogue, "Sign in");
	catalogue_destroy(catalogue);
	return 0;
}
