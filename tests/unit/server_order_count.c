/* SPDX-License-Identifier: Apache-2.0 */
#include "server/order_count.h"

#include "base/text.h"
#include "unit/test.h"

int main(void)
{
	struct order_counts *counts = order_counts_create();
	char id[16];

	TEST("a device without orders has none") {
		CHECK_INT(order_count_get(counts, "a"), 0);
		order_count_set(counts, "a", 0);
		CHECK_INT(order_count_get(counts, "a"), 0);
	}
	TEST("each device has its own count, and may lose it") {
		for (unsigned i = 0; i < 1000; i++) {
			(void)text_format(id, sizeof(id), "d%u", i * 7919 % 1000);
			order_count_set(counts, id, i * 7919 % 1000 + 1);
		}
		order_count_set(counts, "d500", 3);
		order_count_set(counts, "d501", 0);
		CHECK_INT(order_count_get(counts, "d499"), 500);
		CHECK_INT(order_count_get(counts, "d500"), 3);
		CHECK_INT(order_count_get(counts, "d501"), 0);
		CHECK_INT(order_count_get(counts, "d1000"), 0);
	}
	order_counts_destroy(counts);
	TEST_END();
}
