/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's own root folder. Used by base/sandbox.c only. */
#ifndef BASE_SANDBOX_ROOT_H
#define BASE_SANDBOX_ROOT_H

#include "base/err.h"
#include "base/sandbox_devices.h"

/*
 * In an own mount namespace: make a read-only root in memory that holds libraries,
 * certificates, time zones and `program` at the places where they are, and `devices` for `uid`,
 * and enter it.
 */
int sandbox_enter_root(const char *program, const struct sandbox_devices *devices, uid_t uid,
		struct err *err);

#endif
