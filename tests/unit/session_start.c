/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

#include <errno.h>

#include "session/start.h"

static struct wire_session_start good(void)
{
	return (struct wire_session_start){.host = "desk-1.example",
			.port = 3389,
			.scale_percent = 100,
			.width = 1280,
			.height = 720,
			.user = "anna",
			.domain = "EXAMPLE",
			.password = "s\xc3\xa6",
			.client_name = "tynd",
			.timezone = "Europe/Copenhagen"};
}

#define WRONG(change, part) \
	do { \
		struct wire_session_start start = good(); \
		struct err err = {""}; \
		change; \
		CHECK_INT(start_check(&start, &err), -EINVAL); \
		CHECK_HAS(err.text, part); \
	} while (0)

int main(void)
{
	TEST("a good START is taken") {
		struct wire_session_start start = good();
		struct err err;

		CHECK_INT(start_check(&start, &err), 0);
		strcpy(start.host, "2001:db8::1");
		start.user[0] = start.password[0] = start.domain[0] = start.timezone[0] = '\0';
		CHECK_INT(start_check(&start, &err), 0);
	}
	TEST("each wrong field is named") {
		WRONG(start.host[0] = '\0', "host");
		WRONG(memset(start.host, 'a', sizeof(start.host)), "host");
		WRONG(strcpy(start.host, "/run/socket"), "host");
		WRONG(strcpy(start.host, "|5"), "host");
		WRONG(strcpy(start.host, "a b"), "host");
		WRONG(start.port = 0, "port");
		WRONG(start.width = 199, "199 x 720");
		WRONG(start.width = WIRE_SIDE_MAX + 1, "size");
		WRONG(start.height = 0, "size");
		WRONG(start.height = UINT32_MAX, "size");
		WRONG(start.scale_percent = 99, "scale_percent");
		WRONG(start.scale_percent = 501, "scale_percent");
		WRONG(start.monitor_count = WIRE_MONITORS_MAX + 1, "monitor_count");
		WRONG(start.monitor_count = 1, "monitors[0]");
		WRONG(start.security = 3, "security");
		WRONG(start.decoder = 3, "decoder");
		WRONG(start.pin_count = WIRE_PINS_MAX + 1, "pin_count");
		WRONG(start.ca_size = WIRE_CA_MAX + 1, "ca_size");
		WRONG(memset(start.user, 'a', sizeof(start.user)), "user");
		WRONG(strcpy(start.user, "\xff"), "user");
		WRONG(strcpy(start.domain, "a\nb"), "domain");
		WRONG(strcpy(start.password, "\xed\xa0\x80"), "password");
		WRONG(memset(start.password, 'a', sizeof(start.password)), "password");
		WRONG(strcpy(start.client_name, "\x7f"), "client_name");
		WRONG(strcpy(start.timezone, "/etc/passwd"), "timezone");
		WRONG(strcpy(start.timezone, "a/../b"), "timezone");
	}
	TEST("secrets are gone after the wipe, the rest stays") {
		struct wire_session_start start = good();
		static const char zero[sizeof(start.password)];

		start_wipe(&start);
		CHECK(memcmp(start.password, zero, sizeof(start.password)) == 0);
		CHECK(memcmp(start.user, zero, sizeof(start.user)) == 0);
		CHECK_TEXT(start.host, "desk-1.example");
	}
	TEST_END();
}
