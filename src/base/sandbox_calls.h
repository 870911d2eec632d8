/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's list of system calls. Used by base/sandbox_seal.c only. */
#ifndef BASE_SANDBOX_CALLS_H
#define BASE_SANDBOX_CALLS_H

#include "base/err.h"

/*
 * Load the filter into all threads of this process. `devices`: bits of enum sandbox_device_kind that
 * are open and stay usable.
 */
int sandbox_filter_calls(unsigned devices, struct err *err);

#endif
