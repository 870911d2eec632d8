// SPDX-License-Identifier: Apache-2.0
#include "agent/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/store.h"
#include "unit/test.h"

static char folder[] = "/tmp/tynd-confine-XXXXXX";

/* The errno of creating a file. */
static int create(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int run_confined(const char *path)
{
	struct err err;
	struct store store = store_open(path);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	int r = confine_to(path, &err);
	if (r == -ENOSYS || r == -EOPNOTSUPP) {
		printf("skipped: %s\n", err.text);
		return 77;
	}
	TEST("the store stays usable") {
		CHECK_INT(r, 0);
		CHECK_INT(store_write(&store, STORE_TRIAL, "x", 1), 0);
		CHECK_INT(store_rename(&store, STORE_TRIAL, STORE_CURRENT), 0);
		CHECK_INT(store_remove(&store, STORE_CURRENT), 0);
		CHECK_INT(access("/etc/passwd", R_OK), 0);
	}
	TEST("nothing else can be written, and no program started") {
		CHECK_INT(create("other"), EACCES);
		CHECK_INT(create("store/file"), 0);
		CHECK_INT(open("/etc/passwd", O_WRONLY | O_CLOEXEC), -1);
		CHECK_INT(execl("/bin/true", "true", NULL), -1);
		CHECK_INT(errno, EACCES);
	}
	TEST_END();
}

/* In a child, so that somebody can clean up. */
int main(void)
{
	char path[64], file[80];
	int status = 0;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/store", folder);
	snprintf(file, sizeof(file), "%s/file", path);
	pid_t child = fork();
	if (child == 0)
		return run_confined(path);
	waitpid(child, &status, 0);
	unlink(file);
	rmdir(path);
	rmdir(folder);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
