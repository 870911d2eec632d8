// SPDX-License-Identifier: Apache-2.0
#include "agent/order_memory.h"

#include <string.h>

#include "agent/messages.h"
#include "base/text.h"
#include "conf/json.h"

static void drop_taken(struct order_memory *memory, unsigned count)
{
	memory->taken_count -= count;
	memmove(memory->taken, memory->taken + count,
			memory->taken_count * sizeof(memory->taken[0]));
}

bool order_memory_take(struct order_memory *memory, const char *id, int64_t now_s)
{
	unsigned old = 0;

	for (unsigned i = 0; i < memory->taken_count; i++)
		if (strcmp(memory->taken[i].id, id) == 0)
			return false;
	while (old < memory->taken_count && memory->taken[old].time_s < now_s - ORDER_TAKEN_S)
		old++;
	if (!old && memory->taken_count == ORDER_TAKEN_MAX)
		old = 1;
	drop_taken(memory, old);
	unsigned at = memory->taken_count++;
	(void)text_copy(memory->taken[at].id, WIRE_ORDER_ID_MAX, id);
	memory->taken[at].time_s = now_s;
	return true;
}

void order_memory_drop_result(struct order_memory *memory)
{
	if (memory->result_count == 0)
		return;
	memory->result_count--;
	memmove(memory->results, memory->results + 1,
			memory->result_count * sizeof(memory->results[0]));
}

void order_memory_add(struct order_memory *memory, const char *id, const char *state,
		const char *detail)
{
	if (memory->result_count == ORDER_RESULTS_MAX)
		order_memory_drop_result(memory);
	struct order_result *result = &memory->results[memory->result_count++];
	*result = (struct order_result){0};
	(void)text_copy(result->id, sizeof(result->id), id);
	(void)text_copy(result->state, sizeof(result->state), state);
	messages_cut(result->detail, sizeof(result->detail), detail);
}

char *order_memory_print(const struct order_memory *memory)
{
	OWNED(json) cJSON *document = json_new_object();
	cJSON *list = json_put_list(document, "taken");

	for (unsigned i = 0; i < memory->taken_count; i++) {
		cJSON *one = json_new_object();

		json_put_text(one, "id", memory->taken[i].id);
		json_put_whole(one, "time", memory->taken[i].time_s);
		json_append(list, one);
	}
	list = json_put_list(document, "results");
	for (unsigned i = 0; i < memory->result_count; i++) {
		cJSON *one = json_new_object();

		json_put_text(one, "id", memory->results[i].id);
		json_put_text(one, "state", memory->results[i].state);
		json_put_text(one, "detail", memory->results[i].detail);
		json_append(list, one);
	}
	json_put_bool(document, "locked", memory->is_locked);
	json_put_text(document, "lock", memory->lock);
	json_put_text(document, "lock_text", memory->lock_text);
	json_put_text(document, "restart", memory->restart);
	json_put_text(document, "boot", memory->boot);
	return json_print(document);
}

static void parse_lists(struct json *in, struct order_memory *memory)
{
	struct json list, one;

	if (json_enter_list(in, "taken", JSON_REQUIRED, ORDER_TAKEN_MAX, &list)) {
		while (memory->taken_count < ORDER_TAKEN_MAX && json_next_object(&list, &one)) {
			unsigned at = memory->taken_count++;

			json_text(&one, "id", JSON_REQUIRED | JSON_FILLED, memory->taken[at].id,
					WIRE_ORDER_ID_MAX);
			json_whole(&one, "time", JSON_REQUIRED, 0, JSON_WHOLE_MAX,
					&memory->taken[at].time_s);
			json_leave(&one);
		}
		json_leave(&list);
	}
	if (!json_enter_list(in, "results", JSON_REQUIRED, ORDER_RESULTS_MAX, &list))
		return;
	while (memory->result_count < ORDER_RESULTS_MAX && json_next_object(&list, &one)) {
		struct order_result *result = &memory->results[memory->result_count++];

		json_text(&one, "id", JSON_REQUIRED | JSON_FILLED, result->id, sizeof(result->id));
		json_text(&one, "state", JSON_REQUIRED | JSON_FILLED, result->state,
				sizeof(result->state));
		json_text(&one, "detail", JSON_REQUIRED, result->detail, sizeof(result->detail));
		if (one.status == 0 && !messages_is_id(result->id))
			json_refuse(&one, "id", "not the id of an order");
		json_leave(&one);
	}
	json_leave(&list);
}

int order_memory_parse(const void *text, size_t size, struct order_memory *ret, struct err *err)
{
	OWNED(json) cJSON *document = NULL;
	OWNED(memory) struct order_memory *memory = own_alloc(sizeof(*memory));
	struct json in;
	int r = json_parse(text, size, &document, err);

	if (r < 0)
		return r;
	json_begin(&in, document, err);
	parse_lists(&in, memory);
	json_bool(&in, "locked", JSON_REQUIRED, &memory->is_locked);
	json_text(&in, "lock", JSON_REQUIRED, memory->lock, sizeof(memory->lock));
	json_text(&in, "lock_text", JSON_REQUIRED | JSON_LINES, memory->lock_text,
			sizeof(memory->lock_text));
	json_text(&in, "restart", JSON_REQUIRED, memory->restart, sizeof(memory->restart));
	json_text(&in, "boot", JSON_REQUIRED, memory->boot, sizeof(memory->boot));
	if (in.status == 0 && memory->is_locked && !messages_is_id(memory->lock))
		json_refuse(&in, "lock", "not the id of an order");
	if (in.status == 0 && memory->restart[0] && !messages_is_id(memory->restart))
		json_refuse(&in, "restart", "not the id of an order");
	r = json_end(&in);
	if (r == 0)
		*ret = *memory;
	return r;
}
