/* SPDX-License-Identifier: Apache-2.0 */
/* START as it came over the wire: everything in it may be wrong. */
#ifndef SESSION_START_H
#define SESSION_START_H

#include "base/err.h"
#include "wire/session.h"

/* -EINVAL with a sentence that names the field. */
int start_check(const struct wire_session_start *start, struct err *err);

/* The same for RESIZE. */
int start_check_resize(const struct wire_session_resize *resize, struct err *err);

/* Wipe what FreeRDP has taken over: password, user, domain. */
void start_wipe(struct wire_session_start *start);

#endif
