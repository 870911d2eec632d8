/* SPDX-License-Identifier: Apache-2.0 */
/* What a session is told at its start. Pure. */
#ifndef KIOSK_START_H
#define KIOSK_START_H

#include "kiosk/step.h"

/*
 * Fill START from the state's target, credentials and config; `size` is the first output's.
 * "DOMAIN\user" typed as user name is split; a typed domain goes before the desktop's hint.
 */
void start_fill(const struct kiosk_state *state, struct ui_size size,
		struct wire_session_start *ret);

#endif
