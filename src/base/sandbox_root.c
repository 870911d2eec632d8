/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A root for a worker: a small tmpfs with read-only bind mounts, no /proc, no /sys, no
 * device nodes but those of decoders, of /etc only what OpenSSL and the loader read.
 */
#include "base/sandbox_root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"

enum { PATH_BYTES = 1024 };

/* Covered while the root is being filled: exists everywhere and none of the below is in it. */
#define NEW_ROOT "/sys"

static const char *const shared[] = {
		"/usr/lib",
		"/usr/lib64",
		"/usr/share/ca-certificates",
		"/usr/share/zoneinfo",
		"/usr/local/share/ca-certificates",
		"/etc/ld.so.cache",
		"/etc/ssl/certs",
		"/etc/ssl/openssl.cnf",
};

/* Links on a merged-/usr system, folders of their own elsewhere. */
static const char *const library_folders[] = {"/lib", "/lib64"};

/* Make the folders above `path` in the folder `root`, and `path` itself as folder or file. */
static int make_place(int root, const char *path, bool is_folder)
{
	char part[PATH_BYTES];

	if (text_copy(part, sizeof(part), path + 1) < 0)
		return -ENAMETOOLONG;
	for (char *slash = strchr(part, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(root, part, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	if (is_folder)
		return mkdirat(root, part, 0755) < 0 && errno != EEXIST ? -errno : 0;
	OWNED(fd) int fd = openat(root, part, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	return fd < 0 ? -errno : 0;
}

/* `path` of the old root at the same place in the new one, read-only. Absent: nothing. */
static int share(int root, const char *path, struct err *err)
{
	struct mount_attr attr = {
			.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
	struct stat info;

	if (stat(path, &info) < 0)
		return errno == ENOENT ? 0 : err_errno(err, errno, "own root: %s", path);
	int r = make_place(root, path, S_ISDIR(info.st_mode));
	if (r < 0)
		return err_errno(err, -r, "own root: making %s", path);
	OWNED(fd)
	int tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (tree < 0)
		return err_errno(err, errno, "own root: taking %s", path);
	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return err_errno(err, errno, "own root: making %s read-only", path);
	if (move_mount(tree, "", root, path + 1, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_errno(err, errno, "own root: placing %s", path);
	return 0;
}

static int share_libraries(int root, const char *path, struct err *err)
{
	char target[PATH_BYTES];
	ssize_t size = readlink(path, target, sizeof(target) - 1);

	if (size < 0)
		return share(root, path, err);
	target[size] = '\0';
	if (symlinkat(target, root, path + 1) < 0)
		return err_errno(err, errno, "own root: linking %s", path);
	return 0;
}

static int fill(int root, const char *program, struct err *err)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < sizeof(shared) / sizeof(shared[0]); i++)
		r = share(root, shared[i], err);
	for (unsigned i = 0; r == 0 && i < sizeof(library_folders) / sizeof(char *); i++)
		r = share_libraries(root, library_folders[i], err);
	return r == 0 ? share(root, program, err) : r;
}

/*
 * pivot_root lets the old root go altogether, but does not work when it is the initramfs
 * or a chroot. Then chroot does: leaving it takes a capability that the worker never has.
 */
static int enter(int root, struct err *err)
{
	if (fchdir(root) < 0)
		return err_errno(err, errno, "own root: entering it");
	if (syscall(SYS_pivot_root, ".", ".") == 0)
		umount2(".", MNT_DETACH);
	else if (chroot(".") < 0)
		return err_errno(err, errno, "own root: making it the root");
	if (chdir("/") < 0)
		return err_errno(err, errno, "own root: going to /");
	return 0;
}

/* A few folders and links fit; nothing else may ever be put there. */
static int make_memory_root(struct err *err)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 && errno != EINVAL)
		return err_errno(err, errno, "own root: keeping mounts to ourselves");
	if (mount("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k") < 0)
		return err_errno(err, errno, "own root: a folder in memory");
	int root = open(NEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_errno(err, errno, "own root: opening it");
	return root;
}

int sandbox_enter_root(const char *program, const struct sandbox_devices *devices, uid_t uid,
		struct err *err)
{
	struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
	OWNED(fd) int root = make_memory_root(err);

	if (root < 0)
		return root;
	int r = fill(root, program, err);
	if (r == 0)
		r = sandbox_devices_make(devices, NEW_ROOT, uid, err);
	if (r < 0)
		return r;
	if (mount_setattr(root, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)) < 0)
		return err_errno(err, errno, "own root: making it read-only");
	return enter(root, err);
}
