/* SPDX-License-Identifier: Apache-2.0 */
#include "server/preview.h"

#include <string.h>

#include "base/own.h"
#include "conf/diff.h"
#include "conf/doubts.h"
#include "conf/json.h"

enum { PAIR_SIZE = 64 };

/* What a pair of documents brings, on how many devices. */
struct brought {
	size_t count;
	cJSON *values; /* of conf_diff_documents */
	cJSON *doubts; /* [{"path", "text", "severe"}] */
};

/* The same thing, brought by any pair. */
struct total {
	const cJSON *item;
	size_t count;
	size_t order; /* of appearance */
};

static struct lookup_entry *entry_of(struct preview *preview, const uint8_t before[32],
		const uint8_t after[32])
{
	uint8_t key[PAIR_SIZE];

	memcpy(key, before, 32);
	memcpy(key + 32, after, 32);
	return lookup_get(&preview->pairs, key, sizeof(key));
}

bool preview_count(struct preview *preview, const uint8_t before[32], const uint8_t after[32],
		size_t count)
{
	struct lookup_entry *entry = entry_of(preview, before, after);
	struct brought *brought = entry->value;
	bool is_new = !brought;

	if (is_new)
		entry->value = brought = own_alloc(sizeof(*brought));
	brought->count += count;
	return is_new;
}

static void keep_doubt(void *data, const struct conf_doubt *doubt)
{
	cJSON *item = json_new_object();

	json_put_text(item, "path", doubt->path);
	json_put_text(item, "text", doubt->text);
	json_put_bool(item, "severe", doubt->is_severe);
	json_append(data, item);
}

static void fill(struct brought *brought, const struct preview_pair *pair)
{
	brought->values = conf_diff_documents(pair->before, pair->after);
	brought->doubts = json_new_list();
	if (pair->had && pair->gets)
		conf_doubts(pair->had, pair->gets, keep_doubt, brought->doubts);
}

void preview_pair(struct preview *preview, const uint8_t before[32], const uint8_t after[32],
		const struct preview_pair *pair)
{
	fill(entry_of(preview, before, after)->value, pair);
}

void preview_one(struct preview *preview, const struct preview_pair *pair)
{
	size_t number = preview->pairs.count;
	struct brought *brought = own_alloc(sizeof(*brought));

	brought->count = 1;
	fill(brought, pair);
	lookup_get(&preview->pairs, &number, sizeof(number))->value = brought;
}

static void add(struct lookup *totals, const cJSON *item, size_t count)
{
	OWNED(memory) char *text = json_print(item);
	struct lookup_entry *entry = lookup_get(totals, text, strlen(text));
	struct total *total = entry->value;

	if (!total) {
		entry->value = total = own_alloc(sizeof(*total));
		total->item = item;
		total->order = totals->count;
	}
	total->count += count;
}

static int by_count(const void *a, const void *b)
{
	const struct total *one = *(const struct total *const *)a;
	const struct total *other = *(const struct total *const *)b;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	return (one->order > other->order) - (one->order < other->order);
}

/* Members `keys` (ended by NULL) of an item, null where it has none, and its count. */
static cJSON *total_json(const struct total *total, const char *const *keys)
{
	cJSON *item = json_new_object();

	for (; *keys; keys++) {
		const cJSON *member = cJSON_GetObjectItemCaseSensitive(total->item, *keys);

		json_put(item, *keys, member ? json_copy(member) : cJSON_CreateNull());
	}
	json_put_whole(item, "device_count", (int64_t)total->count);
	return item;
}

static cJSON *sum_up(const struct preview *preview, bool has_values, const char *const *keys)
{
	struct lookup totals = {0};
	cJSON *list = json_new_list();
	const cJSON *item;
	size_t at = 0;

	for (struct lookup_entry *entry = preview->pairs.first; entry; entry = entry->next) {
		const struct brought *brought = entry->value;
		const cJSON *items = has_values ? brought->values : brought->doubts;

		cJSON_ArrayForEach(item, items) {
			add(&totals, item, brought->count);
		}
	}
	OWNED(memory)
	const struct total **sorted = own_alloc_array(totals.count + 1, sizeof(struct total *));
	for (struct lookup_entry *entry = totals.first; entry; entry = entry->next)
		sorted[at++] = entry->value;
	qsort(sorted, totals.count, sizeof(sorted[0]), by_count);
	for (size_t i = 0; i < totals.count && i < PREVIEW_VALUES_MAX; i++)
		json_append(list, total_json(sorted[i], keys));
	lookup_finish(&totals);
	return list;
}

cJSON *preview_values(const struct preview *preview)
{
	static const char *const keys[] = {"path", "before", "after", NULL};

	return sum_up(preview, true, keys);
}

cJSON *preview_warnings(const struct preview *preview)
{
	static const char *const keys[] = {"path", "text", "severe", NULL};

	return sum_up(preview, false, keys);
}

void preview_finish(struct preview *preview)
{
	for (struct lookup_entry *entry = preview->pairs.first; entry; entry = entry->next) {
		struct brought *brought = entry->value;

		cJSON_Delete(brought->values);
		cJSON_Delete(brought->doubts);
	}
	lookup_finish(&preview->pairs);
}
