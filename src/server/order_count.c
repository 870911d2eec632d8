/* SPDX-License-Identifier: Apache-2.0 */
#include "server/order_count.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "server/db.h"

struct waiting {
	char device[DB_ID_MAX]; /* first: the tree compares entries as texts */
	unsigned count;
};

struct order_counts {
	void *tree; /* of entries; few devices have orders at a time */
};

static int by_device(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct order_counts *order_counts_create(void)
{
	return own_alloc(sizeof(struct order_counts));
}

void order_counts_destroy(struct order_counts *counts)
{
	if (!counts)
		return;
	tdestroy(counts->tree, free);
	free(counts);
}

static struct waiting *find(const struct order_counts *counts, const char *device)
{
	struct waiting **node = tfind(device, &counts->tree, by_device);

	return node ? *node : NULL;
}

void order_count_set(struct order_counts *counts, const char *device, unsigned count)
{
	struct waiting *entry = find(counts, device);

	if (!count && entry) {
		tdelete(device, &counts->tree, by_device);
		free(entry);
		return;
	}
	if (!entry && count) {
		entry = own_alloc(sizeof(*entry));
		if (text_copy(entry->device, sizeof(entry->device), device) < 0)
			abort();
		if (!tsearch(entry, &counts->tree, by_device))
			abort();
	}
	if (entry)
		entry->count = count;
}

unsigned order_count_get(const struct order_counts *counts, const char *device)
{
	const struct waiting *entry = counts->tree ? find(counts, device) : NULL;

	return entry ? entry->count : 0;
}
