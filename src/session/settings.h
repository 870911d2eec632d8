/* SPDX-License-Identifier: Apache-2.0 */
/* FreeRDP's settings of a session: what START says, and little memory. */
#ifndef SESSION_SETTINGS_H
#define SESSION_SETTINGS_H

#include <freerdp/settings.h>

#include "base/err.h"
#include "session/monitors.h"
#include "wire/session.h"

/* `start` was checked (session/start.h); `monitors` is its layout. */
int settings_fill(rdpSettings *settings, const struct wire_session_start *start,
		const struct monitors *monitors, struct err *err);

/* Overwrite the password that FreeRDP holds. */
void settings_wipe(rdpSettings *settings);

#endif
