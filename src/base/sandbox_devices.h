/* SPDX-License-Identifier: Apache-2.0 */
/* Decoders of video in a worker's world. Used by base/sandbox*.c only. */
#ifndef BASE_SANDBOX_DEVICES_H
#define BASE_SANDBOX_DEVICES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

enum { SANDBOX_DEVICES_MAX = 16 };

struct sandbox_devices {
	unsigned count;
	struct sandbox_device {
		char path[24];
		dev_t number;
	} devices[SANDBOX_DEVICES_MAX];
};

/* As root: render nodes, decoders of V4L2 and the media nodes beside them; no camera, no card. */
void sandbox_devices_find(struct sandbox_devices *ret);

/* In the root that is being filled, below `folder`/dev: nodes of their own for the worker alone. */
int sandbox_devices_make(const struct sandbox_devices *devices, const char *folder, uid_t uid,
		struct err *err);

enum sandbox_device_kind {
	SANDBOX_DEVICE_RENDER = 1 << 0,
	SANDBOX_DEVICE_V4L2 = 1 << 1,
	SANDBOX_DEVICE_CARD = 1 << 2, /* a node that could set modes: no worker has one */
};

/* Bits of what this process holds open. */
unsigned sandbox_devices_open(void);

#endif
