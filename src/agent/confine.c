// SPDX-License-Identifier: Apache-2.0
#include "agent/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/own.h"

/* Everything that the first version of Landlock knows; the later ones add little here. */
static const unsigned long long all_rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
static const unsigned long long reading =
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const unsigned long long keeping =
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
		LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
		LANDLOCK_ACCESS_FS_REMOVE_FILE;

static int allow(int rules, const char *path, unsigned long long rights, struct err *err)
{
	OWNED(fd) int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr beneath = {.allowed_access = rights, .parent_fd = fd};

	if (fd < 0)
		return err_errno(err, errno, "%s", path);
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0)
		return err_errno(err, errno, "no rule for %s", path);
	return 0;
}

int confine_to(const char *store, struct err *err)
{
	const struct landlock_ruleset_attr attributes = {.handled_access_fs = all_rights};
	OWNED(fd)
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);

	if (rules < 0)
		return err_errno(err, errno, "no Landlock");
	int r = allow(rules, "/", reading, err);
	if (r < 0)
		return r;
	/* One that is not there is not written to either: all stays in RAM. */
	if (access(store, F_OK) == 0)
		r = allow(rules, store, keeping, err);
	if (r == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		r = err_errno(err, errno, "Landlock");
	return r;
}
