/* SPDX-License-Identifier: Apache-2.0 */
/* What a session is told at its start. Pure. */
#ifndef KIOSK_START_H
#define KIOSK_START_H

#include "kiosk/desk.h"
#include "kiosk/step.h"

/*
 * Fill START from the state's target, credentials and config, and the outputs it is to use.
 * "DOMAIN\user" typed as user name is split; a typed domain goes before the desktop's hint.
 */
void start_fill(const struct kiosk_state *state, const struct desk_layout *layout,
		struct wire_session_start *ret);

#endif
