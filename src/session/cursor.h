/* SPDX-License-Identifier: Apache-2.0 */
/* The mouse pointer as the server wants it: pictures and state for the kiosk. */
#ifndef SESSION_CURSOR_H
#define SESSION_CURSOR_H

#include <freerdp/freerdp.h>

/* Register our pointer class. */
void cursor_register(rdpContext *context);

/* Straight alpha to premultiplied, ARGB8888, in place. */
void cursor_premultiply(uint32_t *pixels, size_t count);

#endif
