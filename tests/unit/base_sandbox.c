/* SPDX-License-Identifier: Apache-2.0 */
/* What needs no root; the walls themselves are in tests/flow/test_sandbox. */
#include "unit/test.h"

#include <errno.h>
#include <unistd.h>

#include "base/sandbox.h"

int main(void)
{
	TEST("a worker's program is an absolute path that fits") {
		struct sandbox_worker worker;
		char path[SANDBOX_PATH_MAX + 1];
		struct err err;

		memset(path, '/', sizeof(path) - 1);
		path[sizeof(path) - 1] = '\0';
		CHECK_INT(sandbox_worker_init(&worker, "1234", "tynd-session", 0, &err), -EINVAL);
		CHECK_HAS(err.text, "absolute path");
		CHECK_INT(sandbox_worker_init(&worker, "1234", path, 0, &err), -EINVAL);
		CHECK_INT(sandbox_worker_init(&worker, "1234", "/usr/bin/x", SANDBOX_LANDLOCK,
					  &err),
				0);
		CHECK_TEXT(worker.program, "/usr/bin/x");
		CHECK_INT(worker.dispensable, SANDBOX_LANDLOCK);
		CHECK_INT(worker.uid, geteuid() == 0 ? 1234 : geteuid());
	}
	TEST("root is no worker, and unknown users are none") {
		static const char *const users[] = {
				"root", "0", "nobody-of-this-name", "", "4294967295"};
		struct sandbox_worker worker = {.uid = 77};
		struct err err;

		for (size_t i = 0; geteuid() == 0 && i < sizeof(users) / sizeof(users[0]); i++)
			CHECK(sandbox_worker_init(&worker, users[i], "/usr/bin/x", 0, &err) < 0);
		CHECK_INT(worker.uid, 77);
	}
	TEST("walls have names") {
		char text[128], small[12];

		CHECK_TEXT(sandbox_describe(0, text, sizeof(text)), "none");
		CHECK_TEXT(sandbox_describe(SANDBOX_LANDLOCK | SANDBOX_SECCOMP, text, sizeof(text)),
				"landlock, seccomp");
		CHECK_HAS(sandbox_describe(SANDBOX_ALL, text, sizeof(text)), "user, capabilities");
		CHECK_INT(strlen(sandbox_describe(SANDBOX_ALL, small, sizeof(small))) <
						sizeof(small),
				1);
	}
	TEST("the environment of a worker holds nothing of ours") {
		for (unsigned i = 0; sandbox_environment[i]; i++)
			CHECK(strncmp(sandbox_environment[i], "LD_", 3) != 0);
	}
	TEST_END();
}
