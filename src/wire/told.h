/* SPDX-License-Identifier: Apache-2.0 */
/* What both ends check of what the kiosk tells for inventory and reports (wire/agent.h). Pure. */
#ifndef WIRE_TOLD_H
#define WIRE_TOLD_H

#include "wire/agent.h"

/* -EINVAL: a count, a flag or a text that can't be. */
int wire_monitors_check(const struct wire_agent_monitors *monitors);
int wire_quality_check(const struct wire_agent_quality *quality);

#endif
