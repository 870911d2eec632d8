/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a monitor that a person plugged in from one that only woke up or was lit by the config. Pure. */
#ifndef KIOSK_PLUGS_H
#define KIOSK_PLUGS_H

#include <stdbool.h>

#include "kms/layout.h"

enum { PLUGS_MAX = 32 };

/* Monitors that are known: all that were there since the screens last had light. */
struct plugs {
	unsigned count;
	struct plug {
		char connector[32];
		struct layout_identity identity;
	} list[PLUGS_MAX];
};

/*
 * Monitors came or went. True when one is there that is not known. In the dark what went stays
 * known: many monitors that fall asleep look as if they were pulled out and plugged in again.
 */
bool plugs_update(struct plugs *plugs, const struct layout *layout, bool is_dark);

#endif
