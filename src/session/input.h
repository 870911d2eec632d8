/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and mouse from the kiosk to the server. */
#ifndef SESSION_INPUT_H
#define SESSION_INPUT_H

#include <stdint.h>

#include "session/session.h"

/* Before the connection stands they do nothing. */
void input_send_key(struct session *session, const struct wire_session_key *key);
void input_send_locks(struct session *session, const struct wire_session_locks *locks);
void input_send_pointer(struct session *session, const struct wire_session_pointer *pointer);

/* Pure parts. */

/* UTF-16 of one character; returns 0 for what is none, else 1 or 2. */
unsigned input_utf16(uint32_t character, uint16_t units[2]);

/*
 * The flags of one wheel event, [MS-RDPBCGR] 2.2.8.1.1.3.1.1.3: nine bits of two's
 * complement. Takes at most 255 of `*amount` (120 = one notch, positive away from the
 * user / right) out of it.
 */
uint16_t input_wheel_flags(uint16_t axis, int32_t *amount);

/* PTR_FLAGS_BUTTON* or, with `*is_extended`, PTR_XFLAGS_BUTTON* of BTN_*; 0: none. */
uint16_t input_button_flags(uint32_t button, bool *is_extended);

#endif
