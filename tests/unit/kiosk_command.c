/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the control socket: good ones become values, others say what was expected. */
#include "unit/test.h"

#include <errno.h>
#include <stdlib.h>

#include "kiosk/command.h"

static const char *const bad[] = {
		"",
		" ",
		"Key 30 down",
		"key",
		"key 30",
		"key 30 sideways",
		"key 0 down",
		"key 768 down",
		"key -1 up",
		"key 30 down now",
		"key  30 down",
		"type",
		"type ",
		"pointer 1",
		"pointer 1 2 3",
		"pointer -1 2",
		"pointer 1 65536",
		"pointer 1 2147483648",
		"wheel 1",
		"wheel x 1",
		"wheel 12001 0",
		"shot",
		"shot a.png 8",
		"pixel 3",
		"pixel 3 -1",
		"pixel 3 4 8",
		"shot a.png x",
		"state now",
		"wait",
		"wait screen",
		"wait screen sign-in",
		"wait screen sign-in forever",
		"wait screen sign-in 600001",
		"wait  sign-in 5",
		"type \xff",
		"button 272 maybe",
		"keyboard 1 down",
		"plug DP-1",
		"plug DP-1 800",
		"plug DP-1 800x0",
		"plug DP-1 800x600x2",
		"unplug",
};

int main(void)
{
	struct command command;
	struct err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TEST(bad[i]) {
			CHECK_INT(command_parse(bad[i], &command, &err), -EINVAL);
			CHECK_HAS(err.text, i == 34 ? "UTF-8" : "expected");
		}
	TEST("good lines") {
		CHECK_INT(command_parse("key 30 down", &command, &err), 0);
		CHECK(command.kind == COMMAND_KEY && command.code == 30 && command.is_down);
		CHECK_INT(command_parse("button 272 up", &command, &err), 0);
		CHECK(command.kind == COMMAND_BUTTON && command.code == 272 && !command.is_down);
		CHECK_INT(command_parse("type  a  b ", &command, &err), 0);
		CHECK_TEXT(command.text, " a  b ");
		CHECK_INT(command_parse("wheel -120 240", &command, &err), 0);
		CHECK(command.x == -120 && command.y == 240);
		CHECK_INT(command_parse("shot /tmp/a.png 3", &command, &err), 0);
		CHECK(command.output == 3);
		CHECK_TEXT(command.text, "/tmp/a.png");
		CHECK_INT(command_parse("pixel 7 9 2", &command, &err), 0);
		CHECK(command.x == 7 && command.y == 9 && command.output == 2);
		CHECK_INT(command_parse("plug DP-1 1920x1080", &command, &err), 0);
		CHECK(command.kind == COMMAND_PLUG && command.x == 1920 && command.y == 1080);
		CHECK_TEXT(command.name, "DP-1");
		CHECK_INT(command_parse("unplug DP-1", &command, &err), 0);
		CHECK_INT(command_parse("wait reason  500", &command, &err), 0);
		CHECK(command.timeout_ms == 500);
		CHECK_TEXT(command.name, "reason");
		CHECK_TEXT(command.text, "");
	}
	TEST("a line that is longer than any word has room") {
		char line[2 * COMMAND_LINE_MAX];

		memset(line, 'x', sizeof(line));
		memcpy(line, "shot ", 5);
		line[sizeof(line) - 1] = '\0';
		CHECK_INT(command_parse(line, &command, &err), -EINVAL);
		memcpy(line, "type ", 5);
		CHECK_INT(command_parse(line, &command, &err), -EINVAL);
	}
	TEST_END();
}
