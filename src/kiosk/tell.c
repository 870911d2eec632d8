/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent hears of the kiosk for inventory and reports: monitors, and how sessions go. */
#include <string.h>

#include "kiosk/parts.h"

static void describe(const struct display_output_info *info, struct wire_agent_monitor *ret)
{
	*ret = (struct wire_agent_monitor){
			.width = info->width,
			.height = info->height,
			.refresh_mhz = info->refresh_mhz,
			.width_mm = info->width_mm,
			.height_mm = info->height_mm,
			.scale_percent = info->scale_percent,
			.rotation_degrees = 90u * (uint32_t)info->rotation,
			.is_primary = info->is_primary,
	};
	memcpy(ret->connector, info->name, sizeof(ret->connector));
	memcpy(ret->maker, info->identity.maker, sizeof(ret->maker));
	memcpy(ret->model, info->identity.model, sizeof(ret->model));
	memcpy(ret->serial, info->identity.serial, sizeof(ret->serial));
}

void kiosk_tell_monitors(struct kiosk *kiosk)
{
	struct wire_agent_monitors monitors;
	unsigned count = display_output_count(kiosk->display);

	memset(&monitors, 0, sizeof(monitors));
	wire_init(&monitors, WIRE_AGENT_MONITORS);
	for (unsigned i = 0; i < count && i < WIRE_AGENT_MONITORS_MAX; i++) {
		struct display_output_info info =
				display_output_info(display_output_at(kiosk->display, i));

		describe(&info, &monitors.list[monitors.count++]);
	}
	agent_send_told(kiosk->agent, &monitors);
}

void kiosk_tell_quality(struct kiosk *kiosk)
{
	struct wire_agent_quality quality;

	quality_tell(&kiosk->quality, &kiosk->state, display_stats(kiosk->display).videos_direct,
			&quality);
	agent_send_told(kiosk->agent, &quality);
	memset(&quality, 0, sizeof(quality));
}
