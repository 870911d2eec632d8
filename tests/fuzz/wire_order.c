/* SPDX-License-Identifier: Apache-2.0 */
/* Orders and their results as any bytes: what passes has texts that end. */
#include <stdlib.h>
#include <string.h>

#include "wire/order.h"
#include "wire/told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_agent_order order = {0};
	struct wire_agent_order_done done = {0};
	struct wire_agent_monitors monitors = {0};
	struct wire_agent_quality quality = {0};
	struct err err;

	memcpy(&order, data, size < sizeof(order) ? size : sizeof(order));
	memcpy(&monitors, data, size < sizeof(monitors) ? size : sizeof(monitors));
	memcpy(&quality, data, size < sizeof(quality) ? size : sizeof(quality));
	(void)wire_monitors_check(&monitors);
	if (wire_quality_check(&quality) == 0 && strlen(quality.user) >= sizeof(quality.user))
		abort();
	memcpy(&done, data, size < sizeof(done) ? size : sizeof(done));
	if (wire_order_check(&order, &err) == 0 &&
			(strlen(order.id) >= sizeof(order.id) ||
					strlen(order.text) >= sizeof(order.text) ||
					strcmp(wire_order_name(order.kind), "?") == 0))
		abort();
	if (wire_order_done_check(&done, &err) == 0 && strlen(done.detail) >= sizeof(done.detail))
		abort();
	return 0;
}
