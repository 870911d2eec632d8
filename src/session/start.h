/* SPDX-License-Identifier: Apache-2.0 */
/* START as it came over the wire: everything in it may be wrong. */
#ifndef SESSION_START_H
#define SESSION_START_H

#include "base/err.h"
#include "wire/session.h"

enum { START_SIDE_MIN = 200 }; /* [MS-RDPEDISP] 2.2.2.2.1 */

/* -EINVAL with a sentence that names the field. */
int start_check(const struct wire_session_start *start, struct err *err);

/* The same for the size of RESIZE. */
int start_check_size(uint32_t width, uint32_t height, uint32_t scale_percent, struct err *err);

/* Wipe what FreeRDP has taken over: password, user, domain. */
void start_wipe(struct wire_session_start *start);

#endif
