/* SPDX-License-Identifier: Apache-2.0 */
#include "base/own.h"

#include <string.h>

static void *must(void *memory)
{
	if (!memory) {
		static const char text[] = "error: out of memory\n";

		(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
		abort();
	}
	return memory;
}

void *own_alloc(size_t size)
{
	return must(calloc(1, size ? size : 1));
}

void *own_alloc_array(size_t count, size_t size)
{
	return must(calloc(count ? count : 1, size ? size : 1));
}

char *own_copy_text(const char *text)
{
	return must(strdup(text));
}
