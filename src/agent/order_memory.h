/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent must not forget about orders, also over a restart: a small file of the store. Pure. */
#ifndef AGENT_ORDER_MEMORY_H
#define AGENT_ORDER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/agent.h"

enum {
	ORDER_TAKEN_MAX = 64,
	ORDER_TAKEN_S = 24 * 3600, /* how long an id is remembered */
	ORDER_RESULTS_MAX = 32,
	ORDER_STATE_MAX = 12,
	ORDER_BOOT_MAX = 64,
};

struct order_result {
	char id[WIRE_ORDER_ID_MAX];
	char state[ORDER_STATE_MAX];
	char detail[WIRE_DETAIL_MAX];
};

struct order_memory {
	unsigned taken_count;
	struct {
		char id[WIRE_ORDER_ID_MAX];
		int64_t time_s;
	} taken[ORDER_TAKEN_MAX]; /* the oldest first */
	unsigned result_count;
	struct order_result results[ORDER_RESULTS_MAX]; /* that the server does not have */
	bool is_locked;
	char lock[WIRE_ORDER_ID_MAX];
	char lock_text[WIRE_ORDER_TEXT_MAX];
	char restart[WIRE_ORDER_ID_MAX]; /* order to restart the device; "": none */
	char boot[ORDER_BOOT_MAX];       /* when it was taken */
};

/* False: it was taken before. Else it is now; the oldest go. */
bool order_memory_take(struct order_memory *memory, const char *id, int64_t now_s);

/* The oldest result goes when there are too many. Texts are cut to what fits. */
void order_memory_add(struct order_memory *memory, const char *id, const char *state,
		const char *detail);
void order_memory_drop_result(struct order_memory *memory); /* the first */

/* Text of the file, free(); and back, taking any bytes. */
char *order_memory_print(const struct order_memory *memory);
int order_memory_parse(const void *text, size_t size, struct order_memory *ret, struct err *err);

#endif
