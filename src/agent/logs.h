/* SPDX-License-Identifier: Apache-2.0 */
/* The archive that the helpdesk gets: what the device knows of itself, without anything secret. */
#ifndef AGENT_LOGS_H
#define AGENT_LOGS_H

#include "base/array.h"
#include "base/err.h"

struct agent;

/* A tar.gz, appended to `archive`; -EMSGSIZE when it exceeds the array's maximum. */
int logs_collect(struct agent *agent, struct array *archive, struct err *err);

#endif
