/* SPDX-License-Identifier: Apache-2.0 */
#include "server/options.h"

#include <errno.h>

#include "unit/test.h"

static void listen_forms(void)
{
	static const struct {
		const char *text;
		int result;
		const char *address;
		int port;
	} table[] = {
			{"127.0.0.1:0", 0, "127.0.0.1", 0},
			{"127.0.0.1", 0, "127.0.0.1", 8443},
			{":9000", 0, "", 9000},
			{"[::1]:443", 0, "::1", 443},
			{"[::1]", 0, "::1", 8443},
			{"::1", 0, "::1", 8443},
			{"host.example:65535", 0, "host.example", 65535},
			{"host:65536", -EINVAL, "", 0},
			{"host:", -EINVAL, "", 0},
			{"host:-1", -EINVAL, "", 0},
			{"[::1", -EINVAL, "", 0},
			{"[::1]x", -EINVAL, "", 0},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct options options = {.port = 8443};
		struct err err;
		int r = options_read_listen(table[i].text, &options, &err);

		CHECK_INT(r, table[i].result);
		if (r < 0)
			continue;
		CHECK_TEXT(options.address, table[i].address);
		CHECK_INT(options.port, table[i].port);
	}
}

int main(void)
{
	struct options options;
	struct err err;

	TEST("--listen takes the usual forms") {
		listen_forms();
	}
	TEST("a folder is all that is needed") {
		char *argv[] = {"tynd-server", "--data", "/somewhere", NULL};

		CHECK_INT(options_read(3, argv, &options, &err), 0);
		CHECK_TEXT(options.data, "/somewhere");
		CHECK_INT(options.port, 8443);
	}
	TEST("names and port") {
		char *argv[] = {"tynd-server", "--data", "d", "--name", "tynd.example", "--port",
				"0", "--name", "10.0.0.1", NULL};

		CHECK_INT(options_read(9, argv, &options, &err), 0);
		CHECK_INT(options.port, 0);
		CHECK_INT(options.names.count, 2);
		CHECK_TEXT(options.names.name[1], "10.0.0.1");
	}
	TEST("what is missing or not understood is said") {
		char *none[] = {"tynd-server", NULL};
		char *bad[] = {"tynd-server", "--data", "d", "--nonsense", NULL};
		char *extra[] = {"tynd-server", "--data", "d", "more", NULL};
		char *name[] = {"tynd-server", "--data", "d", "--name", "a,DNS:b", NULL};

		CHECK_INT(options_read(1, none, &options, &err), -EINVAL);
		CHECK_HAS(err.text, "--data");
		CHECK_INT(options_read(4, bad, &options, &err), -EINVAL);
		CHECK_HAS(err.text, "--nonsense");
		CHECK_INT(options_read(4, extra, &options, &err), -EINVAL);
		CHECK_HAS(err.text, "more");
		CHECK_INT(options_read(5, name, &options, &err), -EINVAL);
		CHECK_HAS(err.text, "host name");
	}
	TEST_END();
}
