/* SPDX-License-Identifier: Apache-2.0 */
/* How the device is: the optional members of a report (docs/protocol.md). */
#ifndef AGENT_HEALTH_H
#define AGENT_HEALTH_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/agent.h"

enum {
	HEALTH_HOT_C = 90,
	HEALTH_LOW_MB = 100,
	HEALTH_CLOCK_S = 300, /* tickets of Kerberos fail beyond it */
	HEALTH_WORN_PERCENT = 90,
};

struct health {
	int64_t uptime_s, free_mb, temperature_c; /* -1: not known */
	int64_t clock_deviation_s;                /* has_clock */
	bool has_clock, is_clock_wrong;
	bool is_store_failing;
	int wear_percent; /* of the worst disk; -1: not known */
	unsigned kiosk_crashes, session_crashes;
	struct wire_agent_quality quality; /* has_quality */
	bool has_quality;
};

/* What proc and sysfs below `root` say; the rest is zero, or not known. */
struct health health_read(const char *root);

/* Put it into the report. */
void health_put(cJSON *report, const struct health *health);

#endif
