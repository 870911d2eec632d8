/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/told.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

enum { PIXELS_MAX = 32768, RATE_MAX = 1000 };

static bool is_line(const char *text, size_t size)
{
	return memchr(text, '\0', size) && text_is_utf8(text, strlen(text)) &&
	       !text_has_control(text, NULL);
}

static bool is_monitor(const struct wire_agent_monitor *monitor)
{
	return is_line(monitor->connector, sizeof(monitor->connector)) &&
	       is_line(monitor->maker, sizeof(monitor->maker)) &&
	       is_line(monitor->model, sizeof(monitor->model)) &&
	       is_line(monitor->serial, sizeof(monitor->serial)) && monitor->width <= PIXELS_MAX &&
	       monitor->height <= PIXELS_MAX && monitor->rotation_degrees <= 270 &&
	       monitor->rotation_degrees % 90 == 0 && monitor->is_primary <= 1;
}

int wire_monitors_check(const struct wire_agent_monitors *monitors)
{
	if (monitors->count > WIRE_AGENT_MONITORS_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < monitors->count; i++)
		if (!is_monitor(&monitors->list[i]))
			return -EINVAL;
	return 0;
}

int wire_quality_check(const struct wire_agent_quality *quality)
{
	bool is_good = is_line(quality->desktop, sizeof(quality->desktop)) &&
	               is_line(quality->user, sizeof(quality->user)) && quality->is_running <= 1 &&
	               quality->has_video <= 1 && quality->is_video_direct <= 1 &&
	               quality->frames_per_s <= RATE_MAX && quality->dropped_per_s <= RATE_MAX &&
	               quality->decoder < WIRE_DECODED_COUNT;

	return is_good ? 0 : -EINVAL;
}
