/* SPDX-License-Identifier: Apache-2.0 */
/* Values found by the bytes of a key; for what is built up, asked and thrown away. */
#ifndef SERVER_LOOKUP_H
#define SERVER_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

struct lookup_entry {
	struct lookup_entry *next_in_bucket, *next; /* next: in the order of adding */
	uint64_t hash;
	size_t size;
	void *value; /* lookup_finish frees it */
	uint8_t key[];
};

/* All zero is an empty one. */
struct lookup {
	struct lookup_entry **buckets;
	size_t bucket_count, count;
	struct lookup_entry *first, *last;
};

/* The entry of the key, made with a NULL value when it is missing. */
struct lookup_entry *lookup_get(struct lookup *lookup, const void *key, size_t size);
void lookup_finish(struct lookup *lookup);

#endif
