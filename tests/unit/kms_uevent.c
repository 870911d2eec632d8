/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/own.h"
#include "kms/uevent.h"

#define TEXT(literal) literal, sizeof(literal)
#define CARD "change@/devices/pci/drm/card0\0SUBSYSTEM=drm\0"

struct row {
	const char *name;
	const char *bytes;
	size_t size; /* the literal's own NUL ends the last line */
	enum uevent_kind kind;
	unsigned minor;
};

static const struct row rows[] = {
		{"a monitor was plugged", TEXT(CARD "ACTION=change\0HOTPLUG=1\0MAJOR=226\0MINOR=3"),
				UEVENT_CHANGED, 3},
		{"keys in another order",
				TEXT("x@y\0MINOR=3\0HOTPLUG=1\0MAJOR=226\0ACTION=change\0SUBSYSTEM="
				     "drm"),
				UEVENT_CHANGED, 3},
		{"the card is removed", TEXT(CARD "ACTION=remove\0MAJOR=226\0MINOR=0"),
				UEVENT_REMOVED, 0},
		{"a connector of the card is removed", TEXT(CARD "ACTION=remove"), UEVENT_OTHER, 0},
		{"a change without hot-plug", TEXT(CARD "ACTION=change\0MAJOR=226\0MINOR=0"),
				UEVENT_OTHER, 0},
		{"hot-plug said no", TEXT(CARD "ACTION=change\0HOTPLUG=0\0MAJOR=226\0MINOR=0"),
				UEVENT_OTHER, 0},
		{"another subsystem",
				TEXT("change@/"
				     "x\0SUBSYSTEM=usb\0ACTION=change\0HOTPLUG=1\0MAJOR=226"),
				UEVENT_OTHER, 0},
		{"a subsystem that begins alike",
				TEXT("a@/x\0SUBSYSTEM=drm2\0HOTPLUG=1\0MAJOR=226"), UEVENT_OTHER,
				0},
		{"a key that begins alike", TEXT(CARD "HOTPLUGGED=1\0MAJOR=226"), UEVENT_OTHER, 0},
		{"a number that is none", TEXT(CARD "HOTPLUG=1\0MAJOR=226\0MINOR=-1"),
				UEVENT_CHANGED, 0},
		{"a number too large",
				TEXT(CARD "HOTPLUG=1\0MAJOR=226\0MINOR=99999999999999999999"),
				UEVENT_CHANGED, 0},
		{"nothing", "", 0, UEVENT_OTHER, 0},
		{"only NUL", TEXT("\0\0\0"), UEVENT_OTHER, 0},
		{"no NUL at the end", CARD "HOTPLUG=1\0MAJOR=226",
				sizeof CARD "HOTPLUG=1\0MAJOR=226" - 1, UEVENT_OTHER, 0},
};

int main(void)
{
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		TEST(rows[i].name) {
			struct uevent event = uevent_parse(rows[i].bytes, rows[i].size);
			CHECK_INT(event.kind, rows[i].kind);
			CHECK_INT(event.minor, rows[i].minor);
		}
	TEST("messages are read one by one, too long ones are nothing") {
		static char large[UEVENT_SIZE_MAX + 1];
		int ends[2];
		struct uevent event;
		CHECK_INT(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
		CHECK(send(ends[0], rows[0].bytes, rows[0].size, 0) > 0);
		memcpy(large, rows[0].bytes, rows[0].size);
		CHECK(send(ends[0], large, sizeof large, 0) > 0);
		CHECK_INT(uevent_read(ends[1], &event), 0);
		CHECK_INT(event.kind, UEVENT_CHANGED);
		CHECK_INT(uevent_read(ends[1], &event), 0);
		CHECK_INT(event.kind, UEVENT_OTHER);
		CHECK_INT(uevent_read(ends[1], &event), -EAGAIN);
		own_end_fd(&ends[0]);
		own_end_fd(&ends[1]);
	}
	TEST_END();
}
