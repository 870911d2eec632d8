/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Video optimized remoting [MS-RDPEVOR]: H.264 that a server sends apart from the desktop's picture, and
 * where it is seen [MS-RDPEGT]. A plugin of FreeRDP's dynamic channels; it decodes and shows with the
 * graphics pipeline's decoder and plane, so nothing is seen without that. One video at
 * a time: while it is seen, those of the pipeline are drawn. All of it in the loop's thread.
 */
#ifndef SESSION_EVOR_H
#define SESSION_EVOR_H

#include <freerdp/addin.h>

#include "session/present.h"
#include "session/session.h"

#define EVOR_ADDIN "tynd-evor"

struct evor;

/* FreeRDP's provider of channels: ours, and else those that it has built in. */
PVIRTUALCHANNELENTRY evor_find_addin(const char *name, const char *subsystem, const char *type,
		DWORD flags);

/* The newest picture that was decoded takes the place of the one before. */
void evor_take(struct session *session);

/* There is a picture and a place for it. */
bool evor_is_shown(const struct session *session);

/* Says that it shall be seen. False: it is not shown. */
bool evor_present(const struct session *session, struct present *present);

/* The pipeline ends: the video with it. */
void evor_end(struct session *session);

#endif
