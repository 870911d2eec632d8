/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/alarm.h"

#include <string.h>

enum { GROW = 1024 };

struct alarms {
	struct loop_timer *timer;
	struct alarm **heap; /* heap[0] is unused */
	size_t count, capacity;
};

static void put(struct alarms *alarms, size_t place, struct alarm *alarm)
{
	alarms->heap[place] = alarm;
	alarm->place = place;
}

static void rise(struct alarms *alarms, size_t place)
{
	struct alarm *alarm = alarms->heap[place];

	for (; place > 1 && alarms->heap[place / 2]->due_ms > alarm->due_ms; place /= 2)
		put(alarms, place, alarms->heap[place / 2]);
	put(alarms, place, alarm);
}

static void sink(struct alarms *alarms, size_t place)
{
	struct alarm *alarm = alarms->heap[place];

	for (size_t below; (below = 2 * place) <= alarms->count; place = below) {
		if (below < alarms->count &&
				alarms->heap[below + 1]->due_ms < alarms->heap[below]->due_ms)
			below++;
		if (alarms->heap[below]->due_ms >= alarm->due_ms)
			break;
		put(alarms, place, alarms->heap[below]);
	}
	put(alarms, place, alarm);
}

static void arm(struct alarms *alarms)
{
	int64_t left = alarms->count ? alarms->heap[1]->due_ms - loop_now_ms() : -1;

	loop_timer_set(alarms->timer, alarms->count && left < 0 ? 0 : left);
}

static void on_timer(void *data)
{
	struct alarms *alarms = data;
	int64_t now_ms = loop_now_ms();

	while (alarms->count && alarms->heap[1]->due_ms <= now_ms) {
		struct alarm *alarm = alarms->heap[1];

		alarm_clear(alarms, alarm);
		alarm->fn(alarm->data);
	}
	arm(alarms);
}

struct alarms *alarms_create(struct loop *loop)
{
	struct alarms *alarms = own_alloc(sizeof(*alarms));

	alarms->timer = loop_add_timer(loop, on_timer, alarms);
	return alarms;
}

void alarms_destroy(struct alarms *alarms)
{
	if (!alarms)
		return;
	loop_timer_remove(alarms->timer);
	free(alarms->heap);
	free(alarms);
}

static void grow(struct alarms *alarms)
{
	struct alarm **old = alarms->heap;

	alarms->capacity = 2 * alarms->capacity + GROW;
	alarms->heap = own_alloc_array(alarms->capacity, sizeof(struct alarm *));
	if (old)
		memcpy(alarms->heap, old, (alarms->count + 1) * sizeof(struct alarm *));
	free(old);
}

void alarm_set(struct alarms *alarms, struct alarm *alarm, int64_t delay_ms, void (*fn)(void *data),
		void *data)
{
	alarm_clear(alarms, alarm);
	alarm->due_ms = loop_now_ms() + delay_ms;
	alarm->fn = fn;
	alarm->data = data;
	if (alarms->count + 2 > alarms->capacity)
		grow(alarms);
	put(alarms, ++alarms->count, alarm);
	rise(alarms, alarms->count);
	if (alarm->place == 1)
		arm(alarms);
}

void alarm_clear(struct alarms *alarms, struct alarm *alarm)
{
	size_t place = alarm->place;

	if (!place)
		return;
	struct alarm *last = alarms->heap[alarms->count--];
	alarm->place = 0;
	if (last == alarm)
		return;
	put(alarms, place, last);
	rise(alarms, place);
	sink(alarms, last->place);
}
