/* SPDX-License-Identifier: Apache-2.0 */
#include "session/session.h"

void session_set_phase(struct session *session, enum wire_phase phase)
{
	struct wire_session_phase message = {.phase = phase};

	if (session->phase == (uint32_t)phase || session->is_ended)
		return;
	session->phase = phase;
	wire_init(&message, WIRE_SESSION_PHASE);
	wire_send(session->channel, &message, NULL, 0);
}
