/* SPDX-License-Identifier: Apache-2.0 */
#include "server/preview.h"

#include <string.h>

#include "base/own.h"
#include "conf/diff.h"
#include "conf/json.h"

enum { PAIR_SIZE = 64 };

struct pair {
	size_t count;
	cJSON *changes; /* of conf_diff_documents */
};

struct value {
	const cJSON *change;
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
	struct pair *pair = entry->value;
	bool is_new = !pair;

	if (is_new)
		entry->value = pair = own_alloc(sizeof(*pair));
	pair->count += count;
	return is_new;
}

void preview_pair(struct preview *preview, const uint8_t before[32], const uint8_t after[32],
		const cJSON *before_document, const cJSON *after_document)
{
	struct pair *pair = entry_of(preview, before, after)->value;

	pair->changes = conf_diff_documents(before_document, after_document);
}

void preview_one(struct preview *preview, const cJSON *before, const cJSON *after)
{
	size_t number = preview->pairs.count;
	struct pair *pair = own_alloc(sizeof(*pair));

	pair->count = 1;
	pair->changes = conf_diff_documents(before, after);
	lookup_get(&preview->pairs, &number, sizeof(number))->value = pair;
}

static void add(struct preview *preview, const cJSON *change, size_t count)
{
	OWNED(memory) char *text = json_print(change);
	struct lookup_entry *entry = lookup_get(&preview->values, text, strlen(text));
	struct value *value = entry->value;

	if (!value) {
		entry->value = value = own_alloc(sizeof(*value));
		value->change = change;
		value->order = preview->values.count;
	}
	value->count += count;
}

static int by_count(const void *a, const void *b)
{
	const struct value *one = *(const struct value *const *)a;
	const struct value *other = *(const struct value *const *)b;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	return (one->order > other->order) - (one->order < other->order);
}

static cJSON *value_json(const struct value *value)
{
	static const char *const keys[] = {"path", "before", "after"};
	cJSON *item = json_new_object();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const cJSON *member = cJSON_GetObjectItemCaseSensitive(value->change, keys[i]);

		json_put(item, keys[i], member ? json_copy(member) : cJSON_CreateNull());
	}
	json_put_whole(item, "device_count", (int64_t)value->count);
	return item;
}

cJSON *preview_values(struct preview *preview)
{
	cJSON *list = json_new_list();
	const cJSON *change;

	for (struct lookup_entry *entry = preview->pairs.first; entry; entry = entry->next) {
		const struct pair *pair = entry->value;

		cJSON_ArrayForEach(change, pair->changes) {
			add(preview, change, pair->count);
		}
	}
	size_t count = preview->values.count, at = 0;
	OWNED(memory)
	const struct value **sorted = own_alloc_array(count + 1, sizeof(struct value *));
	for (struct lookup_entry *entry = preview->values.first; entry; entry = entry->next)
		sorted[at++] = entry->value;
	qsort(sorted, count, sizeof(sorted[0]), by_count);
	for (size_t i = 0; i < count && i < PREVIEW_VALUES_MAX; i++)
		json_append(list, value_json(sorted[i]));
	return list;
}

void preview_finish(struct preview *preview)
{
	for (struct lookup_entry *entry = preview->pairs.first; entry; entry = entry->next)
		cJSON_Delete(((struct pair *)entry->value)->changes);
	lookup_finish(&preview->pairs);
	lookup_finish(&preview->values);
}
