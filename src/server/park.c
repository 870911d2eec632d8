/* SPDX-License-Identifier: Apache-2.0 */
#include "server/park.h"

#include <assert.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

enum { BUCKETS = 16384 };

struct park {
	struct wheel *wheel;
	unsigned count;
	struct park_entry *buckets[BUCKETS];
};

/* FNV-1a: keys are random ids that we gave out ourselves. */
static unsigned bucket_of(const char *key)
{
	uint32_t hash = 2166136261u;

	for (; *key; key++)
		hash = (hash ^ (uint8_t)*key) * 16777619u;
	return hash % BUCKETS;
}

struct park *park_create(struct wheel *wheel)
{
	struct park *park = own_alloc(sizeof(*park));

	park->wheel = wheel;
	return park;
}

void park_destroy(struct park *park)
{
	if (!park)
		return;
	assert(park->count == 0);
	free(park);
}

void park_remove(struct park_entry *entry)
{
	struct park *park = entry->park;

	if (!park)
		return;
	wheel_clear(park->wheel, &entry->limit);
	*entry->link = entry->next;
	if (entry->next)
		entry->next->link = entry->link;
	entry->park = NULL;
	park->count--;
}

static void wake(void *data)
{
	struct park_entry *entry = data;

	park_remove(entry);
	entry->fn(entry->data);
}

void park_add(struct park *park, struct park_entry *entry, const char *key, unsigned seconds,
		void (*fn)(void *data), void *data)
{
	struct park_entry **head = &park->buckets[bucket_of(key)];

	assert(!entry->park);
	if (text_copy(entry->key, sizeof(entry->key), key) < 0)
		abort();
	entry->park = park;
	entry->fn = fn;
	entry->data = data;
	entry->next = *head;
	entry->link = head;
	if (*head)
		(*head)->link = &entry->next;
	*head = entry;
	park->count++;
	wheel_set(park->wheel, &entry->limit, seconds, wake, entry);
}

void park_wake(struct park *park, const char *key)
{
	struct park_entry *next;

	/* fn only resumes a request: it never parks one in the same call. */
	for (struct park_entry *entry = park->buckets[bucket_of(key)]; entry; entry = next) {
		next = entry->next;
		if (strcmp(entry->key, key) == 0)
			wake(entry);
	}
}

void park_wake_all(struct park *park)
{
	for (unsigned i = 0; i < BUCKETS; i++) {
		while (park->buckets[i])
			wake(park->buckets[i]);
	}
}

unsigned park_count(const struct park *park)
{
	return park->count;
}
