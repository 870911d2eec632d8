/* SPDX-License-Identifier: Apache-2.0 */
/* Growing memory, in the one place where lengths are checked. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/own.h"

/* Bytes that grow up to `max`. All zero but `max` is an empty one. */
struct array {
	uint8_t *data;
	size_t size;     /* bytes used */
	size_t capacity; /* bytes had */
	size_t max;      /* bytes at most; -EMSGSIZE above */
};

/* Frees the bytes and leaves an empty array with the same maximum. */
void array_finish(struct array *array);

/* Append; -EMSGSIZE above the maximum, and nothing is appended then. */
int array_append(struct array *array, const void *data, size_t size);

/* Room for `size` more bytes behind the used ones, which the caller then counts in `size`. */
int array_reserve(struct array *array, size_t size);

static inline void own_end_array(struct array *array)
{
	array_finish(array);
}

#endif
