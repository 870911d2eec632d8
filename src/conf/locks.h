/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locked values. A layer may hold "locks": {"helpdesk.phone": true, "desktops": true} beside its
 * values: what it and the layers before it say at and below these paths (nothing, too) then
 * stands, and what later layers say there is ignored. Locks are part of the layer's document,
 * so changing, undoing and explaining them is what it is for values. No config has them.
 */
#ifndef CONF_LOCKS_H
#define CONF_LOCKS_H

#include <stdbool.h>

#include "conf/json.h"

enum { CONF_LOCKS_MAX = 64 }; /* of one layer */

#define CONF_LOCKS "locks"

/* Of a layer or a patch of one: paths that a config can have, each true (or null in a patch). */
int conf_locks_check(const cJSON *locks, struct err *err);

/* "helpdesk.phone" as "/helpdesk/phone"; false when it is no path of words and dots. */
bool conf_locks_pointer(const char *path, char ret[JSON_POINTER_MAX]);

/* Whether `pointer` is the place of a lock on `path`, or lies below it. */
bool conf_locks_covers(const char *path, const char *pointer);

/* The lock of a layer's document that covers `pointer`, as its path; NULL: none. */
const char *conf_locks_find(const cJSON *document, const char *pointer);

#endif
