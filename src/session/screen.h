/* SPDX-License-Identifier: Apache-2.0 */
/* FreeRDP's drawing on its way to the kiosk. */
#ifndef SESSION_SCREEN_H
#define SESSION_SCREEN_H

#include <stdbool.h>

#include "session/session.h"

/* When connected: FreeRDP's gdi with a private buffer, our paint and size callbacks. */
bool screen_open(rdpContext *context);

/* Send what changed when a slot is free; after a RELEASE. */
void screen_send(struct session *session);

/* The graphics pipeline came up or went down. */
void screen_set_pipeline(struct session *session, RdpgfxClientContext *gfx);
void screen_drop_pipeline(struct session *session, RdpgfxClientContext *gfx);

#endif
