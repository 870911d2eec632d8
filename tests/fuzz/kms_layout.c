/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as wishes and monitors: a layout comes out, and it is equal to itself. */
#include <stdint.h>
#include <string.h>

#include "kms/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct layout_wishes wishes;
	static struct layout_monitor monitors[LAYOUT_OUTPUTS_MAX];
	static struct layout layout;
	unsigned count = 0;

	memset(&wishes, 0, sizeof wishes);
	memset(monitors, 0, sizeof monitors);
	for (size_t i = 0; i + 16 <= size; i += 16) {
		const uint8_t *at = data + i;
		struct layout_wish *wish = &wishes.list[wishes.count % LAYOUT_WISHES_MAX];
		struct layout_monitor *monitor = &monitors[count % LAYOUT_OUTPUTS_MAX];
		struct layout_mode mode = {.refresh_mhz = at[1] * 1000u};

		if (at[0] & 1) {
			wish->identity.maker[0] = (char)(at[1] & 3);
			wish->connector[0] = (char)(at[1] >> 2 & 3);
			wish->is_off = at[1] & 16;
			wish->is_primary = at[1] & 32;
			wish->has_position = at[1] & 64;
			wish->rotation = (enum layout_rotation)(at[0] >> 1 & 3);
			memcpy(&wish->x, at + 2, 4);
			memcpy(&wish->y, at + 6, 4);
			memcpy(&wish->width, at + 10, 2);
			memcpy(&wish->height, at + 12, 2);
			wish->scale_percent = at[14] * 4u;
			wishes.arrangement = (enum layout_arrangement)(at[15] % 3);
			wishes.count++;
			continue;
		}
		memcpy(&mode.width, at + 2, 4);
		memcpy(&mode.height, at + 6, 4);
		mode.width >>= at[15] & 31;
		mode.height >>= at[15] & 31;
		mode.is_preferred = at[10] & 1;
		mode.is_interlaced = at[10] & 2;
		mode.is_refused = at[10] & 4;
		monitor->identity.maker[0] = (char)(at[11] & 3);
		monitor->connector[0] = (char)(at[11] >> 2 & 3);
		if (monitor->mode_count < LAYOUT_MODES_MAX)
			monitor->modes[monitor->mode_count++] = mode;
		count += at[10] >> 7;
	}
	layout_plan(&wishes, monitors, count, &layout);
	if (!layout_is_equal(&layout, &layout))
		__builtin_trap();
	return 0;
}
