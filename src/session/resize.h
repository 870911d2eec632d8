/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Display Control, [MS-RDPEDISP]: the server follows the monitors of the kiosk. A server without
 * it keeps its size, and the kiosk shows that in the middle.
 */
#ifndef SESSION_RESIZE_H
#define SESSION_RESIZE_H

#include "session/session.h"

/* START was taken: its layout is what the server hears when connecting. */
void resize_open(struct session *session);
void resize_close(struct session *session);

/* The kiosk has other monitors; `wanted` was checked. They are told once they stayed a moment. */
void resize_want(struct session *session, const struct wire_session_resize *wanted);

/* The channel came up, or went down with NULL. */
void resize_set_control(struct session *session, DispClientContext *disp);

#endif
