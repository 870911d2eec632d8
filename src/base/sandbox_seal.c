/* SPDX-License-Identifier: Apache-2.0 */
/* Stage 2: what only the program itself can give up, once its libraries are loaded. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "base/sandbox.h"
#include "base/sandbox_calls.h"
#include "base/sandbox_devices.h"

/* Newer than some headers; the kernel's ABI number says what it knows. */
#define ACCESS_FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define SCOPE_ABSTRACT_UNIX (1ULL << 0)  /* ABI 6 */
#define SCOPE_SIGNAL (1ULL << 1)         /* ABI 6 */

struct ruleset {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

/* Everything that this kernel's Landlock can forbid. */
static struct ruleset everything(int abi, size_t *size)
{
	struct ruleset all = {.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1};

	if (abi >= 2)
		all.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 4)
		all.handled_access_net =
				LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
	if (abi >= 5)
		all.handled_access_fs |= ACCESS_FS_IOCTL_DEV;
	if (abi >= 6)
		all.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	*size = abi >= 6   ? sizeof(all)
	        : abi >= 4 ? offsetof(struct ruleset, scoped)
	                   : offsetof(struct ruleset, handled_access_net);
	return all;
}

/* What is absent needs no rule. */
static int allow_reading(int ruleset, const char *path, struct err *err)
{
	OWNED(fd) int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) < 0)
		return errno == ENOENT ? 0 : err_errno(err, errno, "Landlock: opening %s", path);
	struct landlock_path_beneath_attr rule = {
			.parent_fd = fd,
			.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
	                                  (S_ISDIR(info.st_mode) ? LANDLOCK_ACCESS_FS_READ_DIR : 0),
	};
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return err_errno(err, errno, "Landlock: allowing %s", path);
	return 0;
}

static int restrict_files(const char *const *readable, struct err *err)
{
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
			LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1)
		return err_errno(err, errno, "this kernel has no Landlock");
	size_t size;
	struct ruleset all = everything(abi, &size);
	OWNED(fd) int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
	if (ruleset < 0)
		return err_errno(err, errno, "Landlock: making the rules");
	for (; readable && *readable; readable++) {
		int r = allow_reading(ruleset, *readable, err);
		if (r < 0)
			return r;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_errno(err, errno, "refusing new privileges");
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return err_errno(err, errno, "Landlock: putting it up");
	return 0;
}

static int hide_memory(struct err *err)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_errno(err, errno, "keeping the memory to ourselves");
	return 0;
}

int sandbox_seal(const struct sandbox_seal *seal, unsigned *walls, struct err *err)
{
	unsigned standing = 0, devices = sandbox_devices_open();
	struct err why;

	if (devices & SANDBOX_DEVICE_CARD)
		return err_set(err, EPERM, "sandbox: a card's node is open");
	if (hide_memory(&why) == 0)
		standing |= SANDBOX_UNDUMPABLE;
	else if (!(seal->dispensable & SANDBOX_UNDUMPABLE))
		return err_set(err, EPERM, "sandbox: %s", why.text);
	if (restrict_files(seal->readable, &why) == 0)
		standing |= SANDBOX_LANDLOCK;
	else if (!(seal->dispensable & SANDBOX_LANDLOCK))
		return err_set(err, EPERM, "sandbox: %s", why.text);
	if (sandbox_filter_calls(devices, &why) == 0)
		standing |= SANDBOX_SECCOMP;
	else if (!(seal->dispensable & SANDBOX_SECCOMP))
		return err_set(err, EPERM, "sandbox: %s", why.text);
	*walls = standing;
	return 0;
}
