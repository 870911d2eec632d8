/* SPDX-License-Identifier: Apache-2.0 */
/* The kiosk as one object: its mind (step.h) with eyes, hands and the workers it starts. */
#ifndef KIOSK_KIOSK_H
#define KIOSK_KIOSK_H

#include "base/err.h"
#include "base/loop.h"
#include "kiosk/spawner.h"
#include "kms/display.h"

struct kiosk;

struct kiosk_options {
	const char *agent;       /* path of the agent's socket */
	const char *locale;      /* folder of the catalogues; NULL: the installed ones */
	const char *card;        /* DRM device, NULL: the first one */
	unsigned headless_count; /* > 0: no screen and no devices, but these outputs in memory */
	uint32_t headless_sizes[DISPLAY_OUTPUTS_MAX][2];
	const char *control; /* path of the control socket, headless only; NULL: none */
};

/* Takes `spawner`, also when it fails. The first picture is on the screen afterwards. */
int kiosk_create(struct loop *loop, const struct kiosk_options *options, struct spawner *spawner,
		struct kiosk **ret, struct err *err);
void kiosk_destroy(struct kiosk *kiosk); /* takes NULL */

#endif
