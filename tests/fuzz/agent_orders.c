// SPDX-License-Identifier: Apache-2.0
/* Orders that a server sends, and what the store says of them. */
#include <stdlib.h>

#include "agent/order_memory.h"
#include "agent/order_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct order_task tasks[ORDER_TASKS_MAX];
	static struct order_memory memory;
	unsigned count = 0;
	struct err err;

	if (order_read((const char *)data, size, tasks, &count, &err) == 0)
		for (unsigned i = 0; i < count; i++)
			if (order_memory_take(&memory, tasks[i].id, 1000))
				order_memory_add(&memory, tasks[i].id, "done", tasks[i].why.text);
	free(order_memory_print(&memory));
	(void)order_memory_parse(data, size, &memory, &err);
	return 0;
}
