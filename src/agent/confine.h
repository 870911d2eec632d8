/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent takes from itself: it reads, and writes nowhere but in its store. */
#ifndef AGENT_CONFINE_H
#define AGENT_CONFINE_H

#include "base/err.h"

/*
 * By Landlock, for this process and its threads: files stay readable, no program can be started,
 * nothing is written, made or removed outside of `store` (which need not be there). Needs no_new_privs.
 * -ENOSYS or -EOPNOTSUPP: this kernel has no Landlock.
 */
int confine_to(const char *store, struct err *err);

#endif
