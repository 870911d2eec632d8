/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that wait for something to happen to a key ("device/ID", "enrolment/ID"). */
#ifndef SERVER_PARK_H
#define SERVER_PARK_H

#include <stdint.h>

#include "server/wheel.h"

enum { PARK_KEY_MAX = 48 };

struct park;

/* Lives in the request; all zero is one that is not parked. */
struct park_entry {
	struct park_entry *next, **link;
	struct wheel_entry limit;
	struct park *park;
	void (*fn)(void *data);
	void *data;
	char key[PARK_KEY_MAX];
};

struct park *park_create(struct wheel *wheel);
void park_destroy(struct park *park); /* takes NULL; nothing may be parked any more */

/* Park until park_wake(key) or `seconds` went by, then call `fn` once. `key` fits PARK_KEY_MAX. */
void park_add(struct park *park, struct park_entry *entry, const char *key, unsigned seconds,
		void (*fn)(void *data), void *data);
void park_remove(struct park_entry *entry); /* also of one that is not parked */

/* Wake all that wait for `key`, or everybody. */
void park_wake(struct park *park, const char *key);
void park_wake_all(struct park *park);
unsigned park_count(const struct park *park);

#endif
