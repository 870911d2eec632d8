/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture of a session that several screens show. When the last one has let it go, it is
 * given back to the session: nobody has to remember who shows what.
 */
#ifndef KIOSK_PICTURE_H
#define KIOSK_PICTURE_H

#include "kiosk/pixels.h"
#include "kms/display.h"

struct picture {
	struct display_picture content;
	uint32_t pool, number; /* its place at the session */
	unsigned refs;
	struct pixels *pixels;                                      /* one reference */
	void (*on_gone)(void *data, const struct picture *picture); /* NULL: nobody asks */
	void *data;
};

/* Takes a reference of `pixels`, which `content` lies in. One reference is the caller's. */
struct picture *picture_create(const struct display_picture *content, struct pixels *pixels);
struct picture *picture_ref(struct picture *picture);
void picture_unref(struct picture *picture); /* takes NULL */

#endif
