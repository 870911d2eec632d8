/* SPDX-License-Identifier: Apache-2.0 */
/* The session has no network: it asks the kiosk for a connected socket. */
#ifndef SESSION_DIAL_H
#define SESSION_DIAL_H

#include <freerdp/freerdp.h>

#include "session/session.h"

/* For rdpTransportIo.TCPConnect: a connected socket, or -1 with the reason in the session. */
int dial(rdpContext *context, rdpSettings *settings, const char *host, int port, DWORD timeout_ms);

/* The kiosk's answer. */
int dial_answer(struct session *session, const struct wire_session_dialed *answer, int *fd);

#endif
