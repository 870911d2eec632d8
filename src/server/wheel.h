/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Very many time limits in whole seconds with one timer: a ring of WHEEL_SLOTS
 * lists, of which one is looked at per second. Setting and clearing cost the same
 * for one as for a hundred thousand. No timer runs while nothing is set.
 */
#ifndef SERVER_WHEEL_H
#define SERVER_WHEEL_H

#include <stdint.h>

#include "base/loop.h"

enum { WHEEL_SLOTS = 128, WHEEL_SECONDS_MAX = WHEEL_SLOTS - 2 };

struct wheel;

/* Lives inside what it limits; all zero is one that is not set. */
struct wheel_entry {
	struct wheel_entry *next, *previous;
	void (*fn)(void *data);
	void *data;
};

struct wheel *wheel_create(struct loop *loop);
void wheel_destroy(struct wheel *wheel); /* takes NULL; nothing may be set any more */

/* Call `fn` once, `seconds` (0..WHEEL_SECONDS_MAX) to `seconds` + 1 from now. Sets anew. */
void wheel_set(struct wheel *wheel, struct wheel_entry *entry, unsigned seconds,
		void (*fn)(void *data), void *data);
void wheel_clear(struct wheel *wheel, struct wheel_entry *entry);

/* One second passed; what the timer calls. */
void wheel_turn(struct wheel *wheel);

#endif
