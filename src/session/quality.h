/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_QUALITY_H
#define SESSION_QUALITY_H

#include "session/session.h"

/* The answer to ASK_QUALITY; none while there is no connection. */
void quality_answer(struct session *session);

#endif
