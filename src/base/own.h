/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ownership of locals: `OWNED(fd) int fd = open(...)` closes at the end of the
 * scope unless it was given away with own_take_fd(&fd). Modules add their own
 * kinds with OWN_DEFINE(name, type, destroy).
 */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OWNED(kind) __attribute__((cleanup(own_end_##kind)))

/* Defines OWNED(kind) for pointers whose destructor takes NULL. */
#define OWN_DEFINE(kind, type, destroy) \
	static inline void own_end_##kind(type **object) \
	{ \
		destroy(*object); \
	} \
	struct own_semicolon

static inline void own_end_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void own_end_memory(void *pointer)
{
	free(*(void **)pointer);
}

static inline void own_end_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* Give the descriptor away: returns it and leaves -1. */
static inline int own_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Give the pointer away: evaluates to it and leaves NULL. */
#define own_take(pointer) \
	({ \
		__typeof__(pointer) taken_ = (pointer); \
		(pointer) = NULL; \
		taken_; \
	})

/* Memory that cannot be had ends the process (it is supervised); zeroed. */
void *own_alloc(size_t size);
void *own_alloc_array(size_t count, size_t size);
char *own_copy_text(const char *text);

#endif
