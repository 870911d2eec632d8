/* SPDX-License-Identifier: Apache-2.0 */
/* What firmware says of its keys, and texts of hardware. */
#include <stdlib.h>
#include <string.h>

#include "agent/inventory.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inventory_certificates all;
	char text[INVENTORY_TEXT_MAX];

	inventory_parse_db(data, size, &all);
	inventory_clean((const char *)data, size, text);
	if (!text_is_utf8(text, strlen(text)) || text_has_control(text, NULL))
		abort();
	for (unsigned i = 0; i < all.count; i++)
		if (text_has_control(all.list[i].subject, NULL))
			abort();
	return 0;
}
