/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory with pixels that several hold: the last one to let go frees it. It may be known to
 * the display as well, which then reads it by itself.
 */
#ifndef KIOSK_PIXELS_H
#define KIOSK_PIXELS_H

#include <stddef.h>

#include "base/err.h"

struct display_buffer;
struct pixels;

/* Zeroed memory of our own. */
struct pixels *pixels_create(size_t size);

/*
 * Map a memfd of at least `size` bytes read-only. It must be sealed against shrinking, or
 * its owner could end us with SIGBUS. `fd` stays the caller's.
 */
int pixels_map(int fd, size_t size, struct pixels **ret, struct err *err);

/*
 * A dma-buf, which can't shrink. With `size` it is mapped read-only where that is possible,
 * else pixels_data is NULL. -EPROTO: it is something else, or smaller.
 */
int pixels_map_dmabuf(int fd, size_t size, struct pixels **ret, struct err *err);

/* Takes `buffer`, which ends before the memory does, by `destroy`. At most one. */
void pixels_set_buffer(struct pixels *pixels, struct display_buffer *buffer,
		void (*destroy)(struct display_buffer *buffer));
struct display_buffer *pixels_buffer(struct pixels *pixels); /* NULL: none */

/* Copy `size` bytes out of a memfd of at least that size. */
int pixels_read(int fd, size_t size, struct pixels **ret, struct err *err);

void *pixels_data(struct pixels *pixels);
struct pixels *pixels_ref(struct pixels *pixels);
unsigned pixels_refs(const struct pixels *pixels);
void pixels_unref(struct pixels *pixels); /* takes NULL */

#endif
