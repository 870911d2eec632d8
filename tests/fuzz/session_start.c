/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "session/monitors.h"
#include "session/start.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_session_start start = {0};
	const struct monitors_limits limits = monitors_no_limits();
	struct monitors monitors;
	struct err err;

	memcpy(&start, data, size < sizeof(start) ? size : sizeof(start));
	if (start_check(&start, &err) == 0)
		monitors_plan(start.monitors, start.monitor_count, start.width, start.height,
				start.scale_percent, &limits, &monitors);
	/* The monitors alone: behind 16 KB of other fields a mutation rarely gets there. */
	struct wire_session_resize resize = {0};
	memcpy(&resize, data, size < sizeof(resize) ? size : sizeof(resize));
	if (start_check_resize(&resize, &err) == 0) {
		monitors_plan(resize.monitors, resize.monitor_count, resize.width, resize.height,
				resize.scale_percent, &limits, &monitors);
		if (monitors.count < 1 || monitors.count > WIRE_MONITORS_MAX ||
				monitors.width > resize.width || monitors.height > resize.height)
			abort();
	}
	return 0;
}
