/* SPDX-License-Identifier: Apache-2.0 */
#include "server/lookup.h"

#include <string.h>

#include "base/own.h"

enum { BUCKETS_MIN = 256 };

static uint64_t hash_of(const uint8_t *key, size_t size)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ key[i]) * 1099511628211u;
	return hash ^ hash >> 32;
}

static void grow(struct lookup *lookup)
{
	lookup->bucket_count = lookup->bucket_count ? 4 * lookup->bucket_count : BUCKETS_MIN;
	free(lookup->buckets);
	lookup->buckets = own_alloc_array(lookup->bucket_count, sizeof(struct lookup_entry *));
	for (struct lookup_entry *entry = lookup->first; entry; entry = entry->next) {
		struct lookup_entry **bucket =
				&lookup->buckets[entry->hash & (lookup->bucket_count - 1)];

		entry->next_in_bucket = *bucket;
		*bucket = entry;
	}
}

struct lookup_entry *lookup_get(struct lookup *lookup, const void *key, size_t size)
{
	uint64_t hash = hash_of(key, size);

	if (lookup->count >= lookup->bucket_count)
		grow(lookup);
	struct lookup_entry **bucket = &lookup->buckets[hash & (lookup->bucket_count - 1)];
	struct lookup_entry *entry = *bucket;

	while (entry && (entry->size != size || memcmp(entry->key, key, size) != 0))
		entry = entry->next_in_bucket;
	if (entry)
		return entry;
	entry = own_alloc(sizeof(*entry) + size);
	entry->hash = hash;
	entry->size = size;
	memcpy(entry->key, key, size);
	entry->next_in_bucket = *bucket;
	*bucket = entry;
	*(lookup->last ? &lookup->last->next : &lookup->first) = entry;
	lookup->last = entry;
	lookup->count++;
	return entry;
}

void lookup_finish(struct lookup *lookup)
{
	for (struct lookup_entry *entry = lookup->first, *next; entry; entry = next) {
		next = entry->next;
		free(entry->value);
		free(entry);
	}
	free(lookup->buckets);
	*lookup = (struct lookup){0};
}
