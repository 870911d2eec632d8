/* SPDX-License-Identifier: Apache-2.0 */
#include "server/wheel.h"

#include <assert.h>

#include "base/own.h"

struct wheel {
	struct loop_timer *timer;
	unsigned now; /* slot whose turn was last */
	unsigned count;
	struct wheel_entry slots[WHEEL_SLOTS]; /* heads of rings */
};

static void on_timer(void *data)
{
	struct wheel *wheel = data;

	wheel_turn(wheel);
	if (wheel->count)
		loop_timer_set(wheel->timer, 1000);
}

struct wheel *wheel_create(struct loop *loop)
{
	struct wheel *wheel = own_alloc(sizeof(*wheel));

	for (unsigned i = 0; i < WHEEL_SLOTS; i++)
		wheel->slots[i].next = wheel->slots[i].previous = &wheel->slots[i];
	wheel->timer = loop_add_timer(loop, on_timer, wheel);
	return wheel;
}

void wheel_destroy(struct wheel *wheel)
{
	if (!wheel)
		return;
	assert(wheel->count == 0);
	loop_timer_remove(wheel->timer);
	free(wheel);
}

void wheel_set(struct wheel *wheel, struct wheel_entry *entry, unsigned seconds,
		void (*fn)(void *data), void *data)
{
	assert(seconds <= WHEEL_SECONDS_MAX);
	wheel_clear(wheel, entry);
	struct wheel_entry *head = &wheel->slots[(wheel->now + seconds + 1) % WHEEL_SLOTS];
	entry->fn = fn;
	entry->data = data;
	entry->next = head;
	entry->previous = head->previous;
	head->previous->next = entry;
	head->previous = entry;
	if (wheel->count++ == 0)
		loop_timer_set(wheel->timer, 1000);
}

void wheel_clear(struct wheel *wheel, struct wheel_entry *entry)
{
	if (!entry->next)
		return;
	entry->next->previous = entry->previous;
	entry->previous->next = entry->next;
	entry->next = entry->previous = NULL;
	if (--wheel->count == 0)
		loop_timer_set(wheel->timer, -1);
}

void wheel_turn(struct wheel *wheel)
{
	wheel->now = (wheel->now + 1) % WHEEL_SLOTS;
	struct wheel_entry *head = &wheel->slots[wheel->now];

	/* A call may set or clear any entry; what it sets is in another slot. */
	while (head->next != head) {
		struct wheel_entry *entry = head->next;

		wheel_clear(wheel, entry);
		entry->fn(entry->data);
	}
}
