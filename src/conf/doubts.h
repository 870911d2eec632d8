/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A config may be valid and still take the device away from the person in front of it. This
 * compares what a device has with what it would get, and names what it would lose. Only what the
 * change brings is told: what was so before was decided before. Pure.
 */
#ifndef CONF_DOUBTS_H
#define CONF_DOUBTS_H

#include "conf/conf.h"

struct conf_doubt {
	bool is_severe; /* nobody could work: refused unless a person insists */
	char path[96];  /* "desktops.main.trust" */
	char text[256]; /* a sentence without the path */
};

typedef void (*conf_doubt_fn)(void *data, const struct conf_doubt *doubt);

/* `before` NULL: the device is new, so nothing can be lost, but what can't work still can't. */
void conf_doubts(const struct conf *before, const struct conf *after, conf_doubt_fn fn, void *data);

#endif
