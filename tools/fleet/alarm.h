/* SPDX-License-Identifier: Apache-2.0 */
/* Very many single alarms on one timer of the loop: a binary heap by due time. */
#ifndef FLEET_ALARM_H
#define FLEET_ALARM_H

#include <stddef.h>

#include "base/loop.h"

struct alarms;

/* Lives inside what it wakes; all zero is one that is not set. */
struct alarm {
	int64_t due_ms;
	size_t place; /* in the heap, from 1; 0: not set */
	void (*fn)(void *data);
	void *data;
};

struct alarms *alarms_create(struct loop *loop);
void alarms_destroy(struct alarms *alarms); /* those that are set are forgotten; takes NULL */

/* Call `fn` once, `delay_ms` from now. Sets anew. */
void alarm_set(struct alarms *alarms, struct alarm *alarm, int64_t delay_ms, void (*fn)(void *data),
		void *data);
void alarm_clear(struct alarms *alarms, struct alarm *alarm); /* also one that is not set */

#endif
