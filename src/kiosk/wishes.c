/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/wishes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static_assert((int)CONF_MONITORS_MAX <= (int)LAYOUT_WISHES_MAX, "each monitor has its wish");

static enum layout_arrangement arrangement_of(enum conf_arrangement arrangement)
{
	switch (arrangement) {
	case CONF_ARRANGEMENT_MIRROR:
		return LAYOUT_MIRROR;
	case CONF_ARRANGEMENT_ONE:
		return LAYOUT_ONE;
	case CONF_ARRANGEMENT_EXTEND:
		break;
	}
	return LAYOUT_EXTEND;
}

static enum layout_rotation rotation_of(uint16_t degrees)
{
	return degrees == 90    ? LAYOUT_90
	       : degrees == 180 ? LAYOUT_180
	       : degrees == 270 ? LAYOUT_270
	                        : LAYOUT_0;
}

static struct layout_wish wish_of(const struct conf_monitor *monitor)
{
	struct layout_wish wish = {
			.is_off = monitor->is_off,
			.is_primary = monitor->is_primary,
			.has_position = monitor->x != CONF_PLACE_NONE,
			.rotation = rotation_of(monitor->rotation),
			.width = monitor->width,
			.height = monitor->height,
			.refresh_mhz = monitor->refresh_hz * 1000u,
			.scale_percent = monitor->scale_percent,
	};

	if (wish.has_position) {
		wish.x = monitor->x;
		wish.y = monitor->y;
	}
	snprintf(wish.identity.maker, sizeof(wish.identity.maker), "%s", monitor->maker);
	snprintf(wish.identity.model, sizeof(wish.identity.model), "%s", monitor->model);
	snprintf(wish.identity.serial, sizeof(wish.identity.serial), "%s", monitor->serial);
	snprintf(wish.connector, sizeof(wish.connector), "%s", monitor->connector);
	return wish;
}

void wishes_of(const struct conf_display *display, struct layout_wishes *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->arrangement = arrangement_of(display->arrangement);
	ret->width = display->width;
	ret->height = display->height;
	ret->scale_percent = display->scale_percent;
	ret->count = display->monitor_count;
	for (uint32_t i = 0; i < display->monitor_count; i++)
		ret->list[i] = wish_of(&display->monitors[i]);
}
