/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FreeRDP's decoders with the memory that a desktop needs. Left alone it holds two of each, used
 * or not, the planar one with 18 bytes for each pixel of the desktop: 45 MB at 1280 x 720.
 */
#ifndef SESSION_CODECS_H
#define SESSION_CODECS_H

#include <stdbool.h>

#include "session/session.h"

/* gdi_graphics_pipeline_init, but with the decoders that the context has already. */
bool codecs_open_pipeline(struct session *session, RdpgfxClientContext *gfx);
void codecs_close_pipeline(struct session *session, RdpgfxClientContext *gfx);

/* Orders outside of the pipeline are about to be drawn. False: no memory. */
bool codecs_want_planar(struct session *session);

/* Connected: FreeRDP made all of them, and large. */
void codecs_shrink(struct session *session);

#endif
