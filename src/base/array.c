/* SPDX-License-Identifier: Apache-2.0 */
#include "base/array.h"

#include <errno.h>
#include <string.h>

void array_finish(struct array *array)
{
	free(array->data);
	*array = (struct array){.max = array->max};
}

int array_reserve(struct array *array, size_t size)
{
	size_t capacity = array->capacity ? array->capacity : 256;
	uint8_t *data;

	if (size > array->max || array->size > array->max - size)
		return -EMSGSIZE;
	if (array->size + size <= array->capacity)
		return 0;
	while (capacity < array->size + size)
		capacity = capacity > array->max / 2 ? array->max : capacity * 2;
	data = own_alloc(capacity);
	if (array->size)
		memcpy(data, array->data, array->size);
	free(array->data);
	array->data = data;
	array->capacity = capacity;
	return 0;
}

int array_append(struct array *array, const void *data, size_t size)
{
	int ret = array_reserve(array, size);

	if (ret < 0)
		return ret;
	if (size)
		memcpy(array->data + array->size, data, size);
	array->size += size;
	return 0;
}
