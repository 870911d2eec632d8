/* SPDX-License-Identifier: Apache-2.0 */
/* What the config says of monitors reaches the display whole. */
#include "unit/test.h"

#include "kiosk/wishes.h"

int main(void)
{
	struct conf conf = conf_default();
	struct layout_wishes wishes;

	TEST("without a word: extended, the monitors' own modes") {
		wishes_of(&conf.display, &wishes);
		CHECK(wishes.arrangement == LAYOUT_EXTEND && wishes.count == 0);
		CHECK(wishes.width == 0 && wishes.scale_percent == 100);
	}
	TEST("one monitor with all that can be said of it") {
		conf.display.arrangement = CONF_ARRANGEMENT_MIRROR;
		conf.display.monitor_count = 2;
		conf.display.monitors[0] = (struct conf_monitor){.maker = "DEL",
				.model = "DELL U2722D",
				.serial = "3F9XH83",
				.connector = "DP-2",
				.is_primary = true,
				.x = -1440,
				.y = 0,
				.rotation = 270,
				.width = 2560,
				.height = 1440,
				.refresh_hz = 75,
				.scale_percent = 150};
		conf.display.monitors[1] = (struct conf_monitor){
				.x = CONF_PLACE_NONE, .y = CONF_PLACE_NONE, .is_off = true};
		wishes_of(&conf.display, &wishes);
		CHECK(wishes.arrangement == LAYOUT_MIRROR && wishes.count == 2);
		CHECK_TEXT(wishes.list[0].identity.maker, "DEL");
		CHECK_TEXT(wishes.list[0].identity.model, "DELL U2722D");
		CHECK_TEXT(wishes.list[0].identity.serial, "3F9XH83");
		CHECK_TEXT(wishes.list[0].connector, "DP-2");
		CHECK(wishes.list[0].is_primary && wishes.list[0].has_position);
		CHECK_INT(wishes.list[0].x, -1440);
		CHECK_INT(wishes.list[0].rotation, LAYOUT_270);
		CHECK_INT(wishes.list[0].refresh_mhz, 75000);
		CHECK_INT(wishes.list[0].scale_percent, 150);
		CHECK(wishes.list[1].is_off && !wishes.list[1].has_position);
		CHECK_INT(wishes.list[1].x, 0);
	}
	TEST_END();
}
